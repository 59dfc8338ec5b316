"""The head of a portrait: where each pixel lies on it, which way the surface faces, and how light falls on it.

Lengths are in head units: the chin is 1 below the middle of the head. Angles are in radians. There are two frames. The
canvas looks at the portrait from the front (`x` to the right, `y` up); the head's own frame turns with the head
(`across`, `up`, `out`), so whatever is painted in it turns too.

Pixels are float32 (batch, size, size), a property of each portrait is (batch, 1, 1), a colour (3, batch, 1, 1) and an
image (3, batch, size, size), both in linear light [0, 1]: the display's curve is taken as a square root.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

HALF_CANVAS = 1.24  # from the middle of the image to its edge
CANVAS_MIDDLE = -0.04  # height of the middle of the image
CROWN_UP = 0.93
EYE_ACROSS, EYE_UP = 0.31, 0.02
MOUTH_UP = -0.575
JAW_FORWARD = 0.28  # how far the jaw stands in front of the axis of the skull, per unit below the eyes

SKIN = ("#ffe3d3", "#f6cdb0", "#e4b18e", "#c9936d", "#a4714d", "#7a4e36", "#603c29", "#4b2f22")

# What stands out of the smooth head (height > 0) or is sunk into it: across, up, half-width, half-height, height.
RELIEF = (
    (0.27, 0.05, 0.17, 0.12, -0.070),  # eye sockets
    (0.30, 0.22, 0.22, 0.07, 0.030),  # brow ridge
    (0.45, -0.22, 0.18, 0.15, 0.035),  # cheekbones
    (0.00, -0.45, 0.05, 0.07, -0.010),  # the groove above the lips
    (0.00, -0.70, 0.20, 0.05, -0.030),  # below the lower lip
    (0.00, -0.87, 0.17, 0.10, 0.040),  # chin
)
NOSE = (
    (0.00, -0.02, 0.075, 0.20, 0.055),  # bridge
    (0.00, -0.25, 0.095, 0.085, 0.105),  # tip
    (0.10, -0.30, 0.055, 0.050, 0.040),  # wings
)
NOSE_OUT = 0.15  # how far the nose stands in front of the face


def rgb(red: float, green: float, blue: float) -> np.ndarray:
    """One colour for every portrait, (3, 1, 1, 1)."""
    return np.array([red, green, blue], "float32").reshape(3, 1, 1, 1)


def linear(colours: list[str]) -> np.ndarray:
    """Colours as the web writes them, "#rrggbb", in linear light: float32 (3, n, 1, 1)."""
    levels = np.array([list(bytes.fromhex(colour[1:])) for colour in colours], "float32") / 255
    return np.square(levels).T[:, :, None, None]


def table(rows: Mapping[str, tuple], names: np.ndarray) -> np.ndarray:
    """The row of numbers of each portrait's name: (numbers in a row, batch, 1, 1)."""
    return np.array([rows[name] for name in names.ravel()], "float32").T[:, :, None, None]


def paint(image: np.ndarray, colour: np.ndarray, opacity: np.ndarray) -> None:
    """Lay `colour` over `image`, in place, where `opacity` [0, 1] is above 0."""
    image += opacity * (colour - image)


def blob(x: np.ndarray, y: np.ndarray | float = 0) -> np.ndarray:
    """A soft round spot: 1 in the middle, 1/e at distance 1."""
    return np.exp(-(x * x) - y * y)


def ramp(values: np.ndarray, start: float, end: float) -> np.ndarray:
    """0 up to `start`, 1 from `end` on, smooth between."""
    rise = np.clip((values - start) * (1 / (end - start)), 0, 1)
    return rise * rise * (3 - 2 * rise)


