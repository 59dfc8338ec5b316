"""Archives can't harm: what climbs out, points elsewhere or swells is refused by name, and the rest is used."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile

import numpy as np
import pytest
from conftest import encoded, write_tar, write_zip
from hypothesis import given
from hypothesis import strategies as st

from facegen_lib import data
from facegen_lib.data import archives, sources
from facegen_lib.errors import FacegenError

GOOD = {"faces/a.jpg": encoded(), "faces/b.jpg": encoded(number=1)}
HOSTILE_NAMES = {
    "../outside.jpg": "would climb out of its folder",
    "faces/../../outside.jpg": "would climb out of its folder",
    "..\\outside.jpg": "would climb out of its folder",
    "/etc/outside.jpg": "has an absolute path",
    "C:\\outside.jpg": "has an absolute path",
    "../outside.sh": "would climb out of its folder",
}


def load(path):
    return data.load(f"folder:{path}", size=16, split="all")


@pytest.fixture(params=["tar", "tgz", "zip"])
def write(request, tmp_path):
    def write_archive(files):
        path = tmp_path / f"archive.{request.param}"
        if request.param == "zip":
            return write_zip(path, files)
        return write_tar(path, files, "w:gz" if request.param == "tgz" else "w")

    return write_archive


def everything_on_disk(folder):
    return {path for path in folder.rglob("*") if "cache" not in path.parts}


def test_archives_of_every_kind_give_the_same_images_in_the_same_order(tmp_path):
    files = {f"./b/{number}.jpg": encoded(number=number) for number in (3, 1, 2)} | {"a/x.png": encoded(kind="PNG")}
    paths = [write_tar(tmp_path / f"a.tar.{kind}", files, f"w:{kind}") for kind in ("gz", "bz2", "xz")]
    paths += [write_tar(tmp_path / "a.tar", files), write_zip(tmp_path / "a.zip", files)]
    assert len({load(path).hash for path in paths}) == 1


def test_members_that_would_land_elsewhere_are_refused_by_name(write, tmp_path):
    path = write(GOOD | {name: encoded() for name in HOSTILE_NAMES})
    before = everything_on_disk(tmp_path)
    faces = load(path)
    assert len(faces) == 2
    assert {name.lstrip("/"): why for name, why in faces.provenance["skipped"].items()} == {
        name.lstrip("/"): why for name, why in HOSTILE_NAMES.items()
    }
    assert everything_on_disk(tmp_path) == before


@given(st.lists(st.sampled_from(["..", "a", "b.jpg", "."]), min_size=1, max_size=5), st.sampled_from("/\\"))
def test_any_path_with_a_step_upwards_is_dangerous(parts, slash):
    assert bool(archives.danger(slash.join(parts), True)) == (".." in parts)


def link(name, kind, target):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def test_links_and_devices_in_a_tar_are_refused(tmp_path):
    links = {
        "soft.jpg": link("soft.jpg", tarfile.SYMTYPE, "/etc/passwd"),
        "hard.jpg": link("hard.jpg", tarfile.LNKTYPE, "faces/a.jpg"),
        "pipe.jpg": link("pipe.jpg", tarfile.FIFOTYPE, ""),
    }
    faces = load(write_tar(tmp_path / "links.tar", GOOD | links))
    assert len(faces) == 2
    assert faces.provenance["skipped"] == dict.fromkeys(sorted(links), "is a link or a device, not a file")


def test_a_link_in_a_zip_is_refused(tmp_path):
    member = zipfile.ZipInfo("soft.jpg")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    faces = load(write_zip(tmp_path / "links.zip", GOOD | {member: b"/etc/passwd"}))
    assert faces.provenance["skipped"] == {"soft.jpg": "is a link or a device, not a file"}


def test_a_member_that_declares_more_than_a_picture_has_is_not_unpacked(write, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_MEMBER", 100_000)
    faces = load(write(GOOD | {"bomb.jpg": bytes(2_000_000)}))
    assert faces.provenance["skipped"] == {"bomb.jpg": "is larger than a picture can be (2 MB unpacked)"}


def test_a_zip_member_that_holds_more_than_it_declares_is_unpacked_no_further(tmp_path, monkeypatch):
    path = write_zip(tmp_path / "liar.zip", {"liar.jpg": bytes(50_000_000), **GOOD})
    honest, lie = struct.pack("<I", 50_000_000), struct.pack("<I", 1000)
    path.write_bytes(path.read_bytes().replace(honest, lie))
    most = []
    unpack = zipfile.ZipExtFile._read1
    monkeypatch.setattr(zipfile.ZipExtFile, "_read1", lambda self, n: most.append(n) or unpack(self, n))
    faces = load(path)
    assert len(faces) == 2
    assert faces.provenance["skipped"]["liar.jpg"].startswith("cannot be unpacked (")
    assert max(most) < 100_000


def test_a_compressed_tar_that_grows_beyond_belief_is_a_bomb(tmp_path, own_cache):
    path = tmp_path / "bomb.tgz"
    with gzip.open(path, "wb") as file, tarfile.open(fileobj=file, mode="w|") as archive:
        member = tarfile.TarInfo("a.jpg")
        member.size = 150 * 1024**2
        archive.addfile(member, io.BytesIO(bytes(member.size)))
    with pytest.raises(
        FacegenError, match=r"bomb.tgz is a bomb: it unpacks to more than 100 times its size. Delete it"
    ):
        load(path)
    assert [path for path in own_cache.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("kind", ["tar", "tgz", "zip"])
def test_an_archive_that_was_cut_short_says_so(tmp_path, kind):
    files = {f"{number}.jpg": encoded(number=number) for number in range(30)}
    path = tmp_path / f"short.{kind}"
    if kind == "zip":
        write_zip(path, files)
    else:
        write_tar(path, files, "w:gz" if kind == "tgz" else "w")
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(FacegenError, match=r"short.* (is damaged or cut short .* Get it again|is no archive)"):
        load(path)


def test_a_spoilt_bz2_is_a_damaged_archive_and_no_full_disk(tmp_path):
    path = write_tar(tmp_path / "spoilt.tar.bz2", {"a.jpg": np.random.default_rng(0).bytes(2_000_000)}, "w:bz2")
    content = path.read_bytes()
    path.write_bytes(content[:-100_000] + bytes(100) + content[-99_900:])  # its first block is whole
    with pytest.raises(FacegenError, match=r"spoilt.tar.bz2 is damaged or cut short \(Invalid data stream\)"):
        load(path)


def test_one_broken_member_of_a_zip_does_not_end_the_set(tmp_path):
    path = write_zip(tmp_path / "a.zip", GOOD | {"faces/c.jpg": encoded(number=5)})
    content = bytearray(path.read_bytes())
    start = content.index(b"faces/c.jpg") + 60
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    faces = load(path)
    assert sorted(faces.names) == ["faces/a.jpg", "faces/b.jpg"]
    assert faces.provenance["skipped"]["faces/c.jpg"].startswith("cannot be unpacked (")


def test_an_encrypted_member_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", GOOD)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    reasons = load(path).provenance["skipped"]
    assert list(reasons) == ["faces/a.jpg"]
    assert "encrypted" in reasons["faces/a.jpg"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"just words", "is no archive"), (b"", "is no archive"), (gzip.compress(b"words", mtime=0), "is no archive")],
)
def test_a_file_that_is_no_archive_is_told_what_is_wanted(tmp_path, content, message):
    path = tmp_path / "photos.bin"
    path.write_bytes(content)
    with pytest.raises(FacegenError, match=message):
        load(path)


def test_hidden_files_resource_forks_and_other_files_are_passed_over(write):
    extras = {"__MACOSX/faces/._a.jpg": b"fork", "faces/.a.jpg": b"hidden", "faces/Thumbs.db": b"x", "README": b"words"}
    faces = load(write(GOOD | extras))
    assert len(faces) == 2
    assert faces.provenance["skipped"] == {}


def test_a_file_nobody_may_read_is_named(tmp_path, monkeypatch):
    path = write_tar(tmp_path / "a.tar", GOOD)

    def forbidden(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(archives.tarfile, "is_tarfile", forbidden)
    with pytest.raises(FacegenError, match=r"a.tar cannot be read: Permission denied"):
        sources.from_archive(path)
