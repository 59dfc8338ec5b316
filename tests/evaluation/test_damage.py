"""Damages by degrees: nothing at 0, more at more, and nothing out of range."""

import numpy as np
import pytest

from facegen_lib.evaluation.damage import DAMAGES, blocks, blur, checkerboard, duplicates, missing_modes


@pytest.fixture(scope="module")
def images(make_patches):
    return make_patches(40, 1).images


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_grows_with_its_strength_and_starts_at_nothing(images, name):
    before = images.copy()
    changes = [
        np.abs(DAMAGES[name](images, strength, np.random.default_rng(0)).astype(int) - images).mean()
        for strength in (0, 0.4, 0.7, 1)
    ]
    assert changes[0] == 0
    assert all(np.diff(changes) > 0)
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("shape", [(3, 28, 28, 1), (2, 25, 30, 3)])
def test_a_damage_keeps_shape_and_type_for_grey_and_odd_sizes(name, shape):
    images = np.random.default_rng(0).integers(0, 256, shape, dtype="uint8")
    hurt = DAMAGES[name](images, 0.7, np.random.default_rng(1))
    assert hurt.shape == shape and hurt.dtype == np.uint8


def test_blocks_keep_the_mean_colour_of_each_cell():
    images = np.random.default_rng(0).integers(0, 256, (1, 16, 16, 1), dtype="uint8")
    mosaic = blocks(images, 1, np.random.default_rng(0))
    assert mosaic[0, 2, 4, 0] == round(images[0, 2:4, 4:6, 0].mean())
    assert len(np.unique(mosaic[0, 2:4, 4:6])) == 1


def test_blur_and_checkerboard_do_not_touch_the_neighbour():
    images = np.zeros((2, 32, 32, 1), "uint8")
    images[0] = 200
    assert (blur(images, 1, np.random.default_rng(0))[1] == 0).all()
    assert checkerboard(images + 50, 1, np.random.default_rng(0))[1].mean() == pytest.approx(50)


def test_duplicates_leave_whole_pictures_and_fewer_of_them(images):
    for strength, distinct in [(0, 40), (0.5, 20), (1, 1)]:
        left = duplicates(images, strength, np.random.default_rng(0))
        kinds = {image.tobytes() for image in left}
        assert len(left) == 40 and len(kinds) == distinct
        assert kinds <= {image.tobytes() for image in images}


def test_missing_modes_go_one_after_the_other(make_patches):
    patches = make_patches(90, 2)
    hues = patches.labels["hue"]
    by_picture = {image.tobytes(): hue for image, hue in zip(patches.images, hues, strict=True)}
    for strength, kept in [(0, {0, 1, 2}), (0.34, {0, 1}), (1, {0})]:
        left = missing_modes(hues)(patches.images, strength, np.random.default_rng(0))
        assert {by_picture[image.tobytes()] for image in left} == kept
        assert len(left) == 90
