"""What the two painted sets, portraits and shapes, share: which sizes can be asked for, and painting on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from facegen_lib.errors import FacegenError

SMALLEST, LARGEST = 16, 128  # pixels
CHUNK = 8  # images painted at a time: their layers fit in a core's cache


def check_request(count: int, size: int, seed: int) -> None:
    """Raise a FacegenError where there is no such number of images, size in pixels or seed."""
    whole = (int, np.integer)
    if not isinstance(count, whole) or count < 1:
        raise FacegenError(f"count is a whole number of images, at least 1; got {count!r}.")
    if not isinstance(size, whole) or not SMALLEST <= size <= LARGEST:
        raise FacegenError(f"size is a whole number of pixels from {SMALLEST} to {LARGEST}; got {size!r}.")
    if not isinstance(seed, whole) or seed < 0:
        raise FacegenError(f"seed is a whole number, 0 or above; got {seed!r}.")


def paint_all(count: int, size: int, paint: Callable[[slice], np.ndarray]) -> np.ndarray:
    """Images uint8 (count, size, size, 3), painted in chunks on all cores.

    `paint` is given the places of a chunk among all images and returns the chunk. NumPy lets go of Python's lock
    while it works on an array, so threads are enough.
    """
    images = np.empty((count, size, size, 3), "uint8")

    def paint_chunk(start: int) -> None:
        chunk = slice(start, min(start + CHUNK, count))
        images[chunk] = paint(chunk)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(paint_chunk, range(0, count, CHUNK)))
    return images
