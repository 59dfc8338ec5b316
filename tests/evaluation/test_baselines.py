"""Generators that nobody trained."""

import numpy as np
import pytest

from facegen_lib.data import ImageSet, to_float
from facegen_lib.evaluation.baselines import Eigenfaces, RandomGenerator


@pytest.fixture(scope="module")
def faces():
    """Grey pictures of 6×6 that vary in two ways only: how bright they are, and how much of a ramp they have."""
    rng = np.random.default_rng(0)
    bright, slope = rng.normal(0, 20, 500), rng.normal(0, 5, 500)
    ramp = np.arange(6) - 2.5
    images = 128 + bright[:, None, None] + slope[:, None, None] * ramp[None, None, :] + np.zeros((1, 6, 1))
    return ImageSet("ramps", np.rint(images).clip(0, 255).astype("uint8")[..., None])


def test_eigenfaces_have_the_mean_and_the_covariance_of_the_pictures(faces):
    real, made = (to_float(images).reshape(-1, 36) for images in (faces.images, Eigenfaces(faces, 4).sample(4000)))
    assert made.mean(axis=0) == pytest.approx(real.mean(axis=0), abs=0.02)
    assert np.cov(made.T) == pytest.approx(np.cov(real.T), abs=0.004)


def test_two_ways_of_varying_take_two_components(faces):
    shares = Eigenfaces(faces, 4).pca.explained_variance_ratio_
    assert shares[:2].sum() > 0.99


def test_samples_depend_on_the_seed_alone(faces):
    fitted = Eigenfaces(faces, 2)
    assert np.array_equal(fitted.sample(3, seed=5), fitted.sample(3, seed=5))
    assert not np.array_equal(fitted.sample(3, seed=5), fitted.sample(3, seed=6))
    assert fitted.sample(3).shape == (3, 6, 6, 1) and fitted.sample(3).dtype == np.uint8


def test_seven_pictures_have_six_components(faces):
    few = Eigenfaces(faces.subset(slice(0, 7)))
    assert len(few.pca.components_) == 6
    assert 20 < few.sample(100).mean() < 235


def test_of_a_sorted_set_not_only_the_first_pictures_are_fitted(faces):
    order = np.argsort(faces.images.mean(axis=(1, 2, 3)))
    few = Eigenfaces(faces.subset(order), most=10)
    assert len(few.pca.components_) == 9
    assert few.pca.mean_.mean() == pytest.approx(to_float(faces.images).mean(), abs=0.06)


def test_noise_reaches_from_black_to_white():
    noise = RandomGenerator((8, 8, 3)).sample(20)
    assert (noise.min(), noise.max()) == (0, 255) and noise.mean() == pytest.approx(127.5, abs=3)
