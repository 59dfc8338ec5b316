"""The sets that come as pictures in archives or folders: which files, which labels, which square of each picture.

Each `open_…` returns a source, or None when the set is not on this computer.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import itertools
import pathlib
import re
from collections.abc import Callable, Iterable, Iterator

from PIL import Image

from facegen_lib.data import sources
from facegen_lib.data.decode import Box, Item
from facegen_lib.data.prepare import Source
from facegen_lib.data.sheets import SHEETS
from facegen_lib.errors import FacegenError

SUBSET = 41_000  # faces of CelebA that the capstone (Patel, 2017, "Data Preprocessing") trained on


def pictures(name: str, labels: sources.Labels = sources.no_labels) -> Source | None:
    """The archive or folder of a catalogue name, wherever it lies."""
    path = sources.find_archive(*SHEETS[name].archives)
    return None if path is None else sources.from_path(path, labels)


def changed(source: Source, how: str, change: Callable[[Item], Iterable[Item]]) -> Source:
    """A source whose every item becomes several, or one, or none; `how` tells it from the source as it was."""

    def items() -> Iterator[Item]:
        for item in source.items():
            yield from change(item)

    return dataclasses.replace(source, fingerprint=f"{source.fingerprint}|{how}", items=items)


def utkface_labels(name: str) -> dict[str, int]:
    """Age in years, gender (0 male, 1 female) and race (0 White, 1 Black, 2 Asian, 3 Indian, 4 others) from a file name
    `[age]_[gender]_[race]_[date].jpg.chip.jpg`; -1 where a field is missing."""
    fields = name.split("_")[:-1]
    limits = {"age": 117, "gender": 2, "race": 5}
    labels = dict.fromkeys(limits, -1)
    for (label, limit), field in zip(limits.items(), fields, strict=False):
        if field.isdecimal() and int(field) < limit:
            labels[label] = int(field)
    return labels


def open_utkface() -> Source | None:
    """UTKFace, aligned and cropped: `age`, `gender`, `race`."""
    return pictures("utkface", utkface_labels)


def open_lfw() -> Source | None:
    """Labeled Faces in the Wild: `person`. A person's pictures are one family."""

    def person(name: str) -> dict[str, str]:
        return {"person": name.rpartition("_")[0].replace("_", " ")}

    source = pictures("lfw", person)
    return source and changed(
        source, "by person", lambda item: [dataclasses.replace(item, family=item.labels["person"])]
    )


def open_flowers() -> Source | None:
    """Oxford flowers: `kind`, 1 to 102, where imagelabels.mat lies beside the archive."""
    path = sources.find_archive("imagelabels.mat")

    @functools.cache
    def kinds() -> list[int]:
        from scipy.io import loadmat

        try:
            return loadmat(path)["labels"].ravel().tolist()
        except Exception as error:  # SciPy raises many things on a broken file
            raise FacegenError(
                f"{path} is damaged ({error}). Get it again, or move it away to go without it."
            ) from error

    def kind(name: str) -> dict[str, int]:
        number = re.fullmatch(r"image_(\d{5})\.jpg", name)
        return {"kind": kinds()[int(number[1]) - 1]} if number and 0 < int(number[1]) <= len(kinds()) else {}

    return with_table("flowers", path, kind)


def open_celeba(count: int | None = None) -> Source | None:
    """CelebA, aligned: its 40 attributes as 0 or 1, where list_attr_celeba.txt (or .csv) lies beside it.

    Args:
        count: take only so many, by name.
    """
    names = [
        f"{folder}list_attr_celeba.{kind}"
        for folder in ("", "Anno/", "celeba/", "celeba/Anno/")
        for kind in ("txt", "csv")
    ]
    path = sources.find_archive(*names)

    @functools.cache
    def table() -> tuple[list[str], dict[str, bytes]]:
        return celeba_attributes(path)

    def attributes(name: str) -> dict[str, int]:
        columns, rows = table()
        return dict(zip(columns, rows[name], strict=True)) if name in rows else {}

    source = with_table("celeba", path, attributes)
    if source is None or count is None:
        return source
    wanted = {f"{number:06}.jpg" for number in range(1, count + 1)}
    return changed(source, f"first {count}", lambda item: [item] if pathlib.PurePath(item.name).name in wanted else [])


def with_table(name: str, table: pathlib.Path | None, labels: sources.Labels) -> Source | None:
    """Pictures whose labels stand in a file of their own, if that file is there."""
    source = pictures(name, sources.no_labels if table is None else labels)
    if source is None:
        return None
    if table is None:
        return dataclasses.replace(source, about={"labels": "none: their file was not found"})
    return dataclasses.replace(source, fingerprint=f"{source.fingerprint}|{sources.fingerprint(table)}")


def celeba_attributes(path: pathlib.Path) -> tuple[list[str], dict[str, bytes]]:
    """The attributes' names, and for each file one byte per attribute: 1 it has it, 0 it has not.

    Args:
        path: list_attr_celeba.txt as its publisher gives it, or the same as comma-separated values.

    Raises:
        FacegenError: the file is not in that form.
    """
    with path.open(newline="") as file:
        header = 0 if path.suffix == ".csv" else 1  # the text begins with the number of its rows
        split = csv.reader if path.suffix == ".csv" else functools.partial(map, str.split)
        lines = split(itertools.islice(file, header, None))
        try:
            columns = [column for column in next(lines) if column != "image_id"]
            rows = {name: bytes(value == "1" for value in values) for name, *values in lines}
        except (StopIteration, ValueError):
            columns, rows = [], {}
    if not rows or any(len(values) != len(columns) for values in rows.values()):
        raise FacegenError(f"{path} is damaged: a table of file names and attributes is wanted. Get it again.")
    return columns, rows


def open_nlvr() -> Source | None:
    """NLVR: the three boxes of every scene, with the `box` (0 left, 1 middle, 2 right) that each was.

    A scene of 400×100 is three boxes of 100×100, parted by two grey bars of 50. Scenes that were presented together
    (`train-N-M-K.png` with the same N) hold the same boxes in other orders, and are one family.
    """

    def boxes(scene: Item) -> Iterator[Item]:
        presented = re.fullmatch(r"(\w+-\d+)-\d+-\d+\.png", pathlib.PurePath(scene.name).name)
        for number in range(3) if presented else ():
            crop = functools.partial(cut_box, number)
            yield Item(f"{scene.name}#{number}", scene.payload, {"box": number}, crop, presented[1])

    source = pictures("nlvr")
    return source and changed(source, "boxes", boxes)


def cut_box(number: int, scene: Image.Image) -> Box:
    """Where box 0, 1 or 2 of a scene is."""
    if scene.size != (400, 100):
        raise ValueError(f"is no scene of 400×100 ({scene.width}×{scene.height})")
    return 150 * number, 0, 150 * number + 100, 100
