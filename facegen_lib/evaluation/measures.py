"""The measurements of a report, each with its interval and its floor.

Every number is computed twice, in the same way and at the same N: for the generated images, and for other real images
in their place. Intervals come from resampling the images; one set of resamples serves all.
"""

from __future__ import annotations

import numpy as np

from facegen_lib.data import ImageSet
from facegen_lib.data.images import some_of
from facegen_lib.evaluation import distances, intervals
from facegen_lib.evaluation import memorisation as memory
from facegen_lib.evaluation import neighbours as neighbourhood
from facegen_lib.evaluation.faces import face_confidences
from facegen_lib.evaluation.features import remembered
from facegen_lib.evaluation.report import Measurement
from facegen_lib.evaluation.scene import Scene

NEIGHBOURS = 5
PARTS = {"precision": "inside_real", "recall": "inside_fake", "density": "balls", "coverage": "visited"}
MANY_FEATURES, FEW_RESAMPLES = 256, 10  # a covariance of Inception's features takes seconds
AXES = 128  # directions of the sliced Wasserstein distance
FACE_THRESHOLD = 0.9
MEMORIES = 500  # generated images whose nearest neighbours are looked for
SEARCHED = 20_000  # images of a set, at most, among which they are looked for


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
        many = scene.extractor.dimension > MANY_FEATURES
        resampled = [
            distances.frechet_distance(
                *distances.mean_and_covariance(real, counts_real[:, draw]),
                *distances.mean_and_covariance(fake, counts_fake[:, draw]),
            )
            for draw in range(counts_real.shape[1])[: FEW_RESAMPLES if many else None]
        ]
        of_floor = distances.frechet_distance(*of_real, *distances.mean_and_covariance(floor))
        interval = (intervals.by_deviation if many else intervals.around)(frechet, np.array(resampled), least=0)
        found.insert(0, scene.measurement(scene.extractor.frechet_name, frechet, interval, of_floor, "lower"))
    return found


def neighbourhoods(scene: Scene) -> list[Measurement]:
    """Precision, recall, density, coverage. An interval speaks of the images that its number is a mean over; that the
    other set and the balls are samples too makes it too narrow."""
    generated = neighbourhood.neighbourhoods(scene.real_features, scene.fake_features, NEIGHBOURS)
    floor = neighbourhood.neighbourhoods(scene.real_features, scene.floor_features, NEIGHBOURS)
    found = []
    for name, part in PARTS.items():
        each, of_floor = getattr(generated, part), getattr(floor, part)
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


def memorisation(
    scene: Scene, training: ImageSet, unseen: ImageSet | None = None, in_pixels: bool = True
) -> list[Measurement]:
    """Median memorisation ratio in features, and in pixels if asked, of at most MEMORIES generated images.

    `unseen` are real images that the generator was not trained on; None: those that the scene compares with. At most
    SEARCHED of either set are searched, none that is also in the floor. The floor goes through the same search.
    """
    fake, floor = scene.fake[:MEMORIES], some_of(scene.floor, MEMORIES, scene.seed)
    known_floor = {image.tobytes() for image in floor}

    def others(images: ImageSet) -> np.ndarray:
        """Those of them that are not in the floor: no image finds itself."""
        drawn = some_of(images.images, SEARCHED, scene.seed)
        return drawn[[image.tobytes() not in known_floor for image in drawn]]

    seen, unseen = others(training), scene.reference.images if unseen is None else others(unseen)
    drawn = intervals.resample(len(fake), 100, np.random.default_rng(scene.seed))
    found = []
    for features in (scene.extractor, "pixels") if in_pixels else (scene.extractor,):
        both = memory.memorisation_ratios(np.concatenate([fake, floor]), seen, unseen, features)
        ratios, of_floor = np.split(both, [len(fake)])
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
    fake, floor = scene.fake[:count], some_of(scene.floor, count, scene.seed)
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
