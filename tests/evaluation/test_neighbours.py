"""Precision and recall, density and coverage, nearest neighbours."""

import contextlib
import io

import numpy as np
import prdc
import pytest

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import density_coverage, neighbours, precision_recall
from facegen_lib.evaluation.neighbours import nearest


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.mark.parametrize("dimension, k", [(2, 3), (64, 5), (300, 10)])
def test_all_four_agree_with_the_authors_own_package(rng, dimension, k):
    real = rng.normal(size=(700, dimension))
    fake = 0.9 * rng.normal(size=(900, dimension)) + 0.1
    with contextlib.redirect_stdout(io.StringIO()):
        expected = prdc.compute_prdc(real, fake, k)
    precision, recall = precision_recall(real, fake, k)
    density, coverage = density_coverage(real, fake, k)
    found = {"precision": precision, "recall": recall, "density": density, "coverage": coverage}
    assert found == pytest.approx(expected, rel=1e-6)


def test_copies_of_a_picture_that_is_there_many_times_lie_in_its_ball(rng):
    pictures = rng.normal(size=(20, 64)) + 7
    real, fake = np.repeat(pictures, 10, axis=0), np.repeat(pictures, 6, axis=0)
    found = neighbours.neighbourhoods(real, fake, k=5)
    assert found.inside_real.all() and found.inside_fake.all() and found.visited.all()
    missing = neighbours.neighbourhoods(real, fake[:60], k=5)
    assert missing.inside_real.all() and missing.inside_fake.mean() == missing.visited.mean() == 0.5


def test_density_can_be_told_by_the_real_images_as_well(rng):
    real, fake = rng.normal(size=(90, 3)), rng.normal(size=(90, 3)) + 0.5
    found = neighbours.neighbourhoods(real, fake, k=4)
    assert found.visits.mean() == pytest.approx(found.balls.mean())
    assert np.array_equal(found.visited, found.visits > 0) and 0 < found.visited.mean() < 1


def test_coverage_of_identical_distributions_is_the_published_value(rng):
    _, coverage = density_coverage(rng.normal(size=(5000, 8)), rng.normal(size=(5000, 8)), k=5)
    assert coverage == pytest.approx(0.96877, abs=0.01)


def test_a_collapsed_generator_is_precise_and_recalls_nothing(rng):
    real = 3 * rng.normal(size=(1000, 16))
    precision, recall = precision_recall(real, 0.1 * rng.normal(size=(1000, 16)), k=3)
    assert precision > 0.8
    assert recall < 0.3


def test_the_size_of_a_block_changes_nothing(rng, monkeypatch):
    real, fake = rng.normal(size=(57, 4)), rng.normal(size=(43, 4))
    whole = (*precision_recall(real, fake, 3), *density_coverage(real, fake, 3))
    monkeypatch.setattr(neighbours, "BLOCK", 10)
    assert (*precision_recall(real, fake, 3), *density_coverage(real, fake, 3)) == whole


def test_distances_survive_features_far_from_zero(rng):
    real, fake = rng.normal(size=(200, 8)), rng.normal(size=(200, 8))
    assert precision_recall(real, fake) == precision_recall(real + 1e6, fake + 1e6)


def test_nearest_finds_what_looking_at_every_pair_finds(rng):
    queries, references = rng.normal(size=(20, 6)), rng.normal(size=(35, 6))
    every_pair = np.linalg.norm(queries[:, None] - references[None], axis=-1)
    positions, distances = nearest(queries, references, k=4)
    np.testing.assert_array_equal(positions, np.argsort(every_pair, axis=1)[:, :4])
    np.testing.assert_allclose(distances, np.sort(every_pair, axis=1)[:, :4])


def test_a_copy_beside_near_duplicates_is_found_at_distance_zero(rng):
    """The products of float32 cannot tell pictures apart that differ in one pixel by one level; looking again can."""
    pictures = rng.integers(0, 256, (100, 64 * 64 * 3)).astype("float32") / 127.5 - 1
    near = pictures.copy()
    near[:, 0] += np.float32(1 / 127.5)
    positions, distances = nearest(pictures, np.concatenate([near, pictures]), k=1)
    np.testing.assert_array_equal(positions[:, 0], 100 + np.arange(100))
    assert np.all(distances == 0)


def test_whole_numbers_have_the_neighbours_of_the_same_numbers_as_decimals(rng):
    queries, references = rng.integers(0, 256, (20, 64), "uint8"), rng.integers(0, 256, (50, 64), "uint8")
    positions, distances = nearest(queries, references, k=3)
    as_decimals = nearest(queries.astype("float64"), references.astype("float64"), k=3)
    np.testing.assert_array_equal(positions, as_decimals[0])
    np.testing.assert_allclose(distances, as_decimals[1], rtol=1e-6)


def test_k_must_be_smaller_than_both_sets(rng):
    with pytest.raises(FacegenError, match="more than 5 images"):
        precision_recall(rng.normal(size=(100, 3)), rng.normal(size=(5, 3)), k=5)
