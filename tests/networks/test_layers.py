"""The layers that Keras does not bring."""

import keras
import numpy as np
import pytest

from facegen_lib.networks.layers import MinibatchDiscrimination


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


def test_the_layer_survives_a_journey_through_json():
    features = keras.Input((6,))
    model = keras.Model(features, MinibatchDiscrimination(4, 2)(features))
    copy = keras.models.model_from_json(model.to_json())
    assert copy.output_shape == (None, 10) == model.output_shape
    assert copy.count_params() == pytest.approx(6 * 4 * 2)
