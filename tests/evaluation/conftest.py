"""What the tests of measuring share: an extractor that needs no training, and a set whose classes can be seen."""

import keras
import numpy as np
import pytest

from facegen_lib.data import ImageSet


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path, monkeypatch):
    """No test reads or writes the user's cache."""
    monkeypatch.setenv("FACEGEN_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def quarters() -> keras.Model:
    """Mean colour of each quarter of a 16×16 image: 12 features."""
    images = keras.Input((16, 16, 3))
    return keras.Model(images, keras.layers.Flatten()(keras.layers.AveragePooling2D(8)(images)), name="quarters")


def patches(count: int, seed: int) -> ImageSet:
    """Smooth random pictures in three colours: `hue` 0 is reddish, 1 greenish, 2 bluish."""
    rng = np.random.default_rng(seed)
    hue = rng.integers(3, size=count)
    images = 90 + 20 * np.kron(rng.standard_normal((count, 2, 2, 3)), np.ones((1, 8, 8, 1)))
    images += 70 * np.eye(3)[hue][:, None, None] + 4 * rng.standard_normal((count, 16, 16, 3))
    return ImageSet("patches", np.rint(images).clip(0, 255).astype("uint8"), {"hue": hue})


@pytest.fixture(scope="session")
def make_patches():
    return patches
