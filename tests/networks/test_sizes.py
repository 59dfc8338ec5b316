"""Sizes by arithmetic; tests/chapters/test_arithmetic.py compares them with the layers of Keras."""

import pytest

from facegen_lib.networks.arithmetic import transposed_conv_output_size


@pytest.mark.parametrize(("padding", "size"), [("same", 8), ("valid", 8), (0, 7)])
def test_only_the_words_of_keras_fill_up_what_a_small_kernel_leaves_out(padding, size):
    assert transposed_conv_output_size(4, kernel=1, stride=2, padding=padding) == size
