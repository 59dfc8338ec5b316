"""The measurements of a report, each with its interval and its floor.

Every number is computed twice, in the same way and at the same N: for the generated images, and for other real images
in their place. Intervals come from resampling the images; one set of resamples serves all.
"""

from __future__ import annotations

import functools

import numpy as np

from facegen_lib.data import ImageSet
from facegen_lib.evaluation import classes as naming
from facegen_lib.evaluation import distances, intervals
from facegen_lib.evaluation import memorisation as memory
from facegen_lib.evaluation import neighbours as neighbourhood
from facegen_lib.evaluation.faces import face_confidences
from facegen_lib.evaluation.features import Extractor, features_of, remembered, remembered_features, shipped_answers
from facegen_lib.evaluation.report import Measurement

NEIGHBOURS = 5
AXES = 128  # directions of the sliced Wasserstein distance
FACE_THRESHOLD = 0.9
MEMORIES = 500  # generated images whose nearest neighbours are looked for


class Scene:
    """One comparison: real images, other real images for the floor, generated images, and who looks at them.

    Args:
        reference: real images.
        floor: other real images, uint8 (N, H, W, C).
        fake: generated images, uint8 (N, H, W, C).
        extractor: whose features are compared.
        seed: of resamples and everything else drawn.
        resamples: of the images, for intervals.
    """

    def __init__(
        self,
        reference: ImageSet,
        floor: np.ndarray,
        fake: np.ndarray,
        extractor: Extractor,
        seed: int,
        resamples: int = 100,
    ):
        self.reference, self.floor, self.fake = reference, floor, fake
        self.extractor, self.seed = extractor, seed
        self.size = len(fake)
        rng = np.random.default_rng(seed)
        self.drawn_real = intervals.resample(self.size, resamples, rng)
        self.drawn_fake = intervals.resample(self.size, resamples, rng)

    @functools.cached_property
    def real_features(self) -> np.ndarray:
        return remembered_features(self.reference.images, self.extractor)

    @functools.cached_property
    def floor_features(self) -> np.ndarray:
        return remembered_features(self.floor, self.extractor)

    @functools.cached_property
    def fake_features(self) -> np.ndarray:
        return features_of(self.fake, self.extractor)

    def measurement(self, name, value, interval, floor, better, extractor="", note="", count=0) -> Measurement:
        return Measurement(
            name,
            float(value),
            *interval,
            count or self.size,
            extractor or self.extractor.name,
            float(floor),
            better,
            note,
        )


def frechet_and_kernel(scene: Scene) -> list[Measurement]:
    """Fréchet (when N exceeds the number of features) and kernel distance."""
    real, floor, fake = scene.real_features, scene.floor_features, scene.fake_features
    counts_real, counts_fake = intervals.counts(scene.drawn_real), intervals.counts(scene.drawn_fake)
    kernel = distances.kid(real, fake, scene.seed)
    kernel_resampled = distances.kid_of_resamples(real, fake, counts_real, counts_fake)
    found = [
        scene.measurement(
            "kernel distance (KID)" if scene.extractor.name == "inception" else "kernel distance",
            kernel,
            intervals.around(kernel, kernel_resampled),
            distances.kid(real, floor, scene.seed),
            "lower",
        )
    ]
    if scene.size > scene.extractor.dimension:
        of_real, of_fake = distances.mean_and_covariance(real), distances.mean_and_covariance(fake)
        frechet = distances.frechet_distance(*of_real, *of_fake)
        resampled = [
            distances.frechet_distance(
                *distances.mean_and_covariance(real, counts_real[:, draw]),
                *distances.mean_and_covariance(fake, counts_fake[:, draw]),
            )
            for draw in range(counts_real.shape[1])
        ]
        of_floor = distances.frechet_distance(*of_real, *distances.mean_and_covariance(floor))
        interval = intervals.around(frechet, np.array(resampled), least=0)
        found.insert(0, scene.measurement(scene.extractor.frechet_name, frechet, interval, of_floor, "lower"))
    return found


def neighbourhoods(scene: Scene) -> list[Measurement]:
    """Precision, recall, density, coverage. An interval speaks of the images that its number is a mean over."""
    generated = neighbourhood.neighbourhoods(scene.real_features, scene.fake_features, NEIGHBOURS)
    floor = neighbourhood.neighbourhoods(scene.real_features, scene.floor_features, NEIGHBOURS)
    found = []
    for name, each, of_floor in zip(("precision", "recall", "density", "coverage"), generated, floor, strict=True):
        if name == "density":
            interval, better = intervals.of_mean(each, scene.drawn_fake), "near the floor"
        else:
            interval, better = intervals.wilson(int(each.sum()), len(each)), "higher"
        found.append(scene.measurement(name, each.mean(), interval, of_floor.mean(), better, note=f"k = {NEIGHBOURS}"))
    return found


