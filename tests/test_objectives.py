"""Known answers for every game."""

import keras
import numpy as np
import pytest
from keras import ops

from facegen_lib import objectives

REAL = ops.convert_to_tensor([[-5.0], [1.4], [12.5], [2.7]])
FAKE = ops.convert_to_tensor([[10.0], [4.4], [-5.5], [3.6]])


def test_the_logistic_game_has_its_known_losses():
    game = objectives.NonSaturating()
    assert float(game.generator_loss(REAL, FAKE)) == pytest.approx(1.38582, abs=1e-5)
    assert float(game.discriminator_loss(REAL, FAKE)) == pytest.approx(5.83387, abs=1e-5)


def test_logits_of_any_size_give_finite_losses():
    game = objectives.NonSaturating()
    huge = ops.convert_to_tensor([[1e4], [-1e4]])
    assert np.isfinite(float(game.discriminator_loss(huge, -huge)))
    assert np.isfinite(float(game.generator_loss(huge, huge)))


def test_r1_of_a_linear_discriminator_is_half_its_squared_slope():
    images = keras.Input((4,))
    linear = keras.Model(images, keras.layers.Dense(1, kernel_initializer=keras.initializers.Constant(2.0))(images))
    game = objectives.NonSaturating(r1=1.0)
    points = keras.random.normal((5, 4), seed=1)
    assert float(game.penalty(linear, points, points)) == pytest.approx(4 * 2.0**2 / 2)


def test_a_game_describes_its_numbers():
    description = objectives.NonSaturating(r1=0.5, penalty_every=4).describe()
    assert description == {"name": "NonSaturating", "critic_steps": 1, "r1": 0.5, "penalty_every": 4}
