"""The convolutional networks of Chen, *Synthesising Images by Imagination* (2019), layer by layer.

Digits are 28×28×1 (figures 4-4 and 4-7), colour images 64×64×3 (figures 4-21, 4-24 and 4-27). The figures print kinds,
shapes and parameters; slope, rates and momentum are those of the code in figures 3-9 and 3-10. That code enlarges by
transposed convolutions, the tables have fixed enlargement and a convolution: we follow the tables. The sigmoid is left
to the loss.
"""

from __future__ import annotations

import keras
from keras import KerasTensor, layers

LATENT = 100  # numbers in a latent vector
LEAK = 0.2  # slope of the leaky ReLU below zero
DROPPED = 0.25  # share of a discriminator's activations that is silenced
MOMENTUM = 0.8  # of the running statistics of batch normalisation


def normalise(x: KerasTensor) -> KerasTensor:
    return layers.BatchNormalization(momentum=MOMENTUM)(x)


def leak_and_drop(x: KerasTensor) -> KerasTensor:
    return layers.Dropout(DROPPED)(layers.LeakyReLU(LEAK)(x))


def enlarge(x: KerasTensor, filters: int, kernel: int) -> KerasTensor:
    """Twice the size: every pixel repeated, a convolution, normalised, ReLU."""
    x = layers.Conv2D(filters, kernel, padding="same")(layers.UpSampling2D()(x))
    return layers.ReLU()(normalise(x))


def painted(z: KerasTensor, x: KerasTensor, channels: int, kernel: int) -> keras.Model:
    """The generator whose last convolution paints `channels` on the maps x."""
    x = layers.Conv2D(channels, kernel, padding="same", name="paint")(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def judged(images: KerasTensor, x: KerasTensor) -> keras.Model:
    """The discriminator that reads its logit off the maps x."""
    logits = layers.Dense(1, dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")


# digits, 28×28×1


def digit_generator() -> keras.Model:
    """DCGAN for digits, figure 4-4: (N, 100) → (N, 28, 28, 1) in [-1, 1]; 856,193 parameters."""
    z = keras.Input((LATENT,), name="z")
    x = layers.Reshape((7, 7, 128))(layers.Dense(7 * 7 * 128, activation="relu")(z))
    for filters in (128, 64):
        x = enlarge(x, filters, kernel=3)
    return painted(z, x, channels=1, kernel=3)


def digit_discriminator() -> keras.Model:
    """DCGAN for digits, figure 4-4: (N, 28, 28, 1) → float32 logits (N, 1); 393,729 parameters."""
    images = keras.Input((28, 28, 1), name="images")
    x = leak_and_drop(layers.Conv2D(32, 3, strides=2, padding="same")(images))
    x = layers.Conv2D(64, 3, strides=2, padding="same")(x)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)  # 7×7 to 8×8, which halves evenly
    x = leak_and_drop(normalise(x))
    for filters, stride in ((128, 2), (256, 1)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same")(x)
        x = leak_and_drop(normalise(x))
    return judged(images, layers.Flatten()(x))


def wasserstein_digit_generator() -> keras.Model:
    """WGAN and WGAN-GP for digits, figure 4-7: (N, 100) → (N, 28, 28, 1) in [-1, 1]; 7,276,993 parameters."""
    z = keras.Input((LATENT,), name="z")
    x = layers.LeakyReLU(LEAK)(layers.Dense(1024)(z))
    x = layers.LeakyReLU(LEAK)(normalise(layers.Dense(7 * 7 * 128)(x)))
    x = layers.Reshape((7, 7, 128))(x)
    x = layers.Conv2DTranspose(128, 5, strides=2, padding="same")(x)
    x = layers.LeakyReLU(LEAK)(normalise(x))
    x = layers.Conv2D(64, 5, padding="same")(x)
    x = layers.LeakyReLU(LEAK)(normalise(x))
    x = layers.Conv2DTranspose(64, 5, strides=2, padding="same")(x)
    x = layers.LeakyReLU(LEAK)(normalise(x))
    return painted(z, x, channels=1, kernel=5)


def digit_critic() -> keras.Model:
    """WGAN and WGAN-GP for digits, figure 4-7: (N, 28, 28, 1) → float32 values (N, 1); 5,336,961 parameters."""
    images = keras.Input((28, 28, 1), name="images")
    x = leak_and_drop(layers.Conv2D(64, 5, padding="same")(images))
    x = leak_and_drop(layers.Conv2D(128, 5, strides=2)(x))
    x = leak_and_drop(layers.Conv2D(128, 5, strides=2, padding="same")(x))
    x = layers.LeakyReLU(LEAK)(layers.Dense(1024)(layers.Flatten()(x)))
    return judged(images, x)


# colour, 64×64×3


def colour_generator() -> keras.Model:
    """DCGAN and WGAN-GP, figures 4-21 and 4-27: (N, 100) → (N, 64, 64, 3) in [-1, 1]; 19,072,387 parameters."""
    z = keras.Input((LATENT,), name="z")
    x = layers.Reshape((4, 4, 1024))(layers.Dense(4 * 4 * 1024, activation="relu")(z))
    for filters in (512, 256, 128, 64):
        x = enlarge(x, filters, kernel=5)
    return painted(z, x, channels=3, kernel=5)


def wasserstein_colour_generator() -> keras.Model:
    """WGAN, figure 4-24: (N, 100) → (N, 64, 64, 3) in [-1, 1]; 18,876,163 parameters.

    Its first maps are normalised, and it paints without a hidden layer at full size.
    """
    z = keras.Input((LATENT,), name="z")
    x = layers.Reshape((4, 4, 1024))(layers.Dense(4 * 4 * 1024)(z))
    x = layers.ReLU()(normalise(x))
    for filters in (512, 256, 128):
        x = enlarge(x, filters, kernel=5)
    return painted(z, layers.UpSampling2D()(x), channels=3, kernel=5)


def colour_discriminator(normalised: bool = True) -> keras.Model:
    """Figures 4-21 and 4-24, or not normalised figure 4-27: (N, 64, 64, 3) → float32 logits or values (N, 1).

    4,318,337 parameters, or 4,314,753 without the normalisation, which the first layer never has.
    """
    images = keras.Input((64, 64, 3), name="images")
    x = images
    for depth, filters in enumerate((64, 128, 256, 512)):
        x = layers.Conv2D(filters, 5, strides=2, padding="same")(x)
        x = leak_and_drop(normalise(x) if normalised and depth else x)
    return judged(images, layers.Flatten()(x))
