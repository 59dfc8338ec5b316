"""What ships opens, makes images, and has the scores that the book says it has."""

import json

import keras
import numpy as np
import pytest

from facegen_lib import recipes, shipped, training, zoo
from facegen_lib.data import load
from facegen_lib.errors import FacegenError
from facegen_lib.models.generator import TrainedGenerator

ADVERSARIES = [name for name, entry in zoo.ENTRIES.items() if entry.recipe in zoo.FAMILY]
COLLAPSED = ("vanilla-nlvr", "vanilla-flowers")


def test_the_first_face_ships():
    assert "dcgan-utkface" in zoo.names()


@pytest.mark.parametrize("name", zoo.names())
def test_a_shipped_generator_opens_and_makes_images(name):
    people = zoo.pretrained(name)
    images = people.sample(4, seed=1)
    assert images.dtype == np.uint8 and images.shape == (4, *people.about["recipe"]["image_shape"])
    assert (images.std(axis=0).mean() > 10) == (name not in COLLAPSED)  # four different pictures
    assert shipped.shipped_path(f"checkpoints/{name}.npz").stat().st_size < 7_000_000


@pytest.mark.parametrize("name", zoo.names())
def test_a_shipped_run_comes_with_its_papers(name):
    about = zoo.pretrained(name).about
    config = json.loads((zoo.folder(name) / "config.json").read_text())
    assert config["recipe"] == about["recipe"] and config["data"] == about["data"]
    history = zoo.history(name)
    assert 0 <= about["steps"] - len(history) * history.steps_per_row < history.steps_per_row
    assert list(zoo.progress(name))[-1] == about["steps"]
    assert zoo.report(name).image_set == about["data"]["name"]
    assert len(list((zoo.folder(name) / "samples").glob("step-*.webp"))) >= 4
    spent = about["steps"], 60 * about["minutes"], 60 * about.get("core_minutes", 0)
    assert 1 <= zoo.entry(name).budget.progress(*spent) <= 1.05


def test_a_face_is_found_in_95_of_100_samples():
    rate = zoo.report("dcgan-utkface")["face rate"]
    assert rate.count == 500 and rate.extractor == "mtcnn"
    assert rate.value >= 0.95


@pytest.mark.parametrize("recipe", ["dcgan", "wgan-gp"])
def test_nine_in_ten_digits_are_named_with_confidence_and_all_ten_occur(recipe):
    report = zoo.report(f"{recipe}-mnist")
    sure = report["named with confidence"]
    assert sure.count == 5000 and 0.9 <= sure.value < sure.floor
    assert len(report.classes) == 10 and min(share for _, share in report.classes.values()) > 0.05


@pytest.mark.parametrize("data", ["mnist", "nlvr", "flowers", "utkface"])
def test_a_penalised_critic_ends_with_slopes_near_one(data):
    weight = zoo.pretrained(f"wgan-gp-{data}").about["recipe"]["objective"]["weight"]
    missed = np.sqrt(zoo.history(f"wgan-gp-{data}")["penalty"][-100:].mean() / weight)
    assert missed < 0.3


def test_an_unknown_generator_gets_the_nearest_name():
    with pytest.raises(FacegenError, match='Did you mean "dcgan-utkface"'):
        zoo.pretrained("dcgan-utkfaces")


def test_a_file_that_is_no_generator_is_named(tmp_path):
    (tmp_path / "generator.npz").write_bytes(b"nothing")
    with pytest.raises(FacegenError, match=r"generator\.npz is not a trained generator"):
        TrainedGenerator.load(tmp_path / "generator.npz")
    with pytest.raises(FacegenError, match="does not exist"):
        TrainedGenerator.load(tmp_path / "nowhere.npz")


@pytest.mark.parametrize("data", ["mnist", "nlvr", "flowers", "utkface"])
def test_four_adversaries_have_equal_time_on_an_image_set(data):
    abouts = [zoo.pretrained(f"{recipe}-{data}").about for recipe in zoo.FAMILY]
    minutes = [about["minutes"] for about in abouts]
    assert max(minutes) < 1.1 * min(minutes)
    assert len({tuple(about["machine"]["devices"]) for about in abouts}) == 1


def test_a_generator_is_kept_at_each_quarter_of_its_budget(tmp_path):
    keras.utils.set_random_seed(0)
    portraits = load("portraits", size=16).subset(slice(64))
    recipe = recipes.recipe("vanilla", portraits, scale="laptop", batch_size=8)
    run = training.train(recipe, portraits, steps=8, folder=tmp_path, callbacks=[zoo.KeepMoments()])
    kept = sorted(path.stem for path in (tmp_path / "moments").glob("*.npz"))
    assert kept == ["step-00000002", "step-00000004", "step-00000006"] and run.steps == 8


def test_the_sixteen_adversaries_fit_on_a_small_stick():
    papers = [path for name in ADVERSARIES for path in zoo.folder(name).rglob("*") if path.is_file()]
    generators = [shipped.shipped_path(f"checkpoints/{name}.npz") for name in ADVERSARIES]
    assert len(ADVERSARIES) == 16
    assert sum(path.stat().st_size for path in [*papers, *generators]) < 40_000_000


def test_an_entry_that_was_not_started_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEGEN_RUNS", str(tmp_path))
    assert "not started here" in zoo.status("dcgan-utkface")


@pytest.mark.parametrize("name", ADVERSARIES)
def test_the_list_of_what_ships_says_how_long_a_run_took(name):
    about = zoo.pretrained(name).about
    row = shipped.listed(shipped.PROVENANCE.read_text("utf-8"))[f"checkpoints/{name}.npz"]
    assert f"{about['steps']:,} steps in {about['minutes']:.1f} minutes of a GPU" in row["what"]
    assert about["machine"]["devices"] == ["NVIDIA H100 80GB HBM3"]
