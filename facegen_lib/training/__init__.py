"""Training runs: a recipe, an image set, a budget, a folder."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from facegen_lib.data.images import ImageSet
from facegen_lib.recipes import Recipe
from facegen_lib.training.budget import Budget
from facegen_lib.training.callbacks import Callback
from facegen_lib.training.folder import default_folder, read_config, runs_folder, unused
from facegen_lib.training.run import Run

__all__ = ["Budget", "Callback", "Run", "default_folder", "read_config", "runs_folder", "train"]


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
        FacegenError: the budget is none, the images do not fit the recipe, the folder holds another run or another
            process trains there, a loss is no longer a number, the disk is full.
    """
    budget = Budget(steps, minutes, core_minutes)
    recipe.check(faces)
    place = pathlib.Path(folder).expanduser() if folder else default_folder(recipe, faces)
    run = Run(place if resume else unused(place), recipe, faces, **settings)
    return run.train(budget, callbacks)
