"""The three stages of Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks* (2017).

The report says in words what it built ("Training Phase" and "Refinement"); its 8,328,003 trainable parameters settle
what the words leave open of the last generator: batch normalisation after the reshape, and after the ReLU of every
hidden convolution. Kernels are 4×4. The slope of the leaky ReLU is not told; 0.2 is DCGAN's. The sigmoid is left to the
loss.
"""

from __future__ import annotations

import keras
from keras import KerasTensor, layers

LATENT = 100  # numbers in a latent vector
KERNEL = 4  # pixels
LEAK = 0.2  # slope of the leaky ReLU below zero
MOMENTUM = 0.8  # of the running statistics of batch normalisation


def normalise(x: KerasTensor) -> KerasTensor:
    return layers.BatchNormalization(momentum=MOMENTUM)(x)


def convolve(x: KerasTensor, filters: int) -> KerasTensor:
    return layers.ReLU()(layers.Conv2D(filters, KERNEL, padding="same")(x))


def first_maps(z: KerasTensor, image_shape: tuple[int, int, int]) -> KerasTensor:
    """256 maps of a quarter of the image's height and width, rounded down: 65,536 numbers at 64×64."""
    quarter = (image_shape[0] // 4, image_shape[1] // 4, 256)
    return layers.Reshape(quarter)(layers.Dense(quarter[0] * quarter[1] * 256)(z))


def painted(z: KerasTensor, x: KerasTensor, channels: int) -> keras.Model:
    x = layers.Conv2D(channels, KERNEL, padding="same", name="paint")(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def simple_generator(image_shape: tuple[int, int, int]) -> keras.Model:
    """Stage one: a dense layer and two convolutions, of 64 filters and of the image's channels."""
    z = keras.Input((LATENT,), name="z")
    x = convolve(layers.UpSampling2D()(first_maps(z, image_shape)), 64)
    return painted(z, layers.UpSampling2D()(x), image_shape[2])


def generator(image_shape: tuple[int, int, int], normalised: bool) -> keras.Model:
    """Stages two and three: three convolutions of 256, 128 and 64 filters, in the third stage normalised.

    It doubles a quarter of the image's size twice: sides that four does not divide come out up to three pixels short.

    Returns:
        a model (N, 100) → (N, H, W, C), float32 in [-1, 1] (tanh).
    """
    norm = normalise if normalised else lambda x: x
    z = keras.Input((LATENT,), name="z")
    x = norm(layers.ReLU()(first_maps(z, image_shape)))
    x = norm(convolve(layers.UpSampling2D()(x), 256))
    x = norm(convolve(x, 128))
    x = norm(convolve(layers.UpSampling2D()(x), 64))
    return painted(z, x, image_shape[2])


def discriminator(image_shape: tuple[int, int, int], widths: tuple[int, ...], steadied: bool = False) -> keras.Model:
    """Strided convolutions and one dense layer.

    Args:
        image_shape: (height, width, channels) of the images judged, values in [-1, 1].
        widths: filters of the convolutions. The fourth does not stride: its maps are 8×8 at 64×64.
        steadied: with the third stage's dropout after every convolution, a quarter after the first and 0.4 after the
            others, and batch normalisation after all but the last.

    Returns:
        a model (N, H, W, C) → (N, 1), float32 logits.
    """
    images = keras.Input(image_shape, name="images")
    x = images
    for depth, filters in enumerate(widths):
        x = layers.Conv2D(filters, KERNEL, strides=2 if depth < 3 else 1, padding="same")(x)
        x = layers.LeakyReLU(LEAK)(x)
        if steadied:
            x = layers.Dropout(0.4 if depth else 0.25)(x)
            x = normalise(x) if depth < len(widths) - 1 else x
    logits = layers.Dense(1, dtype="float32", name="logits")(layers.Flatten()(x))
    return keras.Model(images, logits, name="discriminator")
