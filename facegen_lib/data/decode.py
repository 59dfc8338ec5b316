"""One picture: from encoded bytes to uint8 of the size that is wanted; many of them on every core."""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import dataclasses
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import pi_heif
from PIL import Image, ImageOps

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels

PHOTO_PIXELS = 60_000_000  # more than that in one picture is taken for an attack, or a map
RAW = {".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".raf", ".rw2"}  # what cameras write before they make a picture
WITHOUT_WHITE = {"F": "real numbers", "I": "numbers of 32 bits"}  # kinds of pixel that do not say which value is white
PARCEL_ITEMS, PARCEL_BYTES = 32, 8_000_000  # what one core is given at a time
Image.init()  # every format that Pillow reads, before several threads ask for one
pi_heif.register_heif_opener()  # photos as iPhones keep them


def centre_square(picture: Image.Image) -> Box:
    """The largest square in the middle of a picture."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return left, top, left + side, top + side


@dataclasses.dataclass(frozen=True)
class Item:
    """One picture on its way in.

    Attributes:
        name: of the file, with its folder.
        payload: encoded bytes; or uint8 (H, W) or (H, W, C); or a function that reads the bytes when their turn comes
            and raises OSError, or ValueError with the reason, when they cannot be had.
        labels: what is known of it.
        crop: which square of the upright picture is kept; raises ValueError with the reason when there is none.
        family: pictures of one family stay on one side of the train/held-out split; its file name when empty.
    """

    name: str
    payload: bytes | np.ndarray | Callable[[], bytes]
    labels: Mapping[str, int | float | str] = dataclasses.field(default_factory=dict)
    crop: Callable[[Image.Image], Box] = centre_square
    family: str = ""


def decode(item: Item, size: int, channels: int) -> np.ndarray:
    """One item to uint8 (size, size, channels): upright by its EXIF tag, on white where transparent, cropped to the
    item's square, and resized with an antialiasing filter.

    Args:
        item: the picture.
        size: height and width in pixels.
        channels: 3 for colour, 1 for grey.

    Raises:
        ValueError: the picture cannot be used; the text says why, in a form that follows its name.
    """
    picture = open_picture(item, size)
    box = item.crop(picture)
    side = min(box[2] - box[0], box[3] - box[1])
    if side < size / 4:
        raise ValueError(f"is too small to become {size}×{size} ({box[2] - box[0]}×{box[3] - box[1]} are there)")
    with damage_named():
        square = picture if box == (0, 0, *picture.size) else picture.crop(box)
        square = flatten(square, "RGB" if channels == 3 else "L")
        resized = square.resize((size, size), Image.Resampling.BICUBIC)
        return np.asarray(resized, dtype="uint8").reshape(size, size, channels)


@contextlib.contextmanager
def damage_named() -> Iterator[None]:
    """Turns whatever a decoder raises on broken bytes into a ValueError: one bad file must not end the set."""
    try:
        yield
    except Image.UnidentifiedImageError:
        raise ValueError("is not a picture in any format that can be read") from None
    except Image.DecompressionBombError:
        raise ValueError("has more pixels than a photo has") from None
    except Exception as error:
        raise ValueError(f"is damaged ({error})") from None


def open_picture(item: Item, size: int) -> Image.Image:
    """An item as an upright picture at least `size` large, if the original is.

    A JPEG of which the middle is kept is read at a fraction of its size; one in which something is looked for, a face,
    is read whole, or at half its size where it is huge.

    Raises:
        ValueError: as for `decode`.
    """
    payload = item.payload
    if os.path.splitext(item.name)[1].lower() in RAW:
        raise ValueError("is a raw photo, which cannot be read here; export it as JPEG")
    if isinstance(payload, np.ndarray):
        return Image.fromarray(payload[..., 0] if payload.ndim == 3 and payload.shape[-1] == 1 else payload)
    if callable(payload):
        try:
            payload = payload()
        except OSError as error:
            raise ValueError(f"cannot be read ({error.strerror or error})") from None
    with damage_named():
        picture = Image.open(io.BytesIO(payload))
        if item.crop is centre_square:
            picture.draft(None, (size, size))
        elif picture.width * picture.height > PHOTO_PIXELS:
            picture.draft(None, (picture.width // 2, picture.height // 2))
    if picture.width * picture.height > PHOTO_PIXELS:
        raise ValueError(f"has more pixels than a photo has ({picture.width}×{picture.height})")
    if picture.mode in WITHOUT_WHITE:
        raise ValueError(
            f"holds {WITHOUT_WHITE[picture.mode]}, and which of them is white is not said; export it with 8 bits"
        )
    with damage_named():
        picture.load()
        has_no_tag = picture.format == "JPEG" and not {"exif", "xmp"} & picture.info.keys()
        return picture if has_no_tag else ImageOps.exif_transpose(picture)


def flatten(picture: Image.Image, mode: str) -> Image.Image:
    """A picture that was opened as eight bits of colour ("RGB") or grey ("L"), on white where it is transparent."""
    if picture.mode.startswith("I;16"):
        picture = Image.fromarray((np.asarray(picture, dtype="float64") / 65535 * 255).astype("uint8"))
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture if picture.mode == mode else picture.convert(mode)


def decode_all(items: Iterable[Item], size: int, channels: int) -> Iterator[tuple[Item, np.ndarray | ValueError]]:
    """Items with their pixels, or with the reason why they have none, in order; decoded on every core.

    A few parcels are under way at a time, so that neither a million pictures nor a few huge ones fill the memory.
    """

    def attempt(item: Item) -> np.ndarray | ValueError:
        try:
            return decode(item, size, channels)
        except ValueError as error:
            return error

    def work_through(parcel: list[Item]) -> list[tuple[Item, np.ndarray | ValueError]]:
        return [(item, attempt(item)) for item in parcel]

    cores = os.cpu_count() or 1
    under_way: collections.deque = collections.deque()
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        try:
            for parcel in parcels(items):
                under_way.append(pool.submit(work_through, parcel))
                if len(under_way) > 2 * cores:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def parcels(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Consecutive items, packed together until they are many or heavy."""
    parcel, weight = [], 0
    for item in items:
        parcel.append(item)
        weight += 0 if callable(item.payload) else memoryview(item.payload).nbytes
        if len(parcel) == PARCEL_ITEMS or weight > PARCEL_BYTES:
            yield parcel
            parcel, weight = [], 0
    if parcel:
        yield parcel
