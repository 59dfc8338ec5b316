"""A run's folder, its budget, and everything that may go wrong on the way."""

import errno
import os
import pathlib

import numpy as np
import pytest
from PIL import Image

from facegen_lib import recipes, training
from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.models.generator import TrainedGenerator
from facegen_lib.training import callbacks, checkpoints
from facegen_lib.training.budget import Budget
from facegen_lib.training.history import History

SHAPE = (16, 16, 3)


@pytest.fixture(scope="module")
def faces() -> ImageSet:
    pixels = np.random.default_rng(0).integers(0, 256, (40, *SHAPE), dtype="uint8")
    return ImageSet("noise", pixels, provenance={"split": "train"})


def recipe(**changes) -> recipes.Recipe:
    return recipes.recipe("dcgan", SHAPE, "laptop", **{"batch_size": 8, **changes})


@pytest.fixture(scope="module")
def finished(faces, tmp_path_factory) -> training.Run:
    folder = tmp_path_factory.mktemp("runs") / "finished"
    return training.train(recipe(), faces, steps=12, folder=folder, save_every=4, sample_every=5)


def test_a_run_is_a_folder(finished):
    names = {path.relative_to(finished.folder).as_posix() for path in finished.folder.rglob("*") if path.is_file()}
    assert names == {
        "config.json",
        "history.npz",
        "generator.npz",
        "evolution.gif",
        *(f"samples/step-{step:08d}.png" for step in (0, 5, 10, 12)),
        *(f"checkpoints/step-{step:08d}.npz" for step in (8, 12)),
    }


def test_the_config_names_recipe_data_seed_versions_and_machine(finished, faces):
    config = training.read_config(finished.folder)
    assert config["recipe"]["name"] == "dcgan" and config["recipe"]["seed"] == 0
    assert config["data"] == {"name": "noise", "hash": faces.hash, "images": 40}
    assert {"tensorflow", "keras", "numpy", "python"} <= set(config["machine"]["versions"])
    assert config["budget"] == {"steps": 12}


def test_the_history_has_a_row_per_step(finished):
    history = History.load(finished.folder / "history.npz")
    assert len(history) == 12
    assert np.isfinite(history.rows).all()
    assert (history["seconds"] > 0).all()


def test_the_film_ends_with_the_last_samples(finished):
    film = Image.open(finished.folder / "evolution.gif")
    assert film.n_frames >= 2
    assert film.size[0] <= finished.sample_grid().shape[1]


def test_the_kept_generator_makes_the_same_images_to_float16(finished):
    kept = TrainedGenerator.load(finished.folder / "generator.npz")
    assert kept.about["steps"] == 12 and kept.latent_dim == 128
    difference = np.abs(kept.sample(4, seed=5).astype(int) - finished.sample(4, seed=5).astype(int))
    assert difference.max() <= 3


def test_samples_of_a_seed_do_not_depend_on_how_many_are_drawn(finished):
    np.testing.assert_allclose(finished.sample(70, seed=2)[:3], finished.sample(3, seed=2), atol=1)  # grey levels


def test_a_finished_run_is_not_trained_again(finished, faces):
    again = training.train(recipe(), faces, steps=12, folder=finished.folder)
    assert again.steps == 12


def test_starting_over_leaves_the_old_run_alone(finished, faces):
    fresh = training.train(recipe(), faces, steps=1, folder=finished.folder, resume=False)
    assert fresh.folder == finished.folder.with_name("finished-2") and fresh.steps == 1


def test_another_recipe_is_refused_with_the_difference(finished, faces):
    with pytest.raises(FacegenError, match=r"recipe\.batch_size was 8, now 4"):
        training.train(recipe(batch_size=4), faces, steps=12, folder=finished.folder)


def test_other_data_is_refused_with_the_difference(finished, faces):
    other = ImageSet("noise", faces.images[::-1].copy())
    with pytest.raises(FacegenError, match=r"data\.hash was"):
        training.train(recipe(), other, steps=12, folder=finished.folder)


@pytest.mark.parametrize("limits", [{}, {"steps": 5, "minutes": 1}, {"steps": 0}, {"minutes": -1}])
def test_a_budget_is_exactly_one_limit_above_zero(limits):
    with pytest.raises(FacegenError, match="one limit above zero"):
        Budget(**limits)


def test_minutes_end_a_run(faces, tmp_path):
    run = training.train(recipe(), faces, minutes=0.03, folder=tmp_path / "run")
    assert run.steps >= 1 and run.progress == 1
    spent = float(run.history["seconds"].sum())
    assert 1.8 <= spent <= 1.8 + float(run.history["seconds"].max())


def test_a_thinned_history_has_the_means_of_its_steps_and_knows_how_many(tmp_path):
    history = History(("loss",), np.arange(10, dtype="float32")[:, None])
    history.thinned(4).save(tmp_path / "history.npz")
    few = History.load(tmp_path / "history.npz")
    assert few.steps.tolist() == [3, 6, 9] and few["loss"].tolist() == [1.0, 4.0, 7.0]
    assert history.thinned(100)["loss"].tolist() == history["loss"].tolist()


