"""The data sets by name: `load("utkface")`, and the sheet that says what each one is."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Iterable

import numpy as np

from facegen_lib.data import prepare, sources
from facegen_lib.data.images import ImageSet
from facegen_lib.data.prepare import Item, Source
from facegen_lib.errors import FacegenError, unknown_name


@dataclasses.dataclass(frozen=True)
class DataSheet:
    """What a reader should know before using a set, and how to open it.

    Attributes:
        name: catalogue name.
        title: one line on what it shows.
        publisher: who made it, when; a citation.
        licence: terms of use.
        size: how many images of what kind.
        consent: how the people in it consented, or that they did not.
        bias: what is known to be over- or under-represented.
        open: returns the source.
        archives: names under which FACEGEN_DATA may hold it; empty when it comes with the book's packages.
    """

    name: str
    title: str
    publisher: str
    licence: str
    size: str
    consent: str
    bias: str
    open: Callable[[], Source]
    archives: tuple[str, ...] = ()


def utkface_labels(name: str) -> dict[str, int]:
    """Age in years, gender (0 male, 1 female) and race (0 White, 1 Black, 2 Asian, 3 Indian, 4 others) from a file name
    `[age]_[gender]_[race]_[date].jpg.chip.jpg`; -1 where a field is missing."""
    fields = name.split("_")[:-1]
    limits = {"age": 117, "gender": 2, "race": 5}
    labels = dict.fromkeys(limits, -1)
    for (label, limit), field in zip(limits.items(), fields, strict=False):
        if field.isdigit() and int(field) < limit:
            labels[label] = int(field)
    return labels


def open_archive(name: str, archives: tuple[str, ...], labels: sources.Labels, where: str) -> Source:
    """An archive or folder from FACEGEN_DATA.

    Raises:
        FacegenError: it is not there; the text says which file to put where.
    """
    path = sources.find_archive(*archives)
    if path is None:
        raise FacegenError(
            f"{name} is not on this computer. Get {archives[0]} from {where}, put it in a folder and name that folder "
            "in FACEGEN_DATA. `facegen data list` shows the sets that need nothing."
        )
    return sources.from_folder(path, labels) if path.is_dir() else sources.from_archive(path, labels)


def open_utkface() -> Source:
    """UTKFace, aligned and cropped, from its archive or folder."""
    archives = SHEETS["utkface"].archives
    return open_archive(
        "utkface", archives, utkface_labels, "https://susanqq.github.io/UTKFace/ (aligned and cropped faces)"
    )


def open_lfw_mini() -> Source:
    """scikit-image's 100 faces and 100 other patches, 25×25 grey; label `face` is 1 or 0."""
    import skimage.data

    def items() -> Iterable[Item]:
        for number, patch in enumerate(skimage.data.lfw_subset()):
            pixels = np.rint(patch * 255).astype("uint8")
            yield Item(f"{'face' if number < 100 else 'other'}-{number % 100:03d}", pixels, {"face": int(number < 100)})

    return Source("skimage.data.lfw_subset", items, channels=1)


SHEETS: dict[str, DataSheet] = {
    sheet.name: sheet
    for sheet in [
        DataSheet(
            name="utkface",
            title="Faces of all ages, aligned and cropped",
            publisher="Zhang, Song and Qi (2017), Age Progression/Regression by Conditional Adversarial Autoencoder",
            licence="non-commercial research",
            size="23,707 colour faces, 200×200, labelled with age, gender and race",
            consent="collected from the web; the people shown were not asked",
            bias="young adults and White faces are the largest groups; a program guessed the labels, people checked them",
            open=open_utkface,
            archives=("UTKFace.tar", "UTKFace.tar.gz", "UTKFace.tgz", "UTKFace.zip", "UTKFace"),
        ),
        DataSheet(
            name="lfw-mini",
            title="Small grey patches: 100 faces, 100 others",
            publisher="scikit-image, from Huang et al. (2007), Labeled Faces in the Wild",
            licence="as published with scikit-image (BSD-3-Clause)",
            size="200 grey patches, 25×25",
            consent="press photographs of public figures; the people shown were not asked",
            bias="mostly men, mostly White, mostly from US news of 2002–2003",
            open=open_lfw_mini,
        ),
    ]
}


def open_source(name: str) -> Source:
    """The source behind a catalogue name or a `folder:PATH`."""
    if name.startswith("folder:"):
        return sources.from_folder(pathlib.Path(name.removeprefix("folder:")).expanduser())
    if name in SHEETS:
        return SHEETS[name].open()
    raise unknown_name("data set", name, SHEETS, "To train on your own photos use folder:PATH.")


def load(name: str, size: int = 64, split: str = "train", progress: Callable[[Iterable], Iterable] = iter) -> ImageSet:
    """A data set at one size, prepared once and memory-mapped from then on.

    Args:
        name: a catalogue name, or `folder:PATH` for your own pictures.
        size: height and width in pixels, 8 to 1024.
        split: `"train"`, `"held_out"` (a tenth, chosen by the hash of each file name) or `"all"`.
        progress: wraps the items while they are prepared, e.g. `tqdm.tqdm`.

    Returns:
        an ImageSet: uint8 (N, size, size, C); labels and names where the set has them.

    Raises:
        FacegenError: the name, size or split is unknown, the archive is not there, or nothing in it can be read.
    """
    if split not in ("train", "held_out", "all"):
        raise unknown_name("split", split, ["train", "held_out", "all"])
    if not 8 <= size <= 1024:
        raise FacegenError(f"size={size}: images can be 8 to 1024 pixels high and wide.")
    return prepare.prepare(name, open_source(name), size, split, progress)
