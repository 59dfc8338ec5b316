"""Recipes whose networks are narrowed until minutes on two cores are enough to see them learn."""

from __future__ import annotations

import dataclasses
import functools

from facegen_lib import objectives
from facegen_lib.models.views import Translation, View
from facegen_lib.networks import autoencoder, convolutional, dense
from facegen_lib.recipes.kinds import GANRecipe, ImageShape, Maker, VAERecipe, adam, rmsprop


@dataclasses.dataclass(frozen=True)
class Scale:
    """The numbers in which the recipes for digits and for faces differ.

    Attributes:
        width: channels of the convolutional layers next to the image.
        latent_dim: numbers in a latent vector.
        hidden: units of a dense layer in both networks, which puts strokes together to a digit; () for none.
        rate: learning rate of the generator.
        batch_size: real images per update.
        r1: weight of DCGAN's penalty: smaller where there are fewer pixels.
        critic_steps: of WGAN-GP, for each step of its generator; the paper has 5.
        beta_2: how long Adam remembers the size of WGAN-GP's gradients; the paper has 0.9.
        view: what the discriminator sees. Nine thousand digits it soon knows by heart, unless they move.
    """

    width: int
    latent_dim: int
    hidden: tuple[int, ...]
    rate: float
    batch_size: int
    r1: float
    critic_steps: int
    beta_2: float
    view: View | None = None


# Budgets are minutes, not days: the rates are above the papers' 1e-4 and 2e-4.
DIGITS = Scale(
    width=48,
    latent_dim=32,
    hidden=(256,),
    rate=1e-3,
    batch_size=128,
    r1=0.05,
    critic_steps=2,
    beta_2=0.99,
    view=Translation(reach=1 / 28),
)
FACES = Scale(width=32, latent_dim=128, hidden=(), rate=5e-4, batch_size=64, r1=1.0, critic_steps=1, beta_2=0.9)


def scale_of(image_shape: ImageShape) -> Scale:
    """`DIGITS` for grey images of fewer than 32 pixels each way, else `FACES`."""
    height, width, channels = image_shape
    return DIGITS if channels == 1 and max(height, width) < 32 else FACES


def vanilla(image_shape: ImageShape) -> Maker:
    """Two perceptrons: the dissertation's for digits or for colour images, at a quarter of their width."""
    if scale_of(image_shape) is DIGITS:
        figure = "4-1"
        generator = dense.generator(image_shape, hidden=(64, 128, 256), momentum=0.8)
        discriminator = dense.discriminator(image_shape, hidden=(128, 64))
    else:
        figure = "4-18"
        generator = dense.generator(image_shape, latent_dim=128, hidden=(128, 128, 128, 128))
        discriminator = dense.discriminator(image_shape, hidden=(128, 128, 128, 128))
    return functools.partial(
        GANRecipe,
        source=f"Chen (2019), figure {figure}, a quarter as wide; batches of 64 for digits too, 128 latent numbers for "
        "colour images; learning rate decay; moving average (Karras et al., 2018)",
        generator=generator,
        discriminator=discriminator,
        objective=objectives.NonSaturating(),
        generator_optimizer=adam(2e-4, 0.5),
        discriminator_optimizer=adam(2e-4, 0.5),
        batch_size=64,
        decay=1 / 3,
    )


