"""The three stages of Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks* (2017).

The report tells layers, dropout and the last learning rate, 0.002 (after 0.02, with which the generator's loss stayed
high). It is silent on Adam's other numbers and on the batch: 0.5 and 0.999 are DCGAN's (Radford et al., 2016), 64 is
ours. It scales images to [0, 1] for a generator that paints in [-1, 1]; here both are in [-1, 1].
"""

from __future__ import annotations

import functools

import keras

from facegen_lib import objectives
from facegen_lib.errors import FacegenError
from facegen_lib.networks import patel
from facegen_lib.recipes.kinds import GANRecipe, ImageShape, Maker, adam


def stage(source: str, generator: keras.Model, discriminator: keras.Model) -> Maker:
    """One stage: its networks in the game that all three play."""
    return functools.partial(
        GANRecipe,
        source=f"Patel (2017), {source}",
        generator=generator,
        discriminator=discriminator,
        objective=objectives.NonSaturating(),
        generator_optimizer=adam(2e-3, 0.5),
        discriminator_optimizer=adam(2e-3, 0.5),
        batch_size=64,
        ema_half_life=0,
    )


def check(image_shape: ImageShape) -> None:
    """Raises FacegenError unless four divides both sides: the generators double a quarter of the image twice."""
    height, width, _ = image_shape
    if height % 4 or width % 4:
        raise FacegenError(
            f"Patel's generators paint sides that four divides, got images of {height}×{width}. "
            "Ask for a size such as 28, 64 or 128."
        )


def simple(image_shape: ImageShape) -> Maker:
    """Two convolutions in each network: after 500 steps Patel saw nothing that looked like a face."""
    check(image_shape)
    generator = patel.simple_generator(image_shape)
    return stage('"Training Phase", first model', generator, patel.discriminator(image_shape, (32, 64)))


def improved(image_shape: ImageShape) -> Maker:
    """More convolutions: 256, 128 and 64 filters up, 32 to 256 down. Its discriminator is soon right nearly always."""
    check(image_shape)
    generator = patel.generator(image_shape, normalised=False)
    return stage('"Training Phase", second model', generator, patel.discriminator(image_shape, (32, 64, 128, 256)))


def refined(image_shape: ImageShape) -> Maker:
    """With dropout in the discriminator and batch normalisation in both, as trained for 100,000 steps."""
    check(image_shape)
    generator = patel.generator(image_shape, normalised=True)
    return stage('"Refinement"', generator, patel.discriminator(image_shape, (32, 64, 128, 256), steadied=True))
