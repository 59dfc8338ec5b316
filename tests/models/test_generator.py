"""A trained generator: its latent vectors, and what it says to numbers that there are none of."""

import keras
import numpy as np
import pytest

from facegen_lib.errors import FacegenError
from facegen_lib.models.generator import TrainedGenerator, draw_latents


@pytest.fixture(scope="module")
def people():
    keras.utils.set_random_seed(0)
    pixels = keras.Sequential(
        [keras.layers.Input((4,)), keras.layers.Dense(192, "tanh"), keras.layers.Reshape((8, 8, 3))]
    )
    codes = keras.Sequential([keras.layers.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(4)])
    return TrainedGenerator("people", pixels, encoder=codes)


def test_the_first_images_of_a_seed_do_not_depend_on_how_many_are_drawn(people):
    np.testing.assert_array_equal(people.sample(3, seed=5), people.sample(70, seed=5)[:3])
    np.testing.assert_array_equal(draw_latents(np.int64(2), 4, np.int32(1)), draw_latents(9, 4, 1)[:2])


@pytest.mark.parametrize("count", [0, -1, 2.5, None])
def test_a_count_of_which_there_is_no_image_gets_a_sentence(people, count):
    with pytest.raises(FacegenError, match=f"count={count}: a whole number of 1 or more"):
        people.sample(count)


@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_a_seed_that_is_none_gets_a_sentence(people, seed):
    with pytest.raises(FacegenError, match=f"seed={seed}: a whole number of 0 or more"):
        people.sample(2, seed=seed)


@pytest.mark.parametrize("shape", [(0, 4), (4,), (2, 5)])
def test_latent_vectors_that_make_no_image_get_a_sentence(people, shape):
    with pytest.raises(FacegenError, match=r"people makes images of latent vectors \(N, 4\); got"):
        people.decode(np.zeros(shape))


@pytest.mark.parametrize("shape", [(0, 8, 8, 3), (8, 8, 3), (2, 8, 8, 1)])
def test_images_that_cannot_be_read_get_a_sentence(people, shape):
    with pytest.raises(FacegenError, match=r"people reads uint8 images \(N, 8, 8, 3\); got"):
        people.encode(np.zeros(shape, "uint8"))


def test_numbers_in_place_of_bytes_get_a_sentence(people):
    with pytest.raises(FacegenError, match=r"got float32 \(2, 8, 8, 3\)\. `fg.data.to_uint8`"):
        people.encode(np.zeros((2, 8, 8, 3), "float32"))


def test_images_become_latent_vectors(people):
    assert people.encode(people.sample(70)).shape == (70, 4)
