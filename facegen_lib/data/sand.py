"""A face drawn in sand: a distribution in the plane whose samples can be looked at, for critics at toy scale."""

from __future__ import annotations

import numpy as np

GRAIN = 0.02  # standard deviation of a grain around its stroke
STROKES = (  # centre, half axes, first and last angle in degrees, share of the grains
    ((0.0, 0.0), (0.78, 0.98), (0, 360), 0.50),  # the head
    ((-0.30, 0.25), (0.13, 0.09), (0, 360), 0.14),  # an eye
    ((0.30, 0.25), (0.13, 0.09), (0, 360), 0.14),  # the other
    ((0.0, -0.35), (0.40, 0.22), (200, 340), 0.22),  # a smile
)


def face(count: int, rng: np.random.Generator) -> np.ndarray:
    """Grains of sand on the outline of a face, float32 (count, 2), within about [-1.1, 1.1], in random order."""
    shares = [share for *_, share in STROKES]
    chosen = rng.choice(len(STROKES), size=count, p=shares)
    centres, axes, arcs = (np.array([stroke[part] for stroke in STROKES])[chosen] for part in range(3))
    angles = np.radians(rng.uniform(arcs[:, 0], arcs[:, 1]))
    on_the_stroke = centres + axes * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (on_the_stroke + GRAIN * rng.normal(size=(count, 2))).astype("float32")
