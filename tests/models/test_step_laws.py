"""Laws of one training step, on networks of a few weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from facegen_lib import objectives
from facegen_lib.models.gan import GAN
from facegen_lib.models.vae import VAE


def small_gan(objective, learning_rate: float = 0.1, **options) -> GAN:
    """Points in four dimensions, painted from three numbers through a batch normalisation."""
    keras.utils.set_random_seed(1)
    generator = keras.Sequential([keras.Input((3,)), layers.Dense(5), layers.BatchNormalization(), layers.Dense(4)])
    discriminator = keras.Sequential([keras.Input((4,)), layers.Dense(6, "tanh"), layers.Dense(1)])
    gan = GAN(generator, discriminator, objective, **options)
    gan.compile(keras.optimizers.SGD(learning_rate), keras.optimizers.SGD(learning_rate))
    return gan


def points(count: int, seed: int = 0) -> tf.Tensor:
    return tf.random.stateless_normal((count, 4), seed=(seed, 1))


def test_a_discriminator_step_goes_down_the_gradient_of_loss_and_penalty_together():
    gan = small_gan(objectives.NonSaturating(r1=1.0), learning_rate=1.0)
    real, fake, judge = points(8), points(8, seed=2), gan.discriminator
    with tf.GradientTape(persistent=True) as tape:
        loss = gan.objective.discriminator_loss(judge(real), judge(fake))
        total = loss + gan.objective.penalty(judge, real, fake)
    kernel = judge.trainable_variables[0]
    expected, without = (tape.gradient(what, kernel).numpy() for what in (total, loss))
    assert np.abs(expected - without).max() > 0.01
    before = kernel.numpy()
    gan.discriminator_step(real, fake)
    np.testing.assert_allclose(kernel.numpy() - before, -expected, atol=1e-5)


def test_after_every_step_the_clipped_critic_is_inside_its_box():
    gan = small_gan(objectives.Wasserstein(clip=0.01, critic_steps=2))
    gan.train_step(points(16))
    assert max(np.abs(variable.numpy()).max() for variable in gan.discriminator.trainable_variables) <= np.float32(0.01)


def test_the_averaged_generator_has_the_statistics_of_the_present_one():
    gan = small_gan(objectives.NonSaturating())
    before = [statistic.numpy() for statistic in gan.averaged_generator.non_trainable_weights]
    gan.train_step(points(8))
    statistics = zip(
        before, gan.averaged_generator.non_trainable_weights, gan.generator.non_trainable_weights, strict=True
    )
    for old, average, present in statistics:
        np.testing.assert_array_equal(average.numpy(), present.numpy())
        assert not np.array_equal(average.numpy(), old)


def test_no_two_critic_steps_share_their_noise():
    gan = small_gan(objectives.Wasserstein(critic_steps=3))
    drawn = []
    for _ in range(4):
        drawn += [gan.noise(2, turn).numpy().tobytes() for turn in range(3)]
        gan.steps_done.assign_add(1)
    assert len(set(drawn)) == 12


def test_without_a_half_life_there_is_no_average():
    gan = small_gan(objectives.NonSaturating(), ema_half_life=0)
    for seed in range(3):
        gan.train_step(points(8, seed))
    for average, weight in zip(gan.averaged_generator.weights, gan.generator.weights, strict=True):
        np.testing.assert_array_equal(average.numpy(), weight.numpy())


def test_the_half_life_counts_the_images_of_a_step_once_however_many_critic_steps_it_has():
    gan = small_gan(objectives.Wasserstein(critic_steps=5))
    weight, average = gan.generator.trainable_variables[0], gan.averaged_generator.trainable_variables[0]
    gan.steps_done.assign(10)  # 80 images: a half-life of 4
    before = average.numpy()
    weight.assign_add(tf.ones_like(weight))
    gan.update_average(images=8)
    np.testing.assert_allclose(average.numpy() - before, 0.75, atol=1e-5)


@pytest.mark.parametrize(("varied", "active"), [("mean", 2), ("log_variance", 0)])
def test_a_code_is_active_if_its_mean_varies_between_images(varied, active):
    images = keras.Input((2, 2, 1))
    through = layers.Flatten()(images)
    still = through * 0
    codes = [through[:, :2], still[:, :2]]
    encoder = keras.Model(images, codes if varied == "mean" else codes[::-1])
    decoder = keras.Sequential([keras.Input((2,)), layers.Dense(4), layers.Reshape((2, 2, 1))])
    given = tf.random.stateless_normal((32, 2, 2, 1), seed=(1, 2))
    assert float(VAE(encoder, decoder).losses(given)["active_codes"]) == active
