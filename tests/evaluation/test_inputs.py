"""What is refused before it is measured, and what is said about it."""

import numpy as np
import pytest

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation.inputs import check_images, check_same_size


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype="uint8")


def test_good_images_pass_as_they_are():
    images = noise(3, 8, 9, 1)
    assert check_images(images) is images


@pytest.mark.parametrize(
    "images, message",
    [
        (noise(0, 8, 8, 3), "there are none"),
        (noise(8, 8, 3), "N, height, width"),
        (noise(3, 8, 8, 4), "1 or 3"),
        (np.full((3, 8, 8, 3), 7, "uint8"), "every pixel of every image is 7"),
        (noise(3, 8, 8, 3) / np.float32(255), r"images \* 255"),
        (noise(3, 8, 8, 3) / np.float32(127.5) - 1, "to_uint8"),
        ((noise(3, 8, 8, 3) > 128).astype("uint8"), "no value is above 1"),
        (np.array([noise(8, 8, 3), noise(9, 9, 3)], dtype=object), "differ in size"),
        (None, "should be an image set.*; got None"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_a_reason(images, message):
    with pytest.raises(FacegenError, match=message):
        check_images(images)


def test_zero_to_one_floats_taken_for_minus_one_to_one_are_noticed():
    from facegen_lib.data import to_uint8

    floats = noise(4, 8, 8, 3) / 255.0
    with pytest.warns(UserWarning, match=r"Were floats in \[0, 1\] converted as though they were in \[-1, 1\]"):
        check_images(to_uint8(floats))


def test_images_of_two_sizes_are_not_compared():
    with pytest.raises(FacegenError, match="at the size that the generator makes"):
        check_same_size(noise(2, 8, 8, 3), noise(2, 16, 16, 3))
