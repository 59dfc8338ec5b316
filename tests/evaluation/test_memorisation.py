"""New or copied: nearest neighbours and the memorisation ratio."""

import numpy as np
import pytest

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation.baselines import Averager, Copier
from facegen_lib.evaluation.damage import noise
from facegen_lib.evaluation.memorisation import memorisation_ratios, nearest_images


@pytest.fixture(scope="module")
def training(make_patches):
    return make_patches(300, 1)


@pytest.fixture(scope="module")
def held_out(make_patches):
    return make_patches(300, 2)


def test_a_copy_is_found_at_distance_zero_also_when_it_is_mirrored(training):
    copies = np.stack([training.images[17], training.images[42][:, ::-1]])
    found = nearest_images(copies, training.images, k=2)
    assert found.positions[:, 0].tolist() == [17, 42]
    assert found.distances[:, 0].tolist() == [0, 0]
    assert found.flipped[:, 0].tolist() == [False, True]
    np.testing.assert_array_equal(found.nearest[:, 0], copies)


def test_a_picture_and_its_mirror_image_are_one_neighbour(training):
    found = nearest_images(training.images[:20], training.images, k=3)
    assert all(len(set(row)) == 3 for row in found.positions.tolist())
    assert np.all(np.diff(found.distances, axis=1) >= 0)


@pytest.mark.parametrize("features", ["pixels", "quarters"])
def test_new_images_lie_as_near_to_unseen_ones_as_to_training_images(
    training, held_out, make_patches, quarters, features
):
    ratios = memorisation_ratios(
        make_patches(200, 3).images, training.images, held_out.images, quarters if features == "quarters" else features
    )
    assert np.median(ratios) == pytest.approx(1, abs=0.12)


@pytest.mark.parametrize("features", ["pixels", "quarters"])
def test_copies_give_themselves_away_through_noise_and_mirroring(training, held_out, quarters, features):
    copies = noise(Copier(training).sample(100)[:, :, ::-1], 0.05, np.random.default_rng(0))
    ratios = memorisation_ratios(
        copies, training.images, held_out.images, quarters if features == "quarters" else features
    )
    assert np.median(ratios) < 0.5


@pytest.mark.parametrize("features", ["pixels", "quarters"])
def test_an_image_that_lies_in_both_sets_is_no_copy(training, quarters, features):
    features = quarters if features == "quarters" else features
    ratios = memorisation_ratios(training.images[:20], training.images, training.images[::-1], features)
    assert np.all(ratios == 1)


def test_blurred_means_are_not_taken_for_copies(training, held_out):
    """In pixels a mean lies near to everything; the ratio asks whether it lies nearer to what was trained on."""
    ratios = memorisation_ratios(Averager(training, among=8).sample(200), training.images, held_out.images)
    assert np.median(ratios) > 0.85


def test_without_unseen_images_there_is_no_ratio(training):
    with pytest.raises(FacegenError, match="held-out"):
        memorisation_ratios(training.images[:5], training.images, training.images[:0])
