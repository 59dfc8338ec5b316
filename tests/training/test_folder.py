"""What a run's folder says about itself, and who may train in it."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from facegen_lib import recipes, training
from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.training import checkpoints, folder, samples

SHAPE = (16, 16, 3)


@pytest.fixture(scope="module")
def faces() -> ImageSet:
    return ImageSet("noise", np.random.default_rng(0).integers(0, 256, (24, *SHAPE), dtype="uint8"))


def recipe(**changes) -> recipes.Recipe:
    return recipes.recipe("dcgan", SHAPE, "laptop", **{"batch_size": 8, **changes})


@pytest.fixture
def run(faces, tmp_path) -> training.Run:
    return training.train(recipe(), faces, steps=3, folder=tmp_path / "run", save_every=2)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"budget": {"steps": 1}, "recipe": [], "data": {"name": "x"}}'])
def test_a_damaged_config_is_named(tmp_path, text):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(FacegenError, match=r"config\.json is damaged\. Delete it"):
        training.read_config(tmp_path)


def test_a_folder_without_a_run_says_so(tmp_path):
    with pytest.raises(FacegenError, match="holds no run"):
        training.read_config(tmp_path)


def test_a_config_takes_the_name_of_any_file(tmp_path):
    config = {"recipe": {"name": "dcgan"}, "budget": {"steps": 1}}
    for name in ("folder:фото", "folder:caf\udce9"):
        folder.write_config(tmp_path, config | {"data": {"name": name}})
        assert training.read_config(tmp_path)["data"]["name"] == name


def test_a_config_of_an_earlier_version_without_a_setting_still_goes_on(run, faces):
    config = training.read_config(run.folder)
    for key in ("generator_layers", "discriminator_layers"):
        del config["recipe"][key]
    del config["recipe"]["generator_optimizer"]["clipnorm"]
    folder.write_config(run.folder, config)
    assert training.Run(run.folder, recipe(), faces).steps == 3


def test_a_part_that_comes_or_goes_is_a_difference():
    none, some = {"view": None}, {"view": {"name": "InstanceNoise"}}
    assert len(list(folder.compare(none, some))) == len(list(folder.compare(some, none))) == 1


def test_the_same_images_under_another_name_go_on(run, faces):
    renamed = ImageSet("folder:noise/", faces.images)
    assert training.train(recipe(), renamed, steps=4, folder=run.folder).steps == 4


def test_a_recipe_whose_source_is_told_in_other_words_goes_on(run, faces):
    corrected = recipe(source="Radford et al. (2016), section 3.")
    assert training.train(corrected, faces, steps=4, folder=run.folder).steps == 4


def test_what_was_skipped_stays_in_the_config(faces, tmp_path):
    photos = ImageSet("photos", faces.images, provenance={"skipped": {"broken.jpg": "is damaged"}})
    training.train(recipe(), photos, steps=1, folder=tmp_path)
    assert training.read_config(tmp_path)["provenance"]["skipped"] == {"broken.jpg": "is damaged"}


def test_a_run_that_never_started_leaves_its_folder_free(faces, tmp_path):
    with pytest.raises(FacegenError, match="Give a batch size of 24 or less"):
        training.train(recipe(batch_size=25), faces, steps=1, folder=tmp_path / "run")
    assert training.train(recipe(), faces, steps=1, folder=tmp_path / "run").steps == 1


def test_a_run_that_diverged_before_its_first_checkpoint_leaves_its_folder_free(faces, tmp_path):
    steep, gentle = (recipe(generator_optimizer=recipes.adam(rate, 0.5)) for rate in (float("nan"), 1e-3))
    with pytest.raises(FacegenError, match=r"not a number\. There was no checkpoint yet"):
        training.train(steep, faces, steps=3, folder=tmp_path, sample_every=1)
    assert training.train(gentle, faces, steps=2, folder=tmp_path, sample_every=5).steps == 2
    assert training.read_config(tmp_path)["recipe"]["generator_optimizer"]["learning_rate"] == 1e-3
    assert [path.stem for path in checkpoints.all_in(tmp_path / "samples", ".png")] == [
        "step-00000000",
        "step-00000002",
    ]


def test_a_trained_generator_without_checkpoints_is_not_replaced(run, faces):
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    for path in checkpoints.all_in(run.folder / "checkpoints"):
        path.unlink()
        del before[path]
    with pytest.raises(FacegenError, match="holds a trained generator and no checkpoint"):
        training.train(recipe(), faces, steps=2, folder=run.folder)
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before


def test_a_tilde_is_the_home_folder(faces, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEGEN_RUNS", "~/runs")
    assert folder.runs_folder() == tmp_path / "runs"
    assert training.train(recipe(), faces, steps=1, folder="~/run").folder == tmp_path / "run"


def test_a_missing_or_damaged_or_short_history_is_named(run, faces):
    path = run.folder / "history.npz"
    run.history.thinned(2).save(path)
    with pytest.raises(FacegenError, match=r"history\.npz holds 1 steps, fewer than the 3"):
        training.Run(run.folder, recipe(), faces)
    path.write_bytes(b"nothing")
    with pytest.raises(FacegenError, match=r"history\.npz is damaged"):
        training.Run(run.folder, recipe(), faces)
    path.unlink()
    with pytest.raises(FacegenError, match=r"history\.npz is missing"):
        training.Run(run.folder, recipe(), faces)


def test_a_checkpoint_kept_aside_is_neither_the_newest_nor_counted(run, faces):
    place = run.folder / "checkpoints"
    (place / "step-best.npz").write_bytes((place / "step-00000002.npz").read_bytes())
    assert training.train(recipe(), faces, steps=5, folder=run.folder, keep=1).steps == 5
    assert sorted(path.name for path in place.iterdir()) == ["step-00000005.npz", "step-best.npz"]


def test_a_damaged_frame_is_missing_from_the_film_and_nothing_else(run):
    whole = samples.read_frames(run.folder / "samples", 40)
    png = (run.folder / "samples" / "step-00000001.png").read_bytes()
    for damaged in (b"nothing", png[:60], png[: len(png) // 2]):
        (run.folder / "samples" / "step-00000001.png").write_bytes(damaged)
        assert len(samples.read_frames(run.folder / "samples", 40)) == len(whole) - 1


def test_two_processes_do_not_train_in_one_folder(run, faces):
    (run.folder / "training.pid").write_text(str(os.getppid()))
    with pytest.raises(FacegenError, match=rf"Process {os.getppid()} is training in .*run"):
        training.train(recipe(), faces, steps=4, folder=run.folder)


def test_a_process_that_was_killed_does_not_keep_its_folder(run, faces):
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    (run.folder / "training.pid").write_text(str(killed.pid))
    assert training.train(recipe(), faces, steps=4, folder=run.folder).steps == 4
    assert not (run.folder / "training.pid").exists()


def test_images_that_do_not_fit_the_recipe_are_refused_before_anything_is_written(faces, tmp_path):
    small = ImageSet("small", np.zeros((24, 8, 8, 3), "uint8"))
    with pytest.raises(FacegenError, match=r"images of 16×16×3, and those of small are 8×8×3"):
        training.train(recipe(), small, steps=1, folder=tmp_path / "run")
    with pytest.raises(FacegenError, match="learns from an image set, got ndarray"):
        training.train(recipe(), faces.images, steps=1)
    assert not (tmp_path / "run").exists()


def test_a_config_is_plain_json_in_ascii(run):
    assert json.loads((run.folder / "config.json").read_bytes().decode("ascii"))["recipe"]["name"] == "dcgan"
