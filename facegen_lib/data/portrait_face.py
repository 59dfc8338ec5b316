"""The face of a portrait: lit skin with freckles, lines and a beard, painted in the head's own frame."""

from __future__ import annotations

import dataclasses

import numpy as np

from facegen_lib.data.portrait_hair import Hair, hair_colour
from facegen_lib.data.portrait_head import (
    CROWN_UP,
    EYE_ACROSS,
    EYE_UP,
    NOSE_OUT,
    Head,
    blob,
    half_width,
    illuminate,
    normals,
    nose_width,
    open_sky,
    paint,
    ramp,
    rgb,
    table,
)

# Where hair grows (jaw, upper lip, chin); how dense it is, how light, and how soft its edge.
BEARDS = {
    "none": (0, 0, 0, 0, 1, 0.05),
    "stubble": (1, 1, 1, 0.5, 0.6, 0.12),
    "moustache": (0, 1, 0, 0.95, 0.9, 0.05),
    "goatee": (0, 1, 1, 0.95, 0.9, 0.05),
    "full": (1, 1, 1, 0.95, 0.95, 0.05),
}
FRECKLES = 11  # per head unit


@dataclasses.dataclass
class Face:
    """Layers of a face under the brush: colour × light + gloss is what will be seen.

    Attributes:
        head: where everything is.
        skin, hair: plain colours, (3, batch, 1, 1).
        colour, light: (3, batch, size, size).
        gloss: white reflections, (batch, size, size).
        mirrored: distance from the middle of the face; side: -1 left of it, 1 right of it.
    """

    head: Head
    skin: np.ndarray
    hair: np.ndarray
    colour: np.ndarray
    light: np.ndarray
    gloss: np.ndarray
    mirrored: np.ndarray
    side: np.ndarray

    def band(self, top: float, bottom: float) -> Face:
        """A view of the face between two heights of the canvas; what is painted on it is painted on the face."""
        rows = self.head.rows(top, bottom)
        colour, head = self.head.band(self.colour, top, bottom)
        parts = {name: getattr(self, name)[:, rows] for name in ("gloss", "mirrored", "side")}
        return dataclasses.replace(self, head=head, colour=colour, light=self.light[:, :, rows], **parts)

    def finish(self, image: np.ndarray) -> None:
        """Paint the face into the image, up to the outline of the head."""
        head = self.head
        inside = np.minimum(head.radius - np.abs(head.aside), np.minimum(CROWN_UP - head.y, head.y + 0.99))
        paint(image, self.colour * self.light + self.gloss, head.covered(inside))


def bare_face(head: Head, skin: np.ndarray, hair: Hair) -> Face:
    """Plain skin under the lamp, in the shadow of nose, brow and hair."""
    normal = normals(head)
    lambert = sum(part * towards for part, towards in zip(normal, head.own_light, strict=True))
    sky = open_sky(head) * (1 - 0.40 * ramp(hair.over, -0.15, 0.02))
    shine = np.maximum(0.55 * (lambert + normal[2]), 0)
    for _ in range(4):
        shine = shine * shine
    light = illuminate(lambert, normal[1], sky)
    colour = skin + np.zeros_like(light)
    gloss = 0.10 * shine * sky
    return Face(head, skin, hair_colour(head.factors), colour, light, gloss, np.abs(head.across), np.sign(head.across))


def tint_skin(face: Face) -> None:
    """Blood under cheeks and nose, freckles over them, and the nostrils."""
    face = face.band(0.6, -0.95)
    head = face.head
    nose_across, nose_up = head.in_front(NOSE_OUT)
    blush = 0.35 * blob((face.mirrored - 0.43) / 0.17, (head.up + 0.27) / 0.14)
    blush += 0.25 * blob(nose_across / 0.11, (nose_up + 0.25) / 0.09)
    paint(face.colour, face.skin * rgb(1.05, 0.70, 0.66), blush)
    nostril = blob((np.abs(nose_across) / nose_width(head.factors) - 0.055) / 0.035, (nose_up + 0.33) / 0.022)
    face.light *= 1 - 0.85 * nostril
    freckled = freckles(head) * blob(face.mirrored / 0.55, (head.up + 0.2) / 0.17) * head.factors["freckles"]
    paint(face.colour, face.skin * rgb(0.50, 0.32, 0.23), 0.8 * freckled)


