"""What the shipped extractor is taught: pictures of every kind, and questions that their labels answer."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping

import numpy as np

from facegen_lib.data import ImageSet
from facegen_lib.evaluation import feature_network
from facegen_lib.evaluation.damage import DAMAGES

KINDS = {
    "utkface": "face",
    "portraits": "portrait",
    "flowers": "flower",
    "mnist": "digit",
    "mnist-mini": "digit",
    "nlvr": "shapes",
    "shapes": "shapes",
}
UNTAUGHT = ("box", "part")  # labels that say where a picture came from, not what it shows
UNKNOWN = -1
LEVELS = 5  # a label that is a number becomes this many classes of equal size


@dataclasses.dataclass
class Lessons:
    """Pictures with the right answers to every question that somebody has answered.

    Attributes:
        images: uint8 (N, 64, 64, 3).
        answers: question → names of its answers.
        right: int16 (N, questions but the last), the number of the right answer, or UNKNOWN. What was done to a
            picture, the last question, is decided when a batch is drawn.
    """

    images: np.ndarray
    answers: dict[str, list[str]]
    right: np.ndarray

    def rows(self, chosen: np.ndarray) -> Lessons:
        """The lessons of the pictures at `chosen`."""
        return dataclasses.replace(self, images=self.images[chosen], right=self.right[chosen])


def lessons(sets: dict[str, ImageSet]) -> Lessons:
    """All sets in one array. The questions: `kind`, one for each label of each kind of picture, and `damage` last."""
    start = 0
    given: dict[str, list] = {}  # question → rows and values, one pair for each set that answers it
    for name, images in sets.items():
        rows = np.arange(start, start + len(images))
        given.setdefault("kind", []).append((rows, np.full(len(images), KINDS[name])))
        for label, values in plain_labels(images.labels).items():
            given.setdefault(f"{KINDS[name]}.{label}", []).append((rows, values))
        start += len(images)
    answers, columns = {}, []
    for question, parts in given.items():
        names, numbers = classes(np.concatenate([values for _, values in parts]))
        if len(names) > 1:
            column = np.full(start, UNKNOWN, "int16")
            column[np.concatenate([rows for rows, _ in parts])] = numbers
            answers[question] = names
            columns.append(column)
    answers["damage"] = ["nothing", *(f"{degree} {name}" for name in DAMAGES for degree in ("slight", "strong"))]
    pixels = np.concatenate([np.broadcast_to(images.images, (len(images), 64, 64, 3)) for images in sets.values()])
    return Lessons(pixels, answers, np.stack(columns, axis=1))


def plain_labels(labels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Labels with one value per picture. A list of names per picture becomes one yes-or-no label for each name."""
    plain = {}
    for label, values in labels.items():
        values = np.asarray(values)
        if values.ndim == 1 and label not in UNTAUGHT:
            plain[label] = values
        elif values.ndim == 2 and values.dtype.kind == "U":
            plain |= {f"any_{name}": (values == name).any(axis=1) for name in np.unique(values) if name}
    return plain


def classes(values: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Names of the classes of a label, and the class of each value. Numbers of many values become LEVELS quantiles."""
    known = values != UNKNOWN if values.dtype.kind in "iuf" else np.ones(len(values), bool)
    distinct = np.unique(values[known])
    if values.dtype.kind in "iuf" and len(distinct) > 2 * LEVELS:
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, LEVELS + 1)[1:-1]))
        numbers = np.searchsorted(edges, values, side="right")
        names = [f"below {edges[0]:.3g}", *(f"{low:.3g} to {high:.3g}" for low, high in itertools.pairwise(edges))]
        names.append(f"from {edges[-1]:.3g}")
    else:
        numbers, names = np.searchsorted(distinct, values), [str(value) for value in distinct]
    return names, np.where(known, numbers, UNKNOWN)


def batches(taught: Lessons, steps: int, batch_size: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """`steps` batches of (uint8 images, right answers): shifted by up to four pixels, half of them damaged.

    The last question of each row is what was done to the picture: nothing, or one of DAMAGES, slightly or strongly.
    """
    rng = np.random.default_rng(seed)
    padded, hurt = 4, list(DAMAGES.values())
    for _ in range(steps):
        chosen = np.sort(rng.choice(len(taught.images), batch_size, replace=False))
        rng.shuffle(chosen)
        top, left = rng.integers(0, 2 * padded + 1, 2)
        framed = np.pad(taught.images[chosen], ((0, 0), (padded, padded), (padded, padded), (0, 0)), mode="edge")
        images = framed[:, top : top + feature_network.SIZE, left : left + feature_network.SIZE]
        done = np.zeros(batch_size, "int16")
        for number, group in enumerate(np.array_split(np.arange(batch_size // 2, batch_size), len(DAMAGES))):
            strength = rng.uniform(0.05, 1)
            images[group] = hurt[number](images[group], strength, rng)
            done[group] = 1 + 2 * number + (strength > 0.5)
        yield images, np.concatenate([taught.right[chosen], done[:, None]], axis=1)
