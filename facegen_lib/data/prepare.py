"""Bytes to an image set: decode, RGB, centre crop, resize, and a cache that is written whole or not at all."""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import hashlib
import io
import itertools
import json
import os
import pathlib
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import platformdirs
from PIL import Image, ImageOps

from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError

VERSION = 1  # of everything in this file that decides a pixel; part of the cache's key
HELD_OUT_SHARE = 0.1
Image.init()


@dataclasses.dataclass(frozen=True)
class Item:
    """One picture on its way in: its name, encoded bytes or uint8 (H, W) or (H, W, C), and what is known of it."""

    name: str
    payload: bytes | np.ndarray
    labels: dict[str, int | float | str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Source:
    """Where the items of a set come from, and what makes that place the same place tomorrow.

    Attributes:
        fingerprint: changes when the archive or folder changes: path, sizes, times, generator version.
        items: called to read every item, always in the same order.
        channels: 3 for colour, 1 for grey.
    """

    fingerprint: str
    items: Callable[[], Iterable[Item]]
    channels: int = 3


def cache_folder() -> pathlib.Path:
    """Where prepared sets are kept: $FACEGEN_CACHE, or the user's cache folder."""
    return pathlib.Path(os.environ.get("FACEGEN_CACHE") or platformdirs.user_cache_dir("facegen"))


def decode(item: Item, size: int, channels: int) -> np.ndarray:
    """One item to uint8 (size, size, channels): upright by its EXIF tag, on white where transparent, cropped to the
    square in its centre, and resized with an antialiasing filter.

    Raises:
        ValueError: the bytes are no whole picture, or it is smaller than a quarter of `size`; the text says which.
    """
    if isinstance(item.payload, np.ndarray):
        picture = Image.fromarray(item.payload.squeeze())
    else:
        picture = open_picture(item.payload, size)
    mode = "RGB" if channels == 3 else "L"
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        deep = np.asarray(picture, dtype="float64")
        picture = Image.fromarray((deep / max(65535.0, deep.max()) * 255).astype("uint8"))
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert(mode)
    side = min(picture.size)
    if side < size / 4:
        raise ValueError(f"is {picture.width}×{picture.height}, too small to become {size}×{size}")
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    square = picture.resize((size, size), Image.Resampling.BICUBIC, (left, top, left + side, top + side))
    return np.asarray(square, dtype="uint8").reshape(size, size, channels)


def open_picture(data: bytes, size: int) -> Image.Image:
    """Encoded bytes to an upright picture at least `size` large, if the original is; JPEGs shrink as they are read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
            picture.draft(None, (size, size))
            picture.load()
    except Image.UnidentifiedImageError:
        raise ValueError("is not a picture in any format that can be read") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError("has more pixels than a photo has") from None
    except Exception as error:  # a decoder may raise anything on broken bytes; one bad file must not end the set
        raise ValueError(f"is damaged ({error})") from None
    return ImageOps.exif_transpose(picture)


def decode_all(items: Iterable[Item], size: int, channels: int) -> Iterator[tuple[Item, np.ndarray | ValueError]]:
    """Items with their pixels, or with the reason why they have none, in order; decoded on every core."""

    def attempt(item: Item) -> np.ndarray | ValueError:
        try:
            return decode(item, size, channels)
        except ValueError as error:
            return error

    waiting: collections.deque = collections.deque()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for item in items:
            waiting.append((item, pool.submit(attempt, item)))
            if len(waiting) >= 256:
                first, pixels = waiting.popleft()
                yield first, pixels.result()
        for item, pixels in waiting:
            yield item, pixels.result()


def prepare(
    name: str, source: Source, size: int, split: str, progress: Callable[[Iterable], Iterable] = iter
) -> ImageSet:
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
    key = hashlib.sha256(f"{source.fingerprint}|{source.channels}|{VERSION}".encode()).hexdigest()[:12]
    slug = "".join(letter if letter.isalnum() else "-" for letter in name)[-60:]
    folder = cache_folder() / "sets" / f"{slug}-{size}-{key}"
    if not folder.exists():
        write_cache(name, source, size, folder, progress)
    return read_cache(name, folder, split)


def is_held_out(name: str) -> bool:
    """Whether an image belongs to the held-out tenth: decided by the hash of its file name alone, so that adding or
    removing other images never moves it."""
    digest = hashlib.sha256(pathlib.PurePosixPath(name).name.encode()).digest()
    return int.from_bytes(digest[:4], "big") < HELD_OUT_SHARE * 2**32


def write_cache(name: str, source: Source, size: int, folder: pathlib.Path, progress: Callable) -> None:
    """Decodes everything into a temporary folder beside `folder`, then renames it into place.

    The training images come first in the file and the held-out ones after them, so that each split is one stretch of
    it and can be mapped without being read.
    """
    partial = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = pathlib.Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        kept: dict[bool, list[Item]] = {False: [], True: []}
        digests = {False: hashlib.sha256(), True: hashlib.sha256()}
        skipped = {}
        with open(partial / "pixels.u8", "wb") as train_file, open(partial / "held_out.u8", "w+b") as held_out_file:
            for item, pixels in decode_all(progress(source.items()), size, source.channels):
                if isinstance(pixels, ValueError):
                    skipped[item.name] = str(pixels)
                    continue
                held_out = is_held_out(item.name)
                (held_out_file if held_out else train_file).write(pixels.tobytes())
                digests[held_out].update(pixels.tobytes())
                kept[held_out].append(dataclasses.replace(item, payload=b""))
            held_out_file.seek(0)
            shutil.copyfileobj(held_out_file, train_file)
        (partial / "held_out.u8").unlink()
        items = kept[False] + kept[True]
        if not items:
            raise FacegenError(nothing_readable(name, skipped))
        np.savez(
            partial / "labels.npz", **{key: np.array([item.labels[key] for item in items]) for key in items[0].labels}
        )
        meta = {
            "shape": (len(items), size, size, source.channels),
            "train": len(kept[False]),
            "hashes": {"train": digests[False].hexdigest()[:16], "held_out": digests[True].hexdigest()[:16]},
            "skipped": skipped,
            "names": [item.name for item in items],
        }
        (partial / "meta.json").write_text(json.dumps(meta, ensure_ascii=False))
        os.replace(partial, folder)
    except OSError as error:
        if not folder.exists():  # otherwise another process was first, and its copy is as good
            raise FacegenError(
                f"The prepared images of {name} could not be written to {folder.parent}: {error.strerror or error}. "
                "Free some space, or name another place with FACEGEN_CACHE."
            ) from error
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)


def read_cache(name: str, folder: pathlib.Path, split: str) -> ImageSet:
    """One split of a prepared set, its pixels memory-mapped."""
    meta = json.loads((folder / "meta.json").read_text())
    stretch = {"train": slice(0, meta["train"]), "held_out": slice(meta["train"], None), "all": slice(None)}[split]
    hashes = meta["hashes"]
    pixels = np.memmap(folder / "pixels.u8", dtype="uint8", mode="r", shape=tuple(meta["shape"]))
    with np.load(folder / "labels.npz") as stored:
        labels = {label: stored[label][stretch] for label in stored.files}
    provenance = {"split": split, "skipped": meta["skipped"], "of": len(meta["names"]) + len(meta["skipped"])}
    return ImageSet(
        name,
        pixels[stretch],
        labels,
        meta["names"][stretch],
        provenance,
        hashes.get(split) or "+".join(hashes.values()),
    )


def nothing_readable(name: str, skipped: dict[str, str]) -> str:
    """Why a set came out empty, with the first few files by name."""
    if not skipped:
        return f"{name} holds no pictures. Put .jpg, .png or .webp files there, in folders of any depth."
    examples = "; ".join(f"{file} {reason}" for file, reason in itertools.islice(skipped.items(), 3))
    return f"None of the {len(skipped)} files of {name} could be used: {examples}."
