"""Recipes whose networks are narrowed until a step at 64×64 takes about a tenth of a second on two cores."""

from __future__ import annotations

import functools

from facegen_lib import objectives
from facegen_lib.networks import autoencoder, convolutional, dense
from facegen_lib.recipes.kinds import GANRecipe, ImageShape, Maker, VAERecipe, adam, rmsprop

HIDDEN = (128, 128, 128, 128)  # of the dense networks


def width_for(image_shape: ImageShape) -> int:
    """Channels next to the image: 32, and twice as many for images so small (28×28) that only two levels fit."""
    return 32 if convolutional.halvings(image_shape) > 2 else 64


def vanilla(image_shape: ImageShape) -> Maker:
    """Two perceptrons of four hidden layers: the dissertation's at a quarter of its width."""
    return functools.partial(
        GANRecipe,
        source="Chen (2019), figure 4-18; 128 units instead of 512; moving average (Karras et al., 2018)",
        generator=dense.generator(image_shape, latent_dim=128, hidden=HIDDEN),
        discriminator=dense.discriminator(image_shape, hidden=HIDDEN),
        objective=objectives.NonSaturating(),
        generator_optimizer=adam(2e-4, 0.5),
        discriminator_optimizer=adam(2e-4, 0.5),
        batch_size=64,
        decay=1 / 3,
    )


def dcgan(image_shape: ImageShape) -> Maker:
    """DCGAN, narrowed, with what the field has learned since about keeping it stable."""
    width = width_for(image_shape)
    return functools.partial(
        GANRecipe,
        source="Radford et al. (2016), section 3; width 32 instead of 128; R1 penalty (Mescheder et al., 2018) in "
        "place of batch normalisation in the discriminator; batch spread and moving average (Karras et al., 2018)",
        generator=convolutional.generator(image_shape, latent_dim=128, width=width),
        discriminator=convolutional.discriminator(image_shape, width=width),
        objective=objectives.NonSaturating(r1=1.0, penalty_every=8),
        generator_optimizer=adam(2e-4, 0.5, 0.99),
        discriminator_optimizer=adam(2e-4, 0.5, 0.99),
        batch_size=64,
        ema_half_life=10_000,
        decay=1 / 3,
    )


def wgan(image_shape: ImageShape) -> Maker:
    """The same generator against a critic with clipped weights.

    A clipped critic of four levels soon has nearly all its weights at one side of the fence and knows only how bright
    an image is; the generator then paints one pattern. Normalising each image by itself takes the brightness away.
    """
    width, deep = width_for(image_shape), convolutional.halvings(image_shape) > 2
    return functools.partial(
        GANRecipe,
        source="Arjovsky et al. (2017), algorithm 1, with DCGAN's networks narrowed to width 32, the critic without "
        "batch normalisation; two critic steps at twice the generator's rate instead of five at the same (Heusel et "
        "al., 2017); rate 2e-4 instead of 5e-5, with decay; moving average (Karras et al., 2018)"
        + ("; layer normalisation in the critic, c = 0.03 instead of 0.01" if deep else ""),
        generator=convolutional.generator(image_shape, latent_dim=128, width=width),
        discriminator=convolutional.discriminator(image_shape, width=width, group_size=None, normalise=deep),
        objective=objectives.Wasserstein(clip=0.03 if deep else 0.01, critic_steps=2),
        generator_optimizer=rmsprop(2e-4),
        discriminator_optimizer=rmsprop(4e-4),
        batch_size=64,
        decay=1 / 3,
    )


def wgan_gp(image_shape: ImageShape) -> Maker:
    """The same generator against a critic whose slope is asked to be 1."""
    width = width_for(image_shape)
    return functools.partial(
        GANRecipe,
        source="Gulrajani et al. (2017), algorithm 1, with DCGAN's networks narrowed to width 32, none of the critic's "
        "normalised; two critic steps at twice the generator's rate instead of five at the same (Heusel et al., 2017); "
        "rate 2e-4 instead of 1e-4, with decay; moving average (Karras et al., 2018)",
        generator=convolutional.generator(image_shape, latent_dim=128, width=width),
        discriminator=convolutional.discriminator(image_shape, width=width, group_size=None),
        objective=objectives.WassersteinGP(weight=10.0, critic_steps=2),
        generator_optimizer=adam(2e-4, 0.0, 0.9),
        discriminator_optimizer=adam(4e-4, 0.0, 0.9),
        batch_size=64,
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
