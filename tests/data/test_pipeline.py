"""Batches: each one a function of the seed, the epoch and its place in it, so that a run can go on anywhere."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from facegen_lib.data import ImageSet, pipeline
from facegen_lib.errors import FacegenError

IMAGES = np.arange(10, dtype="uint8")[:, None, None, None] * np.ones((1, 4, 4, 3), "uint8")


def indices(count, batch_size, seed, batches, start=0):
    return list(itertools.islice(pipeline.batch_indices(count, batch_size, seed, start), batches))


@settings(max_examples=50)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**31), st.integers(0, 200))
def test_any_batch_can_be_found_without_the_ones_before_it(count, batch_size, seed, start):
    batch_size = min(batch_size, count)
    whole = indices(count, batch_size, seed, start + 3)
    for a, b in zip(whole[start:], indices(count, batch_size, seed, 3, start), strict=True):
        np.testing.assert_array_equal(a, b)


@settings(max_examples=50)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**31))
def test_an_epoch_shows_no_image_twice_and_leaves_out_less_than_a_batch(count, batch_size, seed):
    batch_size = min(batch_size, count)
    epoch = np.concatenate(indices(count, batch_size, seed, count // batch_size))
    assert len(set(epoch.tolist())) == len(epoch) > count - batch_size
    assert set(epoch.tolist()) <= set(range(count))


def test_seeds_and_epochs_each_have_their_own_order():
    orders = {tuple(np.concatenate(indices(40, 4, seed, 10, start))[:20]) for seed in (0, 1) for start in (0, 10, 20)}
    assert len(orders) == 6


def test_a_batch_larger_than_the_set_is_refused():
    with pytest.raises(
        FacegenError, match=r"A batch of 11 images cannot be drawn from a set of 10. Give .* 10 or less"
    ):
        indices(10, 11, 0, 1)


def test_batches_drawn_together_are_refused_by_the_size_that_was_given():
    with pytest.raises(
        FacegenError, match=r"5 batches of 3 .* 15 images, from a set of 10\. Give a batch size of 2 or"
    ):
        pipeline.batches(IMAGES, 3, together=5)
    with pytest.raises(FacegenError, match=r"from a set of 3\. Give more images\.$"):
        pipeline.batches(IMAGES[:3], 1, together=5)


def test_batches_drawn_together_are_one_large_batch():
    together, large = (
        next(iter(pipeline.batches(IMAGES, **sizes))) for sizes in ({"batch_size": 2, "together": 3}, {"batch_size": 6})
    )
    np.testing.assert_array_equal(together, large)


def test_batches_are_float_in_network_range_of_a_fixed_shape():
    batches = ImageSet("ten", IMAGES).batches(4, seed=3)
    assert batches.element_spec == tf.TensorSpec((4, 4, 4, 3), tf.float32)
    batch = next(iter(batches))
    assert batch.shape == (4, 4, 4, 3)
    expected = IMAGES[indices(10, 4, 3, 1)[0]].astype("float32") / 127.5 - 1
    np.testing.assert_allclose(batch, expected, atol=1e-6)


def test_batches_go_on_where_they_are_told_to_start():
    whole = list(ImageSet("ten", IMAGES).batches(3, seed=5).take(9))
    rest = list(ImageSet("ten", IMAGES).batches(3, seed=5, start=4).take(5))
    for a, b in zip(whole[4:], rest, strict=True):
        np.testing.assert_array_equal(a, b)


def test_augmentation_is_told_the_seed_and_the_number_of_the_batch_also_after_a_restart():
    def mark(images, seed):
        return tf.zeros_like(images) + tf.cast(seed[0] * 1000 + seed[1], tf.float32)

    marks = [float(batch[0, 0, 0, 0]) for batch in pipeline.batches(IMAGES, 3, seed=7, start=5, augment=mark).take(3)]
    assert marks == [7005, 7006, 7007]


def test_only_the_images_of_a_batch_are_read():
    class Counting:
        shape = IMAGES.shape
        read = 0

        def __len__(self):
            return len(IMAGES)

        def __getitem__(self, index):
            self.read += len(index)
            return IMAGES[index]

    counting = Counting()
    next(iter(pipeline.batches(counting, 2)))
    assert 2 <= counting.read <= 10  # a few batches are drawn ahead


def test_each_part_of_a_batch_is_a_sample_of_the_whole_set():
    """A critic that takes several steps gets a part for each; sets are stored by age, or by class."""
    parts = np.concatenate([np.split(batch, 4) for batch in indices(1_000, 64, 1, 50)])
    means = parts.reshape(50, 4, 16).mean(axis=(0, 2))
    assert np.all(np.abs(means - 499.5) < 45)
