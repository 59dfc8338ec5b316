"""What varies in a portrait: the factors, their ranges, and how they are drawn.

Every factor is drawn from a random stream of its own: factors are independent of each other (skin tone says nothing
about hair, a beard nothing about lips), and fixing one leaves the others as they were.
"""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Mapping

import numpy as np

from facegen_lib.errors import FacegenError, unknown_name


@dataclasses.dataclass(frozen=True)
class Range:
    """A number drawn uniformly from [low, high]; float32."""

    low: float
    high: float
    meaning: str

    def of_quantile(self, quantile: np.ndarray) -> np.ndarray:
        """What a uniform random number in [0, 1) stands for."""
        return (self.low + (self.high - self.low) * quantile).astype("float32")

    def checked(self, name: str, value) -> np.ndarray:
        """`value` as an array, if it is one that the factor `name` can take; FacegenError otherwise."""
        numbers = np.asarray(value)
        if numbers.dtype.kind not in "iuf" or not np.all((numbers >= self.low) & (numbers <= self.high)):
            raise FacegenError(
                f"{name} is a number from {self.low:g} to {self.high:g} ({self.meaning}); got {value!r}."
            )
        return numbers.astype("float32")


@dataclasses.dataclass(frozen=True)
class Choice:
    """One of a few names, all equally likely; a string array."""

    values: tuple[str, ...]
    meaning: str

    def of_quantile(self, quantile: np.ndarray) -> np.ndarray:
        return np.array(self.values)[(quantile * len(self.values)).astype(int)]

    def checked(self, name: str, value) -> np.ndarray:
        names = np.asarray(value)
        for given in np.unique(names):
            if given not in self.values:
                raise unknown_name(name.replace("_", " "), str(given), self.values)
        return names.astype(np.array(self.values).dtype)


@dataclasses.dataclass(frozen=True)
class Flag:
    """True with the given probability; a bool array."""

    probability: float
    meaning: str

    def of_quantile(self, quantile: np.ndarray) -> np.ndarray:
        return quantile < self.probability

    def checked(self, name: str, value) -> np.ndarray:
        flags = np.asarray(value)
        if flags.dtype != bool:
            raise FacegenError(f"{name} is True or False ({self.meaning}); got {value!r}.")
        return flags


FACTORS: Mapping[str, Range | Choice | Flag] = {
    "yaw": Range(-30, 30, "degrees the head is turned, positive to the right of the image"),
    "pitch": Range(-15, 15, "degrees the head is raised, negative looks down"),
    "tilt": Range(-10, 10, "degrees the head leans, positive to the right of the image"),
    "light_azimuth": Range(-60, 60, "degrees the light stands to the side, positive to the right"),
    "light_elevation": Range(5, 55, "degrees the light stands above the eyes"),
    "skin_tone": Range(0, 1, "0 the fairest, 1 the deepest"),
    "face_width": Range(0, 1, "0 narrow, 1 wide"),
    "jaw": Range(0, 1, "0 pointed, 1 square"),
    "nose_width": Range(0, 1, "0 narrow, 1 wide"),
    "lip_fullness": Range(0, 1, "0 thin, 1 full"),
    "age_lines": Range(0, 1, "0 smooth, 1 deeply lined"),
    "freckles": Flag(0.2, "freckles on nose and cheeks"),
    "hair_style": Choice(
        ("none", "receding", "cropped", "side_part", "curly", "bob", "long", "bun"), "the cut; none is a bald head"
    ),
    "hair_colour": Choice(("black", "brown", "auburn", "ginger", "blond", "silver"), "of hair, brows and beard"),
    "brows": Range(0, 1, "0 thin, 1 bushy"),
    "brow_raise": Range(-1, 1, "-1 frowning, 1 raised"),
    "eye_colour": Choice(("brown", "hazel", "green", "blue", "grey"), "of the iris"),
    "eye_openness": Range(0.4, 1, "0.4 narrowed, 1 wide open"),
    "gaze": Range(-1, 1, "-1 looks to the left of the image, 1 to the right"),
    "glasses": Flag(0.3, "dark-rimmed glasses"),
    "beard": Choice(("none", "stubble", "moustache", "goatee", "full"), "hair on the lower face"),
    "smile": Range(-0.25, 1, "-0.25 corners of the mouth down, 1 a broad smile"),
    "mouth_open": Range(0, 1, "0 closed, 1 open with teeth"),
    "shirt": Choice(("white", "navy", "red", "green", "mustard", "charcoal"), "colour of the clothes"),
    "background": Choice(("studio", "sky", "dusk", "garden", "lights"), "what is behind, out of focus"),
}

GRAIN = 32  # numbers per image without a label: where strands, freckles and lights fall


def _stream(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng((seed, zlib.crc32(name.encode())))


def draw(count: int, seed: int, fixed: Mapping[str, object]) -> dict[str, np.ndarray]:
    """Draw every factor for `count` portraits; the first k of n are the same for every n.

    Args:
        count: how many portraits.
        seed: any non-negative integer.
        fixed: factor name → one value for all, or an array of `count` values.

    Returns:
        Factor name → array of length `count`, in the order of `FACTORS`.

    Raises:
        FacegenError: a name that is no factor, a value out of range, or an array of another length.
    """
    for name in fixed:
        if name not in FACTORS:
            raise unknown_name("factor", name, FACTORS)
    labels = {}
    for name, factor in FACTORS.items():
        if name not in fixed:
            labels[name] = factor.of_quantile(_stream(seed, name).random(count))
            continue
        values = factor.checked(name, fixed[name])
        if values.shape not in ((), (count,)):
            raise FacegenError(
                f"{name} takes one value or {count}, one per portrait; got an array of shape {values.shape}."
            )
        labels[name] = np.broadcast_to(values, (count,)).copy()
    return labels


def draw_grain(count: int, seed: int) -> np.ndarray:
    """float32 (count, GRAIN) in [0, 1): the texture of each portrait, of which no label speaks."""
    return _stream(seed, "grain").random((count, GRAIN), dtype="float32")
