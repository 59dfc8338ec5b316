"""Fetching survives a bad server and a bad network: a whole file, or a clear message and no file."""

import errno
import hashlib
import http.server
import os
import re
import threading

import numpy as np
import pytest
from conftest import write_idx

from facegen_lib import data
from facegen_lib.data import catalog, fetch, sheets, sources
from facegen_lib.data.fetch import RemoteFile
from facegen_lib.errors import FacegenError

CONTENT = np.random.default_rng(0).bytes(300_000)
CHECKSUM = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT in the way that the path asks for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.headers.get("Range"))
        first_time = len(self.server.asked) == 1
        way = self.path.strip("/")
        start = 0
        if way in ("404", "429"):
            return self.send_error(int(way))
        if way == "503" or (way == "503-once" and first_time):
            return self.send_error(503)
        if self.headers.get("Range") and way != "without-ranges":
            start = int(re.match(r"bytes=(\d+)-", self.headers["Range"])[1])
            if start >= len(CONTENT):
                return self.send_error(416)
        body = (b"something else entirely" if way == "changed" else CONTENT)[start:]
        self.send_response(206 if start else 200)
        if way != "without-length":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if way == "drops-once" and first_time:
            body = body[:100_000]
        elif way == "drops":
            body = body[:20_000]
        elif way == "without-length":
            body = body[:100_000]
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(fetch, "WAIT", 0.0)
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def remote(server, way, checksum=CHECKSUM):
    return RemoteFile("faces.tar", f"http://127.0.0.1:{server.server_port}/{way}", checksum)


def files_in(folder):
    return {path.name: path.stat().st_size for path in folder.iterdir()} if folder.exists() else {}


def get(server, way, folder):
    return fetch.fetch([remote(server, way)], folder, bar=False)


@pytest.mark.parametrize("way", ["whole", "503-once", "drops-once", "without-ranges"])
def test_a_file_arrives_whole(server, tmp_path, way):
    (path,) = get(server, way, tmp_path / "new")
    assert path.read_bytes() == CONTENT
    assert files_in(tmp_path / "new") == {"faces.tar": len(CONTENT)}


def test_a_dropped_connection_is_taken_up_where_it_broke_off(server, tmp_path):
    get(server, "drops-once", tmp_path)
    assert server.asked == [None, "bytes=98304-"]


def test_what_a_broken_download_left_is_used_the_next_day(server, tmp_path):
    with pytest.raises(FacegenError, match=r"65,536 bytes are kept, and the next try goes on from there"):
        get(server, "drops", tmp_path)
    assert files_in(tmp_path) == {"faces.tar.part": 65_536}
    server.asked.clear()
    get(server, "whole", tmp_path)
    assert server.asked == ["bytes=65536-"]
    assert files_in(tmp_path) == {"faces.tar": len(CONTENT)}


def test_a_server_that_knows_no_ranges_sends_everything_again(server, tmp_path):
    (tmp_path / "faces.tar.part").write_bytes(CONTENT[:50_000])
    (path,) = get(server, "without-ranges", tmp_path)
    assert path.read_bytes() == CONTENT


def test_a_part_that_is_complete_already_is_only_checked(server, tmp_path):
    (tmp_path / "faces.tar.part").write_bytes(CONTENT)
    (path,) = get(server, "whole", tmp_path)
    assert path.read_bytes() == CONTENT


def test_a_file_that_is_there_is_not_asked_for_again(server, tmp_path):
    get(server, "whole", tmp_path)
    get(server, "whole", tmp_path)
    assert len(server.asked) == 1


def test_a_file_that_was_spoilt_on_disk_is_fetched_again(server, tmp_path):
    (tmp_path / "faces.tar").write_bytes(b"spoilt")
    (path,) = get(server, "whole", tmp_path)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("way", "message", "tries", "left"),
    [
        (
            "changed",
            r"sent something other than faces.tar: its checksum should be sha256:\w{64}. It was deleted",
            1,
            {},
        ),
        ("without-length", r"sent something other than faces.tar", 1, {}),
        ("404", r"answers 404 Not Found: the file has moved .*; get faces.tar by hand, .* in FACEGEN_DATA", 1, {}),
        ("429", r"in 4 tries \(429", 4, {}),
        ("503", r"could not be fetched from .* in 4 tries \(503 .*Is there a network\? Otherwise get faces.tar", 4, {}),
        ("drops", r"in 4 tries \(the connection broke off\). 65,536 bytes are kept", 4, {"faces.tar.part": 65_536}),
    ],
)
def test_what_goes_wrong_is_said_and_no_half_file_is_left_in_place(server, tmp_path, way, message, tries, left):
    with pytest.raises(FacegenError, match=message):
        get(server, way, tmp_path)
    assert len(server.asked) == tries
    assert files_in(tmp_path) == left