def pixels(scene: Scene) -> list[Measurement]:
    """Sliced Wasserstein distance of the raw pixels in [-1, 1]."""
    axes = distances.random_axes(scene.fake[0].size, AXES, scene.seed)

    def seen(images: np.ndarray) -> np.ndarray:
        blocks = (images[start : start + 500] for start in range(0, len(images), 500))
        return np.concatenate([(block.reshape(len(block), -1) / np.float32(127.5) - 1) @ axes for block in blocks])

    real, floor, fake = seen(scene.reference.images), seen(scene.floor), seen(scene.fake)
    value = distances.mean_wasserstein(real, fake)
    pairs = zip(scene.drawn_real, scene.drawn_fake, strict=True)
    resampled = [distances.mean_wasserstein(real[of_real], fake[of_fake]) for of_real, of_fake in pairs]
    interval = intervals.around(value, np.array(resampled))
    floor_value = distances.mean_wasserstein(real, floor)
    return [scene.measurement("sliced Wasserstein", value, interval, floor_value, "lower", extractor="pixels")]


def recognition(scene: Scene) -> list[Measurement]:
    """How often the shipped network, trained on real pictures, takes a generated one for what the real ones are.

    The capstone's measure of its random generator: "6% accuracy" under a CNN trained on the real data. Left out when
    the network does not know the real pictures either, and beside other extractors.
    """
    if scene.extractor.name != "shipped":
        return []
    real, floor, fake = (
        shipped_answers(features, "kind")
        for features in (scene.real_features, scene.floor_features, scene.fake_features)
    )
    names, counts = np.unique(real, return_counts=True)
    if counts.max() < 0.9 * len(real):
        return []
    kind = names[counts.argmax()]
    taken = fake == kind
    interval = intervals.wilson(int(taken.sum()), len(taken))
    name, floor_value = f"taken for {kind}", np.mean(floor == kind)
    return [scene.measurement(name, taken.mean(), interval, floor_value, "higher", extractor="shipped")]


def classes(scene: Scene, label: str | None) -> tuple[list[Measurement], dict[str, tuple[float, float]]]:
    """Class histogram distance and Inception-style score under a classifier of the image set's own label."""
    label = naming.choose_label(scene.reference.labels, label)
    if label is None:
        return [], {}
    classifier = naming.teach(label, scene.real_features, scene.reference.labels[label], scene.seed)
    floor, fake = (classifier.probabilities(features) for features in (scene.floor_features, scene.fake_features))
    real = classifier.probabilities(scene.real_features)
    share_real, share_floor, share_fake = (naming.histogram(answers) for answers in (real, floor, fake))
    chosen = fake.argmax(axis=1)
    resampled = [
        naming.histogram_distance(share_real, np.bincount(chosen[draw], minlength=len(share_real)) / scene.size)
        for draw in scene.drawn_fake
    ]
    distance = naming.histogram_distance(share_real, share_fake)
    score = naming.class_score(fake)
    scores = [naming.class_score(fake[draw]) for draw in scene.drawn_fake]
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
    ]
    shares = zip(classifier.names, share_real.tolist(), share_fake.tolist(), strict=True)
    return measured, {f"{label} {name}": (of_real, of_fake) for name, of_real, of_fake in shares}


def memorisation(scene: Scene, training: ImageSet, in_pixels: bool = True) -> list[Measurement]:
    """Median memorisation ratio in features, and in pixels if asked, of at most MEMORIES generated images."""
    fake, floor = scene.fake[:MEMORIES], scene.floor[:MEMORIES]
    known_floor = {image.tobytes() for image in floor}
    order = np.random.default_rng(scene.seed).permutation(len(training))[: scene.size + len(floor)]
    seen = training.images[np.sort(order)]
    seen = seen[[image.tobytes() not in known_floor for image in seen]][: scene.size]  # no image finds itself
    unseen = scene.reference.images
    drawn = intervals.resample(len(fake), 100, np.random.default_rng(scene.seed))
    found = []
    for features in (scene.extractor, "pixels") if in_pixels else (scene.extractor,):
        ratios, of_floor = (memory.memorisation_ratios(images, seen, unseen, features) for images in (fake, floor))
        interval = intervals.around(np.median(ratios), np.median(ratios[drawn], axis=1))
        name = features if features == "pixels" else features.name
        found.append(
            scene.measurement(
                "memorisation ratio",
                np.median(ratios),
                interval,
                np.median(of_floor),
                "near the floor",
                extractor=name,
                note=f"{len(seen):,} training images",
                count=len(fake),
            )
        )
    return found


def faces(scene: Scene, count: int) -> list[Measurement]:
    """Face rate, when the detector finds faces in most of the real images."""
    fake, floor = scene.fake[:count], scene.floor[:count]
    if np.mean(_faces_of(floor[:50])) < 0.5:
        return []
    found = face_confidences(fake) > FACE_THRESHOLD
    interval = intervals.wilson(int(found.sum()), len(found))
    of_floor = np.mean(_faces_of(floor))
    return [
        scene.measurement("face rate", found.mean(), interval, of_floor, "higher", extractor="mtcnn", count=len(fake))
    ]


def _faces_of(real_images: np.ndarray) -> np.ndarray:
    confidences = remembered(real_images, "mtcnn", (len(real_images),), lambda: face_confidences(real_images))
    return confidences > FACE_THRESHOLD
