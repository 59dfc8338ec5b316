"""What a discriminator sees of an image: the image itself, or a disturbed view of it, the same for real and generated.

A view is differentiable, so that what the discriminator wishes for reaches the generator through it.
"""

from __future__ import annotations

import tensorflow as tf

from facegen_lib.data import augment


class View:
    """A view: called with images, a seed and the steps done so far, it returns what is shown."""

    def __call__(self, images: tf.Tensor, seed: tf.Tensor, steps_done: tf.Tensor) -> tf.Tensor:
        """Images float32 (N, H, W, C) in [-1, 1] to as many views; `seed` is int32 (2,)."""
        raise NotImplementedError

    def describe(self) -> dict:
        """The view's name and numbers, as they stand in a run's config.json."""
        return {"name": type(self).__name__, **vars(self)}


class InstanceNoise(View):
    """Normal noise on every pixel, fading out linearly (Sønderby et al., 2017, section 3.2; Arjovsky and Bottou, 2017).

    Two sets of images that share no point become two clouds that overlap, and a discriminator cannot be perfect.

    Args:
        start: standard deviation in the first step, in the units of [-1, 1].
        steps: after so many steps there is none left.
    """

    def __init__(self, start: float = 0.1, steps: int = 10_000):
        self.start = start
        self.steps = steps

    def __call__(self, images, seed, steps_done):
        deviation = self.start * tf.maximum(0.0, 1 - tf.cast(steps_done, "float32") / self.steps)
        return images + deviation * tf.random.stateless_normal(images.shape, seed)


class DiffAugment(View):
    """Colour and translation, drawn anew for each image (Zhao et al., 2020, section 3.2)."""

    def __call__(self, images, seed, steps_done):
        return augment.diff_augment(images, seed)


class Translation(View):
    """Every image moved by whole pixels, on a background of one tone (Zhao et al., 2020, section 3.2).

    Args:
        reach: how far at most each way, as a share of the image's side; Zhao et al. take an eighth.
        ground: what comes in at the edges, in [-1, 1]; -1 is the black of the digits.
    """

    def __init__(self, reach: float = 1 / 8, ground: float = -1.0):
        self.reach = reach
        self.ground = ground

    def __call__(self, images, seed, steps_done):
        return augment.translate(images - self.ground, seed, self.reach) + self.ground
