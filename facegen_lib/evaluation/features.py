"""From pictures to the numbers that distances are measured in, by one of three kinds of extractor.

`"shipped"` is the small network of this project, `"inception"` the canonical network of 2015 where the user has it,
and any Keras model that makes one row of numbers from an image will do. Numbers of different extractors have nothing
to say to each other; everything measured therefore carries the extractor's name.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import os
from collections.abc import Callable

import numpy as np

from facegen_lib.data.images import content_hash
from facegen_lib.data.prepare import cache_folder
from facegen_lib.errors import FacegenError, unknown_name
from facegen_lib.evaluation import feature_network
from facegen_lib.evaluation.inputs import check_images
from facegen_lib.shipped import sha256_of, shipped_path

BATCH = 256
SHIPPED_SHAPE = (feature_network.SIZE, feature_network.SIZE, 3)


@dataclasses.dataclass(frozen=True)
class Extractor:
    """What turns pictures into features.

    Attributes:
        name: as it is printed beside every number, e.g. `"shipped"`.
        dimension: d, how many features.
        identity: a checksum of the weights; two extractors of one identity give the same features.
        measure: uint8 (B, H, W, 1 or 3), B up to 256 → float32 (B, d).
    """

    name: str
    dimension: int
    identity: str
    measure: Callable[[np.ndarray], np.ndarray]

    @property
    def frechet_name(self) -> str:
        """The Fréchet distance is called FID in features of the canonical network, and in no others."""
        return "FID" if self.name == "inception" else "Fréchet distance"


def extractor(features="shipped") -> Extractor:
    """An extractor by name, or made of a Keras model.

    Args:
        features: `"shipped"`, `"inception"`, an Extractor, or a keras.Model whose input is float32 (N, H, W, 1 or 3)
            in [-1, 1] of fixed size and whose output is (N, d); images are resized to what it expects.

    Raises:
        FacegenError: the name is unknown, the Inception weights are not to be found, or the model has another form.
    """
    if isinstance(features, Extractor):
        return features
    if features == "shipped":
        return _shipped()
    if features == "inception":
        from facegen_lib.evaluation.inception import inception

        return inception()
    if isinstance(features, str):
        raise unknown_name("extractor", features, ["shipped", "inception"], "Or pass a Keras model.")
    return _of_keras_model(features)


def features_of(images: np.ndarray, features="shipped") -> np.ndarray:
    """Features of images, float32 (N, d).

    Args:
        images: uint8 (N, H, W, 1 or 3).
        features: as for `extractor`.
    """
    chosen = extractor(features)
    images = check_images(images)
    return np.concatenate([chosen.measure(images[start : start + BATCH]) for start in range(0, len(images), BATCH)])


def remembered_features(images: np.ndarray, features="shipped") -> np.ndarray:
    """`features_of`, kept in the cache folder: for real images, which are measured again and again."""
    chosen = extractor(features)
    shape = (len(images), chosen.dimension)
    return remembered(images, f"{chosen.name}-{chosen.identity}", shape, lambda: features_of(images, chosen))


def remembered(images: np.ndarray, name: str, shape: tuple[int, ...], measure: Callable[[], np.ndarray]) -> np.ndarray:
    """What was measured of these images before, or what `measure` finds now.

    Kept under the hash of the pixels and `name`. A cache that cannot be written is no error, and a file that cannot be
    read is measured anew and replaced.
    """
    path = cache_folder() / "features" / f"{name}-{content_hash(images)}.npy"
    with contextlib.suppress(Exception):  # numpy raises several kinds on a missing or damaged file
        known = np.load(path)
        if known.shape == shape:
            return known
    found = measure()
    unfinished = path.with_suffix(f".{os.getpid()}.part.npy")  # of this process: others may measure the same images
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(unfinished, found)
        unfinished.replace(path)
    with contextlib.suppress(OSError):
        unfinished.unlink()  # what a full disk left of it
    return found


def resize(images: np.ndarray, height: int, width: int, channels: int) -> np.ndarray:
    """uint8 (N, H, W, C) to float32 (N, height, width, channels) in [0, 255]; grey is repeated, colour averaged."""
    import tensorflow as tf

    if images.shape[-1] > channels:
        images = images.mean(axis=-1, keepdims=True)
    images = tf.cast(images, "float32")
    if tuple(images.shape[1:3]) != (height, width):
        images = tf.clip_by_value(tf.image.resize(images, (height, width), "bilinear", antialias=True), 0, 255)
    return np.broadcast_to(images.numpy(), (*images.shape[:3], channels))


def shipped_probabilities(features: np.ndarray, question: str) -> tuple[list[str], np.ndarray]:
    """How sure the shipped network is of each answer, from its own features of each image.

    Args:
        features: of the shipped extractor, (N, 128).
        question: e.g. `"digit.digit"`; the card in data/features lists all, with how often each is answered rightly.

    Returns:
        the possible answers, and their probabilities (N, answers), rows sum to 1.
    """
    from scipy.special import softmax

    model, answers = _shipped_network()
    if question not in answers:
        raise unknown_name("question of the shipped network", question, answers)
    kernel, bias = model.get_layer(question).get_weights()
    return answers[question], softmax(features @ kernel + bias, axis=1)


def shipped_answers(features: np.ndarray, question: str) -> np.ndarray:
    """What the shipped network says of each image: an array (N,) of names; as `shipped_probabilities`."""
    names, probabilities = shipped_probabilities(features, question)
    return np.array(names)[probabilities.argmax(axis=1)]


def shipped_questions() -> list[str]:
    """What the shipped network can be asked."""
    return list(_shipped_network()[1])


@functools.cache
def _shipped_network():
    return feature_network.load(shipped_path("features/shipped.npz"))


@functools.cache
def _shipped() -> Extractor:
    import tensorflow as tf

    model, _ = _shipped_network()

    @tf.function(input_signature=[tf.TensorSpec((None, *SHIPPED_SHAPE), tf.float32)])
    def features(images):
        return model(images, training=False)["features"]

    def measure(images: np.ndarray) -> np.ndarray:
        return features(resize(images, *SHIPPED_SHAPE)).numpy()

    identity = sha256_of(shipped_path("features/shipped.npz"))[:16]
    return Extractor("shipped", feature_network.DIMENSION, identity, measure)


def _of_keras_model(model) -> Extractor:
    shape_in, shape_out = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
    fits = (
        isinstance(shape_in, tuple)
        and isinstance(shape_out, tuple)
        and len(shape_in) == 4
        and None not in shape_in[1:]
        and shape_in[3] in (1, 3)
        and len(shape_out) == 2
    )
    if not fits:
        raise FacegenError(
            "An extractor is a Keras model from images (N, height, width, 1 or 3) of fixed size to features (N, d). "
            f"This {type(model).__name__} goes from {shape_in} to {shape_out}. GlobalAveragePooling2D makes features."
        )
    height, width, channels = shape_in[1:]

    def measure(images: np.ndarray) -> np.ndarray:
        return np.asarray(model(resize(images, height, width, channels) / 127.5 - 1, training=False), dtype="float32")

    digest = hashlib.sha256(model.to_json().encode())
    for weights in model.get_weights():
        digest.update(np.ascontiguousarray(weights).tobytes())
    return Extractor(model.name, shape_out[1], digest.hexdigest()[:16], measure)
