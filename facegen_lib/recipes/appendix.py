"""The sources' smallest GAN: listing A-1 in the appendix *Generative Adversarial Networks* of a Keras textbook."""

from __future__ import annotations

import functools

import keras

from facegen_lib import objectives
from facegen_lib.networks import dense
from facegen_lib.recipes.kinds import GANRecipe, ImageShape, Maker, adam


def mlp(image_shape: ImageShape) -> Maker:
    """Three dense layers each, 256 images a batch, 2,000 steps; written for 28×28×1, but dense layers take any image.

    The listing shows real and generated images in one batch. Nothing in its discriminator looks from one image to
    another, so that two passes give the same gradient; only the loss, a mean over both, is half of ours. Its generator
    learns from fresh noise, ours from the images that the discriminator has just judged.
    """
    return functools.partial(
        GANRecipe,
        source="appendix Generative Adversarial Networks of a Keras textbook, listing A-1",
        generator=dense.generator(image_shape, hidden=(128, 256, 512), momentum=0.8, first_weights=small()),
        discriminator=dense.discriminator(image_shape, hidden=(128, 256, 512), first_weights=small()),
        objective=objectives.NonSaturating(),
        generator_optimizer=adam(4e-4, 0.5),
        discriminator_optimizer=adam(4e-4, 0.5),
        batch_size=256,
        ema_half_life=0,
    )


def small() -> keras.initializers.Initializer:
    """How the listing draws the weights of both first layers."""
    return keras.initializers.RandomNormal(stddev=0.02)
