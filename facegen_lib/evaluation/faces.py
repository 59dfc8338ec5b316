"""Is there a face at all? Asked of MTCNN, a detector that has never seen our generators.

Zhang, Zhang, Li and Qiao, *Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks*, 2016.
The weights come with the `mtcnn` package, so the answer needs no download.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from facegen_lib.data.faces import detect
from facegen_lib.evaluation.inputs import check_images

ENLARGEMENT = 3  # faces of 64 pixels are near the smallest that the detector knows
PADDING = 32  # pixels of repeated edge: aligned faces touch the frame, the detector expects a surrounding
BATCH = 50


def face_rate(images: np.ndarray, threshold: float = 0.9) -> float:
    """The share of images in which the detector is surer than `threshold` of at least one face.

    It says *that* there is a face, not how good it is, and it does not notice when all faces are the same one.

    Args:
        images: uint8 (N, H, W, 1 or 3); grey images are repeated to three channels.
        threshold: confidence in [0, 1].

    Raises:
        FacegenError: the images are not uint8 (N, H, W, 1 or 3), are empty, or are all one colour.
    """
    return float(np.mean(face_confidences(images) > threshold))


def face_confidences(images: np.ndarray) -> np.ndarray:
    """The detector's confidence in the surest face of each image, float32 (N,) in [0, 1]; 0 where it finds none.

    Args:
        images: uint8 (N, H, W, 1 or 3). Enlarged three times (bicubic) and padded by 32 pixels of repeated edge.
    """
    images = check_images(images)
    blocks = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
    return np.concatenate([_confidences_of_one_batch(block) for block in blocks])


def _confidences_of_one_batch(images: np.ndarray) -> np.ndarray:
    found = detect(np.stack([_prepare(image) for image in images]))
    confidences = np.zeros(len(images), "float32")
    np.maximum.at(confidences, found[:, 0].astype(int), found[:, 5])
    return confidences


def _prepare(image: np.ndarray) -> np.ndarray:
    height, width, channels = image.shape
    colour = np.repeat(image, 3, axis=-1) if channels == 1 else image
    size = (width * ENLARGEMENT, height * ENLARGEMENT)
    enlarged = np.asarray(Image.fromarray(colour).resize(size, Image.Resampling.BICUBIC))
    return np.pad(enlarged, ((PADDING, PADDING), (PADDING, PADDING), (0, 0)), mode="edge")
