"""The four games of Chen, *Synthesising Images by Imagination* (2019), exactly as its figures print their layers.

The dissertation has networks for digits (28×28×1, batches of 128) and for colour images (64×64×3, batches of 64).
Section 3.4.2 names Adam with 2e-4, 0.5 and 0.999 for the vanilla GAN, and 3.1.2 Adam for DCGAN; for WGAN section 3.1.3
names RMSprop, clipping at 0.01 and five critic steps, for WGAN-GP section 3.1.4 Adam. Where it is silent (both
Wasserstein learning rates, the weight of the penalty) the numbers are those of the papers that it follows. Its code
trains the discriminator on a real batch, then on a generated one; here both make one update. No moving average.
"""

from __future__ import annotations

import functools

from facegen_lib import objectives
from facegen_lib.errors import FacegenError
from facegen_lib.networks import dense, dissertation
from facegen_lib.recipes.kinds import GANRecipe, ImageShape, Maker, adam, rmsprop

DIGITS = (28, 28, 1)
COLOUR = (64, 64, 3)


def shared_settings(image_shape: ImageShape, digits: str, colour: str) -> dict:
    """What the four recipes have in common: their source, the batch size, and no moving average.

    Args:
        image_shape: (height, width, channels).
        digits, colour: numbers of the figures with the networks for digits and for colour images.

    Raises:
        FacegenError: the dissertation has no networks for such images.
    """
    if image_shape not in (DIGITS, COLOUR):
        size = "×".join(map(str, image_shape))
        raise FacegenError(
            f"The dissertation has networks for 28×28×1 and 64×64×3, got images of {size}. "
            'The same game at scale="laptop" takes any size.'
        )
    number = digits if image_shape == DIGITS else colour
    batch_size = 128 if image_shape == DIGITS else 64
    return {"source": f"Chen (2019), figure {number}", "batch_size": batch_size, "ema_half_life": 0}


def vanilla(image_shape: ImageShape) -> Maker:
    """Dense networks. The momentum of the digits' batch normalisation, 0.8, is that of figure 3-9's code."""
    shared = shared_settings(image_shape, digits="4-1", colour="4-18")
    if image_shape == DIGITS:
        generator = dense.generator(image_shape, hidden=(256, 512, 1024), momentum=0.8)
        discriminator = dense.discriminator(image_shape, hidden=(512, 256))
    else:
        generator = dense.generator(image_shape, hidden=(512, 512, 512, 512))
        discriminator = dense.discriminator(image_shape, hidden=(512, 512, 512, 512))
    return functools.partial(
        GANRecipe,
        generator=generator,
        discriminator=discriminator,
        objective=objectives.NonSaturating(),
        generator_optimizer=adam(2e-4, 0.5),
        discriminator_optimizer=adam(2e-4, 0.5),
        **shared,
    )


def dcgan(image_shape: ImageShape) -> Maker:
    """Convolutions, batch normalisation and dropout; sections 4.1.2 and 4.2.2."""
    shared = shared_settings(image_shape, digits="4-4", colour="4-21")
    digits = image_shape == DIGITS
    return functools.partial(
        GANRecipe,
        generator=dissertation.digit_generator() if digits else dissertation.colour_generator(),
        discriminator=dissertation.digit_discriminator() if digits else dissertation.colour_discriminator(),
        objective=objectives.NonSaturating(),
        generator_optimizer=adam(2e-4, 0.5),
        discriminator_optimizer=adam(2e-4, 0.5),
        **shared,
    )


def wgan(image_shape: ImageShape) -> Maker:
    """A critic with clipped weights; sections 3.1.3, 4.1.3 and 4.2.3. RMSprop's rate is Arjovsky et al.'s (2017)."""
    shared = shared_settings(image_shape, digits="4-7", colour="4-24")
    digits = image_shape == DIGITS
    return functools.partial(
        GANRecipe,
        generator=dissertation.wasserstein_digit_generator() if digits else dissertation.wasserstein_colour_generator(),
        discriminator=dissertation.digit_critic() if digits else dissertation.colour_discriminator(),
        objective=objectives.Wasserstein(clip=0.01, critic_steps=5),
        generator_optimizer=rmsprop(5e-5),
        discriminator_optimizer=rmsprop(5e-5),
        **shared,
    )


def wgan_gp(image_shape: ImageShape) -> Maker:
    """A critic with a penalty on its slope; sections 3.1.4, 4.1.4 and 4.2.4.

    Adam's numbers, 1e-4, 0 and 0.9, and the penalty's weight of 10 are Gulrajani et al.'s (2017). So is its two-sided
    form; the dissertation's equation 2-13 charges only slopes above 1.
    """
    shared = shared_settings(image_shape, digits="4-7", colour="4-27")
    digits = image_shape == DIGITS
    return functools.partial(
        GANRecipe,
        generator=dissertation.wasserstein_digit_generator() if digits else dissertation.colour_generator(),
        discriminator=dissertation.digit_critic() if digits else dissertation.colour_discriminator(normalised=False),
        objective=objectives.WassersteinGP(weight=10.0, critic_steps=5),
        generator_optimizer=adam(1e-4, 0.0, 0.9),
        discriminator_optimizer=adam(1e-4, 0.0, 0.9),
        **shared,
    )
