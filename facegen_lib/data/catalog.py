"""The data sets by name: `load("utkface")`, and the sheet that says what each one is."""

from __future__ import annotations

import dataclasses
import functools
import numbers
import pathlib
import shlex
from collections.abc import Callable

from facegen_lib.data import arrays, fetch, openers, prepare, sources
from facegen_lib.data.images import ImageSet
from facegen_lib.data.prepare import Progress, Source
from facegen_lib.data.sheets import SHEETS, DataSheet
from facegen_lib.errors import FacegenError, unknown_name

OPENERS: dict[str, Callable[[], Source | None]] = {
    "mnist-mini": arrays.open_mnist_mini,
    "lfw-mini": arrays.open_lfw_mini,
    "mnist": arrays.open_mnist,
    "nlvr": openers.open_nlvr,
    "flowers": openers.open_flowers,
    "cifar10": arrays.open_cifar10,
    "utkface": openers.open_utkface,
    "celeba": openers.open_celeba,
    "celeba-41k": functools.partial(openers.open_celeba, openers.SUBSET),
    "lfw": openers.open_lfw,
    "olivetti": arrays.open_olivetti,
}
OWN = ("folder:", "faces:")
PAINTED = {
    "portraits": ("portraits", 5_000),
    "portraits-20k": ("portraits", 20_000),
    "shapes": ("shapes", 5_000),
    "shapes-20k": ("shapes", 20_000),
}


def sheet(name: str) -> DataSheet:
    """What a reader should know about a set before using it.

    Raises:
        FacegenError: no set has that name; names the nearest. Or it is a folder of the reader's own.
    """
    if name.startswith(OWN):
        raise FacegenError(
            f"{name} is your own: no sheet was written of it, and nothing has to be fetched. "
            f"`facegen data preview {shlex.quote(name)}` shows what is in it."
        )
    if name not in SHEETS:
        own = shlex.quote(f"folder:{name}")
        raise unknown_name("data set", name, SHEETS, f"To train on your own photos use {own}.")
    return SHEETS[name]


def load(name: str, size: int = 64, split: str = "train", progress: Progress = iter) -> ImageSet:
    """A data set at one size, prepared once and memory-mapped from then on.

    It is looked for in the folder that FACEGEN_DATA names, then among what was fetched before; then it is fetched from
    its publisher, if that goes without a form or a login.

    Args:
        name: a catalogue name; `folder:PATH` for your own pictures (a folder, a .zip or a .tar), each cropped to the
            square in its middle; `faces:PATH` for the same, each cropped around the face in it.
        size: height and width in pixels, 8 to 1024.
        split: `"train"`, `"held_out"` (a tenth, chosen by the hash of each file name) or `"all"`.
        progress: wraps the items while they are prepared, e.g. `tqdm.tqdm`.

    Returns:
        an ImageSet: uint8 (N, size, size, C); labels and names where the set has them.

    Raises:
        FacegenError: the name, size or split is unknown, the set is not there and cannot be fetched, or nothing in it
            can be read.
    """
    if split not in ("train", "held_out", "all"):
        raise unknown_name("split", split, ["train", "held_out", "all"])
    images = prepare.prepare(name, open_source(name, size), int(size), split, progress)
    known = {"publisher": SHEETS[name].publisher, "licence": SHEETS[name].licence} if name in SHEETS else {}
    return dataclasses.replace(images, provenance=known | images.provenance)


def open_source(name: str, size: int) -> Source:
    """The source behind a catalogue name, a `folder:PATH` or a `faces:PATH`, to be made `size` pixels high and wide;
    fetched if need be.

    Raises:
        FacegenError: as for `load`.
    """
    if not isinstance(name, str):
        raise FacegenError(
            f'A data set is called by its name, in words; got {name!r}. Your own photos are "folder:PATH".'
        )
    if not isinstance(size, numbers.Integral) or not 8 <= size <= 1024:
        raise FacegenError(f"size={size}: images can be 8 to 1024 pixels high and wide, a whole number.")
    if name.startswith(OWN):
        return open_own(*name.split(":", 1))
    sheet(name)
    if name in PAINTED:
        return arrays.open_painted(*PAINTED[name], size)
    source = OPENERS[name]()
    if source is None:
        fetch_set(name)
        source = OPENERS[name]()
    return source


def open_own(kind: str, path: str) -> Source:
    """The source behind `folder:PATH` or `faces:PATH`."""
    if not path.strip():
        raise FacegenError(f"{kind}: needs a path, e.g. {kind}:~/photos.")
    source = sources.from_path(pathlib.Path(path).expanduser())
    if kind == "folder":
        return source
    from facegen_lib.data import faces

    return faces.around_faces(source)


def fetch_set(name: str) -> list[pathlib.Path]:
    """Fetches the files of a set from its publisher, those that are not here yet; `facegen data fetch`.

    Args:
        name: a catalogue name.

    Returns:
        where the files are; nothing for a set that needs none.

    Raises:
        FacegenError: the publisher wants a form, a login or a click, in which case the text says which file to put
            where; or the file cannot be had.
    """
    about = sheet(name)
    if about.by_hand:
        raise FacegenError(
            f"{name} is not on this computer, and its publisher gives it to people only: {about.by_hand} into a "
            "folder, and name that folder in FACEGEN_DATA. `facegen data list` shows the sets that need nothing."
        )
    return fetch.fetch(about.files, sources.download_folder())


def state(name: str) -> str:
    """Where a set is, for `facegen data list`: "ready", its path, "can be fetched" or "by hand"."""
    about = sheet(name)
    if not about.archives:
        return "ready"
    found = sources.find_archive(*about.archives)
    return str(found) if found else "can be fetched" if about.files else "by hand"
