"""Divergences from critics: known answers on Gaussians, and what heart-knowledge does."""

import keras
import numpy as np
import pytest

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation.divergence import fresh_critic, js_bound, wasserstein_estimate


def dense_critic(seed: int = 0) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [keras.Input((1,)), *(keras.layers.Dense(32, "softplus") for _ in range(2)), keras.layers.Dense(1)]
    )


@pytest.fixture(scope="module")
def gaussians():
    rng = np.random.default_rng(0)
    return rng.normal(0, 1, (8000, 1)).astype("float32"), rng.normal(1, 1, (8000, 1)).astype("float32")


def test_the_optimal_discriminator_of_two_gaussians_gives_their_divergence():
    assert js_bound(1.1634514) == pytest.approx(0.1114215, abs=1e-7)


def test_guessing_gives_nothing_and_certainty_gives_the_most_there_is():
    np.testing.assert_allclose(js_bound(np.array([2 * np.log(2), 0.0])), [0, np.log(2)])


def test_the_wasserstein_estimate_is_the_gap_between_the_critics_means():
    assert wasserstein_estimate(-0.225) == 0.225


def test_a_fresh_critic_finds_the_js_divergence_of_two_gaussians(gaussians):
    found = fresh_critic(*gaussians, "logistic", steps=400, network=dense_critic())
    assert found.best == pytest.approx(0.111, abs=0.02)
    assert found.best < np.log(2)


@pytest.mark.parametrize("seed", range(4))
def test_a_fresh_critic_finds_the_wasserstein_distance_of_two_gaussians_or_says_that_it_did_not(gaussians, seed):
    """The penalty has two minima, slope −1 and slope 1: which is reached depends on the weights at the start."""
    try:
        found = fresh_critic(*gaussians, "wasserstein", steps=600, network=dense_critic(seed))
    except FacegenError as error:
        assert "leans the wrong way" in str(error)
    else:
        assert found.unseen[-1] == pytest.approx(1, abs=0.15)


def test_a_critic_that_leans_the_wrong_way_gives_no_reading(gaussians):
    steep = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, kernel_initializer=keras.initializers.Constant(1))]
    )
    with pytest.raises(FacegenError, match="leans the wrong way: after 20 steps it reads -"):
        fresh_critic(*gaussians, "wasserstein", steps=20, network=steep)


def test_a_critic_that_learns_by_heart_is_sure_of_what_it_saw_only():
    rng = np.random.default_rng(1)
    one, other = (rng.integers(0, 256, (128, 16, 16, 1), dtype="uint8") for _ in range(2))
    found = fresh_critic(one, other, steps=150)
    assert found.seen[-1] > 0.5
    assert found.unseen[-1] < 0.05


def test_too_few_images_and_unknown_games_are_refused(gaussians):
    with pytest.raises(FacegenError, match="at least 128 images"):
        fresh_critic(gaussians[0][:100], gaussians[1])
    with pytest.raises(FacegenError, match='got "hinge"'):
        fresh_critic(*gaussians, "hinge")
