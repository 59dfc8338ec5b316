"""Boxes of coloured shapes in the manner of NLVR, drawn with their description as label."""

from __future__ import annotations

import numpy as np

from facegen_lib.data.images import ImageSet
from facegen_lib.data.procedural import check_request, paint_all
from facegen_lib.data.shape_scenes import description, draw_scene, render


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