def dcgan(image_shape: ImageShape) -> Maker:
    """DCGAN, narrowed, with what the field has learned since about keeping it stable."""
    scale = scale_of(image_shape)
    return functools.partial(
        GANRecipe,
        source="Radford et al. (2016), section 3, narrowed from width 128, kernels of 4×4 instead of 5×5, a "
        "higher rate than 2e-4, with decay; R1 penalty (Mescheder et al., 2018) in place of batch normalisation in the "
        "discriminator, which learns at twice the generator's rate (Heusel et al., 2017); batch spread and moving "
        "average (Karras et al., 2018); digits: moved by a pixel (Zhao et al., 2020), a dense layer more in both "
        "networks (Chen et al., 2016, appendix C.1)",
        generator=convolutional.generator(image_shape, scale.latent_dim, scale.width, scale.hidden),
        discriminator=convolutional.discriminator(image_shape, scale.width, hidden=scale.hidden),
        objective=objectives.NonSaturating(r1=scale.r1, penalised=scale.batch_size // 8),
        generator_optimizer=adam(scale.rate, 0.5, 0.99),
        discriminator_optimizer=adam(2 * scale.rate, 0.5, 0.99),
        view=scale.view,
        batch_size=scale.batch_size,
        ema_half_life=10_000,
        decay=1 / 3,
    )


def wgan(image_shape: ImageShape) -> Maker:
    """The same generator against a critic with clipped weights.

    A clipped critic of several levels soon has nearly all its weights at one side of the fence and knows only how
    bright an image is; the generator then paints one pattern. Normalising each image by itself takes the brightness
    away.
    """
    scale = scale_of(image_shape)
    return functools.partial(
        GANRecipe,
        source="Arjovsky et al. (2017), algorithm 1, with DCGAN's networks narrowed, the critic with layer "
        "normalisation instead of batch normalisation and c = 0.03 instead of 0.01; two critic steps at twice the "
        "generator's rate instead of five at the same (Heusel et al., 2017); rate 2e-4 instead of 5e-5, with decay; "
        "moving average (Karras et al., 2018); digits: moved by a pixel (Zhao et al., 2020), a dense layer more in the "
        "generator (Chen et al., 2016, appendix C.1)",
        generator=convolutional.generator(image_shape, scale.latent_dim, scale.width, scale.hidden),
        discriminator=convolutional.discriminator(image_shape, scale.width, group_size=None, normalise=True),
        objective=objectives.Wasserstein(clip=0.03, critic_steps=2),
        generator_optimizer=rmsprop(2e-4),
        discriminator_optimizer=rmsprop(4e-4),
        view=scale.view,
        batch_size=scale.batch_size,
        decay=1 / 3,
    )


def wgan_gp(image_shape: ImageShape) -> Maker:
    """The same generator against a critic whose slope is asked to be 1."""
    scale = scale_of(image_shape)
    return functools.partial(
        GANRecipe,
        source="Gulrajani et al. (2017), algorithm 1, with DCGAN's networks narrowed, none of the critic's "
        "normalised; one critic step, for digits two, at twice the generator's rate instead of five at the same "
        "(Heusel et al., 2017); a higher rate than 1e-4, with decay; moving average (Karras et al., 2018); digits: "
        "moved by a pixel (Zhao et al., 2020), a dense layer more in the critic (Chen et al., 2016, appendix C.1) and "
        "two in the generator (Karras et al., 2019), β₂ = 0.99",
        generator=convolutional.generator(image_shape, scale.latent_dim, scale.width, 2 * scale.hidden),
        discriminator=convolutional.discriminator(image_shape, scale.width, group_size=None, hidden=scale.hidden),
        objective=objectives.WassersteinGP(weight=10.0, critic_steps=scale.critic_steps),
        generator_optimizer=adam(scale.rate, 0.0, scale.beta_2),
        discriminator_optimizer=adam(2 * scale.rate, 0.0, scale.beta_2),
        view=scale.view,
        batch_size=scale.batch_size,
        decay=1 / 3,
    )


def vae(image_shape: ImageShape) -> Maker:
    """The same blocks, fewer of them: from 32 to 256 channels down to 4×4, no dense layer before the code."""
    return functools.partial(
        VAERecipe,
        source="de Cid, Recio and Loyola (2019), section 3.2; four blocks, a code of 128 numbers, learning rate decay",
        encoder=autoencoder.encoder(image_shape, latent_dim=128, width=32),
        generator=autoencoder.decoder(image_shape, latent_dim=128, width=32),
        optimizer=adam(1e-3, 0.9),
        batch_size=64,
        decay=1 / 3,
    )
