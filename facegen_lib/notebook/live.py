"""`fg.train`: a run that can be watched, with a dashboard in a notebook and a bar in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from facegen_lib import training
from facegen_lib.data.images import ImageSet
from facegen_lib.recipes import Recipe
from facegen_lib.training.callbacks import Advisor, TerminalProgress


def train(recipe: Recipe, faces: ImageSet, *, callbacks: Sequence[training.Callback] = (), **options) -> training.Run:
    """`training.train` with something to look at; see there for what it takes.

    Args:
        recipe: from `fg.recipe(...)`.
        faces: what to learn from.
        callbacks: further watchers.
        options: `steps`, `minutes` or `core_minutes`; `folder`, `resume`, `save_every`, `sample_every`, `keep`.
    """
    return training.train(recipe, faces, callbacks=[TerminalProgress(), Advisor(), *callbacks], **options)