@dataclasses.dataclass
class Head:
    """A batch of heads, posed on their canvas.

    Attributes:
        factors: the labels, each (batch, 1, 1).
        grain: unlabelled texture in [0, 1), (GRAIN, batch, 1, 1).
        pixel: width of a pixel.
        x, y: the canvas, upright with the head.
        aside: x from the head's axis, which follows a turned jaw.
        radius: half the width of the head at height y.
        across, up, out: the point of the surface that each pixel shows.
        light, own_light: unit vector towards the light, on the canvas and in the head's frame.
    """

    factors: dict[str, np.ndarray]
    grain: np.ndarray
    pixel: float
    x: np.ndarray
    y: np.ndarray
    aside: np.ndarray
    radius: np.ndarray
    across: np.ndarray
    up: np.ndarray
    out: np.ndarray
    light: tuple[np.ndarray, np.ndarray, np.ndarray]
    own_light: tuple[np.ndarray, np.ndarray, np.ndarray]

    def rows(self, top: float, bottom: float) -> slice:
        """The rows of the image between two heights of the canvas."""
        first, last = ((CANVAS_MIDDLE + HALF_CANVAS - height) / self.pixel for height in (top, bottom))
        return slice(max(int(first), 0), int(last) + 1)

    def band(self, image: np.ndarray, top: float, bottom: float) -> tuple[np.ndarray, Head]:
        """A view of image and head between two heights of the canvas, for what is painted there alone."""
        rows = self.rows(top, bottom)
        pixels = ("x", "y", "aside", "radius", "across", "up", "out")
        return image[:, :, rows], dataclasses.replace(self, **{name: getattr(self, name)[:, rows] for name in pixels})

    def covered(self, distance: np.ndarray) -> np.ndarray:
        """Share of each pixel inside a shape, from the distance to its edge (positive inside): an anti-aliased mask."""
        return np.clip(distance * (1 / self.pixel) + 0.5, 0, 1)

    def wave(self, position: np.ndarray, frequency: float, grain: int) -> np.ndarray:
        """A sine of `frequency` radians per head unit, shifted by the portrait's grain; 0 where pixels are too wide."""
        resolved = min(max(2 * np.pi / (frequency * self.pixel) - 2.2, 0), 1)
        return np.float32(resolved) * np.sin(frequency * position + 2 * np.pi * self.grain[grain])

    def in_front(self, distance: float) -> tuple[np.ndarray, np.ndarray]:
        """(across, up) of what each pixel shows of a layer that stands `distance` in front of the face."""
        return self.across - distance * np.tan(self.factors["yaw"]), self.up - distance * np.tan(self.factors["pitch"])


def pose(factors: dict[str, np.ndarray], grain: np.ndarray, size: int) -> Head:
    """Place a batch of heads on canvases of size × size pixels."""
    line = ((np.arange(size, dtype="float32") + 0.5) / size * 2 - 1) * np.float32(HALF_CANVAS)
    x, y = upright(line[None, None, :], np.float32(CANVAS_MIDDLE) - line[None, :, None], factors)
    radius = head_radius(y, factors)
    aside = x - JAW_FORWARD * np.maximum(-y, 0) * np.sin(factors["yaw"])
    depth = np.sqrt(np.maximum(radius * radius - aside * aside, 0))
    azimuth, elevation = factors["light_azimuth"], factors["light_elevation"]
    light_x, light_y = upright(np.sin(azimuth) * np.cos(elevation), np.sin(elevation), factors)
    light = light_x, light_y, np.cos(azimuth) * np.cos(elevation)
    surface = turned(aside, y, depth, factors)
    return Head(factors, grain, 2 * HALF_CANVAS / size, x, y, aside, radius, *surface, light, turned(*light, factors))


