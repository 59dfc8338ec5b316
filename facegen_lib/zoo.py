"""What ships trained: which recipe on which data, for how long."""

from __future__ import annotations

from facegen_lib import shipped
from facegen_lib.errors import unknown_name
from facegen_lib.models.generator import TrainedGenerator
from facegen_lib.training.history import History


def names() -> list[str]:
    """Every generator that ships, e.g. `"dcgan-utkface"`, in alphabetical order."""
    return sorted(path.stem for path in (shipped.DATA / "checkpoints").glob("*.npz"))


def pretrained(name: str) -> TrainedGenerator:
    """A generator that ships with the book.

    Raises:
        FacegenError: no such generator ships.
    """
    if name not in names():
        raise unknown_name("trained generator", name, names(), "`facegen train` makes your own.")
    return TrainedGenerator.load(shipped.shipped_path(f"checkpoints/{name}.npz"))


def history(name: str) -> History:
    """The history of a shipped run: every metric of every step.

    Raises:
        FacegenError: no such run ships.
    """
    if name not in names():
        raise unknown_name("trained generator", name, names())
    return History.load(shipped.shipped_path(f"results/{name}-history.npz"))
