"""The adversarial networks of de Cid, Recio and Loyola, *FaceGen* (2019), figure 20: 128×128, convolutions throughout.

What the figure leaves open is read from the authors' repository (josepdecid/FaceGen, src/models/gan): 512 channels at
4×4, half as many at each doubling, no biases, 100 numbers of noise. Where the two differ, the networks follow the
repository: the figure normalises every block, the repository all but the discriminator's first. The file sizes that
section 5.4 prints, 14.107 and 10.937 MB, are these networks' float32 weights and 4 or 5 kB more, in units of
1,000 × 1,024 bytes.
"""

from __future__ import annotations

import keras
from keras import layers

LATENT = 100  # numbers in a latent vector
WIDTHS = (32, 64, 128, 256, 512)  # channels, from the image inwards
LEAK = 0.2  # slope of the leaky ReLU below zero
MOMENTUM = 0.9  # of the running statistics of batch normalisation (0.1 as PyTorch counts it)


def kernels() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)


def generator() -> keras.Model:
    """(N, 100) → (N, 128, 128, 3), float32 in [-1, 1] (tanh); 3,609,984 parameters."""
    z = keras.Input((LATENT,), name="z")
    x = layers.Reshape((1, 1, LATENT))(z)
    for depth, filters in enumerate(reversed(WIDTHS)):
        stretch = {"strides": 2, "padding": "same"} if depth else {"strides": 1, "padding": "valid"}
        x = layers.Conv2DTranspose(filters, 4, use_bias=False, kernel_initializer=kernels(), **stretch)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(x))
    x = layers.Conv2DTranspose(
        3, 4, strides=2, padding="same", use_bias=False, kernel_initializer=kernels(), name="paint"
    )(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def discriminator() -> keras.Model:
    """(N, 128, 128, 3) in [-1, 1] → float32 logits (N, 1); 2,798,848 parameters. The sigmoid is left to the loss."""
    images = keras.Input((128, 128, 3), name="images")
    x = images
    for depth, filters in enumerate(WIDTHS):
        x = layers.Conv2D(filters, 4, strides=2, padding="same", use_bias=False, kernel_initializer=kernels())(x)
        if depth:
            x = layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = layers.LeakyReLU(LEAK)(x)
    x = layers.Conv2D(1, 4, use_bias=False, kernel_initializer=kernels(), dtype="float32", name="judge")(x)
    logits = layers.Reshape((1,), dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")
