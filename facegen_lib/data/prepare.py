"""Items to an image set: decoded once into a cache that is written whole or not at all, memory-mapped from then on."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import math
import os
import pathlib
import shutil
import threading
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import platformdirs
import psutil

from facegen_lib.data.decode import Item, decode_all
from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError

__all__ = ["Item", "Source", "cache_folder", "prepare"]

VERSION = 4  # of everything here and in decode.py that decides a pixel or a file; part of the cache's key
HELD_OUT_SHARE = 0.1
Progress = Callable[[Iterable], Iterable]


@dataclasses.dataclass(frozen=True)
class Source:
    """Where the items of a set come from, and a fingerprint by which the cache knows that nothing there has changed.

    Attributes:
        fingerprint: changes when the archive or folder changes: path, sizes, times, generator version.
        items: called to read every item, always in the same order.
        channels: 3 for colour, 1 for grey.
        about: whatever the image set should remember of where it came from, as JSON has it.
    """

    fingerprint: str
    items: Callable[[], Iterable[Item]]
    channels: int = 3
    about: Mapping[str, object] = dataclasses.field(default_factory=dict)


class Side:
    """What is written down of one side of the split while its images arrive: names, labels by column, a digest."""

    def __init__(self):
        self.names: list[str] = []
        self.columns: dict[str, list] = {}
        self.digest = hashlib.sha256()

    def add(self, item: Item, pixels: np.ndarray) -> None:
        """Notes one more image. A label that the images before it lacked gets a column with gaps."""
        for label in item.labels:
            self.columns.setdefault(label, [None] * len(self.names))
        for label, column in self.columns.items():
            column.append(item.labels.get(label))
        self.names.append(item.name)
        self.digest.update(pixels)

    def column(self, label: str) -> list:
        """The values of a label, None where it is not known."""
        return self.columns.get(label, [None] * len(self.names))


def cache_folder() -> pathlib.Path:
    """Where prepared sets are kept: $FACEGEN_CACHE, or the user's cache folder."""
    return pathlib.Path(os.environ.get("FACEGEN_CACHE") or platformdirs.user_cache_dir("facegen")).expanduser()


def prepare(name: str, source: Source, size: int, split: str, progress: Progress = iter) -> ImageSet:
    """One split of a set at one size: from the cache when it is there, else decoded and cached.

    Args:
        name: catalogue name.
        source: where the items are.
        size: height and width of the images made, in pixels.
        split: `"train"`, `"held_out"` or `"all"`.
        progress: wraps the items; a progress bar, if one is wanted.

    Raises:
        FacegenError: no item could be read, or the cache cannot be written.
    """
    identity = f"{source.fingerprint}|{source.channels}|{VERSION}"
    key = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    slug = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)[-60:]
    folder = cache_folder() / "sets" / f"{slug}-{size}-{key}"
    if not is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
        write_cache(name, source, size, folder, progress)
    return read_cache(name, folder, split)


def is_held_out(name: str) -> bool:
    """Whether an image belongs to the held-out tenth: decided by the hash of its file name alone, so that adding or
    removing other images never moves it. An accent counts the same however the file system spells it."""
    plain = unicodedata.normalize("NFC", pathlib.PurePosixPath(name).name)
    digest = hashlib.sha256(plain.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:4], "big") < HELD_OUT_SHARE * 2**32


