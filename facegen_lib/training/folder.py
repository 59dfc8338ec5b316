"""The folder of a run: its name, its config.json, and who is training in it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pathlib
from collections.abc import Iterator

import psutil

from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.recipes import Recipe
from facegen_lib.training import checkpoints
from facegen_lib.training.budget import Budget

LONGEST = 200  # bytes of a folder's name; file systems take 255


def runs_folder() -> pathlib.Path:
    """Where runs are kept: $FACEGEN_RUNS, or `runs` in the present folder."""
    return pathlib.Path(os.environ.get("FACEGEN_RUNS") or "runs").expanduser()


def default_folder(recipe: Recipe, faces: ImageSet) -> pathlib.Path:
    """`runs/recipe-data-size`, with letters that every file system takes; a very long name ends in its hash instead."""
    name = f"{recipe.name}-{faces.name}-{faces.image_shape[0]}"
    name = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    if len(name.encode()) > LONGEST:
        name = f"{name[:48]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"  # a letter has up to four bytes
    return runs_folder() / name


def unused(folder: pathlib.Path) -> pathlib.Path:
    """The folder itself, or the first of folder-2, folder-3, … that does not exist yet."""
    candidate, number = folder, 1
    while candidate.exists():
        number += 1
        candidate = folder.with_name(f"{folder.name}-{number}")
    return candidate


def read_config(folder: pathlib.Path | str) -> dict:
    """What a run wrote about itself: `recipe` and `data`, each with a `name`, `budget`, `provenance`, `machine`.

    Raises:
        FacegenError: the folder holds no run, or its config.json is damaged.
    """
    path = pathlib.Path(folder) / "config.json"
    if not path.exists():
        raise FacegenError(f"{folder} holds no run. `facegen run list` shows the runs here.")
    try:
        config = json.loads(path.read_text("utf-8"))
        Budget(**config["budget"])
        names = config["recipe"]["name"], config["data"]["name"]
        readable = all(isinstance(name, str) for name in names)
    except (OSError, ValueError, LookupError, TypeError, FacegenError):
        readable = False
    if not readable:
        raise FacegenError(
            f"{path} is damaged. Delete it and train in this folder once more, which writes it anew; or name another "
            "folder."
        )
    return config


def write_config(folder: pathlib.Path, config: dict) -> None:
    """Plain values to config.json; in ASCII, which takes the name of any file."""
    text = json.dumps(config, indent=2).encode("ascii")
    checkpoints.write_whole(folder / "config.json", lambda file: file.write(text))


def refuse_another_run(folder: pathlib.Path, stored: dict, wanted: dict) -> None:
    """Two runs in one folder would be mixed.

    Args:
        folder: for the message.
        stored: the config of the run that is there; what it does not say, as earlier versions did not, may be anything.
        wanted: what must be the same for it to go on, as plain values; `data.name` and `recipe.source` may be
            others, for they decide nothing.

    Raises:
        FacegenError: they differ; the text says in what.
    """
    plain = json.loads(json.dumps(wanted))
    del plain["data"]["name"], plain["recipe"]["source"]
    differences = list(compare(stored, plain))
    if differences:
        raise FacegenError(
            f"{folder} holds another run, and going on would mix the two: {'; '.join(differences)}. "
            "Give another folder, or what the run was started with."
        )


def refuse_to_replace_a_generator(folder: pathlib.Path) -> None:
    """A run starts anew where there are no checkpoints, and would write over what is left of the one before.

    Raises:
        FacegenError: a trained generator is left.
    """
    if (folder / "generator.npz").exists():
        raise FacegenError(
            f"{folder} holds a trained generator and no checkpoint to go on from, and a new run would replace it. Name "
            "another folder, start over beside it with resume=False (`--fresh`), or delete generator.npz."
        )


def compare(stored: dict, wanted: dict, path: str = "") -> Iterator[str]:
    """The leaves of `wanted` that `stored` has otherwise, each as one phrase."""
    for key in [key for key in wanted if key in stored]:
        before, now = stored[key], wanted[key]
        if isinstance(before, dict) and isinstance(now, dict):
            yield from compare(before, now, f"{path}{key}.")
        elif before != now:
            yield f"{path}{key} was {before!r}, now {now!r}"


@contextlib.contextmanager
def alone_in(folder: pathlib.Path) -> Iterator[None]:
    """Writes this process's number into the folder while it trains there. One that was killed does not count.

    Raises:
        FacegenError: another process is training there.
    """
    lock = folder / "training.pid"
    holder = lock.read_text("ascii", "replace").strip() if lock.is_file() else ""
    if holder.isdigit() and int(holder) != os.getpid() and psutil.pid_exists(int(holder)):
        raise FacegenError(
            f"Process {holder} is training in {folder}. Let it end, or name another folder; "
            f"if that process is something else, delete {lock}."
        )
    checkpoints.write_whole(lock, lambda file: file.write(str(os.getpid()).encode()))
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
