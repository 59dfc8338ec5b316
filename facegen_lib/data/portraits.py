"""Procedural portraits: faces of nobody, painted by formula, with every visible factor known.

A head is a rounded surface with relief (sockets, cheekbones, nose, chin), turned and tilted, lit by one lamp and the
sky; eyes, mouth, hair and the rest are smooth shapes painted on it. Nothing is photographed and nobody is portrayed.

`FACTORS` lists what varies. Each factor is drawn on its own, uniformly (flags with their stated probability): skin tone
says nothing about hair or beard, age lines nothing about silver hair. No population of people is like that, and that is
the use of it: a mode that a generator loses can be counted.
"""

from __future__ import annotations

import numpy as np

from facegen_lib.data.images import ImageSet
from facegen_lib.data.portrait_face import bare_face, draw_lines, paint_ears, tint_skin
from facegen_lib.data.portrait_factors import FACTORS, draw, draw_grain
from facegen_lib.data.portrait_features import draw_brows, draw_eyes, draw_mouth, paint_glasses
from facegen_lib.data.portrait_hair import Hair
from facegen_lib.data.portrait_head import paint, pose, ramp, skin_colour
from facegen_lib.data.portrait_scene import background, paint_bust
from facegen_lib.data.procedural import check_request, paint_all

__all__ = ["FACTORS", "make", "render"]

DETAIL = 64  # portraits below this size are painted at a multiple of it and averaged
ANGLES = ("yaw", "pitch", "tilt", "light_azimuth", "light_elevation")


def make(count: int, size: int = 64, seed: int = 0, **fixed) -> ImageSet:
    """Paint `count` portraits, on all cores.

    Portrait i of a seed depends on the seed, i and `fixed` alone: it is the same however many are painted with it, and
    the same person at every size.

    Args:
        count: how many, at least 1.
        size: height and width in pixels, 16 to 128.
        seed: a non-negative integer.
        **fixed: any factor of `FACTORS`, as one value for all or an array of `count` values, e.g. `glasses=True`,
            `yaw=np.linspace(-30, 30, 8)`. The other factors stay as they would have been.

    Returns:
        An image set: uint8 (count, size, size, 3), with one label array per factor.

    Raises:
        FacegenError: size or count out of range, an unknown factor, or a value outside its range.
    """
    check_request(count, size, seed)
    labels = draw(count, seed, fixed)
    grain = draw_grain(count, seed)

    def paint_chunk(chunk: slice) -> np.ndarray:
        return render({name: values[chunk] for name, values in labels.items()}, grain[chunk], size)

    provenance = {"publisher": "facegen_lib.data.portraits", "seed": seed, "fixed": sorted(fixed)}
    return ImageSet("portraits", paint_all(count, size, paint_chunk), labels, provenance=provenance)


def render(labels: dict[str, np.ndarray], grain: np.ndarray, size: int) -> np.ndarray:
    """Paint one portrait for each row of the labels, back to front: uint8 (N, size, size, 3)."""
    oversampling = -(-DETAIL // size)
    factors = {}
    for name, values in labels.items():
        values = np.radians(values) if name in ANGLES else values
        factors[name] = (values.astype("float32") if values.dtype == bool else values)[:, None, None]
    head = pose(factors, grain.T[:, :, None, None], size * oversampling)
    skin, hair = skin_colour(factors), Hair(head)

    image = background(head)
    paint(image, 0.5 * hair.colour, head.covered(hair.behind))
    paint_bust(image, head, skin)
    paint_ears(image, head, skin, near=False)
    face = bare_face(head, skin, hair)
    tint_skin(face)
    draw_lines(face)
    draw_mouth(face)
    draw_brows(face)
    draw_eyes(face)
    face.finish(image)
    paint_ears(image, head, skin, near=True)
    paint_glasses(image, head)
    paint(image, hair.colour, ramp(hair.over, -0.03, 0.03))

    image = np.clip(image, 0, 1).reshape(3, len(grain), size, oversampling, size, oversampling).mean((3, 5))
    return np.rint(255 * np.sqrt(image)).astype("uint8").transpose(1, 2, 3, 0)
