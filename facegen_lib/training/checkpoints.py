"""Everything that a run must remember, in one file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Callable
from typing import BinaryIO

import keras
import numpy as np

from facegen_lib.errors import FacegenError


def state(model: keras.Model) -> list[keras.Variable]:
    """Every variable that training changes: networks, averages, optimizers, the step, random states."""
    return [*model.variables, *(variable for optimizer in model.optimizers for variable in optimizer.variables)]


def write_whole(path: pathlib.Path, write: Callable[[BinaryIO], object]) -> None:
    """Calls `write(file)` on a temporary file beside `path` and renames it into place once it is safely on the disk.

    Raises:
        FacegenError: the disk is full or the folder cannot be written; whatever `path` was before, it still is.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise FacegenError(
            f"{path} could not be written: {error.strerror or error}. Nothing that was written before is lost; make "
            "room, or name another folder."
        ) from error
    finally:
        with contextlib.suppress(OSError):  # it is in its place, or was never made
            partial.unlink()


def save(model: keras.Model, path: pathlib.Path) -> None:
    """Writes the state to `path`, a .npz of arrays `0`, `1`, … in the order of `state`."""
    arrays = {str(number): np.asarray(variable) for number, variable in enumerate(state(model))}
    write_whole(path, lambda file: np.savez(file, **arrays))


def restore(model: keras.Model, path: pathlib.Path) -> None:
    """Reads the state back.

    Raises:
        FacegenError: the file is damaged, or belongs to networks of another shape.
    """
    variables = state(model)
    try:
        with np.load(path) as stored:
            arrays = [stored[str(number)] for number in range(len(stored.files))]
    except Exception as error:  # zip and numpy raise half a dozen kinds on a damaged file
        raise FacegenError(f"{path} is damaged ({error}). Delete it; the run goes on from the one before.") from error
    if [array.shape for array in arrays] != [tuple(variable.shape) for variable in variables]:
        raise FacegenError(f"{path} belongs to other networks. Give another folder, or the recipe it was made with.")
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def all_in(folder: pathlib.Path, ending: str = ".npz") -> list[pathlib.Path]:
    """The files `step-NUMBER` of a folder, checkpoints unless another ending is given, oldest first.

    Leftovers of interrupted writes, and what somebody kept aside as `step-best.npz`, are not among them.
    """
    numbered = [path for path in folder.glob(f"step-*{ending}") if path.stem.removeprefix("step-").isdecimal()]
    return sorted(numbered, key=step_of)


def step_of(path: pathlib.Path) -> int:
    """The number in the name of a file of `all_in`."""
    return int(path.stem.removeprefix("step-"))


def keep_newest(folder: pathlib.Path, count: int) -> None:
    """Deletes all but the newest `count` checkpoints, 1 or more, and what interrupted writes left behind."""
    for path in [*all_in(folder)[:-count], *folder.glob(".step-*")]:
        path.unlink(missing_ok=True)