def test_a_thinned_history_has_spent_what_the_whole_one_has():
    history = History(("seconds", "processor_seconds"), np.full((12, 2), 0.5, "float32"))
    assert history.thinned(4).spent == history.spent == (12, 6.0, 6.0)


def test_what_was_spent_is_known_without_looking_at_the_rows(monkeypatch):
    history = History(("seconds", "processor_seconds"), np.full((12, 2), 0.5, "float32")).thinned(4)
    history.append(np.array([1.0, 2.0]))  # one row for three steps
    monkeypatch.delattr(History, "__getitem__")
    assert history.spent == (15, 9.0, 12.0)


@pytest.mark.parametrize("steps", [None, 7])
def test_a_history_read_back_has_spent_what_its_rows_say_and_goes_on_from_there(tmp_path, steps):
    rows = np.random.default_rng(0).uniform(0, 1, (10, 3)).astype("float32")
    history = History(("loss", "seconds", "processor_seconds"))
    for row in rows:
        history.append(row)
    history.save(tmp_path / "history.npz")
    again = History.load(tmp_path / "history.npz", steps)
    again.append(rows[0])
    expected = np.concatenate([rows[:steps], rows[:1]]).astype("float64").sum(axis=0)
    np.testing.assert_allclose(again.spent, [(steps or 10) + 1, *expected[1:]], rtol=1e-12)


def test_a_small_history_keeps_what_half_precision_cannot_hold(tmp_path):
    rows = np.array([[1.0, 1e6], [2.0, 2.0]], "float32")
    History(("loss", "gradient"), rows).save(tmp_path / "history.npz", small=True)
    stored = np.load(tmp_path / "history.npz")
    assert stored["loss"].dtype == np.float16 and stored["gradient"].tolist() == [1e6, 2.0]


def test_learning_rates_fall_in_the_last_third(faces, tmp_path):
    rates = []

    class Watch(training.Callback):
        def on_step(self, run):
            rates.append(float(run.model.generator_optimizer.learning_rate.numpy()))

    training.train(recipe(), faces, steps=9, folder=tmp_path / "run", callbacks=[Watch()])
    np.testing.assert_allclose(rates, [5e-4] * 7 + [5e-4 * 2 / 3, 5e-4 / 3], rtol=1e-5)


def test_a_loss_that_is_not_a_number_stops_the_run_and_keeps_the_last_checkpoint(faces, tmp_path):
    class Poison(training.Callback):
        def on_step(self, run):
            if run.steps == 5:
                run.model.generator.trainable_weights[0].assign(
                    np.full_like(run.model.generator.trainable_weights[0].numpy(), np.nan)
                )

    with pytest.raises(FacegenError, match=r"Step 6 \(batch 5\).*not a number.*step-00000004\.npz.*learning rate"):
        training.train(recipe(), faces, steps=9, folder=tmp_path / "run", save_every=2, callbacks=[Poison()])
    resumed = training.Run(tmp_path / "run", recipe(), faces)
    assert resumed.steps == 4
    assert all(np.isfinite(weight.numpy()).all() for weight in resumed.generator.weights)


