"""Convolutional encoders and decoders: images to codes and back, by strides instead of pooling.

The blocks are those of de Cid, Recio and Loyola, *FaceGen* (2019), section 3.2 and figure 19: 4×4 kernels, stride 2,
batch normalisation, leaky ReLU on the way down and ReLU on the way up. What the figure leaves open (16 channels in the
first block, 512 in the last, one dense layer of 500 before the code) is read from the authors' repository
(josepdecid/FaceGen, src/models/autoencoder/vae.py); as there, and unlike the figure, the first block is not normalised.
"""

from __future__ import annotations

import keras
from keras import layers

from facegen_lib.networks.convolutional import doubled, sizes

LEAK = 0.2  # slope of the leaky ReLU below zero
MOMENTUM = 0.9  # of the running statistics of batch normalisation


def block_widths(image_shape: tuple[int, int, int], width: int, smallest: int) -> list[int]:
    """Channels of each block from the image inwards: `width`, doubled from block to block."""
    return [width * 2**level for level in range(len(sizes(image_shape, smallest)) - 1)]


def encoder(
    image_shape: tuple[int, int, int], latent_dim: int = 128, width: int = 32, smallest: int = 4, hidden: int = 0
) -> keras.Model:
    """Images to the mean and the log-variance of their codes.

    Args:
        image_shape: (height, width, channels) of the images read, values in [-1, 1].
        latent_dim: numbers in a code.
        width: channels of the first block; every block after it has twice as many.
        smallest: blocks halve the image until it would be smaller than this, in pixels.
        hidden: units of a dense layer before the code; 0 for none.

    Returns:
        a model (N, H, W, C) → two float32 tensors (N, latent_dim): mean, and natural logarithm of the variance.
    """
    images = keras.Input(image_shape, name="images")
    x = images
    for level, filters in enumerate(block_widths(image_shape, width, smallest)):
        x = layers.Conv2D(filters, 4, strides=2, padding="same", use_bias=False)(x)
        if level > 0:
            x = layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = layers.LeakyReLU(LEAK)(x)
    x = layers.Flatten()(x)
    if hidden:
        x = layers.Dense(hidden)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(x))
    mean = layers.Dense(latent_dim, dtype="float32", name="mean")(x)
    log_variance = layers.Dense(latent_dim, dtype="float32", name="log_variance")(x)
    return keras.Model(images, [mean, log_variance], name="encoder")


def decoder(
    image_shape: tuple[int, int, int], latent_dim: int = 128, width: int = 32, smallest: int = 4
) -> keras.Model:
    """Codes to images: a dense layer, then transposed convolutions that double the size.

    Args:
        image_shape: (height, width, channels) of the images made.
        latent_dim: numbers in a code.
        width: channels of the last hidden block; every block before it has twice as many.
        smallest: of the encoder that this decoder answers.

    Returns:
        a model (N, latent_dim) → (N, H, W, C), float32 in [-1, 1] (tanh).
    """
    widths = block_widths(image_shape, width, smallest)
    *larger, base = sizes(image_shape, smallest)

    z = keras.Input((latent_dim,), name="z")
    x = layers.Dense(base[0] * base[1] * widths[-1], name="project")(z)
    x = layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(x))
    x = layers.Reshape((*base, widths[-1]))(x)
    for filters, size in zip(reversed(widths[:-1]), reversed(larger[1:]), strict=True):
        x = doubled(x, size, filters, use_bias=False)
        x = layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(x))
    x = doubled(x, larger[0], image_shape[-1], use_bias=False, name="paint")
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(z, images, name="decoder")