def freckles(head: Head) -> np.ndarray:
    """Small spots: one in each cell of a grid, pushed off its middle."""
    column, row = np.floor(head.across * FRECKLES), np.floor(head.up * FRECKLES)
    cell = 12.9 * column + 78.2 * row + 50 * head.grain[26]
    x = head.across * FRECKLES - column - 0.5 + 0.3 * np.sin(cell)
    y = head.up * FRECKLES - row - 0.5 + 0.3 * np.sin(1.7 * cell)
    return ramp(0.30 + 0.08 * np.sin(2.3 * cell) - np.sqrt(x * x + y * y), -0.12, 0.12)


def draw_lines(face: Face) -> None:
    """Lines of age on the forehead, under and beside the eyes; folds from nose to mouth, which a smile deepens too."""
    head, age, grin = face.head, face.head.factors["age_lines"], np.maximum(face.head.factors["smile"], 0)
    across, up, mirrored = head.across, head.up, face.mirrored
    brow = up - 0.03 * np.cos(5 * across)
    forehead = blob((brow - 0.40) / 0.024, across / 0.40) + blob((brow - 0.51) / 0.024, across / 0.36)
    from_eye = mirrored - EYE_ACROSS
    bags = blob((up - EYE_UP + 0.155 - 0.6 * from_eye * from_eye) / 0.03, from_eye / 0.14)
    rays = blob((mirrored - 0.54) / 0.05, (up - 0.02) / 0.1) * (0.5 + 0.5 * np.sin(60 * (up - 0.35 * mirrored)))
    folds = blob((mirrored - 0.13 - 0.55 * np.maximum(-0.28 - up, 0) - 0.05 * grin) / 0.032, (up + 0.43) / 0.14)
    depth = age * (0.8 * forehead + 0.9 * bags + 0.5 * rays) + (0.12 + 0.7 * age + 0.25 * grin) * folds
    face.light *= 1 - 0.6 * np.minimum(depth, 1)


def grow_beard(face: Face, lip_top: np.ndarray) -> None:
    """A beard around a mouth whose upper edge is at height `lip_top`."""
    head, mirrored, up = face.head, face.mirrored, face.head.up
    on_jaw, on_lip, on_chin, density, lightness, softness = table(BEARDS, head.factors["beard"])
    jaw = np.minimum(-0.52 - up + 0.9 * np.maximum(mirrored - 0.28, 0), -0.02 - up)
    lip = np.minimum(np.minimum(up - lip_top + 0.05, lip_top + 0.15 - 0.35 * mirrored - up), 0.31 - mirrored)
    chin = np.minimum(0.26 - mirrored, lip_top - 0.10 - up)
    inside = np.maximum(np.where(on_jaw > 0, jaw, -1), np.where(on_lip > 0, lip, -1))
    inside = np.maximum(inside, np.where(on_chin > 0, chin, -1))
    bristles = head.wave(head.x + 0.1 * np.sin(7 * up), 40, 29)
    bristles += 0.6 * head.wave(head.x + 0.09 * np.sin(6 * up), 57, 30)
    grown = density * ramp(inside + 0.012 * bristles, -softness, softness)
    paint(face.colour, face.hair * lightness * (1 + 0.28 * bristles), grown)


def paint_ears(image: np.ndarray, head: Head, skin: np.ndarray, near: bool) -> None:
    """Both ears, behind the head; with `near` only the one that a turned head brings to the front."""
    image, head = head.band(image, 0.4, -0.5)
    yaw, side = head.factors["yaw"], np.sign(head.x)
    forward = np.maximum(-side * np.sin(yaw), 0)
    centre = half_width(head.factors) * np.cos(yaw) * 0.985 + 0.03 - 0.05 * forward
    x, y = (np.abs(head.x) - centre) / (0.085 + 0.06 * forward), (head.y + 0.06) / 0.2
    from_middle = np.sqrt(x * x + y * y)
    visible = head.covered(0.1 * (1 - from_middle))
    if near:
        visible = visible * ramp(forward, 0.08, 0.3)
    light = np.clip(0.72 + 0.35 * side * head.light[0], 0.25, 1.1) * (1 - 0.5 * blob(x / 0.6 + 0.3, y / 0.6))
    paint(image, skin * rgb(1.0, 0.90, 0.88) * light, visible)
