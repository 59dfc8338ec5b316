"""What watches a run: a progress bar, plain-language warnings, TensorBoard logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf
import tqdm

from facegen_lib.data.images import evenly_spaced
from facegen_lib.training import checkpoints

if TYPE_CHECKING:
    from facegen_lib.training.run import Run


class Callback:
    """Something that watches a run. All three are called with the run itself."""

    def on_start(self, run: Run) -> None:
        """Before the first step of this sitting."""

    def on_step(self, run: Run) -> None:
        """After each step; `run.history` ends with it."""

    def on_end(self, run: Run) -> None:
        """After the last step and the last checkpoint, or after an error: whatever ended the run."""


class TerminalProgress(Callback):
    """A bar with the share of the budget used, the time left and the scores of the last hundred steps."""

    def on_start(self, run: Run) -> None:
        self.bar = tqdm.tqdm(
            total=100,
            unit="%",
            desc=run.name,
            bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining} {postfix}",
        )
        self.move(run)

    def on_step(self, run: Run) -> None:
        self.move(run)

    def on_end(self, run: Run) -> None:
        self.move(run)
        self.bar.close()
        print(how_it_ended(run))

    def move(self, run: Run) -> None:
        if run.steps:
            shown = run.history.panels[-1].columns
            scores = {label: f"{run.history[column][-100:].mean():.2f}" for label, column in shown.items()}
            self.bar.set_postfix({"step": run.steps, **scores}, False)
        self.bar.update(100 * run.progress - self.bar.n)


def how_it_ended(run: Run) -> str:
    """One or two sentences: finished; stopped and how to go on; or broken off by an error and what is left."""
    if run.saved < run.steps or not (run.stopped or run.progress >= 1):
        left = f"the newest checkpoint in {run.folder} is that of step {run.saved:,}"
        return f"{run.name}: ended after step {run.steps:,}; {left if run.saved else 'there is no checkpoint yet'}."
    if run.progress >= 1:
        return f"{run.name}: {run.steps:,} steps done. Everything is in {run.folder}."
    return (
        f"{run.name}: {run.stopped} after step {run.steps:,}, {run.progress:.0%} of the budget. "
        f"Training the same recipe in {run.folder} goes on from there."
    )


def what_another_budget_does(run: Run) -> str | None:
    """A sentence when this sitting has another budget and the run is therefore inexact; None when all is well."""
    decay = run.recipe.decay
    if run.former_budget in (None, run.budget) or decay == 0:
        return None
    rates = ((float(optimizer.learning_rate.numpy()), rate) for optimizer, rate in run.learning_rates.items())
    if run.progress <= 1 - decay and all(present == whole for present, whole in rates):
        return None
    return (
        f"The budget was {run.former_budget} and is now {run.budget}: the learning rates fall towards the end "
        f"of a budget, so this is not the run that {run.budget} in one go would have been."
    )


def what_diverged(run: Run, row: np.ndarray) -> str:
    """The message for a loss that is no longer a number, in the row that the history did not get."""
    lost = [name for name, value in zip(run.model.METRICS, row, strict=True) if not np.isfinite(value)]
    saved = checkpoints.all_in(run.folder / "checkpoints")
    kept = f"The last good checkpoint is {saved[-1]}." if saved else "There was no checkpoint yet."
    return (
        f"Step {run.steps + 1} (batch {run.steps}) of {run.name} gave {', '.join(lost)} = not a number. {kept} "
        "Likely causes: a learning rate that is too high (halve it), a gradient norm without ε under the square "
        "root, or a logarithm of a probability that reached 0 (work on logits)."
    )


class Advisor(Callback):
    """Says what another budget does to a run, and now and then what a practised eye would see in the curves.

    Args:
        every: steps from one look to the next.
        say: what is done with a warning; each is given once per sitting.
    """

    def __init__(self, every: int = 200, say=tqdm.tqdm.write):
        self.every = every
        self.say = say
        self.said: set[str] = set()

    def on_start(self, run: Run) -> None:
        if remark := what_another_budget_does(run):
            self.say(remark)

    def on_step(self, run: Run) -> None:
        if run.steps % self.every == 0:
            for warning in warnings_for(run, self.every):
                if warning not in self.said:
                    self.said.add(warning)
                    self.say(f"step {run.steps:,}: {warning}")


def warnings_for(run: Run, window: int) -> list[str]:
    """What the last `window` steps suggest; an empty list when they look healthy."""
    recent = {name: run.history[name][-window:] for name in run.model.METRICS}
    found = []
    if "accuracy" in recent and recent["accuracy"].mean() > 0.98 and recent["fake_score"].mean() < 0.05:
        found.append(
            "the discriminator is winning: it is right almost always, and the generator learns little from that. "
            "A lower learning rate for it, a penalty (r1) or dropout would help."
        )
    if recent.get("generator_gradient", recent.get("gradient")).mean() < 1e-5:
        found.append(
            "nothing is moving: the generator's gradient is close to zero. Check the loss and the learning rate."
        )
    if "active_codes" in recent and recent["active_codes"].mean() < 1:
        found.append(
            "the posterior has collapsed: no number of the code depends on the image. A smaller β or noise, or a "
            "warm-up of β, would help."
        )
    images = run.sample(32).astype("float32")
    real_images = evenly_spaced(run.faces.images, 256).astype("float32")
    if images.std(axis=0).mean() < 0.2 * real_images.std(axis=0).mean():
        found.append(
            "the samples are collapsing: they differ from each other by less than a fifth of what real images do. "
            "If that stays, try a penalty, a smaller learning rate or another game (WGAN-GP)."
        )
    return found


class TensorBoardLog(Callback):
    """Writes every metric and the sample grids as TensorBoard events to `logs` in the run's folder.

    Args:
        every: steps from one entry to the next.
    """

    def __init__(self, every: int = 20):
        self.every = every

    def on_start(self, run: Run) -> None:
        self.writer = tf.summary.create_file_writer(str(run.folder / "logs"))

    def on_step(self, run: Run) -> None:
        if run.steps % self.every == 0:
            with self.writer.as_default(step=run.steps):
                for name in run.model.METRICS:
                    tf.summary.scalar(name, run.history[name][-1])

    def on_end(self, run: Run) -> None:
        with self.writer.as_default(step=run.steps):
            tf.summary.image("samples", run.sample_grid()[None])
        self.writer.close()
