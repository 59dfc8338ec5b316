"""Who is missing? Where the people of a labelled image set are, and how many samples of a generator come there.

The labels are those of the set: a program's guesses at age, gender and race, checked by people, not what anybody says
of themselves. `facegen_lib.zoo.comparison` looks at every generator of UTKFace that ships.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import threadpoolctl

from facegen_lib.data import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import classes as naming
from facegen_lib.evaluation import intervals
from facegen_lib.evaluation.evaluate import COUNT
from facegen_lib.evaluation.features import features_of
from facegen_lib.evaluation.measures import NEIGHBOURS
from facegen_lib.evaluation.neighbours import neighbourhoods
from facegen_lib.models.generator import TrainedGenerator

FEWEST = 30  # images of a group that something is said of
BORDERS = (13, 20, 40, 60, 80)  # years; between them lie the ages of life
CLASSES = {
    "age": ("0 to 12", "13 to 19", "20 to 39", "40 to 59", "60 to 79", "80 and older"),
    "gender": ("male", "female"),
    "race": ("White", "Black", "Asian", "Indian", "others"),
}
THINNED = 10  # one in so many of a group is left in the trial of two ways of counting


def places(labels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Age, gender and race as places in `CLASSES`, int (N,); -1 where one is not known."""
    age = np.asarray(labels["age"])
    found = {label: np.asarray(labels[label]).astype(int) for label in ("gender", "race")}
    return {"age": np.where(age < 0, -1, np.digitize(age, BORDERS)), **found}


def groups_of(labels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Group → which images belong to it, bool (N,): every class of each label."""
    found = places(labels)
    return {name: found[label] == place for label, names in CLASSES.items() for place, name in enumerate(names)}


def presence(visits: np.ndarray, members: Mapping[str, np.ndarray], resamples: int = 1_000) -> dict[str, tuple]:
    """How many samples live where a group lives, by the number that would be there if they were photographs.

    Around each real image lies a ball that holds its k nearest real neighbours. Presence is density (Naeem et al.,
    2020, eq. 3) told by the real images, group by group: 1 where as many samples come as there are photographs, 0 where
    nobody comes. No classifier has to name the samples.

    Args:
        visits: float (N,), of `neighbours.neighbourhoods`: samples in the ball of each real image, over k.
        members: group → which real images belong to it, bool (N,), at least one.
        resamples: of a group's images, for the interval.

    Returns:
        group → presence and its 95 % interval, which is too narrow: it takes the samples and the balls as given.
    """
    rng, found = np.random.default_rng(0), {}
    for name, mask in members.items():
        of_group = visits[mask]
        drawn = intervals.resample(len(of_group), resamples, rng)
        found[name] = (float(of_group.mean()), *intervals.of_mean(of_group, drawn))
    return found


def adjusted(probabilities: np.ndarray, taught: np.ndarray, rounds: int = 500) -> np.ndarray:
    """Shares of the classes among images that a fallible classifier names (Saerens et al., 2002, the EM procedure).

    A classifier that is unsure answers as often as not with what was common where it was taught, so that counting its
    answers makes rare classes rarer, or common what was common *there*. Each round weighs its probabilities by how much
    commoner a class seems here than it was there, and counts anew. It takes for granted that images of a class look
    alike here and there.

    Args:
        probabilities: p(class | image) of a classifier, (N, classes), rows sum to 1.
        taught: shares of the classes among the images that it was taught, (classes,), all above 0.
        rounds: of weighing and counting.

    Returns:
        shares that sum to 1, (classes,).
    """
    shares = np.asarray(taught, dtype="float64")
    for _ in range(rounds):
        weighed = probabilities * (shares / taught)
        shares = (weighed / weighed.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def study(faces: ImageSet, generators: Mapping[str, TrainedGenerator], count: int = COUNT, seed: int = 0) -> dict:
    """Presence, coverage and shares of every group, for each generator and for other real images in its place.

    Args:
        faces: real images with `age`, `gender` and `race`.
        generators: name → generator.
        count: N on each side; half of `faces` at most.
        seed: of the two halves and the samples.

    Returns:
        plain values: `images` of each group, then model → group → numbers, and label → ways of counting; "real" is the
        model whose samples are other real images.

    Raises:
        FacegenError: there are fewer than 2 N faces.
    """
    if 2 * count > len(faces):
        raise FacegenError(
            f"{count:,} photographs and as many others are wanted; there are {len(faces):,} in all. Ask for fewer."
        )
    order = np.random.default_rng(seed).permutation(len(faces))
    reference, others = (faces.subset(np.sort(order[start : start + count])) for start in (0, count))
    real, floor = features_of(reference.images), features_of(others.images)
    samples = {name: features_of(generator.sample(count, seed)) for name, generator in generators.items()}
    members = {name: mask for name, mask in groups_of(reference.labels).items() if mask.sum() >= FEWEST}
    with threadpoolctl.threadpool_limits(1):
        found = {name: neighbourhoods(real, each, NEIGHBOURS) for name, each in {"real": floor, **samples}.items()}
    taught, truth = places(reference.labels), places(others.labels)
    return {
        "image_set": faces.name,
        "image_set_hash": reference.hash,
        "count": count,
        "neighbours": NEIGHBOURS,
        "images": {name: int(mask.sum()) for name, mask in members.items()},
        "presence": {name: presence(each.visits, members) for name, each in found.items()},
        "coverage": {
            name: {group: float(each.visited[mask].mean()) for group, mask in members.items()}
            for name, each in found.items()
        },
        "shares": {label: shares(label, taught[label], real, truth[label], floor, samples) for label in taught},
    }


def shares(label, taught_values, taught_features, true_values, features, samples) -> dict:
    """Shares of a label's classes: true, named and adjusted; and the trial with a group that was thinned.

    Args:
        label: what is counted, e.g. "race".
        taught_values, taught_features: of real images that a classifier is taught, (N,) and (N, d); -1: not known.
        true_values, features: of other real images, on which both ways of counting are tried.
        samples: model → features of its samples.
    """
    classifier = naming.teach(label, taught_features, taught_values)
    names = np.array([int(name) for name in classifier.names])
    taught = np.bincount(taught_values[taught_values >= 0], minlength=len(CLASSES[label]))[names].astype(float)
    taught /= taught.sum()
    known = np.isin(true_values, names)
    answers, truth = classifier.probabilities(features[known]), true_values[known]

    def true(kept: np.ndarray) -> list[float]:
        return [float(np.mean(truth[kept] == name)) for name in names]

    def counted(probabilities: np.ndarray) -> dict[str, list[float]]:
        named, better = naming.histogram(probabilities), adjusted(probabilities, taught)
        return {"named": named.tolist(), "adjusted": better.tolist()}

    trials = {}
    for name in names:
        kept = (truth != name) | (np.cumsum(truth == name) % THINNED == 0)
        trials[CLASSES[label][name]] = {"true": true(kept), **counted(answers[kept])}
    return {
        "accuracy": classifier.accuracy,
        "names": [CLASSES[label][name] for name in names],
        "taught": taught.tolist(),
        "real": {"true": true(np.ones(len(truth), bool)), **counted(answers)},
        "thinned": trials,
        "models": {name: counted(classifier.probabilities(found)) for name, found in samples.items()},
    }
