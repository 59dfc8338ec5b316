"""Small things to train and to look at: discs of 8×8 pixels, the smallest of recipes, one short run."""

import numpy as np
import pytest

from facegen_lib.data.images import ImageSet
from facegen_lib.networks import convolutional
from facegen_lib.objectives import NonSaturating
from facegen_lib.recipes import recipe
from facegen_lib.training import Budget, Run

SHAPE = (8, 8, 3)


def smallest_recipe():
    """DCGAN with two channels and no penalty: its graph is built in a second."""
    return recipe(
        "dcgan",
        SHAPE,
        scale="laptop",
        generator=convolutional.generator(SHAPE, latent_dim=8, width=2),
        discriminator=convolutional.discriminator(SHAPE, width=2),
        objective=NonSaturating(),
        batch_size=16,
    )


@pytest.fixture(scope="session")
def discs():
    """Sixty-four coloured discs, each of its own size, on dark ground."""
    rng = np.random.default_rng(0)
    distance = np.hypot(*np.meshgrid(np.arange(8) - 3.5, np.arange(8) - 3.5))[None, :, :, None]
    colours = rng.integers(120, 256, (64, 1, 1, 3))
    return ImageSet("discs", np.where(distance < rng.uniform(1, 4, (64, 1, 1, 1)), colours, 30).astype("uint8"))


@pytest.fixture
def small_recipe():
    return smallest_recipe()


@pytest.fixture(scope="session")
def run(discs, tmp_path_factory):
    """Twelve steps, finished, with a sample grid of every second one; only to be looked at."""
    run = Run(tmp_path_factory.mktemp("runs") / "discs", smallest_recipe(), discs, sample_every=2)
    return run.train(Budget(steps=12))
