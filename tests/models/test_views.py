"""What a discriminator is shown."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from facegen_lib import objectives
from facegen_lib.models import GAN
from facegen_lib.models.views import DiffAugment, InstanceNoise
from facegen_lib.networks import dense

SEED = tf.constant([3, 4])


def images(count=64):
    return tf.random.stateless_uniform((count, 8, 8, 3), (1, 2), -1.0, 1.0)


@pytest.mark.parametrize(("done", "deviation"), [(0, 0.5), (50, 0.25), (100, 0.0), (1_000, 0.0)])
def test_instance_noise_fades_out_linearly(done, deviation):
    noise = InstanceNoise(start=0.5, steps=100)(images(), SEED, tf.constant(done)) - images()
    assert float(tf.math.reduce_std(noise)) == pytest.approx(deviation, abs=0.02)


@pytest.mark.parametrize("view", [InstanceNoise(), DiffAugment()])
def test_a_wish_reaches_the_image_through_a_view(view):
    shown = images(4)
    with tf.GradientTape() as tape:
        tape.watch(shown)
        seen = tf.reduce_sum(view(shown, SEED, tf.constant(0)))
    assert np.abs(tape.gradient(seen, shown)).max() > 0


def test_real_and_generated_images_are_shown_through_the_view():
    keras.utils.set_random_seed(0)
    shown = []

    class Remember(InstanceNoise):
        def __call__(self, images, seed, steps_done):
            shown.append(np.asarray(seed).tolist())
            return super().__call__(images, seed, steps_done)

    networks = dense.generator((8, 8, 3), 4, [8]), dense.discriminator((8, 8, 3), [8])
    gan = GAN(*networks, objectives.NonSaturating(), view=Remember())
    gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
    gan.train_step(images(8))
    assert len(shown) == 3  # real and generated for the discriminator, generated for the generator
    assert len({tuple(seed) for seed in shown}) == 3
