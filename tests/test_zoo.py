"""What ships opens, makes images, and has the scores that the book says it has."""

import json

import numpy as np
import pytest

from facegen_lib import shipped, zoo
from facegen_lib.errors import FacegenError
from facegen_lib.models.generator import TrainedGenerator


def test_the_first_face_ships():
    assert "dcgan-utkface" in zoo.names()


@pytest.mark.parametrize("name", zoo.names())
def test_a_shipped_generator_opens_and_makes_images(name):
    people = zoo.pretrained(name)
    images = people.sample(4, seed=1)
    assert images.dtype == np.uint8 and images.shape == (4, *people.about["recipe"]["image_shape"])
    assert images.std(axis=0).mean() > 10  # four different pictures
    assert shipped.shipped_path(f"checkpoints/{name}.npz").stat().st_size < 3_000_000


@pytest.mark.parametrize("name", zoo.names())
def test_a_shipped_run_comes_with_its_papers(name):
    about = zoo.pretrained(name).about
    config = json.loads((zoo.folder(name) / "config.json").read_text())
    assert config["recipe"] == about["recipe"] and config["data"] == about["data"]
    assert len(zoo.history(name)) == about["steps"]
    assert zoo.report(name).image_set == about["data"]["name"]
    assert len(list((zoo.folder(name) / "samples").glob("step-*.png"))) >= 4
    assert about["core_minutes"] <= 1.05 * zoo.entry(name).core_minutes


def test_a_face_is_found_in_95_of_100_samples():
    rate = zoo.report("dcgan-utkface")["face rate"]
    assert rate.count == 500 and rate.extractor == "mtcnn"
    assert rate.value >= 0.95


def test_an_unknown_generator_gets_the_nearest_name():
    with pytest.raises(FacegenError, match='Did you mean "dcgan-utkface"'):
        zoo.pretrained("dcgan-utkfaces")


def test_a_file_that_is_no_generator_is_named(tmp_path):
    (tmp_path / "generator.npz").write_bytes(b"nothing")
    with pytest.raises(FacegenError, match=r"generator\.npz is not a trained generator"):
        TrainedGenerator.load(tmp_path / "generator.npz")
    with pytest.raises(FacegenError, match="does not exist"):
        TrainedGenerator.load(tmp_path / "nowhere.npz")


def test_an_entry_that_was_not_started_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEGEN_RUNS", str(tmp_path))
    assert "not started here" in zoo.status("dcgan-utkface")
