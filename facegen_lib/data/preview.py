"""A look at a set before it is prepared: a few of its pictures, what becomes of them, and what would be skipped."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import heapq

import numpy as np
from PIL import Image, ImageDraw

from facegen_lib.data.catalog import open_source
from facegen_lib.data.decode import Box, centre_square, decode, flatten, open_picture
from facegen_lib.data.images import png
from facegen_lib.data.prepare import nothing_readable
from facegen_lib.errors import FacegenError

TILE, GAP = 128, 8  # pixels of a picture on the sheet, and between two
# The blue of real images, and the paper and the quiet grey of the book's figures.
MARK, CARD, QUIET = "#0072B2", "#FBFAF6", "#6B6B6B"


@dataclasses.dataclass(frozen=True, repr=False)
class Preview:
    """What `preview` found out. `print(preview)` counts; a notebook shows the sheet.

    Attributes:
        name: of the set.
        originals: the pictures as they came, uint8 (128, 128, 3), the square that is kept marked in blue.
        images: what becomes of each, uint8 (size, size, C); None where it would be skipped.
        skipped: file name → reason.
    """

    name: str
    originals: list[np.ndarray]
    images: list[np.ndarray | None]
    skipped: dict[str, str]

    def __repr__(self) -> str:
        kept = sum(image is not None for image in self.images)
        lines = [f"{self.name}: of {len(self.images)} pictures looked at, {kept} can be used."]
        reasons = collections.Counter(reason.partition(" (")[0] for reason in self.skipped.values())
        lines += [f"  skipped {count}: it {reason}" for reason, count in reasons.most_common()]
        return "\n".join(lines)

    def sheet(self, columns: int = 4) -> np.ndarray:
        """One picture, uint8 (H, W, 3): each original beside what becomes of it, or beside the word "skipped"."""
        pair, rows = 2 * TILE + 3 * GAP, max(1, -(-len(self.images) // columns))
        sheet = Image.new("RGB", (columns * pair, rows * (TILE + GAP) + GAP), CARD)
        for number, (original, image) in enumerate(zip(self.originals, self.images, strict=True)):
            x, y = number % columns * pair + GAP, number // columns * (TILE + GAP) + GAP
            sheet.paste(Image.fromarray(original), (x, y))
            if image is None:
                middle = x + TILE + GAP // 2 + TILE // 2, y + TILE // 2
                ImageDraw.Draw(sheet).text(middle, "skipped", fill=QUIET, anchor="mm", font_size=18)
            else:
                result = Image.fromarray(image.squeeze()).resize((TILE, TILE), Image.Resampling.NEAREST)
                sheet.paste(result.convert("RGB"), (x + TILE + GAP // 2, y))
        return np.asarray(sheet)

    def _repr_png_(self) -> bytes:
        return png(self.sheet())


def preview(name: str, size: int = 64, count: int = 24) -> Preview:
    """Some pictures of a set, spread over all of it, and what would become of them; nothing is cached.

    Args:
        name: a catalogue name, `folder:PATH` or `faces:PATH`.
        size: height and width in pixels, 8 to 1024.
        count: how many pictures to look at, 1 or more. The choice is by the hash of their names: always the same ones.

    Raises:
        FacegenError: the set is unknown, is not there, cannot be read or holds nothing; or there is no such size or
            count.
    """
    if count < 1:
        raise FacegenError(f"A preview looks at one picture or more, got count={count}.")
    source = open_source(name, size)
    originals, images, skipped = [], [], {}
    for item in heapq.nsmallest(count, source.items(), key=lambda item: digest(item.name)):
        original, image = np.asarray(Image.new("RGB", (TILE, TILE), CARD)), None
        try:
            picture = open_picture(dataclasses.replace(item, crop=whole), size)
            original = tile(picture)
            box = item.crop(picture)
            found = item if item.crop is centre_square else dataclasses.replace(item, crop=lambda _, box=box: box)
            image = decode(found, size, source.channels)
        except ValueError as error:
            skipped[item.name] = str(error)
        else:
            original = tile(picture, box)
        originals.append(original)
        images.append(image)
    if not images:
        raise FacegenError(nothing_readable(name, {}))
    return Preview(name, originals, images, skipped)


def digest(name: str) -> bytes:
    """A hash of a name: pictures in its order are as good as shuffled, and always the same."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()


def whole(picture: Image.Image) -> Box:
    """All of a picture: an item with this crop is opened in full detail."""
    return 0, 0, picture.width, picture.height


def tile(picture: Image.Image, box: Box | None = None) -> np.ndarray:
    """A picture as it is on the sheet, uint8 (128, 128, 3), with a box marked."""
    scale = TILE / max(picture.size)
    small = flatten(picture.resize([max(1, round(side * scale)) for side in picture.size]), "RGB")
    if box:
        left, top, right, bottom = (round(place * scale) for place in box)
        if min(right - left, bottom - top) >= 2:  # in a ribbon the square is too small to be seen
            ImageDraw.Draw(small).rectangle((left, top, right - 1, bottom - 1), outline=MARK, width=2)
    blank = Image.new("RGB", (TILE, TILE), CARD)
    blank.paste(small, ((TILE - small.width) // 2, (TILE - small.height) // 2))
    return np.asarray(blank)
