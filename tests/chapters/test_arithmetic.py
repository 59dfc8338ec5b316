"""The formulas of chapter 02 against Keras, over whatever sizes, strides and paddings hypothesis thinks of."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from facegen_lib.errors import FacegenError
from facegen_lib.networks import arithmetic

PADDINGS = st.sampled_from(["same", "valid", 0, 1, 2, 3])
LAYER = {
    "size": st.integers(1, 33),
    "kernel": st.integers(1, 7),
    "stride": st.integers(1, 4),
    "padding": PADDINGS,
}


def keras_layer(kind, channels, kernel, stride, padding):
    """A Keras layer with "same" or "valid"; any number of rows is "valid" after padding or before cropping."""
    named = padding if isinstance(padding, str) else "valid"
    return kind(channels, kernel, strides=stride, padding=named)


@settings(max_examples=150, deadline=None)
@given(**LAYER)
def test_the_size_after_a_convolution_is_that_of_keras(size, kernel, stride, padding):
    layer = keras_layer(keras.layers.Conv2D, 1, kernel, stride, padding)
    rows = 0 if isinstance(padding, str) else padding
    assume(padding == "same" or kernel <= size + 2 * rows)
    _, height, width, _ = layer.compute_output_shape((1, size + 2 * rows, size + 2 * rows, 1))
    assert height == width == arithmetic.conv_output_size(size, kernel, stride, padding)


@settings(max_examples=150, deadline=None)
@given(**LAYER)
def test_the_size_after_a_pooling_is_that_of_keras(size, kernel, stride, padding):
    assume(isinstance(padding, str) and (padding == "same" or kernel <= size))
    layer = keras.layers.MaxPooling2D(kernel, strides=stride, padding=padding)
    assert layer.compute_output_shape((1, size, size, 1))[1] == arithmetic.conv_output_size(
        size, kernel, stride, padding
    )


@settings(max_examples=150, deadline=None)
@given(**LAYER)
def test_the_size_after_a_transposed_convolution_is_that_of_keras(size, kernel, stride, padding):
    assume(isinstance(padding, str) or kernel >= stride)  # the formula with numbers has no gaps to fill
    layer = keras_layer(keras.layers.Conv2DTranspose, 1, kernel, stride, padding)
    rows = 0 if isinstance(padding, str) else padding
    whole = layer.compute_output_shape((1, size, size, 1))[1]
    assume(whole > 2 * rows)
    assert arithmetic.transposed_conv_output_size(size, kernel, stride, padding) == whole - 2 * rows


@settings(max_examples=100, deadline=None)
@given(**LAYER)
def test_a_transposed_convolution_goes_back_to_the_size_that_a_convolution_came_from(size, kernel, stride, padding):
    assume(padding != "same" and kernel >= stride)
    rows = arithmetic.rows_of(padding)
    assume(kernel <= size + 2 * rows)
    small = arithmetic.conv_output_size(size, kernel, stride, padding)
    assume((small - 1) * stride + kernel - 2 * rows > 0)
    lost = (size + 2 * rows - kernel) % stride  # the rows that the last stride did not reach
    assert arithmetic.transposed_conv_output_size(small, kernel, stride, padding) == size - lost


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6), st.booleans())
def test_the_weights_are_those_of_keras(kernel, channels_in, channels_out, bias):
    expected = arithmetic.parameters(kernel, channels_in, channels_out, bias)
    for kind in (keras.layers.Conv2D, keras.layers.Conv2DTranspose):
        layer = kind(channels_out, kernel, use_bias=bias)
        layer.build((1, 9, 9, channels_in))
        assert layer.count_params() == expected
    dense = keras.layers.Dense(channels_out, use_bias=bias)
    dense.build((1, channels_in))
    assert dense.count_params() == arithmetic.parameters(1, channels_in, channels_out, bias)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_a_convolution_of_ones_counts_its_own_multiplications(size, kernel, stride, channels_in, channels_out):
    """With every pixel and weight 1 each multiplication adds 1 to the output, so the output's sum is their number."""
    ones = np.ones((1, size, size, channels_in), "float32")
    same = {"strides": stride, "kernel_initializer": "ones", "padding": "valid"}
    if kernel <= size:
        made = np.asarray(keras.layers.Conv2D(channels_out, kernel, **same)(ones))
        assert made.sum() == arithmetic.multiply_adds(made.shape[1], kernel, channels_in, channels_out)
    made = np.asarray(keras.layers.Conv2DTranspose(channels_out, kernel, **same)(ones))
    assert made.sum() == arithmetic.multiply_adds(size, kernel, channels_in, channels_out)


def test_upsampling_and_a_convolution_cost_what_their_sizes_say():
    """UpSampling2D multiplies nothing; the convolution behind it runs at the larger size."""
    ones = np.ones((1, 6, 6, 2), "float32")
    large = keras.layers.UpSampling2D(2)(ones)
    made = np.asarray(keras.layers.Conv2D(3, 5, kernel_initializer="ones", padding="valid")(large))
    assert large.shape[1] == 12
    assert made.sum() == arithmetic.multiply_adds(arithmetic.conv_output_size(12, 5, 1, "valid"), 5, 2, 3)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 16), st.integers(1, 5), st.integers(1, 3), st.sampled_from(["same", "valid"]))
def test_tensorflow_profiler_counts_the_same_multiplications(size, kernel, stride, padding):
    assume(padding == "same" or kernel <= size)
    graph = tf.Graph()
    with graph.as_default():
        images = tf.compat.v1.placeholder("float32", (1, size, size, 2))
        tf.nn.conv2d(images, tf.zeros((kernel, kernel, 2, 3)), stride, padding.upper())
        options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
        options["output"] = "none"
        counted = tf.compat.v1.profiler.profile(graph, options=options).total_float_ops
    positions = arithmetic.conv_output_size(size, kernel, stride, padding)
    assert counted == 2 * arithmetic.multiply_adds(positions, kernel, 2, 3)


@pytest.mark.parametrize("padding", ["full", -1, 0.5])
def test_an_unknown_padding_is_named(padding):
    with pytest.raises(FacegenError, match='"same", "valid"'):
        arithmetic.conv_output_size(8, 3, 1, padding)


def test_a_kernel_that_does_not_fit_is_named():
    with pytest.raises(FacegenError, match="kernel of 5 does not fit into 4 pixels"):
        arithmetic.conv_output_size(4, 5, 1, "valid")
