"""The hair of a portrait: every style is a row of numbers, and one formula paints every row."""

from __future__ import annotations

import numpy as np

from facegen_lib.data.portrait_head import CROWN_UP, Head, half_width, linear, table

COLOURS = {
    "black": "#251e1c",
    "brown": "#54382a",
    "auburn": "#7a3b24",
    "ginger": "#a9592c",
    "blond": "#d3ab6b",
    "silver": "#b9b6b3",
}

# crown, side: how much further than the skull the hair reaches, above and beside; line: height of the hairline;
# dip: how much lower it is at the temples; part: its slant; back: hair grows where out/radius is less; below: how far
# under the eyes it reaches; curl: 0 straight, 1 curly; knot: radius of the bun on top.
STYLES = {
    #            crown  side   line   dip   part   back  below   curl  knot
    "none":      (0.00, 0.00,  2.00,  0.0,  0.00, -2.00,  0.10,  0.0,  0.0),
    "receding":  (0.01, 0.05,  1.30,  0.0,  0.00,  0.38,  0.30,  0.1,  0.0),
    "cropped":   (0.09, 0.06,  0.60,  0.5,  0.00,  0.30,  0.25,  0.1,  0.0),
    "side_part": (0.18, 0.10,  0.60,  0.3,  0.28,  0.34,  0.30,  0.1,  0.0),
    "curly":     (0.27, 0.32,  0.60,  0.4,  0.00,  0.42,  0.62,  1.0,  0.0),
    "bob":       (0.15, 0.19,  0.57,  0.1,  0.00,  0.50,  1.00,  0.1,  0.0),
    "long":      (0.14, 0.19,  0.64,  0.5, -0.10,  0.50,  3.00,  0.15, 0.0),
    "bun":       (0.08, 0.05,  0.62,  0.5,  0.00,  0.32,  0.25,  0.1,  0.21),
}  # fmt: skip
KNOT_UP = 1.04
NECK = 0.42  # how far from the axis hair hangs below the chin


def hair_colour(factors: dict[str, np.ndarray]) -> np.ndarray:
    """Colour of hair, brows and beard, (3, batch, 1, 1)."""
    return linear([COLOURS[name] for name in factors["hair_colour"].ravel()])


class Hair:
    """The hair of a batch of heads, to be painted twice: behind the face and over it.

    Attributes:
        behind: distance inside the outline of all hair, positive inside.
        over: the same for the hair that lies over the face.
        colour: the shaded hair, (3, batch, size, size).
    """

    def __init__(self, head: Head):
        self.head = head
        crown, side, line, dip, part, back, below, self.curl, knot = table(STYLES, head.factors["hair_style"])
        self.sweep = 2 * np.abs(part)  # how far strands lie across the head instead of down
        self.reach = half_width(head.factors) * (1 + side)
        self.shape(CROWN_UP * (1 + crown), below, knot)
        self.behind = np.where(back > -1, self.behind, -1)
        hairline = line - dip * head.across * head.across + part * head.across + 0.02 * head.wave(head.across, 30, 2)
        behind_temples = 0.6 * (back - head.out / np.maximum(head.radius, 0.05))
        beside = np.maximum(behind_temples, np.abs(head.aside) - np.maximum(head.radius, NECK))
        covers_face = np.maximum(head.up - hairline, beside)
        self.over = np.minimum(np.where(self.in_knot, 1, covers_face), self.behind)
        self.colour = self.shaded()

    def shape(self, height: np.ndarray, below: np.ndarray, knot: np.ndarray) -> None:
        """Outline and normals (on the canvas) of a rounded mass of hair, and of the bun on top of it."""
        head, x, y = self.head, self.head.x, self.head.y
        swirl_x, swirl_y = x + 0.18 * np.sin(7 * y), y + 0.18 * np.sin(8 * x)
        wild = 0.07 * self.curl * head.wave(swirl_x, 11, 0) * head.wave(swirl_y, 11, 1)
        under = np.square(np.minimum(y, 0) / below)
        normal_x, normal_y = x / self.reach, np.maximum(y, 0) / height
        mass = (1 - np.sqrt(normal_x * normal_x + normal_y * normal_y + under * under)) * self.reach + wild
        ball = knot - np.sqrt(x * x + np.square(y - KNOT_UP))
        self.in_knot = (knot > 0) & (ball > np.maximum(mass, -0.02))
        self.behind = np.where(self.in_knot, ball, mass)
        self.normal_x = np.where(self.in_knot, 4 * x, normal_x)
        self.normal_y = np.where(self.in_knot, 4 * (y - KNOT_UP), normal_y)
        self.normal_z = np.sqrt(np.clip(1 - self.normal_x * self.normal_x - self.normal_y * self.normal_y, 0.05, 1))

    def strands(self) -> np.ndarray:
        """Lighter and darker strands, about [-2, 2]: along the hair where it is straight, rings where it is curly."""
        head, yaw, up = self.head, self.head.factors["yaw"], self.head.y
        across = (self.normal_x * np.cos(yaw) - self.normal_z * np.sin(yaw)) * self.reach
        fanned = across / (1.1 - 0.35 * np.maximum(up, 0))
        along = (1 - self.sweep) * fanned + self.sweep * (up + 0.8 * across * across)
        bent = 0.04 * np.sin(3 * up + 6 * head.grain[3])
        straight = (
            head.wave(along + bent, 29, 2)
            + 0.7 * head.wave(along - 0.6 * bent, 47, 4)
            + 0.7 * head.wave(along + bent, 95, 5)
        )
        rings_x, rings_y = head.x + 0.19 * np.sin(9 * head.y), head.y + 0.19 * np.sin(8 * head.x)
        curls = 1.6 * head.wave(rings_x, 16, 6) * head.wave(rings_y, 16, 7)
        return straight + self.curl * (curls - straight)

    def shaded(self) -> np.ndarray:
        """The hair under the lamp: dark between the strands, with a sheen where it faces both lamp and viewer."""
        light_x, light_y, light_z = self.head.light
        strands = self.strands()
        lambert = self.normal_x * light_x + self.normal_y * light_y + self.normal_z * light_z
        sheen = np.maximum(0.6 * (lambert + self.normal_z), 0)
        for _ in range(3):
            sheen = sheen * sheen
        sheen = np.maximum(sheen * (0.5 + 0.5 * strands), 0)
        brightness = np.maximum((0.32 + 0.75 * np.maximum(lambert + 0.15, 0)) * (1 + 0.30 * strands), 0.08)
        colour = hair_colour(self.head.factors)
        return colour * brightness + (0.22 * colour + 0.035) * sheen
