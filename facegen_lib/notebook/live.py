"""`fg.train`: a run that can be watched, with a dashboard in a notebook and a bar in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from IPython.core.getipython import get_ipython

from facegen_lib import training
from facegen_lib.data.images import ImageSet
from facegen_lib.notebook.dashboard import Dashboard
from facegen_lib.recipes import Recipe
from facegen_lib.training.callbacks import Advisor, TerminalProgress


def train(recipe: Recipe, faces: ImageSet, *, callbacks: Sequence[training.Callback] = (), **options) -> training.Run:
    """`training.train` with something to look at, and warnings in words; see there for what it takes.

    In a notebook the Stop button or ■ ends the run after the present step, in a terminal Ctrl-C does; the same
    recipe trained in the same folder goes on from there.

    Args:
        recipe: from `fg.recipe(...)`.
        faces: what to learn from.
        callbacks: further watchers.
        options: `steps`, `minutes` or `core_minutes`; `folder`, `resume`, `save_every`, `sample_every`, `keep`,
            `jit_compile`.

    Returns:
        the run, finished or stopped.

    Raises:
        FacegenError: as for `training.train`.
    """
    return training.train(recipe, faces, callbacks=[*watchers(), *callbacks], **options)


def watchers() -> list[training.Callback]:
    """A dashboard where a notebook's kernel runs, a bar elsewhere; an advisor in both."""
    if getattr(get_ipython(), "kernel", None) is None:
        return [TerminalProgress(), Advisor()]
    dashboard = Dashboard()
    return [dashboard, Advisor(say=dashboard.warn)]