def test_a_full_disk_leaves_the_last_checkpoint_whole(finished, tmp_path, monkeypatch):
    path = tmp_path / "step-1.npz"
    checkpoints.save(finished.model, path)
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FacegenError, match=r"No space left on device.*make room"):
        checkpoints.save(finished.model, path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["step-1.npz"]


def test_a_folder_that_cannot_be_made_is_named(faces, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FacegenError, match="could not be written"):
        training.train(recipe(), faces, steps=1, folder=tmp_path / "file" / "run")


def test_a_name_that_the_file_system_refuses_is_named():
    with pytest.raises(FacegenError, match="could not be written: File name too long"):
        checkpoints.write_whole(pathlib.Path("x" * 300), lambda file: None)


def test_a_damaged_checkpoint_is_named_and_the_one_before_is_offered(finished, faces, tmp_path):
    path = tmp_path / "step-00000001.npz"
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(FacegenError, match=r"step-00000001\.npz is damaged.*Delete it"):
        checkpoints.restore(finished.model, path)


def test_a_truncated_generator_is_named(finished, tmp_path):
    whole = (finished.folder / "generator.npz").read_bytes()
    for length in (0, 100, len(whole) // 2, len(whole) - 10):
        (tmp_path / "generator.npz").write_bytes(whole[:length])
        with pytest.raises(FacegenError, match=r"generator\.npz is not a trained generator"):
            TrainedGenerator.load(tmp_path / "generator.npz")


@pytest.mark.parametrize("option", ["save_every", "sample_every", "keep"])
@pytest.mark.parametrize("value", [0, -3])
def test_an_option_below_one_is_refused_before_anything_is_written(faces, tmp_path, option, value):
    with pytest.raises(FacegenError, match=f"{option} of 1 or more, got {value}"):
        training.train(recipe(), faces, steps=1, folder=tmp_path / "run", **{option: value})
    assert not (tmp_path / "run").exists()


def test_the_newest_checkpoints_stay(tmp_path):
    for step in (1, 2, 3):
        (tmp_path / f"step-{step:08d}.npz").touch()
    checkpoints.keep_newest(tmp_path, 1)
    assert [path.name for path in checkpoints.all_in(tmp_path)] == ["step-00000003.npz"]


def test_stop_ends_after_the_present_step_and_saves(faces, tmp_path):
    class StopAtThree(training.Callback):
        def on_step(self, run):
            if run.steps == 3:
                run.stop("stopped")

    run = training.train(recipe(), faces, steps=50, folder=tmp_path / "run", callbacks=[StopAtThree()])
    assert run.steps == 3
    assert checkpoints.all_in(run.folder / "checkpoints")[-1].name == "step-00000003.npz"
    assert f"in {run.folder} goes on from there" in callbacks.how_it_ended(run)


def test_more_images_than_the_set_holds_are_refused(faces, tmp_path):
    with pytest.raises(FacegenError, match="batch of 64 images cannot be drawn from a set of 40"):
        training.train(recipe(batch_size=64), faces, steps=1, folder=tmp_path / "run")


def test_the_advisor_sees_a_winning_discriminator_and_collapsed_samples(finished):
    history = History(finished.history.columns, np.tile(finished.history.rows[:1], (200, 1)))
    for column, value in {"accuracy": 1.0, "fake_score": 0.001, "generator_gradient": 0.0}.items():
        history.rows[:, finished.history.columns.index(column)] = value

    class Collapsed:
        steps, faces = 200, finished.faces

        def sample(self, count):
            return np.repeat(finished.sample(1), count, axis=0)

    Collapsed.history, Collapsed.model = history, finished.model
    said = " ".join(callbacks.warnings_for(Collapsed(), window=200))
    assert "discriminator is winning" in said and "nothing is moving" in said and "collapsing" in said


@pytest.mark.parametrize("count", [40, 2000])
def test_the_advisor_looks_at_all_kinds_of_a_set_in_order(finished, count):
    black_then_white = np.repeat(np.array([0, 255], "uint8"), count // 2)[:, None, None, None]

    class Collapsed:
        steps, history, model = 200, finished.history, finished.model
        faces = ImageSet("in order", np.broadcast_to(black_then_white, (count, *SHAPE)).copy())

        def sample(self, wanted):
            return np.repeat(finished.sample(1), wanted, axis=0)

    assert "collapsing" in " ".join(callbacks.warnings_for(Collapsed(), window=200))


def test_tensorboard_logs_are_written_into_the_runs_own_folder(faces, tmp_path):
    folder, log = tmp_path / "run", callbacks.TensorBoardLog(every=1)
    for place in (folder, folder.with_name("run-2")):
        training.train(recipe(), faces, steps=2, folder=folder, resume=False, callbacks=[log])
        assert len(list((place / "logs").glob("events.out.tfevents.*"))) == 1


def test_the_default_folder_has_a_name_every_file_system_takes(faces, monkeypatch):
    monkeypatch.setenv("FACEGEN_RUNS", "/somewhere")
    odd = ImageSet("folder:~/фото 1", faces.images)
    assert training.default_folder(recipe(), odd) == pathlib.Path("/somewhere/dcgan-folder---фото-1-16")
    deep = [ImageSet(f"folder:{'фото/' * 60}{number}", faces.images) for number in range(2)]
    first, second = (training.default_folder(recipe(), photos).name for photos in deep)
    assert first != second and len(first.encode()) < 220


@pytest.mark.parametrize(("name", "scale"), [("dcgan", "laptop"), ("wgan-gp", "laptop"), ("patel-refined", "source")])
def test_a_recipe_that_has_been_trained_starts_over(faces, tmp_path, name, scale):
    again = recipes.recipe(name, SHAPE, scale, batch_size=8)
    first, second = (training.train(again, faces, steps=2, folder=tmp_path / "run", resume=False) for _ in range(2))
    for column in first.model.METRICS:
        np.testing.assert_array_equal(first.history[column], second.history[column])
    assert first.folder != second.folder and first.generator is not second.generator


def test_all_noise_of_a_game_depends_on_the_seed():
    first, second = (
        recipes.recipe("wgan-gp", SHAPE, "laptop", seed=seed).model().objective.seeds.state.numpy() for seed in (0, 1)
    )
    assert (first != second).any()


def test_a_model_keeps_its_dice_when_its_recipe_makes_another():
    recipe = recipes.recipe("wgan-gp", SHAPE, "laptop")
    first = recipe.model()
    first.objective.seeds.next()
    before = first.objective.seeds.state.numpy()
    recipe.model()
    np.testing.assert_array_equal(first.objective.seeds.state.numpy(), before)
    assert (before != recipe.model().objective.seeds.state.numpy()).any()
