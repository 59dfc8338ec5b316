"""The networks of de Cid, Recio and Loyola, *FaceGen* (2019), for images of 128×128."""

from __future__ import annotations

import functools

from facegen_lib import objectives
from facegen_lib.errors import FacegenError
from facegen_lib.models.views import InstanceNoise
from facegen_lib.networks import autoencoder, facegen
from facegen_lib.recipes.kinds import GANRecipe, ImageShape, Maker, VAERecipe, adam


def gan(image_shape: ImageShape) -> Maker:
    """FaceGen's two networks, with soft and noisy labels and with noise on every image that the discriminator sees.

    Section 3.3.2 gives 0.9 and 0.022 as examples of labels, and asks for different learning rates of the two networks;
    the authors' repository (src/trainers/gan_trainer.py) has one. It, the batch, and the noise of 0.05 on images are
    read from there; their noise stays, ours fades out over the 100,000 steps after which section 5.4 saw training fall
    apart. Their labels' noise is one-sided and normal, ours uniform.

    Raises:
        FacegenError: the images are not 128×128 in colour.
    """
    if image_shape != (128, 128, 3):
        size = "×".join(map(str, image_shape))
        raise FacegenError(f'FaceGen\'s networks are for 128×128×3, got images of {size}. "dcgan" takes any size.')
    return functools.partial(
        GANRecipe,
        source="de Cid, Recio and Loyola (2019), sections 3.3.2 and 5.4, figure 20, and the authors' repository",
        generator=facegen.generator(),
        discriminator=facegen.discriminator(),
        objective=objectives.SoftLabels(real=0.9, fake=0.022, noise=0.1),
        generator_optimizer=adam(2e-4, 0.5),
        discriminator_optimizer=adam(2e-4, 0.5),
        batch_size=64,
        ema_half_life=0,
        view=InstanceNoise(start=0.05, steps=100_000),
    )


def vae(image_shape: ImageShape) -> Maker:
    """FaceGen's autoencoder: blocks from 16 to 512 channels down to 2×2, a code of 150 numbers."""
    return functools.partial(
        VAERecipe,
        source="de Cid, Recio and Loyola (2019), sections 3.2 and 5.3, figure 19, and the authors' repository",
        encoder=autoencoder.encoder(image_shape, latent_dim=150, width=16, smallest=2, hidden=500),
        generator=autoencoder.decoder(image_shape, latent_dim=150, width=16, smallest=2),
        optimizer=adam(2e-3, 0.9),
        batch_size=64,
    )