def test_no_server_is_said_to_be_no_network(server, tmp_path):
    server.shutdown()
    server.server_close()
    with pytest.raises(FacegenError, match=r"4 tries \(the server refuses connections\). Is there a network\?"):
        get(server, "whole", tmp_path)
    assert files_in(tmp_path) == {}


def test_a_name_that_nobody_knows_is_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "WAIT", 0.0)
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    file = RemoteFile("faces.tar", "http://no-such-server.invalid/faces.tar", CHECKSUM)
    with pytest.raises(FacegenError, match=r"4 tries \(the name of the server cannot be looked up\)"):
        fetch.fetch([file], tmp_path, bar=False)


def test_a_full_disk_is_said_to_be_one(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(fetch, "download_rest", full)
    with pytest.raises(FacegenError, match=r"faces.tar could not be written to .*: No space left on device. Free some"):
        get(server, "whole", tmp_path)


def test_a_progress_bar_counts_bytes(server, tmp_path, capsys):
    fetch.fetch([remote(server, "whole")], tmp_path)
    assert re.search(r"faces.tar: 100%.*300k/300k", capsys.readouterr().err)


@pytest.fixture
def fetched_mnist(tmp_path, monkeypatch):
    """A sheet of mnist whose file is served by nobody but lies where fetched files lie."""
    digits = np.random.default_rng(0).integers(0, 256, (20, 28, 28), dtype="uint8")
    folder = sources.download_folder()
    folder.mkdir(parents=True)
    write_idx(folder / "t10k-images-idx3-ubyte.gz", digits)
    write_idx(folder / "t10k-labels-idx1-ubyte.gz", np.arange(20, dtype="uint8") % 10)


def test_a_set_that_was_fetched_before_is_found_without_a_network(fetched_mnist):
    assert len(data.load("mnist", split="all")) == 20


def test_a_set_that_is_nowhere_is_fetched_and_loaded(server, monkeypatch):
    import io

    archive = io.BytesIO()
    digits = np.zeros((5, 28, 28), "uint8")
    np.savez(archive, x_train=digits, y_train=np.arange(5), x_test=digits, y_test=np.arange(5))
    monkeypatch.setattr("test_fetch.CONTENT", archive.getvalue())
    checksum = "sha256:" + hashlib.sha256(archive.getvalue()).hexdigest()
    file = RemoteFile("mnist.npz", remote(server, "whole").url, checksum)
    sheet = sheets.DataSheet("mnist", *"abcdef", archives=("mnist.npz",), files=(file,))
    monkeypatch.setitem(catalog.SHEETS, "mnist", sheet)
    assert catalog.state("mnist") == "can be fetched"
    assert len(data.load("mnist", split="all")) == 10
    assert catalog.state("mnist") == str(sources.download_folder() / "mnist.npz")
    assert catalog.fetch_set("mnist") == [sources.download_folder() / "mnist.npz"]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("name", "file"), [("utkface", "UTKFace.tar.gz"), ("celeba", "img_align_celeba.zip"), ("nlvr", "folder nlvr")]
)
def test_a_publisher_who_wants_a_person_gets_one_with_the_file_and_its_place(name, file):
    with pytest.raises(FacegenError, match=rf"{name} is not on this computer.*https://.*{file}.* FACEGEN_DATA"):
        data.load(name)
    assert catalog.state(name) == "by hand"


def test_what_can_be_fetched_has_a_checksum_and_a_secure_address():
    files = [file for sheet in catalog.SHEETS.values() for file in sheet.files]
    assert {file.name for file in files} >= {"mnist.npz", "102flowers.tgz", "lfw.tgz", "olivettifaces.mat"}
    for file in files:
        assert re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", file.checksum)
        assert file.url.startswith("https://")


def test_checksums_are_those_of_the_libraries_that_keep_them():
    from sklearn.datasets import _lfw, _olivetti_faces

    ours = {file.name: (file.url, file.checksum) for sheet in catalog.SHEETS.values() for file in sheet.files}
    for theirs in (_lfw.ARCHIVE, _olivetti_faces.FACES):
        assert theirs.checksum in {
            checksum.removeprefix("sha256:") for url, checksum in ours.values() if url == theirs.url
        }
