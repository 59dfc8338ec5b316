"""What several commands share: options that are called the same everywhere, and what a generator's name may be."""

from __future__ import annotations

import pathlib
from typing import Annotated

import typer

Size = Annotated[int, typer.Option(help="Height and width of the images, in pixels.")]
Seed = Annotated[int, typer.Option(help="Seed of everything that is drawn.")]
Out = Annotated[pathlib.Path, typer.Option(help="File to write.")]


def bar(items):
    """A progress bar around what is being prepared."""
    import tqdm

    return tqdm.tqdm(items, unit=" images", desc="preparing", leave=False)


def is_run(name: str) -> bool:
    """Whether a name is the folder of a run."""
    return (pathlib.Path(name) / "generator.npz").exists()


def is_pictures(name: str) -> bool:
    """Whether a name is a folder of pictures."""
    return pathlib.Path(name).is_dir() and not is_run(name)


def open_generator(name: str):
    """A shipped generator by its name, or a run's by its folder."""
    from facegen_lib import zoo
    from facegen_lib.models.generator import TrainedGenerator

    return TrainedGenerator.load(pathlib.Path(name) / "generator.npz") if is_run(name) else zoo.pretrained(name)
