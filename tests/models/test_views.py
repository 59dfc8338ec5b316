"""What a discriminator is shown."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from facegen_lib import objectives
from facegen_lib.models import GAN
from facegen_lib.models.views import DiffAugment, InstanceNoise, Translation
from facegen_lib.networks import dense

SEED = tf.constant([3, 4])


def images(count=64):
    return tf.random.stateless_uniform((count, 8, 8, 3), (1, 2), -1.0, 1.0)


@pytest.mark.parametrize(("done", "deviation"), [(0, 0.5), (50, 0.25), (100, 0.0), (1_000, 0.0)])
def test_instance_noise_fades_out_linearly(done, deviation):
    noise = InstanceNoise(start=0.5, steps=100)(images(), SEED, tf.constant(done)) - images()
    assert float(tf.math.reduce_std(noise)) == pytest.approx(deviation, abs=0.02)


@pytest.mark.parametrize("view", [InstanceNoise(), DiffAugment(), Translation()])
def test_a_wish_reaches_the_image_through_a_view(view):
    shown = images(4)
    with tf.GradientTape() as tape:
        tape.watch(shown)
        seen = tf.reduce_sum(view(shown, SEED, tf.constant(0)))
    assert np.abs(tape.gradient(seen, shown)).max() > 0


def test_a_moved_image_leaves_its_ground_behind_and_nothing_else_changes():
    drawn = np.full((64, 16, 16, 1), -1.0, "float32")
    drawn[:, 6:10, 6:10] = np.arange(16).reshape(4, 4, 1) / 16
    moved = np.asarray(Translation(ground=-1.0)(tf.constant(drawn), SEED, tf.constant(0)))
    assert len({image.tobytes() for image in moved}) > 10
    for image in moved:
        rows, columns = np.where(image[..., 0] > -1)
        assert rows.min() in range(4, 9) and columns.min() in range(4, 9)  # an eighth of sixteen each way
        cut = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1, 0]
        np.testing.assert_allclose(cut, drawn[0, 6:10, 6:10, 0], atol=1e-6)


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
