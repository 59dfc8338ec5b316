"""Layers and networks, each with its source."""

from __future__ import annotations

import keras


def copy_of(network: keras.Model) -> keras.Model:
    """The same layers and weights once more, to be trained or averaged without changing the first ones."""
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    return copy
