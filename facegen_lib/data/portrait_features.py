"""Brows, eyes, mouth and glasses of a portrait, painted in the head's own frame."""

from __future__ import annotations

import numpy as np

from facegen_lib.data.portrait_face import Face, grow_beard
from facegen_lib.data.portrait_head import EYE_ACROSS, EYE_UP, MOUTH_UP, Head, blob, linear, paint, ramp, rgb

EYES = {"brown": "#4a2e1c", "hazel": "#7f5d2c", "green": "#5f8050", "blue": "#4f86bd", "grey": "#8695a0"}
IRIS, PUPIL = 0.086, 0.037
GLASSES_OUT, LIPS_OUT = 0.10, 0.06  # how far they stand in front of the face


def draw_brows(face: Face) -> None:
    """Two arcs of hair, thicker towards the nose."""
    face = face.band(0.75, -0.3)
    factors = face.head.factors
    raised = factors["brow_raise"]
    x = (face.mirrored - 0.325) / 0.20  # -1 at the inner end, 1 at the outer
    arc = 0.22 + 0.04 * raised + 0.035 * (1 - x * x) - (0.016 + 0.018 * raised) * x
    thickness = (0.018 + 0.038 * factors["brows"]) * (1 - 0.35 * x)
    inside = np.minimum(thickness - np.abs(face.head.up - arc), 0.2 * (1 - np.abs(x)))
    paint(face.colour, 0.45 * face.hair, face.head.covered(inside) * (0.75 + 0.2 * factors["brows"]))


def draw_eyes(face: Face) -> None:
    """Lids, lashes, the shaded white, an iris with a dark rim, a pupil, and the catch-light of the lamp."""
    face = face.band(0.6, -0.5)
    head, factors = face.head, face.head.factors
    x = (face.mirrored - EYE_ACROSS) / 0.165  # -1 at the inner corner, 1 at the outer
    y = head.up - EYE_UP - 0.012 * x
    arc, openness = 1 - x * x, factors["eye_openness"]
    upper = (0.118 * openness - 0.01) * arc * (1 - 0.12 * x)
    lower = (0.018 * np.maximum(factors["smile"], 0) - 0.035 - 0.03 * openness) * arc
    eye = head.covered(np.minimum(upper - y, y - lower))
    lashes = blob((y - upper - 0.008) / 0.022, x / 1.05) * ramp(arc, -0.4, 0.1)
    crease = blob((y - 1.1 * upper - 0.058) / 0.018, x / 0.9)
    rim = blob((y - lower + 0.012) / 0.016, x / 0.9)
    face.light *= 1 - np.minimum(0.85 * lashes + 0.30 * crease + 0.25 * rim, 0.9)
    paint(face.light, 0.35 + 0.65 * np.minimum(face.light, 1), eye)  # the white is wet and takes light from everywhere
    face.light *= 1 - eye * (0.40 * ramp(y - upper, -0.07, 0.0) + 0.20 * ramp(np.abs(x), 0.5, 1.0))
    paint(face.colour, rgb(0.86, 0.83, 0.80), eye)

    x = face.mirrored - EYE_ACROSS - 0.06 * factors["gaze"] * face.side
    y = head.up - EYE_UP - 0.014
    from_pupil = np.sqrt(x * x + y * y)
    colour = linear([EYES[name] for name in factors["eye_colour"].ravel()])
    iris = eye * head.covered(IRIS - from_pupil)
    paint(face.colour, colour * (1.3 - 7 * y), iris)
    paint(face.colour, 0.25 * colour, iris * ramp(from_pupil, 0.6 * IRIS, IRIS))
    paint(face.colour, rgb(0.004, 0.004, 0.004), eye * head.covered(PUPIL - from_pupil))
    towards_lamp = np.sign(head.own_light[0]) * face.side
    face.gloss *= 1 - eye
    face.gloss += 0.9 * eye * blob((x - 0.03 * towards_lamp) / 0.026, (y - 0.032) / 0.024)


def draw_mouth(face: Face) -> None:
    """Lips that a smile bends and widens, the beard around them, and behind them teeth, more the broader the smile."""
    face = face.band(0.35, -1.1)
    head, factors = face.head, face.head.factors
    across, up = head.in_front(LIPS_OUT)
    smile, gap, full = factors["smile"], 0.16 * factors["mouth_open"], 0.5 + 1.1 * factors["lip_fullness"]
    x = across / (0.235 + 0.055 * smile)  # ±1 at the corners
    arc = 1 - x * x
    middle = MOUTH_UP + smile * (0.115 * x * x - 0.035)
    upper, lower = middle + 0.35 * gap * arc, middle - 0.65 * gap * arc
    top = upper + 0.055 * full * arc * (0.80 + 0.35 * np.minimum(4 * np.abs(x), 1))
    bottom = lower - 0.075 * full * arc
    grow_beard(face, top)
    lips = head.covered(np.minimum(top - up, up - bottom))
    paint(face.colour, face.skin * rgb(0.77, 0.34, 0.36) + rgb(0.03, 0.0, 0.006), 0.9 * lips)
    bright = 0.45 * blob(x / 0.55, (up - 0.5 * (lower + bottom)) / 0.03)
    face.light *= 1 + lips * (bright - 0.25 * ramp(up - middle, -0.01, 0.02))
    inside = head.covered(np.minimum(upper - up, up - lower)) * ramp(gap, 0.005, 0.02)
    teeth = inside * head.covered(0.03 + 0.06 * np.maximum(smile, 0) - upper + up)
    seam = blob((up - middle) / 0.017, np.maximum(np.abs(x) - 0.85, 0) / 0.15) * (1 - inside)
    face.light *= 1 - 0.65 * seam
    paint(face.colour, rgb(0.13, 0.025, 0.025), inside)
    paint(face.colour, rgb(0.86, 0.83, 0.76) * (1 - 0.55 * np.minimum(x * x, 1)), teeth)


def paint_glasses(image: np.ndarray, head: Head) -> None:
    """Dark rims with rounded corners, a bridge, temples, and a faint reflection across each lens."""
    image, head = head.band(image, 0.7, -0.65)
    across, up = head.in_front(GLASSES_OUT)
    mirrored = np.abs(across)
    x, y = (mirrored - 0.315) / 0.235, up / 0.18
    inside = 0.2 * (1 - np.sqrt(np.sqrt(np.square(x * x) + np.square(y * y))))
    bridge = np.minimum(0.09 - mirrored, 0.02 - np.abs(up - 0.05))
    temple = np.minimum(np.minimum(head.radius + 0.03 - np.abs(head.aside), mirrored - 0.53), 0.02 - np.abs(up - 0.07))
    frame = np.maximum(np.maximum(0.021 - np.abs(inside), bridge), temple)
    worn = head.factors["glasses"]
    paint(image, rgb(0.9, 0.95, 1.0), worn * head.covered(inside) * (0.02 + 0.12 * blob((x + 0.7 * y - 0.15) / 0.16)))
    paint(image, rgb(0.012, 0.010, 0.012), 0.95 * worn * head.covered(frame))
