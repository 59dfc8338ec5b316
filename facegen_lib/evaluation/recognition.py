"""The measurements of a report that name what they see: kinds of picture, classes, contents."""

from __future__ import annotations

import numpy as np

from facegen_lib.evaluation import classes as naming
from facegen_lib.evaluation import intervals
from facegen_lib.evaluation.features import shipped_answers, shipped_questions
from facegen_lib.evaluation.report import Measurement
from facegen_lib.evaluation.scene import Scene

CONFIDENT = 0.9  # probability from which a class counts as named with confidence


def recognition(scene: Scene) -> tuple[list[Measurement], dict[str, tuple[float, float]]]:
    """How often the shipped network, trained on real pictures, takes a generated one for what the real ones are.

    The capstone's measure of its random generator: "6% accuracy" under a CNN trained on the real data. Left out when
    the network does not know the real pictures either, and beside other extractors.

    Returns:
        that measurement; and for boxes of shapes, in how many of the real and of the generated ones the network sees
        each shape and each colour.
    """
    if scene.extractor.name != "shipped":
        return [], {}
    real, floor, fake = (
        shipped_answers(features, "kind")
        for features in (scene.real_features, scene.floor_features, scene.fake_features)
    )
    names, counts = np.unique(real, return_counts=True)
    if counts.max() < 0.9 * len(real):
        return [], {}
    kind = names[counts.argmax()]
    taken = fake == kind
    interval = intervals.wilson(int(taken.sum()), len(taken))
    name, floor_value = f"taken for {kind}", np.mean(floor == kind)
    measured = [scene.measurement(name, taken.mean(), interval, floor_value, "higher", extractor="shipped")]
    seen = {}
    for question in shipped_questions():
        if question.startswith("shapes.any_") and kind == "shapes":
            of_real, of_fake = (
                np.mean(shipped_answers(features, question) == "True")
                for features in (scene.real_features, scene.fake_features)
            )
            seen[question.removeprefix("shapes.").replace("_", " ")] = (float(of_real), float(of_fake))
    return measured, seen


def classes(scene: Scene, label: str | None) -> tuple[list[Measurement], dict[str, tuple[float, float]]]:
    """Class histogram distance, Inception-style score and share of confident answers under a classifier of the image
    set's own label. Nothing when that label cannot be read off the pictures, or too few have it: it names no classes
    of them."""
    label = naming.choose_label(scene.reference.labels, label)
    if label is None:
        return [], {}
    classifier = naming.teach(label, scene.real_features, scene.reference.labels[label], scene.seed)
    if classifier is None or not classifier.is_legible:
        return [], {}
    floor, fake = (classifier.probabilities(features) for features in (scene.floor_features, scene.fake_features))
    share_real, share_floor, share_fake = (naming.histogram(answers) for answers in (classifier.answers, floor, fake))
    chosen = fake.argmax(axis=1)
    resampled = [
        naming.histogram_distance(share_real, np.bincount(chosen[draw], minlength=len(share_real)) / scene.size)
        for draw in scene.drawn_fake
    ]
    distance = naming.histogram_distance(share_real, share_fake)
    score = naming.class_score(fake)
    scores = [naming.class_score(fake[draw]) for draw in scene.drawn_fake]
    confident, floor_confident = (answers.max(axis=1) > CONFIDENT for answers in (fake, floor))
    note = f"{label}, named rightly {classifier.accuracy:.0%}"
    measured = [
        scene.measurement(
            "class histogram distance",
            distance,
            intervals.around(distance, np.array(resampled), least=0),
            naming.histogram_distance(share_real, share_floor),
            "lower",
            note=note,
        ),
        scene.measurement(
            "class score",
            score,
            intervals.around(score, np.array(scores)),
            naming.class_score(floor),
            "higher",
            note=note,
        ),
        scene.measurement(
            "named with confidence",
            confident.mean(),
            intervals.wilson(int(confident.sum()), len(confident)),
            floor_confident.mean(),
            "higher",
            note=note,
        ),
    ]
    shares = zip(classifier.names, share_real.tolist(), share_fake.tolist(), strict=True)
    return measured, {f"{label} {name}": (of_real, of_fake) for name, of_real, of_fake in shares}
