"""The cache: whole or not there, the same every time, split for good, mapped instead of read."""

import errno
import io
import json
import os
import pathlib
import signal
import subprocess
import sys

import numpy as np
import psutil
import pytest
from conftest import encoded, write_folder
from hypothesis import given
from hypothesis import strategies as st

from facegen_lib import data
from facegen_lib.data import prepare
from facegen_lib.data.prepare import Item, Source
from facegen_lib.errors import FacegenError


@pytest.fixture
def photos(tmp_path):
    files = {f"face-{number:02}.jpg": encoded(number=number) for number in range(40)}
    return write_folder(tmp_path / "photos", files)


def load(folder, split="all", size=16):
    return data.load(f"folder:{folder}", size=size, split=split)


def prepared(items, name="set", channels=1):
    return prepare.prepare(name, Source(name, lambda: items, channels), 8, "all")


GREY = np.zeros((8, 8), "uint8")


def test_a_folder_of_pictures_becomes_an_image_set(photos):
    faces = load(photos)
    assert (faces.images.shape, faces.images.dtype) == ((40, 16, 16, 3), np.uint8)
    assert isinstance(faces.images, np.memmap)
    assert sorted(faces.names) == sorted(path.name for path in photos.iterdir())


def test_train_and_held_out_share_nothing_and_make_up_all(photos):
    train, held_out, everything = (load(photos, split) for split in ("train", "held_out", "all"))
    assert [*train.names, *held_out.names] == list(everything.names)
    np.testing.assert_array_equal(np.concatenate([train.images, held_out.images]), everything.images)
    assert 0 < len(held_out) < 12
    assert len({train.hash, held_out.hash, everything.hash}) == 3


@given(st.text(min_size=1), st.text())
def test_the_side_of_an_image_depends_on_its_file_name_alone(name, folder):
    name = name.replace("/", "")
    assert prepare.is_held_out(f"{folder}/{name}") == prepare.is_held_out(name)


def test_a_tenth_is_held_out_and_it_is_this_tenth_for_good():
    held_out = [number for number in range(20_000) if prepare.is_held_out(f"image_{number:05}.jpg")]
    assert 1850 < len(held_out) < 2150
    assert held_out[:5] == [0, 2, 11, 20, 28]


def test_an_accent_counts_the_same_however_a_file_system_spells_it():
    names = [f"Zoë {number}.jpg" for number in range(100)]
    apart = [name.replace("ë", "e\u0308") for name in names]
    assert list(map(prepare.is_held_out, names)) == list(map(prepare.is_held_out, apart))


def test_images_that_come_and_go_never_move_the_others(photos):
    before = set(load(photos, "held_out").names)
    write_folder(photos, {f"more/face-{number}.png": encoded(number=number, kind="PNG") for number in range(30)})
    (photos / "face-00.jpg").unlink()
    after = set(load(photos, "held_out").names)
    assert after & {f"face-{number:02}.jpg" for number in range(40)} == before - {"face-00.jpg"}


