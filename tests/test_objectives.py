"""Known answers for every game."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from facegen_lib import objectives

REAL = ops.convert_to_tensor([[-5.0], [1.4], [12.5], [2.7]])
FAKE = ops.convert_to_tensor([[10.0], [4.4], [-5.5], [3.6]])


def linear(slope, bias=0.0):
    """D(x) = slope · Σx + bias on points in 4 dimensions."""
    points = keras.Input((4,))
    constant = keras.initializers.Constant
    output = layers.Dense(1, kernel_initializer=constant(slope), bias_initializer=constant(bias))(points)
    return keras.Model(points, output)


@pytest.mark.parametrize(
    ("game", "discriminator_loss", "generator_loss"),
    [
        (objectives.NonSaturating(), 5.83387, 1.38582),
        (objectives.LeastSquares(), 41.73375, 17.69625),
        (objectives.Hinge(), 6.75, -3.125),
        (objectives.Wasserstein(), 0.225, -3.125),
        (objectives.WassersteinGP(), 0.225, -3.125),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, objectives.Objective) else "",
)
def test_losses_have_their_known_values(game, discriminator_loss, generator_loss):
    assert float(game.discriminator_loss(REAL, FAKE)) == pytest.approx(discriminator_loss, abs=1e-5)
    assert float(game.generator_loss(REAL, FAKE)) == pytest.approx(generator_loss, abs=1e-5)


def test_the_minimax_game_is_the_same_for_the_discriminator_and_zero_sum_on_generated_images():
    game, other = objectives.Minimax(), objectives.NonSaturating()
    assert float(game.discriminator_loss(REAL, FAKE)) == float(other.discriminator_loss(REAL, FAKE))
    on_real = float(ops.mean(ops.softplus(-REAL)))
    both = float(game.discriminator_loss(REAL, FAKE)) + float(game.generator_loss(REAL, FAKE))
    assert both == pytest.approx(on_real, abs=1e-5)


@pytest.mark.parametrize(("game", "slope"), [(objectives.Minimax(), 0.0), (objectives.NonSaturating(), -1.0)])
def test_only_the_minimax_generator_hears_nothing_from_a_sure_discriminator(game, slope):
    sure = tf.Variable([[-30.0]])
    with tf.GradientTape() as tape:
        loss = game.generator_loss(None, sure)
    assert float(tape.gradient(loss, sure)[0, 0]) == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("game", [objectives.Minimax(), objectives.NonSaturating(), objectives.SoftLabels(noise=0.2)])
def test_logits_of_any_size_give_finite_losses(game):
    huge = ops.convert_to_tensor([[1e4], [-1e4]])
    assert np.isfinite(float(game.discriminator_loss(huge, -huge)))
    assert np.isfinite(float(game.generator_loss(huge, huge)))


def test_hard_labels_are_the_plain_game():
    hard, plain = objectives.SoftLabels(real=1.0), objectives.NonSaturating()
    assert float(hard.discriminator_loss(REAL, FAKE)) == pytest.approx(float(plain.discriminator_loss(REAL, FAKE)))


def test_a_soft_label_is_met_by_the_logit_of_that_probability():
    game = objectives.SoftLabels(real=0.9, fake=0.022)

    def loss(probability):
        logit = ops.convert_to_tensor([[np.log(probability / (1 - probability))]], "float32")
        return float(game.discriminator_loss(logit, ops.convert_to_tensor([[np.log(0.022 / 0.978)]], "float32")))

    assert all(loss(wrong) > loss(0.9) for wrong in (0.5, 0.85, 0.95, 0.9999))


def test_noisy_labels_stay_in_the_unit_interval_and_differ_between_images():
    game = objectives.SoftLabels(real=0.95, fake=0.05, noise=0.2)
    logits = ops.full((4000, 1), 1.0)
    losses = [float(game.cross_entropy(logits, label)) for label in (0.95, 0.95)]
    assert losses[0] != losses[1]
    # softplus(1) − y is linear in the label y: its mean tells the mean label, cut at 1
    mean_label = float(ops.softplus(1.0)) - np.mean(losses)
    assert mean_label == pytest.approx(0.95 - 0.15**2 / (2 * 0.4), abs=0.005)


def test_r1_of_a_linear_discriminator_is_half_its_squared_slope():
    points = keras.random.normal((5, 4), seed=1)
    assert float(objectives.NonSaturating(r1=1.0).penalty(linear(2.0), points, points)) == pytest.approx(4 * 2.0**2 / 2)


def test_the_penalty_on_a_linear_critic_is_the_squared_distance_of_its_slope_from_one():
    points = keras.random.normal((5, 4), seed=1)
    game = objectives.WassersteinGP(weight=10.0)
    assert float(game.penalty(linear(2.0), points, -points)) == pytest.approx(10 * (4 - 1) ** 2)
    assert float(game.penalty(linear(0.5), points, -points)) == pytest.approx(0.0, abs=1e-6)


def test_the_penalty_of_a_flat_critic_has_a_finite_gradient():
    flat, points = linear(0.0), keras.random.normal((5, 4), seed=1)
    game = objectives.WassersteinGP()
    with tf.GradientTape() as tape:
        penalty = game.penalty(flat, points, -points)
    assert np.isfinite(tape.gradient(penalty, flat.trainable_variables[0])).all()


def test_each_image_has_its_own_point_between_real_and_generated():
    game = objectives.WassersteinGP()
    real, fake = ops.ones((256, 2, 2, 1)), ops.zeros((256, 2, 2, 1))
    drawn = [np.asarray(game.between(real, fake)) for _ in range(2)]
    for alpha in drawn:
        assert alpha.shape == (256, 2, 2, 1)
        assert (alpha == alpha[:, :1, :1]).all()  # one for all pixels of an image
    alphas = np.concatenate(drawn)[:, 0, 0, 0]
    assert len(np.unique(alphas)) == 512
    assert 0 <= alphas.min() < 0.02 and 0.98 < alphas.max() <= 1
    assert np.histogram(alphas, 4, (0, 1))[0].min() > 90  # uniform: 128 expected in each quarter


def test_clipping_moves_weights_and_leaves_statistics_alone():
    points = keras.Input((4,))
    x = layers.BatchNormalization()(layers.Dense(3)(points))
    critic = keras.Model(points, layers.Dense(1)(x))
    statistics = [ops.copy(variable) for variable in critic.non_trainable_variables]
    objectives.Wasserstein(clip=0.01).constrain(critic)
    for weight in critic.trainable_variables:
        assert float(ops.max(ops.abs(weight))) <= np.float32(0.01)
    assert max(float(ops.max(value)) for value in statistics) == 1.0  # a variance, which clipping would have cut
    for before, after in zip(statistics, critic.non_trainable_variables, strict=True):
        np.testing.assert_array_equal(before, after)


def test_r1_is_asked_of_the_real_images_alone():
    points = keras.Input((4,))
    judge = keras.Model(points, ops.sum(ops.square(points), axis=1, keepdims=True))  # slope 2x
    penalty = objectives.NonSaturating(r1=1.0).penalty(judge, ops.ones((5, 4)), 3 * ops.ones((5, 4)))
    assert float(penalty) == pytest.approx(4 * 2.0**2 / 2)


def test_r1_of_some_images_is_the_mean_over_the_first_of_them():
    judge = keras.Sequential([keras.Input((4,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    points = keras.random.normal((8, 4), seed=1)
    some, all_of_them, first = (
        float(objectives.NonSaturating(r1=1.0, penalised=count).penalty(judge, given, given))
        for count, given in ((2, points), (None, points), (None, points[:2]))
    )
    assert some == pytest.approx(first) != pytest.approx(all_of_them)


def test_a_game_describes_its_numbers():
    description = objectives.NonSaturating(r1=0.5, penalised=4).describe()
    assert description == {"name": "NonSaturating", "critic_steps": 1, "r1": 0.5, "penalised": 4}
    assert objectives.Wasserstein().describe() == {"name": "Wasserstein", "critic_steps": 5, "clip": 0.01}


def test_the_discriminators_opinion_is_its_mean_probability_and_the_share_that_it_gets_right():
    scores = {name: float(value) for name, value in objectives.NonSaturating().scores(REAL, FAKE).items()}
    real, fake = (1 / (1 + np.exp(-np.asarray(logits))) for logits in (REAL, FAKE))
    expected = {"real_score": real.mean(), "fake_score": fake.mean(), "accuracy": (3 + 1) / 8}
    assert scores == pytest.approx(expected, abs=1e-6)


def test_the_critics_opinion_is_its_mean_value():
    scores = {name: float(value) for name, value in objectives.Wasserstein().scores(REAL, FAKE).items()}
    assert scores == pytest.approx({"real_value": 2.9, "fake_value": 3.125})


def test_each_side_has_its_own_soft_label():
    def cross_entropy(logits, label):
        return label * np.logaddexp(0, -np.asarray(logits)) + (1 - label) * np.logaddexp(0, np.asarray(logits))

    found = objectives.SoftLabels(real=0.9, fake=0.2).discriminator_loss(REAL, FAKE)
    assert float(found) == pytest.approx(
        np.mean(cross_entropy(REAL, 0.9)) + np.mean(cross_entropy(FAKE, 0.2)), rel=1e-5
    )


@pytest.mark.parametrize("game", [objectives.NonSaturating(), objectives.Wasserstein()])
def test_a_game_keeps_the_scores_that_it_names(game):
    assert tuple(game.scores(REAL, FAKE)) == game.SCORES


def test_a_game_says_of_every_setting_what_it_is_also_when_it_is_none():
    assert objectives.NonSaturating(penalised=None).describe() != objectives.NonSaturating(penalised=4).describe()
    assert objectives.NonSaturating(penalised=None).describe()["penalised"] is None
