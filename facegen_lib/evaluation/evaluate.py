"""Measure a generator against an image set: everything at once, with N, interval and floor."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import threadpoolctl

from facegen_lib.data import ImageSet, load
from facegen_lib.data.images import some_of
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import measures, recognition
from facegen_lib.evaluation.features import extractor
from facegen_lib.evaluation.inputs import check_images, check_same_size
from facegen_lib.evaluation.report import Report
from facegen_lib.evaluation.scene import Scene

COUNT = 5000  # images on each side unless asked otherwise: what the dissertation used
FEWEST = 10  # images on each side; fewer say nothing


def evaluate(
    generated,
    image_set: ImageSet | np.ndarray,
    *,
    count: int | None = None,
    features="shipped",
    label: str | None = None,
    others: ImageSet | np.ndarray | None = None,
    training: ImageSet | np.ndarray | None = None,
    unseen: ImageSet | np.ndarray | None = None,
    face_images: int = 500,
    seed: int = 0,
    name: str = "",
) -> Report:
    """Measure generated images against real ones.

    The real images are divided in two: one half is what the generated images are compared with, the other half takes
    the place of the generated images for the floor. Both halves and the generated set have N images.

    Args:
        generated: what to measure: anything with `.sample(count, seed=…)` that returns uint8 images (a run, a
            generator of the zoo, a baseline), a keras generator, an ImageSet, uint8 (n, H, W, C), or a folder of
            pictures.
        image_set: real images that the generator was not trained on, best of all `fg.load(…, split="held_out")`.
        count: N; by default as many as there are, at most 5,000.
        features: `"shipped"`, `"inception"` or a Keras model; see `features.extractor`.
        label: of the image set, for the class histogram; by default the one with most classes.
        others: more real images for the floor, so that all of `image_set` can be compared with.
        training: what the generator was trained on; with it, memorisation is measured.
        unseen: for memorisation, real images that the generator was not trained on; by default those of `image_set`.
        face_images: how many images are shown to the face detector; 0 leaves it out.
        seed: of everything drawn.
        name: how the report calls the generator.

    Returns:
        a Report; `report["precision"].value`, `print(report)`, `report.to_json(path)`.

    Raises:
        FacegenError: images that cannot be compared, too few of them, or generated images that are the real ones.

    Warns:
        UserWarning: N does not exceed the number of features, the generated images repeat each other or the real
            ones, or the label asked for cannot be read off the real ones.
    """
    real = _as_set(image_set, "the real images")
    spare = _as_set(others, "the other real images") if others is not None else None
    size = _affordable(count, len(real), None if spare is None else len(spare))
    fake = images_of(generated, size, real.image_shape, seed)
    check_same_size(real.images, fake)
    size = _enough(len(fake), "generated")
    reference, floor = _halves(real, spare, size, seed)
    chosen = extractor(features)
    said = _suspicions(fake, real.images, chosen)
    scene = Scene(reference, floor, fake, chosen, seed)
    with threadpoolctl.threadpool_limits(1):  # small matrix products are slower on threads that wait for each other
        measured = [
            *measures.frechet_and_kernel(scene),
            *measures.neighbourhoods(scene),
            *measures.pixels(scene),
        ]
        recognised, contents = recognition.recognition(scene)
        classes, histograms = recognition.classes(scene, label)
        measured += recognised + classes
        if training is not None:
            new = None if unseen is None else _as_set(unseen, "the unseen images")
            measured += measures.memorisation(scene, _as_set(training, "the training images"), new)
        if face_images:
            measured += measures.faces(scene, face_images)
    if label is not None and not histograms:
        said.append(
            f'Label "{label}" is left out: either fewer than two classes have five images with a known "{label}", or '
            f"the features of {chosen.name} hardly tell its classes apart."
        )
    for text in said:
        warnings.warn(text, stacklevel=2)
    subject = name or getattr(generated, "name", "") or type(generated).__name__
    return Report(str(subject), real.name, reference.hash, tuple(measured), contents | histograms, tuple(said))


def images_of(generated, count: int, image_shape: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    """Up to `count` uint8 images (n, H, W, C) of whatever makes or holds images; `evaluate` says what that may be."""
    if isinstance(generated, (str, Path)):
        folder = str(generated).removeprefix("folder:")
        generated = load(f"folder:{folder}", size=image_shape[0], split="all")
        if image_shape[-1] == 1:
            generated = np.rint(generated.images.mean(axis=-1, keepdims=True)).astype("uint8")
    if isinstance(generated, ImageSet):
        generated = generated.images
    if isinstance(generated, np.ndarray):
        images = check_images(generated, "the generated images")
        return some_of(images, count, [seed, 1])  # not in the order of the real images, which may be their twins
    if hasattr(generated, "sample"):
        return check_images(generated.sample(count, seed=seed), "the generated images")
    latent_shape = getattr(generated, "input_shape", None)
    if isinstance(latent_shape, tuple) and len(latent_shape) == 2:
        from facegen_lib.models.generator import draw_latents, images_from  # here: it brings Keras along

        made = images_from(generated, draw_latents(count, latent_shape[1], seed))
        return check_images(made, "the generated images")
    raise FacegenError(
        f"A {type(generated).__name__} neither makes nor holds images. Give a run, a generator with "
        ".sample(count, seed=…), a Keras generator, an image set, uint8 images (N, H, W, C) or a folder."
    )


def _as_set(images: ImageSet | np.ndarray, what: str) -> ImageSet:
    if isinstance(images, ImageSet):
        check_images(images.images, what)
        return images
    return ImageSet("images", check_images(images, what))


def _affordable(asked: int | None, real_count: int, spare_count: int | None) -> int:
    """N: as many as asked, or as there are real images for both sides."""
    most = real_count // 2 if spare_count is None else min(real_count, spare_count)
    if asked is not None and asked > most:
        raise FacegenError(
            f"N = {asked:,} needs {2 * asked:,} real images, half of them for the floor; there are {real_count:,}"
            + (f" and {spare_count:,} others" if spare_count is not None else "")
            + f". Ask for count={most:,} or less, or give more real images as others=…."
        )
    return _enough(min(COUNT, most) if asked is None else asked, "real")


def _enough(size: int, kind: str) -> int:
    if size < FEWEST:
        raise FacegenError(
            f"N = {size} says nothing: it takes {FEWEST} images on each side, better a thousand. Give more {kind} "
            "images, or a larger count."
        )
    return size


def _halves(real: ImageSet, spare: ImageSet | None, size: int, seed: int) -> tuple[ImageSet, np.ndarray]:
    """`size` real images to compare with, and as many others for the floor."""
    order = np.random.default_rng(seed).permutation(len(real))  # each set is drawn by a stream of its own
    reference = real.subset(np.sort(order[:size]))
    if spare is None:
        return reference, real.images[np.sort(order[size : 2 * size])]
    check_same_size(real.images, spare.images)
    return reference, spare.images[np.sort(np.random.default_rng([seed, 2]).permutation(len(spare))[:size])]


def _suspicions(fake: np.ndarray, real: np.ndarray, chosen) -> list[str]:
    """Warnings about what looks like a mistake; FacegenError when most generated images are real ones."""
    said = []
    of_fake, of_real = ({hash(image.tobytes()) for image in images} for images in (fake, real))
    shared = len(of_fake & of_real) / len(of_fake)
    if shared > 0.5:
        raise FacegenError(
            f"{shared:.0%} of the generated images are real ones, pixel for pixel. Was the same array given twice?"
        )
    if shared:
        said.append(f"{len(of_fake & of_real)} generated images are real images, pixel for pixel.")
    if len(of_fake) < 0.9 * len(fake):
        said.append(f"Only {len(of_fake):,} of {len(fake):,} generated images differ: they tell less than N would.")
    if len(fake) <= chosen.dimension:
        said.append(
            f"N = {len(fake)} does not exceed the {chosen.dimension} features of {chosen.name}. The Fréchet distance "
            "is left out, being mostly bias at this N; the kernel distance is unbiased. More images help."
        )
    return said