def upright(x: np.ndarray, y: np.ndarray, factors: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Undo the tilt of the head."""
    tilt = factors["tilt"]
    return x * np.cos(tilt) - y * np.sin(tilt), x * np.sin(tilt) + y * np.cos(tilt)


def turned(x: np.ndarray, y: np.ndarray, z: np.ndarray, factors: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """From the upright canvas (z towards us) to the head's own (across, up, out): undo the pitch, then the yaw."""
    yaw, pitch = factors["yaw"], factors["pitch"]
    up, z = y * np.cos(pitch) - z * np.sin(pitch), y * np.sin(pitch) + z * np.cos(pitch)
    return x * np.cos(yaw) - z * np.sin(yaw), up, x * np.sin(yaw) + z * np.cos(yaw)


def half_width(factors: dict[str, np.ndarray]) -> np.ndarray:
    """Half the width of the head at the eyes."""
    return 0.66 + 0.15 * factors["face_width"]


def head_radius(y: np.ndarray, factors: dict[str, np.ndarray]) -> np.ndarray:
    """Half the width of the head at height y: a rounded crown, a jaw that narrows to the chin, (nearly) 0 beyond."""
    crown = np.sqrt(np.maximum(1 - (np.maximum(y, 0) / CROWN_UP) ** 2.4, 0))
    jaw = np.maximum(1 - np.maximum(-y, 0) ** 2.2, 1e-6) ** (0.90 - 0.55 * factors["jaw"])
    return half_width(factors) * crown * jaw


def normals(head: Head) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit normals in the head's frame: those of the smooth head, bent by the slopes of RELIEF and NOSE."""
    slope_across, slope_up = np.zeros_like(head.across), np.zeros_like(head.across)
    nose_across, nose_up = head.in_front(NOSE_OUT)
    nose_across = nose_across / nose_width(head.factors)
    for across, up, parts in ((head.across, head.up, RELIEF), (nose_across, nose_up, NOSE)):
        for centre_across, centre_up, part_width, part_height, height in parts:
            mirrored = np.abs(across) - centre_across if centre_across else across
            x, y = mirrored / part_width, (up - centre_up) / part_height
            bump = 2 * height * blob(x, y)
            slope = bump * x / part_width
            slope_across -= slope * np.sign(across) if centre_across else slope
            slope_up -= bump * y / part_height
    wide = 1 / np.maximum(head.radius, 0.05)
    x = 0.9 * head.across * wide - slope_across
    y = head.up * (0.1 + 0.55 * np.abs(head.up)) - slope_up
    z = np.maximum(head.out * wide, 0.12)
    length = 1 / np.sqrt(x * x + y * y + z * z)
    return x * length, y * length, z * length


def nose_width(factors: dict[str, np.ndarray]) -> np.ndarray:
    """Width of the nose, 1 for the one that NOSE describes."""
    return 0.75 + 0.55 * factors["nose_width"]


def open_sky(head: Head) -> np.ndarray:
    """Share of the light that is not held off by the brow, the nose and the lip: soft shadows, (0, 1]."""
    light_x, light_y, _ = head.own_light
    nose_across, nose_up = head.in_front(0.10)
    nose_across = nose_across / nose_width(head.factors)
    mirrored = np.abs(head.across)
    dark = 0.55 * blob((mirrored - 0.25) / 0.17, (head.up - 0.09) / 0.10)
    dark += 0.30 * blob((mirrored - 0.30) / 0.20, head.up / 0.14)
    dark += 0.35 * blob(head.across / 0.17, (head.up + 0.715) / 0.045)
    below = (nose_up + 0.365 + 0.05 * np.maximum(light_y - 0.3, 0)) / (0.03 + 0.06 * np.maximum(light_y, 0))
    dark += (0.25 + 0.5 * np.maximum(light_y, 0)) * blob(nose_across / 0.13, below)
    dark += 0.55 * np.abs(light_x) * blob((nose_across + 0.16 * np.sign(light_x)) / 0.08, (nose_up + 0.22) / 0.15)
    return 1 - np.minimum(1.1 * dark, 0.85)


def illuminate(lambert: np.ndarray, skyward: np.ndarray, sky: np.ndarray) -> np.ndarray:
    """Light that arrives at soft skin, as an image: a warm lamp that wraps round it, red furthest, and a cool sky."""
    light = np.empty((3, *lambert.shape), "float32")
    for channel, (wrap, lamp, fill) in enumerate(((0.34, 1.02, 1.0), (0.22, 0.94, 1.05), (0.20, 0.87, 1.18))):
        light[channel] = (np.maximum(lambert + wrap, 0) * (lamp / (1 + wrap)) + fill * (0.24 + 0.10 * skyward)) * sky
    return light


def skin_colour(factors: dict[str, np.ndarray]) -> np.ndarray:
    """Skin colour from the scale SKIN, (3, batch, 1, 1)."""
    scale = linear(list(SKIN))[:, :, 0, 0]
    place = factors["skin_tone"] * (len(SKIN) - 1)
    return np.stack([np.interp(place, np.arange(len(SKIN)), channel) for channel in scale]).astype("float32")
