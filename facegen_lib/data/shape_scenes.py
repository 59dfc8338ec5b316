"""What an NLVR box holds and how it looks (Suhr et al., *A Corpus of Natural Language for Visual Reasoning*, 2017).

Measured on 3,163 NLVR scenes, 400×100 RGBA: three boxes of 100×100 pixels parted by two grey bars, 50 wide, of
(128, 128, 128). All numbers below are in these pixels.

- The background is (211, 211, 211); shapes are pure yellow (255, 255, 0), black (0, 0, 0) or blue (0, 153, 255), their
  edges anti-aliased.
- 1,702 scenes are scattered, 1,461 (46 %) are towers; all three boxes of a scene are of one layout.
- A scattered box holds 1 to 7 shapes, each count equally often (687 to 764 of 5,106 boxes). Triangle, circle and
  square, the three colours and the sizes 10, 20 and 30 are equally frequent: each of the 27 combinations 688 to 815
  times in 20,347 shapes.
- A position is uniform over the box, and pushed back inside at the right and at the lower wall, where 19 % of the
  shapes each therefore stand. Bounding boxes stay at least 1 pixel apart: nothing overlaps, nothing touches.
- A tower holds 1 to 4 squares of size 20, each height equally often (1,018 to 1,180 of 4,383 boxes), any colour on any,
  1 pixel apart, left edge at 40, tops at 80, 59, 38 and 17.
"""

from __future__ import annotations

import numpy as np

BOX = 100  # units to the side of a box, the pixels of NLVR
BACKGROUND = (211, 211, 211)
COLOURS = {"yellow": (255, 255, 0), "black": (0, 0, 0), "blue": (0, 153, 255)}
KINDS = ("triangle", "circle", "square")
SIZES = (10, 20, 30)
MOST_SHAPES, TALLEST_TOWER = 7, 4
TOWER_SIZE, TOWER_LEFT, TOWER_STEP = 20, 40, 21
TOWER_SHARE = 0.46

Scene = list[tuple[str, str, int, int, int]]  # kind, colour, left, top, size


def draw_scene(rng: np.random.Generator) -> tuple[str, Scene]:
    """One layout and its shapes, as the facts above have it."""
    if rng.random() < TOWER_SHARE:
        colours = rng.integers(0, 3, rng.integers(1, TALLEST_TOWER + 1)).tolist()
        tops = [BOX - TOWER_SIZE - TOWER_STEP * floor for floor in range(len(colours))]
        names = [list(COLOURS)[colour] for colour in colours]
        return "tower", [("square", name, TOWER_LEFT, top, TOWER_SIZE) for name, top in zip(names, tops, strict=True)]
    count = rng.integers(1, MOST_SHAPES + 1)
    scene: Scene = []
    while len(scene) < count:  # a few large shapes can leave no room for the next: then the box is begun again
        scene = scatter(count, rng)
    return "scattered", scene


def scatter(count: int, rng: np.random.Generator) -> Scene:
    """Shapes at random places, each tried a hundred times; fewer than `count` where one found no room."""
    scene: Scene = []
    for kind, colour, size in rng.integers(0, 3, (count, 3)).tolist():
        size = SIZES[size]
        for left, top in np.minimum(rng.integers(0, BOX, (100, 2)), BOX - size).tolist():
            if all(apart(left, top, size, *other[2:]) for other in scene):
                scene.append((KINDS[kind], list(COLOURS)[colour], left, top, size))
                break
        else:
            return scene
    return scene


def apart(left: int, top: int, size: int, other_left: int, other_top: int, other_size: int) -> bool:
    """Whether two bounding boxes leave at least one unit between them."""
    beside = left - (other_left + other_size) >= 1 or other_left - (left + size) >= 1
    above = top - (other_top + other_size) >= 1 or other_top - (top + size) >= 1
    return beside or above


def description(scenes: list[Scene]) -> dict[str, np.ndarray]:
    """Scenes as label arrays, one row for each, filled up with "" and NaN to the longest or to seven."""
    longest = max([MOST_SHAPES, *map(len, scenes)])
    blank = ("", "", np.nan, np.nan, np.nan)
    rows = [[*scene, *[blank] * (longest - len(scene))] for scene in scenes]
    labels = {"count": np.array([len(scene) for scene in scenes])}
    for place, name in enumerate(("kind", "colour", "x", "y", "size")):
        values = np.array([[shape[place] for shape in row] for row in rows]).reshape(len(rows), longest)
        labels[name] = values if place < 2 else values.astype("float32")
    return labels


def render(labels: dict[str, np.ndarray], size: int) -> np.ndarray:
    """Paint the boxes that the labels describe: uint8 (N, size, size, 3)."""
    background = np.array(BACKGROUND, "float32")[:, None, None, None]
    images = background + np.zeros((3, len(labels["count"]), size, size), "float32")
    for slot in range(labels["count"].max()):
        kind, colour, left, top, extent = (labels[name][:, slot] for name in ("kind", "colour", "x", "y", "size"))
        paint = np.array([COLOURS.get(name, BACKGROUND) for name in colour], "float32").T[:, :, None, None]
        images += coverage(kind, left, top, extent, size) * (paint - images)
    return np.rint(images).astype("uint8").transpose(1, 2, 3, 0)


def coverage(kind: np.ndarray, left: np.ndarray, top: np.ndarray, extent: np.ndarray, size: int) -> np.ndarray:
    """Share of each pixel that one shape covers: float32 (N, size, size) for kinds, edges and extents (N,) in units.

    A triangle stands on its base and is as high as it is wide, as in NLVR.
    """
    scale = size / BOX
    x = (np.arange(size, dtype="float32") + 0.5)[None, None, :] - (left + extent / 2)[:, None, None] * scale
    y = (np.arange(size, dtype="float32") + 0.5)[None, :, None] - (top + extent / 2)[:, None, None] * scale
    half = (extent / 2 * scale)[:, None, None]
    square = np.clip(half - np.abs(x) + 0.5, 0, 1) * np.clip(half - np.abs(y) + 0.5, 0, 1)
    circle = np.clip(half - np.sqrt(x * x + y * y) + 0.5, 0, 1)
    slope = ((y + half) / 2 - np.abs(x)) * (2 / np.sqrt(5))
    triangle = np.clip(slope + 0.5, 0, 1) * np.clip(half - y + 0.5, 0, 1)
    is_square, is_circle = (kind == "square")[:, None, None], (kind == "circle")[:, None, None]
    return np.nan_to_num(np.where(is_square, square, np.where(is_circle, circle, triangle))).astype("float32")
