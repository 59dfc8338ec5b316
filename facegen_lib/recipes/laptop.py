"""Recipes whose networks are narrowed until a step at 64×64 takes about a tenth of a second on two cores."""

from __future__ import annotations

import functools

from facegen_lib import objectives
from facegen_lib.networks import autoencoder, convolutional
from facegen_lib.recipes.kinds import GANRecipe, ImageShape, Maker, VAERecipe, adam


def dcgan(image_shape: ImageShape) -> Maker:
    """DCGAN, narrowed, with what the field has learned since about keeping it stable."""
    return functools.partial(
        GANRecipe,
        source="Radford et al. (2016), section 3; width 32 instead of 128; R1 penalty (Mescheder et al., 2018) in "
        "place of batch normalisation in the discriminator; batch spread and moving average (Karras et al., 2018)",
        generator=convolutional.generator(image_shape, latent_dim=128, width=32),
        discriminator=convolutional.discriminator(image_shape, width=32),
        objective=objectives.NonSaturating(r1=1.0, penalty_every=8),
        generator_optimizer=adam(2e-4, 0.5, 0.99),
        discriminator_optimizer=adam(2e-4, 0.5, 0.99),
        batch_size=64,
        ema_half_life=10_000,
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
