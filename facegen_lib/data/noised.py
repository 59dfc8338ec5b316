"""Faces at every stage of being made by evolution: what the judge of the genetic algorithm learns from.

De Cid, Recio and Loyola, *FaceGen* (2019), section 3.1.3. A population starts as noise, and a network that has only
seen photographs cannot say which noise is a little more of a face. So the network is shown faces with a share p of
their pixels replaced by noise, and asked for 1 − p.
"""

from __future__ import annotations

import numpy as np

from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError

BEST_OTHER = 0.2  # the label of something that is whole and no face: better than noise, worse than a face
BLOCK = 512  # images at a time


def add_noise(images: np.ndarray, share: np.ndarray | float, rng: np.random.Generator) -> np.ndarray:
    """Replaces each pixel, all its channels together, by uniform noise with the probability of its image.

    Args:
        images: uint8 (N, H, W, C).
        share: p, one for all or (N,), in [0, 1].
        rng: where mask and noise come from.

    Returns:
        uint8 (N, H, W, C).

    Raises:
        FacegenError: p is no probability.
    """
    share = np.broadcast_to(np.asarray(share, "float32"), len(images))
    if not ((share >= 0) & (share <= 1)).all():
        raise FacegenError(f"The share of noise is a probability, 0 to 1; got {share.min():g} to {share.max():g}.")
    noised = np.empty_like(images)
    for start in range(0, len(images), BLOCK):
        block = images[start : start + BLOCK]
        mask = rng.random((*block.shape[:3], 1), "float32") < share[start : start + BLOCK, None, None, None]
        noised[start : start + BLOCK] = np.where(mask, rng.integers(0, 256, block.shape, "uint8"), block)
    return noised


def noised_set(faces: ImageSet, others: ImageSet, seed: int = 0) -> ImageSet:
    """Faces and other things, each with its own share of noise p ~ U[0, 1], in random order.

    Args:
        faces: image set of faces.
        others: image set of anything else, at the same size and with as many channels.
        seed: of p, of the noise and of the order.

    Returns:
        an image set of len(faces) + len(others) images with the labels `noise`, p; `face`, 1 or 0; and `score`, what
        the judge should answer, float32: 1 − p for a face. For others the paper gives the range [0, 0.2]; here it is
        0.2 · (1 − p), so that they too are better whole than noisy.

    Raises:
        FacegenError: the two sets differ in size or channels.
    """
    if faces.image_shape != others.image_shape:
        raise FacegenError(
            f"Faces are {faces.image_shape} and the others {others.image_shape}: load both at the same size, "
            "and both in colour or both in grey."
        )
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(faces) + len(others))
    share = rng.random(len(order), "float32")
    face = (order < len(faces)).astype("int8")
    images = add_noise(np.concatenate([faces.images, others.images])[order], share, rng)
    score = np.where(face, 1 - share, BEST_OTHER * (1 - share)).astype("float32")
    provenance = {"faces": faces.name, "others": others.name, "seed": seed}
    return ImageSet("noised", images, {"noise": share, "face": face, "score": score}, provenance=provenance)