def write_cache(name: str, source: Source, size: int, folder: pathlib.Path, progress: Progress) -> None:
    """Decodes everything into a temporary folder beside `folder`, then renames it into place.

    The training images come first in the file and the held-out ones after them, so that each split is one stretch of
    it and can be mapped without being read.
    """
    partial = folder.parent / f".{folder.name}-{threading.get_ident()}-{os.getpid()}"
    try:
        clear_leftovers(folder)
        partial.mkdir(parents=True)
        train, held_out, skipped = Side(), Side(), {}
        with (
            open(partial / "pixels.u8", "wb") as train_file,
            open(partial / "held_out.u8", "w+b") as held_out_file,
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")  # what decoders remark about odd files; what they cannot read is counted
            for item, pixels in decode_all(progress(source.items()), size, source.channels):
                if isinstance(pixels, ValueError):
                    skipped[item.name] = str(pixels)
                    continue
                side, file = (held_out, held_out_file) if is_held_out(item.family or item.name) else (train, train_file)
                file.write(pixels)
                side.add(item, pixels)
            held_out_file.seek(0)
            shutil.copyfileobj(held_out_file, train_file)
        (partial / "held_out.u8").unlink()
        names = train.names + held_out.names
        if not names:
            raise FacegenError(nothing_readable(name, skipped))
        known = train.columns | held_out.columns
        labels = {label: to_array(train.column(label) + held_out.column(label)) for label in known}
        np.savez(partial / "labels.npz", **labels)
        meta = {
            "shape": (len(names), size, size, source.channels),
            "train": len(train.names),
            "hashes": {side: each.digest.hexdigest()[:16] for side, each in (("train", train), ("held_out", held_out))},
            "skipped": skipped,
            "about": dict(source.about),
            "names": names,
        }
        (partial / "meta.json").write_text(json.dumps(meta), "ascii")
        os.replace(partial, folder)
    except OSError as error:
        if not is_whole(folder):  # otherwise another process was first, and its copy is as good
            raise FacegenError(
                f"The prepared images of {name} could not be written to {folder.parent}: {error.strerror or error}. "
                "Free some space, or name another place with FACEGEN_CACHE."
            ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def clear_leftovers(folder: pathlib.Path) -> None:
    """Removes what a preparation that was killed left behind; one that still runs is left alone."""
    for partial in folder.parent.glob(f".{folder.name}-*"):
        process = partial.name.rpartition("-")[2]
        if not (process.isdigit() and psutil.pid_exists(int(process))):
            shutil.rmtree(partial, ignore_errors=True)


def to_array(values: list) -> np.ndarray:
    """A column as an array; None becomes -1 among whole numbers, NaN among others, "" among texts."""
    if all(value is not None for value in values):
        return np.array(values)
    kind = np.array([value for value in values if value is not None]).dtype.kind
    gap = {"U": "", "f": math.nan}.get(kind, -1)
    return np.array([gap if value is None else value for value in values])


def read_meta(folder: pathlib.Path) -> dict:
    """What is written down beside the pixels of a prepared set."""
    return json.loads((folder / "meta.json").read_text("ascii"))


def is_whole(folder: pathlib.Path) -> bool:
    """Whether a prepared set is there and as large as it says."""
    try:
        whole = (folder / "pixels.u8").stat().st_size == math.prod(read_meta(folder)["shape"])
        return whole and (folder / "labels.npz").is_file()
    except (OSError, ValueError, KeyError):
        return False


def read_cache(name: str, folder: pathlib.Path, split: str) -> ImageSet:
    """One split of a prepared set, its pixels memory-mapped."""
    meta = read_meta(folder)
    stretch = {"train": slice(0, meta["train"]), "held_out": slice(meta["train"], None), "all": slice(None)}[split]
    hashes = meta["hashes"]
    pixels = np.memmap(folder / "pixels.u8", dtype="uint8", mode="r", shape=tuple(meta["shape"]))
    with np.load(folder / "labels.npz") as stored:
        labels = {label: stored[label][stretch] for label in stored.files}
    count = len(meta["names"]) + len(meta["skipped"])
    provenance = meta["about"] | {"split": split, "skipped": meta["skipped"], "of": count}
    content = hashes.get(split) or "+".join(hashes.values())
    return ImageSet(name, pixels[stretch], labels, meta["names"][stretch], provenance, content)


def nothing_readable(name: str, skipped: dict[str, str]) -> str:
    """Why a set came out empty, with the first few files by name."""
    if not skipped:
        return f"{name} holds no pictures. Put .jpg, .png, .webp or .heic files there, in folders of any depth."
    examples = "; ".join(f"{file} {reason}" for file, reason in itertools.islice(skipped.items(), 3))
    return f"None of the {len(skipped)} files of {name} could be used: {examples}."
