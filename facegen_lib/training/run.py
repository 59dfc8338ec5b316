"""One training of a recipe on an image set: a folder that can be looked at, resumed and shipped."""

from __future__ import annotations

import contextlib
import json
import pathlib
import signal
import threading
import time
from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from facegen_lib.data import pipeline
from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.models import generator as generators
from facegen_lib.recipes import Recipe
from facegen_lib.training import checkpoints, machine, samples
from facegen_lib.training.budget import Budget
from facegen_lib.training.history import TIMES, History

FRAMES = 40  # sample grids over a run, and pictures in its film


class Callback:
    """Something that watches a run. All three are called with the run itself."""

    def on_start(self, run: Run) -> None:
        """Before the first step of this sitting."""

    def on_step(self, run: Run) -> None:
        """After each step; `run.history` ends with it."""

    def on_end(self, run: Run) -> None:
        """After the last step, whatever ended the run."""


class Run:
    """A folder with everything about one training:

    config.json · history.npz · samples/step-*.png · evolution.gif · checkpoints/step-*.npz · generator.npz

    Args:
        folder: made when it does not exist; when it holds this run already, the run goes on from its last checkpoint.
        recipe: what is trained.
        faces: on what.
        save_every: steps between checkpoints.
        sample_every: steps between sample grids; None spreads forty over the run.
        keep: how many checkpoints stay.
        jit_compile: compile the step with XLA: some seconds once, then a third less time per step.

    Raises:
        FacegenError: the folder holds a run of another recipe or other data, the text says what differs; or
            `save_every`, `sample_every` or `keep` is below 1.
    """

    def __init__(
        self,
        folder: pathlib.Path | str,
        recipe: Recipe,
        faces: ImageSet,
        save_every: int = 1000,
        sample_every: int | None = None,
        keep: int = 2,
        jit_compile: bool = False,
    ):
        for option, value in {"save_every": save_every, "sample_every": sample_every, "keep": keep}.items():
            if value is not None and value < 1:
                raise FacegenError(f"A run needs {option} of 1 or more, got {value}. Leave it out for the usual one.")
        self.folder = pathlib.Path(folder)
        self.recipe = recipe
        self.faces = faces
        self.save_every = save_every
        self.sample_every = sample_every
        self.keep = keep
        self.jit_compile = jit_compile
        self.model = recipe.model()
        self.history = History((*self.model.METRICS, *TIMES))
        self.budget: Budget | None = None
        self.stopped: str | None = None
        self.learning_rates = {optimizer: float(optimizer.learning_rate.numpy()) for optimizer in self.model.optimizers}
        self.fixed_z = generators.draw_latents(64, recipe.latent_dim, seed=recipe.seed)
        self.resume()

    # what a run is

    @property
    def name(self) -> str:
        """`recipe-data`, e.g. `dcgan-utkface`."""
        return f"{self.recipe.name}-{self.faces.name}"

    @property
    def steps(self) -> int:
        """Steps done so far."""
        return len(self.history)

    @property
    def progress(self) -> float:
        """The share of the budget used up, 0 to 1."""
        return min(1.0, self.budget.progress(*self.history.spent)) if self.budget else 0.0

    def identity(self) -> dict:
        """What must be the same for a run to go on: recipe and data."""
        return {
            "recipe": self.recipe.describe(),
            "data": {"name": self.faces.name, "hash": self.faces.hash, "images": len(self.faces)},
        }

    @property
    def trained(self) -> generators.TrainedGenerator:
        """The averaged generator as it is now, with what it went through."""
        steps, seconds, processor_seconds = self.history.spent
        about = {
            **self.identity(),
            "steps": steps,
            "minutes": round(seconds / 60, 2),
            "core_minutes": round(processor_seconds / 60, 2),
            "machine": machine.describe(),
        }
        return generators.TrainedGenerator(self.name, self.generator, about, self.model.encoder)

    @property
    def generator(self) -> keras.Model:
        """The generator that is sampled and shipped: (N, latent_dim) → float32 (N, H, W, C) in [-1, 1]."""
        return self.model.shown_generator

    @property
    def discriminator(self) -> keras.Model:
        """The discriminator: (N, H, W, C) → logits (N, 1)."""
        return self.model.discriminator

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """The first `count` images of a seed from the averaged generator: uint8 (count, H, W, C)."""
        return generators.images_from(self.generator, generators.draw_latents(count, self.recipe.latent_dim, seed))

    def sample_grid(self) -> np.ndarray:
        """The 64 fixed latent vectors as they look now: one uint8 picture."""
        return samples.grid(generators.images_from(self.generator, self.fixed_z))

    # the training itself

    def train(self, budget: Budget, callbacks: Sequence[Callback] = ()) -> Run:
        """Goes on until the budget is used up, or somebody stops it.

        Args:
            budget: for the whole run; a run that was interrupted uses what is left of it.
            callbacks: watchers.

        Raises:
            FacegenError: a loss is no longer a number, or the disk is full; the last good checkpoint stays.
        """
        self.budget, self.stopped = budget, None
        self.write_config()
        step = tf.function(self.model.train_step, autograph=False, jit_compile=self.jit_compile)
        batch_size = self.recipe.batch_size * self.model.batches_per_step
        batches = iter(pipeline.batches(self.faces.images, batch_size, self.recipe.seed, start=self.steps))
        with self.stop_on_interrupt():
            if self.steps == 0:
                self.save_samples()
            for callback in callbacks:
                callback.on_start(self)
            try:
                while (progress := self.progress) < 1 and not self.stopped:
                    self.set_learning_rates(progress)
                    self.one_step(step, batches)
                    self.keep_record(progress)
                    for callback in callbacks:
                        callback.on_step(self)
            finally:
                for callback in callbacks:
                    callback.on_end(self)
        self.save()
        self.save_samples()
        self.save_film()
        return self

    def one_step(self, step, batches: Iterator[tf.Tensor]) -> None:
        """Draws a batch, takes the step, writes its row into the history."""
        wall, processor = time.perf_counter(), time.process_time()
        metrics = step(next(batches))
        row = np.array([metrics[name] for name in self.model.METRICS], "float32")
        if not np.isfinite(row).all():
            raise FacegenError(self.what_diverged(row))
        self.history.append(np.append(row, [time.perf_counter() - wall, time.process_time() - processor]))

    def set_learning_rates(self, progress: float) -> None:
        """Constant, then linear to zero over the recipe's share of the run."""
        if self.recipe.decay > 0:
            factor = min(1.0, (1 - progress) / self.recipe.decay)
            for optimizer, learning_rate in self.learning_rates.items():
                optimizer.learning_rate.assign(learning_rate * factor)

    def keep_record(self, progress_before: float) -> None:
        """Samples and checkpoints that are due after the present step."""
        if self.sample_every:
            due = self.steps % self.sample_every == 0
        else:
            due = int(self.progress * FRAMES) > int(progress_before * FRAMES)
        if due:
            self.save_samples()
        if self.steps % self.save_every == 0:
            self.save()

    def stop(self, reason: str = "stopped") -> None:
        """Asks the run to end after the present step; everything is saved."""
        self.stopped = reason

    @contextlib.contextmanager
    def stop_on_interrupt(self) -> Iterator[None]:
        """The first Ctrl-C (or the notebook's ■) ends the run after the present step, a second one at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGINT)

        def handle(number, frame):
            signal.signal(signal.SIGINT, before)
            self.stop("interrupted")

        signal.signal(signal.SIGINT, handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def what_diverged(self, row: np.ndarray) -> str:
        """The message for a loss that is no longer a number."""
        lost = [name for name, value in zip(self.model.METRICS, row, strict=True) if not np.isfinite(value)]
        saved = checkpoints.all_in(self.folder / "checkpoints")
        kept = f"The last good checkpoint is {saved[-1]}." if saved else "There was no checkpoint yet."
        return (
            f"Step {self.steps + 1} (batch {self.steps}) of {self.name} gave {', '.join(lost)} = not a number. {kept} "
            "Likely causes: a learning rate that is too high (halve it), a gradient norm without ε under the square "
            "root, or a logarithm of a probability that reached 0 (work on logits)."
        )

    # the folder

    def write_config(self) -> None:
        """Identity, budget, provenance and machine to config.json."""
        config = {
            **self.identity(),
            "budget": {key: value for key, value in vars(self.budget).items() if value is not None},
            "provenance": {key: value for key, value in self.faces.provenance.items() if key != "skipped"},
            "machine": {**machine.describe(), "jit_compile": self.jit_compile},
        }
        text = json.dumps(config, indent=2, ensure_ascii=False).encode()
        checkpoints.write_whole(self.folder / "config.json", lambda file: file.write(text))

    def save(self) -> None:
        """History, checkpoint and averaged generator, each whole or not at all."""
        self.history.save(self.folder / "history.npz")
        checkpoints.write_whole(self.folder / "generator.npz", self.trained.write)
        checkpoints.save(self.model, self.folder / "checkpoints" / f"step-{self.steps:08d}.npz")
        checkpoints.keep_newest(self.folder / "checkpoints", self.keep)

    def save_samples(self) -> None:
        """The present sample grid to samples/."""
        samples.save_png(self.sample_grid(), self.folder / "samples" / f"step-{self.steps:08d}.png")

    def save_film(self) -> None:
        """evolution.gif: sixteen of the fixed latent vectors as they changed."""
        sheets = samples.read_frames(self.folder / "samples", FRAMES)
        frames = [samples.corner(sheet, self.faces.image_shape) for sheet in sheets]
        samples.film(frames, self.folder / "evolution.gif")

    def resume(self) -> None:
        """Takes up the last checkpoint in the folder, if there is one.

        Raises:
            FacegenError: it belongs to another recipe or other data.
        """
        if (self.folder / "config.json").exists():
            stored = json.loads((self.folder / "config.json").read_text())
            differences = list(compare(stored, json.loads(json.dumps(self.identity()))))
            if differences:
                raise FacegenError(
                    f"{self.folder} holds another run, and going on would mix the two: {'; '.join(differences)}. "
                    "Give another folder, or what the run was started with."
                )
        saved = checkpoints.all_in(self.folder / "checkpoints")
        if saved:
            checkpoints.restore(self.model, saved[-1])
            steps = int(self.model.steps_done.numpy())
            self.history = History.load(self.folder / "history.npz", steps)


def compare(stored: dict, wanted: dict, path: str = "") -> Iterator[str]:
    """The leaves of `wanted` that `stored` has otherwise, each as one phrase."""
    for key, value in wanted.items():
        where = f"{path}{key}"
        if isinstance(value, dict):
            yield from compare(stored.get(key, {}), value, f"{where}.")
        elif stored.get(key) != value:
            yield f"{where} was {stored.get(key)!r}, now {value!r}"
