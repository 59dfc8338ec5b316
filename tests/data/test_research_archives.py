"""The archives as their publishers give them, where FACEGEN_DATA names a folder that holds them."""

import os
import pathlib

import numpy as np
import pytest

from facegen_lib import data
from facegen_lib.data import catalog

pytestmark = pytest.mark.archives
FOLDER = os.environ.get("FACEGEN_DATA", "")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def archives(cache, monkeypatch):
    """The reader's own archives, but a cache of the tests, shared by them."""
    monkeypatch.setenv("FACEGEN_CACHE", str(cache))
    monkeypatch.setenv("FACEGEN_DATA", FOLDER)


def load(name, split="all", size=16):
    if not FOLDER or catalog.state(name) in ("by hand", "can be fetched"):
        pytest.skip(f"FACEGEN_DATA names no folder with {' or '.join(data.sheet(name).archives[:2])}")
    return data.load(name, size=size, split=split)


def test_utkface_is_whole_and_its_labels_make_sense():
    faces = load("utkface", size=64)
    assert len(faces) >= 20_000
    assert len(faces.provenance["skipped"]) == 0
    assert faces.images.std(axis=(1, 2, 3)).min() > 5  # nothing blank
    age, gender, race = (faces.labels[label] for label in ("age", "gender", "race"))
    assert (age.min(), age.max()) == (1, 116)
    assert 0.45 < np.mean(gender == 0) < 0.6
    assert (np.bincount(race[race >= 0]) > 1000).all()
    assert np.mean(race < 0) < 0.001  # the few names that lack a field
    assert 0.08 < len(load("utkface", "held_out", size=64)) / len(faces) < 0.12


def test_the_first_run_of_the_book_was_trained_on_these_pixels():
    archive = pathlib.Path(FOLDER, "UTKFace.tar")
    if not archive.exists() or archive.stat().st_size != 116_582_400:
        pytest.skip("FACEGEN_DATA names no folder with the edition of UTKFace that the run was trained on")
    assert load("utkface", "train", size=64).hash == "0e3d73f6b93a9527"


def test_nlvr_gives_boxes_without_a_trace_of_the_bars():
    boxes = load("nlvr", size=48)
    assert len(boxes) % 3 == 0
    assert len(boxes) >= 9_000
    assert np.bincount(boxes.labels["box"]).tolist() == [len(boxes) // 3] * 3
    background = np.mean((boxes.images == 211).all(axis=-1))
    bars = np.mean((boxes.images == 128).all(axis=-1))
    assert background > 0.5
    assert bars < 0.002


def test_flowers_are_bright_and_many():
    flowers = load("flowers", size=32)
    assert len(flowers) >= 5_500
    assert len(flowers.provenance["skipped"]) == 0
    assert flowers.images[..., 0].mean() > flowers.images[..., 2].mean()  # more yellow and red than blue


def test_mnist_has_digits_with_dark_edges():
    digits = load("mnist", size=28)
    assert len(digits) in (10_000, 60_000, 70_000)
    assert (np.bincount(digits.labels["digit"]) / len(digits) > 0.08).all()
    assert digits.images[:, :2].mean() < 1
    assert digits.images[:, 8:20, 8:20].mean() > 50
    assert set(digits.provenance["parts"]) == set(digits.labels["part"])
