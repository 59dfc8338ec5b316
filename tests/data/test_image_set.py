"""The image set: conversions, checks, subsets, and what it says of itself."""

import numpy as np
import pytest

from facegen_lib.data import ImageSet, to_float, to_uint8
from facegen_lib.errors import FacegenError


@pytest.fixture
def faces():
    images = np.arange(5 * 4 * 4 * 3, dtype="uint8").reshape(5, 4, 4, 3)
    return ImageSet("faces", images, {"age": np.arange(5)}, [f"{number}.png" for number in range(5)])


def test_bytes_go_to_network_range_and_come_back_the_same():
    every_byte = np.arange(256, dtype="uint8")
    assert to_float(every_byte).dtype == np.float32
    assert (to_float(every_byte).min(), to_float(every_byte).max()) == (-1, 1)
    np.testing.assert_array_equal(to_uint8(to_float(every_byte)), every_byte)


def test_values_beyond_the_range_are_clipped_and_dull_images_stay_dull():
    np.testing.assert_array_equal(to_uint8(np.array([-3.0, -1.0, 0.0, 0.1, 1.0, 9.0])), [0, 0, 128, 140, 255, 255])


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 8, 8, 3), "float32"),
        np.zeros((8, 8, 3), "uint8"),
        np.zeros((2, 8, 8, 4), "uint8"),
        np.zeros((2, 3, 8, 8), "uint8"),
    ],
    ids=["floats", "one image", "RGBA", "channels first"],
)
def test_what_is_no_image_set_is_refused_with_its_shape(wrong):
    with pytest.raises(FacegenError, match=r"uint8 images of shape .* got " + str(wrong.dtype)):
        ImageSet("wrong", wrong)


def test_a_label_of_another_length_is_refused_by_name():
    with pytest.raises(FacegenError, match='"age" has 3 values for 2 images'):
        ImageSet("faces", np.zeros((2, 8, 8, 3), "uint8"), {"age": np.zeros(3)})


@pytest.mark.parametrize("index", [slice(1, 4), np.array([3, 1]), np.array([True, False, True, False, False])], ids=str)
def test_a_subset_takes_labels_and_names_along(faces, index):
    part = faces.subset(index)
    np.testing.assert_array_equal(part.images, faces.images[index])
    assert [int(name[0]) for name in part.names] == part.labels["age"].tolist()
    assert part.hash != faces.hash


def test_the_hash_is_of_the_pixels_and_their_shape():
    images = np.zeros((4, 8, 8, 3), "uint8")
    changed = images.copy()
    changed[3, 7, 7, 2] = 1
    hashes = {ImageSet("a", each).hash for each in (images, images[:2], images.reshape(4, 16, 4, 3), changed)}
    assert len(hashes) == 4
    assert ImageSet("another name", images.copy()).hash == ImageSet("a", images).hash


def test_it_says_what_it_is_in_a_few_lines():
    images = np.zeros((1200, 8, 8, 1), "uint8")
    skipped = {"a.jpg": "is damaged (no end)", "b.jpg": "is damaged (no beginning)", "c.jpg": "has no face"}
    provenance = {"publisher": "us", "split": "train", "of": 1203, "skipped": skipped, "missing": []}
    assert repr(ImageSet("digits", images, {"digit": np.zeros(1200)}, provenance=provenance)).splitlines() == [
        "digits: 1,200 grey images, 8×8",
        "  labels: digit",
        "  publisher: us",
        "  split: train",
        "  skipped 2: it is damaged",
        "  skipped 1: it has no face",
    ]
