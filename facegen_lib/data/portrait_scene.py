"""Around the head of a portrait: an unfocused background, a neck and clothes."""

from __future__ import annotations

import numpy as np

from facegen_lib.data.portrait_head import Head, blob, linear, paint, table

SHIRTS = {
    "white": "#e9e6e0",
    "navy": "#2b3a5e",
    "red": "#b23a36",
    "green": "#3f6b4d",
    "mustard": "#cf9a34",
    "charcoal": "#3c3c40",
}
# Colour at the top, at the bottom, and of the round spots of light.
BACKGROUNDS = {
    "studio": ("#a9adb3", "#6f747c", "#d5d6d8"),
    "sky": ("#5f9bdc", "#c9dcea", "#ffffff"),
    "dusk": ("#4b4a82", "#e99b62", "#ffd59a"),
    "garden": ("#6f9a4e", "#3d6238", "#c5d68a"),
    "lights": ("#1f2235", "#3a2a35", "#ffc46a"),
}
# How strong the spots are and how sharp their edge is.
SPOTS = {"studio": (0.35, 0.2), "sky": (0.75, 0.3), "dusk": (0.55, 0.5), "garden": (0.60, 1.2), "lights": (0.80, 3.0)}
SPOT_COUNT = 6


def background(head: Head) -> np.ndarray:
    """A fresh image, (3, batch, size, size): a gradient with soft round spots of light."""
    names = head.factors["background"]
    top, bottom, glow = (linear([BACKGROUNDS[name][part] for name in names.ravel()]) for part in range(3))
    strength, sharpness = table(SPOTS, names)
    image = bottom + (top - bottom) * np.clip(0.5 + 0.4 * head.y, 0, 1)
    brightest = np.zeros_like(head.across)
    for spot in range(SPOT_COUNT):
        right, high, size = head.grain[8 + 3 * spot : 11 + 3 * spot]
        radius = 0.16 + 0.22 * size
        inside = 1 - (np.square(head.x - 2.8 * right + 1.4) + np.square(head.y - 2.6 * high + 1.1)) / np.square(radius)
        brightest = np.maximum(brightest, np.clip(0.5 + inside * sharpness, 0, 1) * (0.5 + 0.5 * size))
    paint(image, glow, strength * brightest)
    return image


def paint_bust(image: np.ndarray, head: Head, skin: np.ndarray) -> None:
    """The neck, in the soft shadow of the chin, and a shirt with a round collar."""
    image, head = head.band(image, -0.1, -2)
    x, y = head.x, head.y
    light_x, light_y, light_z = head.light
    width = 0.40 + 0.05 * head.factors["jaw"]
    around = np.clip(x / width, -1, 1)
    lambert = around * light_x + 0.1 * light_y + np.sqrt(1 - around * around) * light_z
    chin_shadow = 1 - 0.6 * blob(x / 0.55, np.maximum(-0.82 - y, 0) / 0.30)
    neck = np.minimum(width + 0.6 * np.maximum(-1.05 - y, 0) - np.abs(x), -0.3 - y)
    paint(image, skin * (0.30 + 0.65 * np.maximum(lambert, 0)) * chin_shadow, head.covered(neck))
    shirt = linear([SHIRTS[name] for name in head.factors["shirt"].ravel()])
    from_collar = np.sqrt(x * x + np.square(1.6 * (y + 1.0))) - 0.50
    lambert = 0.5 * x * light_x + 0.5 * light_y + 0.7 * light_z + 0.08 * head.wave(x + 0.45 * y, 9, 28)
    light = 0.30 + 0.7 * np.maximum(lambert, 0) - 0.25 * blob(from_collar / 0.06)
    paint(image, shirt * light, head.covered(np.minimum(-1.02 - 0.28 * x * x - y, from_collar)))
