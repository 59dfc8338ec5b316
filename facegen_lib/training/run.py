"""One training of a recipe on an image set: a folder that can be looked at, resumed and shipped."""

from __future__ import annotations

import pathlib
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
from facegen_lib.training import checkpoints, machine, samples, signals
from facegen_lib.training import folder as folders
from facegen_lib.training.budget import Budget
from facegen_lib.training.callbacks import Callback, what_diverged
from facegen_lib.training.history import TIMES, History

FRAMES = 40  # sample grids over a run, and pictures in its film
SAVE_AFTER = 300  # seconds without a checkpoint, after which one is written whatever `save_every` says


class Run:
    """A folder with everything about one training:

    config.json · history.npz · samples/step-*.png · evolution.gif · checkpoints/step-*.npz · generator.npz

    Args:
        folder: made when it does not exist; when it holds this run already, the run goes on from its last checkpoint.
        recipe: what is trained.
        faces: on what.
        save_every: steps between checkpoints; slow steps are saved every five minutes.
        sample_every: steps between sample grids; None spreads forty over the run.
        keep: how many checkpoints stay.
        jit_compile: compile the step with XLA: some seconds once, then a third less time per step.

    Raises:
        FacegenError: the folder holds another run, the text says what differs, a generator without a checkpoint, or
            damaged files; `faces` are not what the recipe is for; or `save_every`, `sample_every` or `keep` is below 1.
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
        recipe.check(faces)
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
        self.former_budget: Budget | None = None
        self.stopped: str | None = None
        self.saved = 0  # steps of the newest checkpoint
        self.learning_rates = {optimizer: float(optimizer.learning_rate.numpy()) for optimizer in self.model.optimizers}
        self.fixed_z = generators.draw_latents(64, recipe.latent_dim, seed=recipe.seed)
        self.resume()

    # what a run is

    @property
    def name(self) -> str:
        """`recipe-data`, e.g. `dcgan-utkface`; a folder's name may hold bytes that are no letters, here "?"."""
        return f"{self.recipe.name}-{self.faces.name}".encode("utf-8", "replace").decode()

    @property
    def steps(self) -> int:
        """Steps done so far."""
        return len(self.history)

    @property
    def progress(self) -> float:
        """The share of the budget used up, 0 to 1."""
        return min(1.0, self.budget.progress(*self.history.spent)) if self.budget else 0.0

    def identity(self) -> dict:
        """Recipe and data, which must be the same for a run to go on, but for the name of `data` and the source."""
        data = {"name": self.faces.name, "hash": self.faces.hash, "images": len(self.faces)}
        return {"recipe": self.recipe.describe(), "data": data}

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
        """`TrainedGenerator.sample` of the averaged generator: the first `count` of a seed, uint8 (count, H, W, C)."""
        return generators.images_from(self.generator, generators.draw_latents(count, self.recipe.latent_dim, seed))

    def sample_grid(self) -> np.ndarray:
        """The 64 fixed latent vectors as they look now: one sheet, uint8 (H, W, 3 or 1)."""
        return samples.grid(generators.images_from(self.generator, self.fixed_z))

    # the training itself

    def train(self, budget: Budget, callbacks: Sequence[Callback] = ()) -> Run:
        """Goes on until the budget is used up, or somebody stops it.

        Args:
            budget: for the whole run; a run that was interrupted uses what is left of it.
            callbacks: watchers.

        Raises:
            FacegenError: there are too few images, another process trains here, a loss is no longer a number, or the
                disk is full; the last good checkpoint stays.
        """
        self.former_budget, self.budget, self.stopped = self.budget, budget, None
        step = tf.function(self.model.train_step, autograph=False, jit_compile=self.jit_compile)
        drawn = {"seed": self.recipe.seed, "start": self.steps, "together": self.model.batches_per_step}
        batches = iter(pipeline.batches(self.faces.images, self.recipe.batch_size, **drawn))
        with folders.alone_in(self.folder), signals.heard(lambda: self.stop("interrupted")):
            self.begin()
            for callback in callbacks:
                callback.on_start(self)
            try:
                while (progress := self.progress) < 1 and not self.stopped:
                    self.set_learning_rates(progress)
                    self.one_step(step, batches)
                    self.keep_record(progress)
                    for callback in callbacks:
                        callback.on_step(self)
                if self.steps > self.saved:
                    self.save()
                self.save_samples()
                self.save_film()
            finally:
                for callback in callbacks:
                    callback.on_end(self)
        return self

    def one_step(self, step, batches: Iterator[tf.Tensor]) -> None:
        """Draws a batch, takes the step, writes its row into the history."""
        wall, processor = time.perf_counter(), time.process_time()
        metrics = step(next(batches))
        row = np.array([metrics[name] for name in self.model.METRICS], "float32")
        if not np.isfinite(row).all():
            raise FacegenError(what_diverged(self, row))
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
        if self.steps % self.save_every == 0 or time.monotonic() - self.saved_at > SAVE_AFTER:
            self.save()

    def stop(self, reason: str = "stopped") -> None:
        """Asks the run to end after the present step; everything is saved."""
        self.stopped = reason

    # the folder

    def begin(self) -> None:
        """What is written before the first step of a sitting; a record of a run that is finished stays as it is."""
        self.saved_at = time.monotonic()
        if self.progress < 1 or not (self.folder / "config.json").exists():
            self.write_config()
        samples.forget_after(self.folder / "samples", self.steps)
        if self.steps == 0:
            self.save_samples()

    def write_config(self) -> None:
        """Identity, budget, provenance and machine to config.json."""
        config = {
            **self.identity(),
            "budget": self.budget.limits,
            "provenance": dict(self.faces.provenance),
            "machine": {**machine.describe(), "jit_compile": self.jit_compile},
        }
        folders.write_config(self.folder, config)

    def save(self) -> None:
        """History, checkpoint and averaged generator, each whole or not at all."""
        self.history.save(self.folder / "history.npz")
        checkpoints.write_whole(self.folder / "generator.npz", self.trained.write)
        checkpoints.save(self.model, self.folder / "checkpoints" / f"step-{self.steps:08d}.npz")
        checkpoints.keep_newest(self.folder / "checkpoints", self.keep)
        self.saved, self.saved_at = self.steps, time.monotonic()

    def save_samples(self) -> None:
        """The present sample grid to samples/."""
        samples.save_png(self.sample_grid(), self.folder / "samples" / f"step-{self.steps:08d}.png")

    def save_film(self) -> None:
        """evolution.gif: sixteen of the fixed latent vectors as they changed."""
        sheets = samples.read_frames(self.folder / "samples", FRAMES)
        frames = [samples.corner(sheet, self.faces.image_shape) for sheet in sheets]
        samples.film(frames, self.folder / "evolution.gif")

    def resume(self) -> None:
        """Takes up the last checkpoint in the folder, if there is one."""
        saved = checkpoints.all_in(self.folder / "checkpoints")
        if not saved:
            folders.refuse_to_replace_a_generator(self.folder)
            return
        if (self.folder / "config.json").exists():
            stored = folders.read_config(self.folder)
            folders.refuse_another_run(self.folder, stored, self.identity())
            self.budget = Budget(**stored["budget"])
        checkpoints.restore(self.model, saved[-1])
        self.saved = int(self.model.steps_done.numpy())
        self.history = History.load(self.folder / "history.npz", self.saved)
