"""Boxes of coloured shapes in the manner of NLVR: drawn with their description as label, and read back from pixels.

`make` draws boxes of which everything is known. `describe` answers the same questions about any box, real, drawn or
generated: how many shapes, which, do they overlap, are they sound?
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from facegen_lib.data.images import ImageSet
from facegen_lib.data.procedural import check_request, paint_all
from facegen_lib.data.shape_scenes import (
    BACKGROUND,
    BOX,
    COLOURS,
    KINDS,
    SIZES,
    Scene,
    coverage,
    description,
    draw_scene,
    render,
)
from facegen_lib.errors import FacegenError

READABLE = 48  # below, the gap of one unit between two shapes is lost
CORE = 0.8  # a pixel belongs to the core of a shape when this much of it has the shape's colour
SPECK = 15  # square units; what is smaller is dirt and not counted. The smallest triangle has 50
TOLERANCE = 0.3  # share of its area by which a shape may differ from the ideal one
FILL = {"triangle": 1 / 2, "circle": np.pi / 4, "square": 1}  # area over that of the bounding box
CENTRE_OF_MASS = {"triangle": 2 / 3, "circle": 1 / 2, "square": 1 / 2}  # how far down the bounding box


def make(count: int, size: int = 64, seed: int = 0) -> ImageSet:
    """Draw `count` boxes. What box i holds depends on the seed and i alone, not on how many are drawn or how large.

    Args:
        count: how many, at least 1.
        size: height and width in pixels, 16 to 128.
        seed: a non-negative integer.

    Returns:
        An image set: uint8 (count, size, size, 3). Labels: `layout`, "scattered" or "tower"; `count`, int64; and for
        each shape `kind`, `colour` (strings, "" where there is no shape), `x`, `y` (left and upper edge) and `size`
        (float32 in hundredths of the box, NaN where there is none), all (count, 7).

    Raises:
        FacegenError: size, count or seed out of range.
    """
    check_request(count, size, seed)
    drawn = [draw_scene(np.random.default_rng((seed, index))) for index in range(count)]
    labels = {"layout": np.array([layout for layout, _ in drawn]), **description([scene for _, scene in drawn])}

    def paint_chunk(chunk: slice) -> np.ndarray:
        return render({name: values[chunk] for name, values in labels.items()}, size)

    provenance = {"publisher": "facegen_lib.data.shapes", "seed": seed}
    return ImageSet("shapes", paint_all(count, size, paint_chunk), labels, provenance=provenance)


def describe(images: np.ndarray) -> dict[str, np.ndarray]:
    """Read boxes: what `shapes.make` writes as labels, read back from pixels.

    A shape is a connected piece of one colour. It is *malformed* when it differs by more than 30 % of the area from
    every ideal triangle, circle and square of a size that occurs: a fragment, a blot, two of one colour run together.
    Two shapes of different colours *overlap* when nothing of the background lies between them.

    Args:
        images: uint8 (N, size, size, 3), 48 pixels or more to the side.

    Returns:
        `count` (N,); `kind` (one more is "malformed"), `colour`, `x`, `y` (left and upper edge) and `size` (in
        hundredths of the box), each (N, most shapes found, at least 7), "" and NaN where there is no shape; `malformed`
        and `overlaps`, how many, (N,).

    Raises:
        FacegenError: the images are not square uint8 colour images of at least 48 pixels.
    """
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1] != images.shape[2] or images.shape[3] != 3:
        raise FacegenError(f"Boxes to read are uint8 (N, size, size, 3); got {images.dtype} {images.shape}.")
    if images.shape[1] < READABLE:
        raise FacegenError(
            f"Boxes of {images.shape[1]} pixels are too small to read: shapes run together below {READABLE}."
        )
    read = [read_box(image) for image in images]
    labels = description([scene for scene, _ in read])
    labels["malformed"] = (labels["kind"] == "malformed").sum(1)
    labels["overlaps"] = np.array([overlaps for _, overlaps in read])
    return labels


def count_shapes(images: np.ndarray) -> np.ndarray:
    """How many shapes each box holds: int64 (N,) for images as in `describe`."""
    return describe(images)["count"]


def read_box(image: np.ndarray) -> tuple[Scene, int]:
    """The shapes of one box, and how many pairs of them overlap."""
    scene: Scene = []
    owner = np.zeros(image.shape[:2], int)  # which shape of the scene each core pixel belongs to, 0 for none
    for colour, share in zip(COLOURS, colour_shares(image), strict=True):
        cores, found = ndimage.label(share > CORE)
        distance, nearest = ndimage.distance_transform_edt(cores == 0, return_indices=True)
        reach = np.where(distance <= 2, cores[tuple(nearest)], 0)  # with the soft rim around each core
        for piece in range(1, found + 1):
            opacity = np.where(reach == piece, share, 0)
            if opacity.sum() * (BOX / len(image)) ** 2 >= SPECK:
                kind, left, top, size = best_fit(opacity)
                scene.append((kind, colour, left, top, size))
                owner[cores == piece] = len(scene)
    across = np.stack([owner[:, :-1].ravel(), owner[:, 1:].ravel()])
    down = np.stack([owner[:-1].ravel(), owner[1:].ravel()])
    pairs = np.sort(np.concatenate([across, down], 1), 0)
    touching = pairs[:, (pairs[0] > 0) & (pairs[0] != pairs[1])]
    return scene, np.unique(touching, axis=1).shape[1]


def colour_shares(image: np.ndarray) -> np.ndarray:
    """How far each pixel is from the background to its nearest colour, 0 for the others: float32 (colours, H, W)."""
    background = np.array(BACKGROUND, "float32")
    towards = np.array(list(COLOURS.values()), "float32") - background
    pixels = image - background
    shares = np.clip(pixels @ towards.T / np.square(towards).sum(1), 0, 1)
    misses = np.square(pixels[:, :, None] - shares[..., None] * towards).sum(-1)
    nearest = misses.argmin(-1)[..., None] == np.arange(len(towards))
    return np.where(nearest, shares, 0).transpose(2, 0, 1)


def best_fit(opacity: np.ndarray) -> tuple[str, float, float, float]:
    """The ideal shape that one piece is nearest to: kind or "malformed", left and upper edge and size in units."""
    unit = BOX / len(opacity)
    area = opacity.sum()
    middle_x = (opacity.sum(0) @ (np.arange(len(opacity)) + 0.5)) / area * unit
    middle_y = (opacity.sum(1) @ (np.arange(len(opacity)) + 0.5)) / area * unit
    wanted = np.sqrt(area / np.array([FILL[kind] for kind in KINDS])) * unit
    size = np.array(SIZES)[np.abs(wanted[:, None] - SIZES).argmin(1)].astype("float32")
    left = middle_x - size / 2
    top = middle_y - size * [CENTRE_OF_MASS[kind] for kind in KINDS]
    ideal = coverage(np.array(KINDS), left, top, size, len(opacity))
    miss = np.abs(ideal - opacity).sum((1, 2)) / ideal.sum((1, 2))
    best = int(miss.argmin())
    kind = KINDS[best] if miss[best] <= TOLERANCE else "malformed"
    return kind, float(left[best]), float(top[best]), float(size[best])
