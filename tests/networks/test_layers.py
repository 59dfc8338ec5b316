"""The layers that Keras does not bring."""

import keras
import numpy as np
import pytest

from facegen_lib.networks.layers import MinibatchDiscrimination, MinibatchStd


def test_images_that_are_all_alike_are_told_so():
    layer = MinibatchDiscrimination(kernels=5, dimensions=3)
    alike = np.asarray(layer(np.ones((8, 6), "float32")))
    np.testing.assert_allclose(alike[:, 6:], 7.0, atol=1e-5)  # each is like the seven others
    different = np.asarray(layer(100 * np.random.default_rng(0).standard_normal((8, 6)).astype("float32")))
    assert different[:, 6:].max() < 1
    np.testing.assert_allclose(alike[:, :6], 1.0)


def test_likeness_is_the_sum_over_the_others_of_the_exponential_of_minus_the_distance():
    layer = MinibatchDiscrimination(kernels=1, dimensions=2)
    layer.build((None, 2))
    layer.projection.assign(np.eye(2))
    points = np.array([[0.0, 0.0], [1.0, 0.5], [0.0, 2.0]], "float32")
    likeness = np.asarray(layer(points))[:, 2]
    expected = np.exp(-1.5) + np.exp(-2.0), np.exp(-1.5) + np.exp(-2.5), np.exp(-2.0) + np.exp(-2.5)
    np.testing.assert_allclose(likeness, expected, rtol=1e-5)


def test_the_spread_of_a_group_is_the_mean_deviation_over_its_positions_and_channels():
    images = np.random.default_rng(0).normal(size=(8, 3, 3, 2)) * np.arange(1, 9)[:, None, None, None]
    images = images.astype("float32")
    seen = np.asarray(MinibatchStd(4)(images))
    np.testing.assert_array_equal(seen[..., :2], images)
    for group in (slice(0, 8, 2), slice(1, 8, 2)):
        np.testing.assert_allclose(seen[group, ..., 2], images[group].std(axis=0).mean(), rtol=1e-5)
    assert seen[0, 0, 0, 2] != pytest.approx(seen[1, 0, 0, 2], rel=0.01)


def test_a_batch_that_the_groups_do_not_divide_is_one_group():
    images = np.random.default_rng(0).normal(size=(6, 3, 3, 2)).astype("float32")
    np.testing.assert_allclose(np.asarray(MinibatchStd(4)(images))[..., 2], images.std(axis=0).mean(), rtol=1e-5)


def test_the_size_of_a_group_survives_a_journey_through_json():
    images = keras.Input((3, 3, 2))
    copy = keras.models.model_from_json(keras.Model(images, MinibatchStd(3)(images)).to_json())
    assert copy.layers[-1].group_size == 3


def test_the_layer_survives_a_journey_through_json():
    features = keras.Input((6,))
    model = keras.Model(features, MinibatchDiscrimination(4, 2)(features))
    copy = keras.models.model_from_json(model.to_json())
    assert copy.output_shape == (None, 10) == model.output_shape
    assert copy.count_params() == pytest.approx(6 * 4 * 2)
