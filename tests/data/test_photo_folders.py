"""Folders of photos as people have them: from phones and cameras, with links, and changing while they are read."""

import base64
import os

import numpy as np
import pytest
from conftest import encoded, write_folder

from facegen_lib import data
from facegen_lib.data import sources

# 48×32, blue on the left and red on the right, its EXIF tag says "turn me clockwise"; written by pillow-heif 1.8.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAA"
    "AERAAAIAAQAAAAAB7AABAAAAAAAAACoAAgAAAAACFgABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZl"
    "AgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH/"
    "/wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29s"
    "cm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAADAAAAABAAAAIAAAAAH////wAAAAAv///+AAAAACAAAAEHBpeGkAAAAA"
    "AwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAFZtZGF0AAAAJigBrxOA5TH3"
    "/+DIRB4dSPwGSwSsvM+f/DqcvCq7+EsPrKKPac/AAAAABkV4aWYAAE1NACoAAAAIAAEBEgADAAAAAQAGAAAAAAAA"
)


def load(folder, size=32):
    return data.load(f"folder:{folder}", size=size, split="all")


def test_a_photo_of_an_iphone_is_read_upright(tmp_path):
    photos = load(write_folder(tmp_path / "photos", {"IMG_1.HEIC": HEIC}))
    top, bottom = photos.images[0, 2, 16], photos.images[0, -3, 16]
    np.testing.assert_allclose([top, bottom], [(0, 0, 255), (255, 0, 0)], atol=10)


def test_photos_of_a_phone_or_a_camera_are_named_where_they_cannot_be_read(tmp_path):
    files = {
        "a.jpg": encoded(),
        "IMG_1.HEIC": HEIC[:300],
        "_DSC1.NEF": encoded(kind="TIFF"),
        "notes.txt": b"",
    }
    photos = load(write_folder(tmp_path / "photos", files))
    assert list(photos.names) == ["a.jpg"]
    assert photos.provenance["skipped"] == {
        "IMG_1.HEIC": "is not a picture in any format that can be read",
        "_DSC1.NEF": "is a raw photo, which cannot be read here; export it as JPEG",
    }


def test_jpegs_of_another_ending_are_jpegs(tmp_path):
    assert list(load(write_folder(tmp_path / "photos", {"a.JFIF": encoded()})).names) == ["a.JFIF"]


def test_avif_is_read(tmp_path):
    assert list(load(write_folder(tmp_path / "photos", {"a.avif": encoded(kind="AVIF")})).names) == ["a.avif"]


@pytest.mark.skipif(os.name != "posix", reason="links are POSIX's")
def test_a_broken_link_is_skipped_by_name_and_a_whole_one_is_followed(tmp_path):
    folder = write_folder(tmp_path / "photos", {"a.jpg": encoded()})
    elsewhere = write_folder(tmp_path / "elsewhere", {"b.jpg": encoded(number=1)})
    (folder / "whole.jpg").symlink_to(elsewhere / "b.jpg")
    (folder / "broken.jpg").symlink_to(elsewhere / "gone.jpg")
    (folder / "circle.jpg").symlink_to("circle.jpg")
    photos = load(folder)
    assert sorted(photos.names) == ["a.jpg", "whole.jpg"]
    assert photos.provenance["skipped"] == {
        "broken.jpg": "cannot be read (No such file or directory)",
        "circle.jpg": "cannot be read (Too many levels of symbolic links)",
    }


def test_a_photo_that_disappears_while_a_folder_is_listed_is_skipped_by_name(tmp_path, monkeypatch):
    folder = write_folder(tmp_path / "photos", {"a.jpg": encoded(), "b.jpg": encoded(number=1)})
    walk = os.walk

    def and_one_goes(root):
        for place in walk(root):
            (folder / "b.jpg").unlink()
            yield place

    monkeypatch.setattr(sources.os, "walk", and_one_goes)
    photos = load(folder)
    assert list(photos.names) == ["a.jpg"]
    assert photos.provenance["skipped"] == {"b.jpg": "cannot be read (No such file or directory)"}
