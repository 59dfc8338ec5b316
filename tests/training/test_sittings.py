"""How a run ends, what is said then, and what another budget does to it."""

import numpy as np
import pytest

from facegen_lib import recipes, training
from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.training import callbacks, checkpoints
from facegen_lib.training import run as runs

SHAPE = (16, 16, 3)


@pytest.fixture(scope="module")
def faces() -> ImageSet:
    return ImageSet("noise", np.random.default_rng(0).integers(0, 256, (24, *SHAPE), dtype="uint8"))


def train(faces, folder, **options) -> training.Run:
    return training.train(recipes.recipe("dcgan", SHAPE, "laptop", batch_size=8), faces, folder=folder, **options)


class Ending(training.Callback):
    """Does something after one step, and keeps what is said at the end."""

    def __init__(self, step=0, act=None):
        self.step, self.act = step, act

    def on_step(self, run):
        if run.steps == self.step:
            self.act(run)

    def on_end(self, run):
        self.said = callbacks.how_it_ended(run)


def remarks(faces, folder, **options) -> list[str]:
    said = []
    train(faces, folder, callbacks=[callbacks.Advisor(say=said.append)], **options)
    return said


def test_a_budget_that_is_changed_after_the_rates_fell_is_remarked(faces, tmp_path):
    assert remarks(faces, tmp_path, steps=6) == []
    (said,) = remarks(faces, tmp_path, steps=12)
    assert said.startswith("The budget was 6 steps and is now 12 steps: the learning rates fall")
    assert remarks(faces, tmp_path, steps=12) == []


def test_a_budget_that_is_changed_while_the_rates_are_whole_makes_the_same_run(faces, tmp_path):
    stop = Ending(3, lambda run: run.stop())
    train(faces, tmp_path / "run", steps=12, callbacks=[stop])
    assert remarks(faces, tmp_path / "run", steps=9) == []
    whole = train(faces, tmp_path / "whole", steps=9)
    resumed = train(faces, tmp_path / "run", steps=9)
    np.testing.assert_array_equal(resumed.history["generator_loss"], whole.history["generator_loss"])


def test_a_smaller_budget_leaves_the_record_of_a_finished_run_as_it_was(faces, tmp_path):
    train(faces, tmp_path, steps=6)
    before = {path: path.read_bytes() for path in (tmp_path / "config.json", tmp_path / "generator.npz")}
    assert train(faces, tmp_path, steps=2).steps == 6
    assert all(path.read_bytes() == content for path, content in before.items())


def test_slow_steps_are_saved_in_between_and_the_run_is_the_same(faces, tmp_path, monkeypatch):
    whole = train(faces, tmp_path / "whole", steps=4)
    monkeypatch.setattr(runs, "SAVE_AFTER", 0)
    found = Ending(2, lambda run: kept.extend(checkpoints.all_in(run.folder / "checkpoints")))
    kept = []
    saved = train(faces, tmp_path / "run", steps=4, callbacks=[found])
    assert [path.name for path in kept] == ["step-00000001.npz", "step-00000002.npz"]
    np.testing.assert_array_equal(saved.history["generator_loss"], whole.history["generator_loss"])
    np.testing.assert_array_equal(saved.sample(4), whole.sample(4))


def test_when_all_is_done_it_is_saved_before_that_is_said(faces, tmp_path):
    class Look(training.Callback):
        def on_end(self, run):
            self.there = (run.folder / "evolution.gif").exists(), run.saved

    look = Look()
    train(faces, tmp_path, steps=2, callbacks=[look])
    assert look.there == (True, 2)


def test_a_run_that_was_stopped_says_where_it_goes_on(faces, tmp_path):
    ending = Ending(2, lambda run: run.stop())
    run = train(faces, tmp_path / "run", steps=4, resume=False, callbacks=[ending])
    assert f"stopped after step 2, 50% of the budget. Training the same recipe in {run.folder} goes on" in ending.said


def test_an_error_is_told_with_the_checkpoint_that_is_left(faces, tmp_path):
    def fail(run):
        raise RuntimeError("anything")

    ending = Ending(1, fail)
    with pytest.raises(RuntimeError):
        train(faces, tmp_path, steps=9, save_every=2, callbacks=[ending])
    assert ending.said.endswith("ended after step 1; there is no checkpoint yet.")
    ending = Ending(3, fail)
    with pytest.raises(RuntimeError):
        train(faces, tmp_path, steps=9, save_every=2, callbacks=[ending])
    assert ending.said.endswith(f"ended after step 3; the newest checkpoint in {tmp_path} is that of step 2.")


def test_a_disk_that_is_full_at_the_end_is_no_finished_run(faces, tmp_path, monkeypatch):
    def full(*_):
        raise FacegenError("the disk is full")

    ending = Ending(4, lambda run: monkeypatch.setattr(checkpoints, "save", full))
    with pytest.raises(FacegenError, match="full"):
        train(faces, tmp_path, steps=4, save_every=3, callbacks=[ending])
    assert "done" not in ending.said and "that of step 3" in ending.said


def test_a_budget_reads_as_it_is_said():
    assert [str(training.Budget(steps=20_500)), str(training.Budget(core_minutes=45.0))] == [
        "20,500 steps",
        "45.0 core minutes",
    ]
