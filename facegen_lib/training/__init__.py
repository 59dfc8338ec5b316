"""Training runs: a recipe, an image set, a budget, a folder."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence

from facegen_lib.data.images import ImageSet
from facegen_lib.recipes import Recipe
from facegen_lib.training.budget import Budget
from facegen_lib.training.run import Callback, Run

__all__ = ["Budget", "Callback", "Run", "runs_folder", "train"]


def runs_folder() -> pathlib.Path:
    """Where runs are kept: $FACEGEN_RUNS, or `runs` in the present folder."""
    return pathlib.Path(os.environ.get("FACEGEN_RUNS") or "runs")


def default_folder(recipe: Recipe, faces: ImageSet) -> pathlib.Path:
    """`runs/recipe-data-size`, with letters that every file system takes."""
    name = f"{recipe.name}-{faces.name}-{faces.image_shape[0]}"
    return runs_folder() / "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)


def unused(folder: pathlib.Path) -> pathlib.Path:
    """The folder itself, or the first of folder-2, folder-3, … that does not exist yet."""
    candidate, number = folder, 1
    while candidate.exists():
        number += 1
        candidate = folder.with_name(f"{folder.name}-{number}")
    return candidate


def train(
    recipe: Recipe,
    faces: ImageSet,
    steps: int | None = None,
    minutes: float | None = None,
    core_minutes: float | None = None,
    folder: pathlib.Path | str | None = None,
    resume: bool = True,
    callbacks: Sequence[Callback] = (),
    **settings,
) -> Run:
    """Trains a recipe on an image set, or goes on where an interrupted run stopped.

    Args:
        recipe: from `recipe(...)`.
        faces: what to learn from.
        steps, minutes, core_minutes: the budget, one of them (see `Budget`).
        folder: where everything is written; by default `runs/recipe-data-size`.
        resume: False starts over in a new folder beside the old one.
        callbacks: watchers.
        settings: `save_every`, `sample_every`, `keep`, `jit_compile` of `Run`.

    Returns:
        the run, finished or stopped.

    Raises:
        FacegenError: the budget is none, the folder holds another run, a loss is no longer a number, the disk is full.
    """
    budget = Budget(steps, minutes, core_minutes)
    place = pathlib.Path(folder) if folder else default_folder(recipe, faces)
    run = Run(place if resume else unused(place), recipe, faces, **settings)
    return run.train(budget, callbacks)
