"""The networks of de Cid, Recio and Loyola, *FaceGen* (2019), for images of 128×128."""

from __future__ import annotations

import functools

from facegen_lib.networks import autoencoder
from facegen_lib.recipes.kinds import ImageShape, Maker, VAERecipe, adam


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
