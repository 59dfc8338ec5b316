"""Generators and discriminators without a convolution: every pixel has weights of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras
from keras import layers

LEAK = 0.2  # slope of the leaky ReLU below zero


def generator(
    image_shape: tuple[int, int, int],
    latent_dim: int = 100,
    hidden: Sequence[int] = (128, 256, 512),
    momentum: float | None = None,
    first_weights: str | keras.initializers.Initializer = "glorot_uniform",
) -> keras.Model:
    """Noise to images: dense layers, each followed by a leaky ReLU and, if it has a momentum, batch normalisation.

    Args:
        image_shape: (height, width, channels) of the images made.
        latent_dim: numbers in a latent vector.
        hidden: units of the hidden layers.
        momentum: of the running statistics of batch normalisation; None for none.
        first_weights: initializer of the first layer.

    Returns:
        a model (N, latent_dim) → (N, H, W, C), float32 in [-1, 1] (tanh).
    """
    z = keras.Input((latent_dim,), name="z")
    x = z
    for depth, width in enumerate(hidden):
        x = layers.Dense(width, kernel_initializer="glorot_uniform" if depth else first_weights)(x)
        x = layers.LeakyReLU(LEAK)(x)
        if momentum is not None:
            x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.Dense(math.prod(image_shape), name="paint")(x)
    x = layers.Reshape(image_shape)(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def discriminator(
    image_shape: tuple[int, int, int],
    hidden: Sequence[int] = (512, 256, 128),
    first_weights: str | keras.initializers.Initializer = "glorot_uniform",
) -> keras.Model:
    """Images to logits: dense layers with leaky ReLU.

    Args:
        image_shape: (height, width, channels) of the images judged, values in [-1, 1].
        hidden: units of the hidden layers.
        first_weights: initializer of the first layer.

    Returns:
        a model (N, H, W, C) → (N, 1), float32 logits: positive for "real".
    """
    images = keras.Input(image_shape, name="images")
    x = layers.Flatten()(images)
    for depth, width in enumerate(hidden):
        x = layers.Dense(width, kernel_initializer="glorot_uniform" if depth else first_weights)(x)
        x = layers.LeakyReLU(LEAK)(x)
    logits = layers.Dense(1, dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")