def test_a_family_stays_on_one_side():
    items = [Item(f"{number}", GREY, family=f"family {number // 4}") for number in range(400)]
    sides = {split: prepare.prepare("s", Source("s", lambda: items, 1), 8, split) for split in ("train", "held_out")}
    families = {split: {int(name) // 4 for name in side.names} for split, side in sides.items()}
    assert families["train"] & families["held_out"] == set()
    assert len(families["held_out"]) > 2


def test_the_second_time_nothing_is_decoded(photos):
    first = load(photos)

    def never(items):
        raise AssertionError("decoded again")

    again = data.load(f"folder:{photos}", size=16, split="all", progress=never)
    np.testing.assert_array_equal(again.images, first.images)


@pytest.mark.parametrize("change", ["add", "remove", "rewrite", "another size"])
def test_the_cache_is_made_anew_when_the_source_or_the_size_changes(photos, change):
    before = load(photos)
    size = 16
    if change == "add":
        write_folder(photos, {"new.jpg": encoded()})
    elif change == "remove":
        (photos / "face-00.jpg").unlink()
    elif change == "rewrite":
        write_folder(photos, {"face-00.jpg": encoded(number=99)})
    else:
        size = 8
    assert load(photos, size=size).hash != before.hash


def test_labels_that_only_some_items_have_are_filled_with_what_nobody_could_mistake():
    items = [
        Item("a", GREY, {"age": 3, "weight": 1.5}),
        Item("b", GREY, {"age": 4, "name": "Bo"}),
        Item("c", GREY),
        Item("d", GREY, {"glasses": True}),
    ]
    faces = prepared(items)
    order = np.argsort(faces.names)
    labels = {label: values[order].tolist() for label, values in faces.labels.items()}
    assert labels["age"] == [3, 4, -1, -1]
    assert labels["name"] == ["", "Bo", "", ""]
    assert labels["glasses"] == [-1, -1, -1, 1]
    np.testing.assert_array_equal(labels["weight"], [1.5, np.nan, np.nan, np.nan])


def test_labels_stay_with_their_images_across_the_split():
    items = [Item(f"{number}.png", np.full((8, 8), number, "uint8"), {"number": number}) for number in range(200)]
    faces = prepared(items)
    np.testing.assert_array_equal(faces.images[:, 0, 0, 0], faces.labels["number"])
    assert faces.names == [f"{number}.png" for number in faces.labels["number"]]


def test_what_cannot_be_read_is_counted_by_name_and_the_rest_is_used(photos):
    bad = {"cut.jpg": encoded()[:300], "words.png": b"no picture", "speck.png": encoded(1, 1, kind="PNG")}
    write_folder(photos, bad)
    faces = load(photos, size=64)
    assert len(faces) == 40
    assert faces.provenance["of"] == 43
    assert set(faces.provenance["skipped"]) == set(bad)
    assert faces.provenance["skipped"]["words.png"] == "is not a picture in any format that can be read"


def test_nothing_readable_names_the_first_few(tmp_path):
    write_folder(tmp_path / "words", {f"{number}.png": b"words" for number in range(9)})
    with pytest.raises(FacegenError, match=r"None of the 9 files .* could be used: 0.png is not a picture .*; 1.png"):
        load(tmp_path / "words")


@pytest.mark.parametrize(
    "files", [{}, {"notes.txt": b"words"}, {".hidden.jpg": encoded()}], ids=["none", "text", "hidden"]
)
def test_an_empty_folder_says_what_to_put_there(tmp_path, files):
    write_folder(tmp_path / "empty", files).mkdir(exist_ok=True)
    with pytest.raises(FacegenError, match=r"holds no pictures. Put .jpg"):
        load(tmp_path / "empty")


def test_names_in_other_scripts_and_broken_ones_are_kept(tmp_path):
    names = ["лицо.jpg", "顔 1.jpg", "چهره.png", "😀.webp", "a#b%20c.jpg"]
    folder = write_folder(tmp_path / "фото 写真", {name: encoded() for name in names})
    if os.name == "posix":
        broken = os.fsdecode(b"caf\xe9.jpg")  # Latin-1 bytes, which are no UTF-8
        write_folder(folder, {broken: encoded()})
        names.append(broken)
    assert sorted(load(folder).names) == sorted(names)
    assert sorted(load(folder).names) == sorted(names)  # from the cache


def test_a_long_name_in_another_script_makes_no_cache_folder_that_is_too_long(tmp_path):
    folder = write_folder(tmp_path / ("𠀀" * 60), {"a.jpg": encoded()})
    assert len(load(folder)) == 1


def test_a_tilde_in_the_name_of_the_cache_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FACEGEN_CACHE", "~/cache")
    assert prepare.cache_folder() == tmp_path / "cache"


def files_of(cache):
    return {path.relative_to(cache): path.read_bytes() for path in sorted(cache.rglob("*")) if path.is_file()}


KILLED = """
import os, signal, sys
from facegen_lib import data

def killed_half_way(items):
    for number, item in enumerate(items):
        if number == 300:
            os.kill(os.getpid(), signal.SIGKILL)
        yield item

data.load("folder:" + sys.argv[1], size=16, split="all", progress=killed_half_way)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_killed_half_way_and_run_again_gives_the_same_cache_byte_for_byte(tmp_path, monkeypatch):
    photos = write_folder(tmp_path / "photos", {f"{number}.jpg": encoded(number=number) for number in range(400)})
    caches = {name: tmp_path / name for name in ("uninterrupted", "interrupted")}
    monkeypatch.setenv("FACEGEN_CACHE", str(caches["interrupted"]))
    process = subprocess.run([sys.executable, "-c", KILLED, photos], cwd=pathlib.Path(data.__file__).parents[2])
    assert process.returncode == -signal.SIGKILL
    assert [path.name for path in files_of(caches["interrupted"])] != []  # something was left half done
    for cache in caches.values():
        monkeypatch.setenv("FACEGEN_CACHE", str(cache))
        assert len(load(photos)) == 400
    assert files_of(caches["interrupted"]) == files_of(caches["uninterrupted"])


def test_a_preparation_that_still_runs_is_not_cleared_away(photos, own_cache):
    load(photos)
    (whole,) = (own_cache / "sets").iterdir()
    alive = whole.parent / f".{whole.name}-1-{psutil.Process().ppid()}"
    dead = whole.parent / f".{whole.name}-1-{2**22 + 1}"
    alive.mkdir()
    dead.mkdir()
    prepare.clear_leftovers(whole)
    assert alive.exists()
    assert not dead.exists()


@pytest.mark.parametrize("damage", ["pixels cut short", "no labels", "no meta", "words in meta", "another shape"])
def test_a_damaged_cache_is_made_anew(photos, own_cache, damage):
    before = load(photos).images.copy()
    (folder,) = (own_cache / "sets").iterdir()
    if damage == "pixels cut short":
        os.truncate(folder / "pixels.u8", 1000)
    elif damage == "no labels":
        (folder / "labels.npz").unlink()
    elif damage == "no meta":
        (folder / "meta.json").unlink()
    elif damage == "words in meta":
        (folder / "meta.json").write_text("{words")
    else:
        meta = json.loads((folder / "meta.json").read_text())
        (folder / "meta.json").write_text(json.dumps(meta | {"shape": [1, 2, 3, 4]}))
    np.testing.assert_array_equal(load(photos).images, before)


class FullDisk(io.FileIO):
    """A file on a disk that is full after a few bytes more."""

    def write(self, data):
        if self.tell() + len(data) > 5000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def test_a_full_disk_is_named_and_leaves_nothing_behind(photos, own_cache, monkeypatch):
    whole = load(photos, size=8)
    monkeypatch.setattr(prepare, "open", FullDisk, raising=False)
    with pytest.raises(FacegenError, match=r"could not be written to .*sets: No space left on device. Free some space"):
        load(photos)
    assert len(list((own_cache / "sets").iterdir())) == 1  # what was prepared before
    assert load(photos, size=8).hash == whole.hash
    monkeypatch.undo()


def test_a_cache_that_cannot_be_made_is_named_with_the_way_out(photos, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FACEGEN_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(FacegenError, match=r"could not be written .* name another place with FACEGEN_CACHE"):
        load(photos)


def test_an_error_in_the_source_passes_through_and_leaves_nothing_behind(own_cache):
    def items():
        yield Item("a", GREY)
        raise FacegenError("the archive ends here")

    with pytest.raises(FacegenError, match="the archive ends here"):
        prepare.prepare("set", Source("s", items, 1), 8, "all")
    assert list((own_cache / "sets").iterdir()) == []


def test_another_process_that_was_quicker_is_believed(photos, monkeypatch):
    first = load(photos)
    seen = []
    monkeypatch.setattr(prepare, "is_whole", lambda path: seen.append(path) is None and len(seen) > 1)
    monkeypatch.setattr(prepare.shutil, "rmtree", lambda path, ignore_errors: None)
    monkeypatch.setattr(prepare, "clear_leftovers", lambda path: None)
    assert load(photos).hash == first.hash


def test_two_hundred_thousand_images_are_mapped_and_not_held(own_cache):
    count, size = 200_000, 64
    folder = own_cache / "sets" / "huge"
    folder.mkdir(parents=True)
    with open(folder / "pixels.u8", "wb") as file:
        file.truncate(count * size * size * 3)  # 2.5 GB of nothing, which take no place on most disks
    np.savez(folder / "labels.npz", age=np.zeros(count, "int16"))
    meta = {"shape": [count, size, size, 3], "train": 180_000, "hashes": {"train": "t", "held_out": "h"}}
    meta |= {"skipped": {}, "about": {}, "names": [f"{number:06}.jpg" for number in range(count)]}
    (folder / "meta.json").write_text(json.dumps(meta))
    next(iter(prepared([Item("a", GREY)]).batches(1)))  # TensorFlow is in memory from here on
    before = psutil.Process().memory_info().rss
    faces = prepare.read_cache("huge", folder, "train")
    batches = iter(faces.batches(64))
    for _ in range(20):
        assert next(batches).shape == (64, 64, 64, 3)
    assert len(faces) == 180_000
    assert psutil.Process().memory_info().rss - before < 150 * 1024**2
