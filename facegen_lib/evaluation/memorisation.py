"""New, or copied? Each generated image beside the training images that are nearest to it.

The dissertation lays generated images beside their nearest real ones by eye (Chen, 2019, figures 4-13, 4-14, 4-16,
…). The number here asks how much nearer the training images are than equally real images that the model never saw.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation.features import Extractor, extractor, features_of, remembered_features
from facegen_lib.evaluation.inputs import check_images, check_same_size
from facegen_lib.evaluation.neighbours import nearest


class Neighbours(NamedTuple):
    """Generated images and their nearest training images; what the figure needs.

    Attributes:
        generated: uint8 (n, H, W, C).
        nearest: uint8 (n, k, H, W, C), nearest first, turned the way that is nearer.
        positions: int (n, k) in the training set.
        flipped: bool (n, k), the training image is nearer as its mirror image.
        distances: float (n, k).
    """

    generated: np.ndarray
    nearest: np.ndarray
    positions: np.ndarray
    flipped: np.ndarray
    distances: np.ndarray


def nearest_images(generated: np.ndarray, training: np.ndarray, k: int = 3, features="pixels") -> Neighbours:
    """The k training images nearest to each generated one, mirror images included.

    Args:
        generated, training: uint8 (n, H, W, C) and (N, H, W, C).
        k: how many neighbours.
        features: `"pixels"` or an extractor as in `features.extractor`.
    """
    generated, training = check_images(generated, "the generated images"), check_images(training, "the training images")
    check_same_size(training, generated)
    both_ways = np.concatenate([_vectors(training, features), _vectors(training[:, :, ::-1], features)])
    found, distances = nearest(_vectors(generated, features), both_ways, min(2 * k, len(both_ways)))
    positions, flipped = found % len(training), found >= len(training)
    # an image and its mirror image are one neighbour, the nearer of the two
    first = [np.sort(np.unique(row, return_index=True)[1])[:k] for row in positions]
    chosen = np.array([np.resize(row, k) for row in first])
    positions, flipped, distances = (np.take_along_axis(x, chosen, axis=1) for x in (positions, flipped, distances))
    pictures = np.where(flipped[..., None, None, None], training[positions][:, :, :, ::-1], training[positions])
    return Neighbours(generated, pictures, positions, flipped, distances)


def memorisation_ratios(generated: np.ndarray, training: np.ndarray, held_out: np.ndarray, features="pixels"):
    """How near each generated image is to the training images, compared with images that were never trained on.

    distance to the nearest training image / distance to the nearest held-out image, mirror images included. With as
    many of the one as of the other, it is scattered around 1 when nothing is copied; the more training images there
    are beside the held-out ones, the nearer some of them are by chance. So compare with the ratios of real images that
    are in neither set. Far below those: copied. An image that is in both sets is no nearer to either: 1.

    Args:
        generated: uint8 (n, H, W, C).
        training, held_out: uint8 (N, H, W, C) and (M, H, W, C).
        features: `"pixels"` or an extractor as in `features.extractor`.

    Returns:
        float (n,). The memorisation ratio of a model is their median.
    """
    if min(len(training), len(held_out)) < 2:
        raise FacegenError(f"Memorisation needs training and held-out images; got {len(training)} and {len(held_out)}.")
    queries = _vectors(generated, features)
    mirrored = _vectors(np.ascontiguousarray(generated[:, :, ::-1]), features)

    def to_the_nearest(real_images: np.ndarray) -> np.ndarray:
        real = _vectors(real_images, features, remember=True)
        return np.minimum(nearest(queries, real)[1], nearest(mirrored, real)[1])[:, 0]

    near, far = to_the_nearest(training), to_the_nearest(held_out)
    return np.where((near == 0) & (far == 0), 1.0, near / np.maximum(far, np.finfo("float32").tiny))


def _vectors(images: np.ndarray, features: str | Extractor, remember: bool = False) -> np.ndarray:
    """float32 (N, d): features, or pixels in [-1, 1] as rows."""
    if isinstance(features, str) and features == "pixels":
        return images.reshape(len(images), -1).astype("float32") / 127.5 - 1
    measure = remembered_features if remember else features_of
    return measure(images, extractor(features))
