"""What several commands share: options that are called the same everywhere, and what a generator's name may be."""

from __future__ import annotations

import pathlib
from typing import Annotated

import typer

from facegen_lib.errors import FacegenError

INTERRUPTED = 130  # what a shell calls a command that Ctrl-C ended: what follows it after && does not begin
RUN_FILES = ("config.json", "generator.npz")  # the first is there from the start, the second from a checkpoint on


def only_png(path: pathlib.Path) -> pathlib.Path:
    """The path itself, when a PNG is what its name promises."""
    if path.suffix.lower() != ".png":
        raise typer.BadParameter(f"a PNG is written, so name a file that ends in .png; got {path}.")
    return path


Size = Annotated[int, typer.Option(help="Height and width of the images, in pixels.")]
Seed = Annotated[int, typer.Option(help="Seed of everything that is drawn.", min=0, max=2**31 - 1)]
Out = Annotated[pathlib.Path, typer.Option(help="File to write.", dir_okay=False)]
Picture = Annotated[pathlib.Path, typer.Option(help="File to write, a .png.", dir_okay=False, callback=only_png)]


def say(text: str) -> None:
    """Prints a text in which a file's name may hold bytes that are no letters."""
    typer.echo(text.encode("utf-8", "replace").decode())


def bar(items):
    """A progress bar around what is being prepared."""
    import tqdm

    return tqdm.tqdm(items, unit=" images", desc="preparing", leave=False)


def is_run(name: str) -> bool:
    """Whether a name is the folder of a run, however far that is."""
    return any((pathlib.Path(name) / file).exists() for file in RUN_FILES)


def is_pictures(name: str) -> bool:
    """Whether a name is a folder of pictures.

    Raises:
        FacegenError: it is a folder that holds runs, whose sheets of samples are no pictures to measure.
    """
    folder = pathlib.Path(name)
    if not folder.is_dir() or is_run(name):
        return False
    sheet = next(folder.rglob("samples/step-*"), None)
    if sheet is not None:
        raise FacegenError(f"{name} holds runs, not pictures. Name one of them, e.g. {sheet.parent.parent}.")
    return True


def open_generator(name: str):
    """A shipped generator by its name, or a run's by its folder.

    Raises:
        FacegenError: there is no such generator, or the run has none yet.
    """
    from facegen_lib import zoo
    from facegen_lib.models.generator import TrainedGenerator

    if not is_run(name):
        return zoo.pretrained(name)
    path = pathlib.Path(name) / "generator.npz"
    if not path.exists():
        raise FacegenError(
            f"{name} has saved nothing yet: its first checkpoint is due after --save-every steps or five minutes."
        )
    return TrainedGenerator.load(path)


def labels(names: list[str]) -> dict[str, str]:
    """What reports and files call each generator: the last part of its path, with as many parts before it as tell it
    from the others."""
    paths = {name: pathlib.Path(name).resolve().parts if pathlib.Path(name).exists() else (name,) for name in names}

    def label(path: tuple[str, ...]) -> str:
        others, length = [other for other in paths.values() if other != path], 1
        while length < len(path) and any(other[-length:] == path[-length:] for other in others):
            length += 1
        return "-".join(path[-length:])

    return {name: label(path) for name, path in paths.items()}
