"""Where is the face? Asked of MTCNN, for photos that were not taken to be data.

Zhang, Zhang, Li and Qiao, *Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks*, 2016.
The weights come with the `mtcnn` package, so the answer needs no download.
"""

from __future__ import annotations

import dataclasses
import functools
import threading

import numpy as np
from PIL import Image

from facegen_lib.data.decode import Box, flatten
from facegen_lib.data.openers import changed
from facegen_lib.data.prepare import Source

CONFIDENCE = 0.9  # below, a face may be a lampshade
LONGEST_SIDE = 640  # pixels of a photo in which faces are looked for; larger finds smaller faces, more slowly
MARGIN = 0.4  # how much larger the square is than the face in it: room for chin, ears and hair
ONE_AT_A_TIME = threading.Lock()


@functools.cache
def detector():
    """MTCNN with its weights; the same one for every caller in a process."""
    from mtcnn import MTCNN

    return MTCNN()


def detect(images: np.ndarray) -> np.ndarray:
    """Every face that the detector finds in a batch of photos of one size.

    Args:
        images: uint8 (N, H, W, 3).

    Returns:
        float32 (faces, 6), one row for each: its position in the batch, left, top, right, bottom in pixels, and the
        detector's confidence in [0, 1].
    """
    import tensorflow as tf
    from mtcnn.utils.images import normalize_images

    # one float32 tensor for all stages: MTCNN.detect_faces copies a float64 array once for every scale of its pyramid
    scaled = tf.constant(normalize_images(images), dtype="float32")
    sizes = np.tile(images.shape[1:], (len(images), 1))
    found = None
    with ONE_AT_A_TIME:
        for stage in detector().stages:
            found = stage(bboxes_batch=found, images_normalized=scaled, images_oshapes=sizes)
            if len(found) == 0:
                return np.zeros((0, 6), "float32")
    return np.asarray(found, "float32")[:, :6]


def face_square(photo: Image.Image) -> Box:
    """The square around the largest sure face of a photo, with some room, pushed inside the photo where it sticks out.

    Args:
        photo: upright, of any kind and size.

    Raises:
        ValueError: there is no face that the detector is 90 % sure of.
    """
    scale = min(1.0, LONGEST_SIDE / max(photo.size))
    small = photo.resize([max(1, round(side * scale)) for side in photo.size], Image.Resampling.BILINEAR)
    found = detect(np.asarray(flatten(small, "RGB"))[None])
    sure = found[found[:, 5] > CONFIDENCE]
    if len(sure) == 0:
        raise ValueError("has no face that the detector is sure of")
    faces = sure[:, 1:5] / scale
    left, top, right, bottom = faces[np.argmax((faces[:, 2] - faces[:, 0]) * (faces[:, 3] - faces[:, 1]))]
    side = round(min(max(right - left, bottom - top) * (1 + MARGIN), *photo.size))
    corner_x = round(min(max((left + right - side) / 2, 0), photo.width - side))
    corner_y = round(min(max((top + bottom - side) / 2, 0), photo.height - side))
    return corner_x, corner_y, corner_x + side, corner_y + side


def around_faces(source: Source) -> Source:
    """The same photos, each cropped around its face; those without a face are counted among the skipped."""
    how = f"faces|{CONFIDENCE}|{LONGEST_SIDE}|{MARGIN}"
    return changed(source, how, lambda item: [dataclasses.replace(item, crop=face_square)])
