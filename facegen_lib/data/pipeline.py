"""From an array at rest to batches in flight: shuffled, reproducible, resumable at any batch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf

from facegen_lib.errors import FacegenError

Augment = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def batches_per_epoch(count: int, batch_size: int) -> int:
    """How many whole batches a set holds.

    Raises:
        FacegenError: a batch is larger than the set.
    """
    check_batch_size(count, batch_size)
    return count // batch_size


def check_batch_size(count: int, batch_size: int, together: int = 1) -> None:
    """Whether a set of `count` images holds `together` batches.

    Raises:
        FacegenError: it does not.
    """
    if count >= together * batch_size:
        return
    asked = f"A batch of {batch_size} images cannot be drawn from a set of {count}."
    if together > 1:
        asked = (
            f"{together} batches of {batch_size} are drawn per step, {together * batch_size} images, from a set of "
            f"{count}."
        )
    smaller = f"Give a batch size of {count // together} or less, or more images."
    raise FacegenError(f"{asked} {smaller if count >= together else 'Give more images.'}")


def batch_indices(count: int, batch_size: int, seed: int, start: int = 0) -> Iterator[np.ndarray]:
    """Which images make up batch `start`, `start + 1`, … without end.

    Every epoch is its own permutation, drawn from (seed, epoch), so any batch can be found again without the ones
    before it. A batch is in no order, so that every part of it is as good a sample of the set as the whole. What is
    left over at the end of an epoch, fewer than a batch, is dropped for that epoch.

    Args:
        count: images in the set.
        batch_size: images per batch.
        seed: of the whole run.
        start: number of the first batch.

    Raises:
        FacegenError: a batch is larger than the set.
    """
    per_epoch = batches_per_epoch(count, batch_size)
    first_epoch, first_batch = divmod(start, per_epoch)
    for epoch in itertools.count(first_epoch):
        order = np.random.default_rng([seed, epoch]).permutation(count)
        for batch in range(first_batch, per_epoch):
            yield order[batch * batch_size : (batch + 1) * batch_size]
        first_batch = 0


def batches(
    images: np.ndarray,
    batch_size: int,
    seed: int = 0,
    start: int = 0,
    augment: Augment | None = None,
    together: int = 1,
) -> tf.data.Dataset:
    """Endless batches, float32 (together × batch_size, H, W, C) in [-1, 1].

    Args:
        images: uint8 (N, H, W, C), memory-mapped or not; only the images of a batch are read.
        batch_size: images per batch, fixed.
        seed: batch k of epoch e is a function of (seed, e, k) alone.
        start: number of the first batch, for a run that goes on.
        augment: maps (float32 images, int32 (2,) seed) to images of the same shape; the seed is (seed, batch number).
        together: batches that one step uses up, drawn as one.

    Raises:
        FacegenError: the set holds too few images; said here, and not from inside the pipeline.
    """
    check_batch_size(len(images), batch_size, together)
    batch_size *= together

    def draw() -> Iterator[tuple[np.ndarray, int]]:
        for number, indices in enumerate(batch_indices(len(images), batch_size, seed, start), start):
            yield images[indices], number

    def to_network_range(batch: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
        real_images = tf.cast(batch, tf.float32) / 127.5 - 1.0
        return real_images if augment is None else augment(real_images, tf.stack([seed, number]))

    signature = (
        tf.TensorSpec((batch_size, *images.shape[1:]), tf.uint8),
        tf.TensorSpec((), tf.int32),
    )
    return tf.data.Dataset.from_generator(draw, output_signature=signature).map(to_network_range).prefetch(2)
