"""Distances between clouds of features: known answers, other people's code, and laws."""

import numpy as np
import pytest
import scipy.linalg
import scipy.stats

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import frechet_distance, kid
from facegen_lib.evaluation.distances import kid_of_resamples, mean_and_covariance, sliced_wasserstein


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_two_unit_gaussians_one_apart_in_every_dimension_are_as_far_as_they_have_dimensions():
    assert frechet_distance(np.zeros(2048), np.eye(2048), np.ones(2048), np.eye(2048)) == 2048


def test_singular_covariances_have_their_closed_form():
    ones = np.ones((16, 16))
    found = frechet_distance(ones[0], ones, 2 * ones[0], 2 * ones)
    assert found == pytest.approx(64 - 32 * np.sqrt(2), rel=1e-9)


@pytest.mark.parametrize("dimension", [3, 64, 200])
def test_frechet_agrees_with_the_matrix_square_root_of_scipy(rng, dimension):
    shape = (dimension, dimension)
    mean_a, mean_b, root_a, root_b = rng.normal(size=dimension), 0.0, rng.normal(size=shape), rng.normal(size=shape)
    cov_a, cov_b = root_a @ root_a.T, root_b @ root_b.T + np.eye(dimension)
    cross = np.trace(scipy.linalg.sqrtm(cov_a @ cov_b)).real
    expected = mean_a @ mean_a + np.trace(cov_a) + np.trace(cov_b) - 2 * cross
    found = frechet_distance(mean_a, cov_a, np.full(dimension, mean_b), cov_b)
    assert found == pytest.approx(expected, rel=1e-6)


def test_in_one_dimension_frechet_is_the_difference_of_means_and_deviations():
    assert frechet_distance(1.0, 4.0, 4.0, 25.0) == pytest.approx((1 - 4) ** 2 + (2 - 5) ** 2)


def test_frechet_between_samples_of_one_gaussian_shrinks_with_n_as_measured_before(rng):
    def between_samples(count):
        draws = [mean_and_covariance(rng.normal(size=(count, 64))) for _ in range(2)]
        return frechet_distance(*draws[0], *draws[1])

    for count, expected in [(100, 21.5), (500, 4.28), (2000, 1.15), (10_000, 0.22)]:
        assert between_samples(count) == pytest.approx(expected, rel=0.15)


def test_weights_count_as_repetitions(rng):
    rows, counts = rng.normal(size=(30, 4)), rng.integers(0, 4, 30)
    mean, covariance = mean_and_covariance(np.repeat(rows, counts, axis=0))
    weighted_mean, weighted_covariance = mean_and_covariance(rows, counts)
    np.testing.assert_allclose(weighted_mean, mean)
    np.testing.assert_allclose(weighted_covariance, covariance)
    np.testing.assert_allclose(covariance, np.cov(np.repeat(rows, counts, axis=0), rowvar=False))


def kid_by_the_formula(a, b):
    def kernel(x, y):
        return (x @ y / len(x) + 1) ** 3

    within_a = [kernel(x, y) for i, x in enumerate(a) for j, y in enumerate(a) if i != j]
    within_b = [kernel(x, y) for i, x in enumerate(b) for j, y in enumerate(b) if i != j]
    return np.mean(within_a) + np.mean(within_b) - 2 * np.mean([kernel(x, y) for x in a for y in b])


def test_kid_is_its_formula_written_out(rng):
    a, b = rng.normal(size=(12, 5)), rng.normal(0.5, 1, size=(9, 5))
    assert kid(a, b) == pytest.approx(kid_by_the_formula(a, b))


def test_kid_of_one_distribution_scatters_around_zero(rng):
    draws = [kid(rng.normal(size=(50, 8)), rng.normal(size=(50, 8))) for _ in range(60)]
    assert min(draws) < 0 < max(draws)
    assert abs(np.mean(draws)) < 3 * np.std(draws) / np.sqrt(60)


def test_kid_of_large_sets_averages_subsets_that_the_seed_chooses(rng):
    a, b = rng.normal(size=(300, 8)), rng.normal(0.5, 1, size=(260, 8))
    by_subsets = kid(a, b, seed=1, subset_size=100)
    assert by_subsets == kid(a, b, seed=1, subset_size=100)
    assert by_subsets != kid(a, b, seed=2, subset_size=100)
    assert by_subsets == pytest.approx(kid(a, b), rel=0.15)


def test_a_subset_is_drawn_from_all_over_its_set(rng):
    """Sets are stored in the order of their files: a stretch of one is no sample of it."""
    cloud = np.sort(rng.normal(size=(600, 4)), axis=0)
    assert kid(cloud, cloud[::-1] + 0.01, subset_size=100) == pytest.approx(0, abs=0.1)


def test_a_subset_holds_no_image_twice(rng):
    """All but one of the images of both sets lie as far from each other as all of them; repetitions come nearer."""
    a, b = rng.normal(size=(101, 8)), rng.normal(size=(101, 8))
    assert kid(a, b, subset_size=100) == pytest.approx(kid(a, b), abs=0.03)


def test_the_seed_turns_the_directions_of_sliced_wasserstein(rng):
    a, b = rng.normal(size=(50, 8)), rng.normal(0.5, 1, size=(50, 8))
    assert sliced_wasserstein(a, b, seed=1) == sliced_wasserstein(a, b, seed=1) != sliced_wasserstein(a, b, seed=2)


def test_kid_of_resamples_never_pairs_an_image_with_its_repetition(rng):
    a, b = rng.normal(size=(40, 6)), rng.normal(size=(30, 6))
    counts_a, counts_b = rng.multinomial(40, [1 / 40] * 40, 200).T, rng.multinomial(30, [1 / 30] * 30, 200).T
    resampled = kid_of_resamples(a, b, counts_a, counts_b)
    assert resampled.shape == (200,)
    assert resampled.mean() == pytest.approx(kid(a, b), abs=3 * resampled.std() / np.sqrt(200))


def test_along_one_axis_sliced_wasserstein_is_the_wasserstein_distance(rng):
    a, b = rng.normal(size=(500, 1)), rng.gumbel(1, 2, size=(500, 1))
    assert sliced_wasserstein(a, b) == pytest.approx(scipy.stats.wasserstein_distance(a[:, 0], b[:, 0]))


def test_sliced_wasserstein_of_a_shift_is_the_mean_shift_along_random_directions(rng):
    cloud, shift = rng.normal(size=(400, 2)), np.array([3.0, 0.0])
    expected = 3 * 2 / np.pi  # the mean of |cos φ| is 2/π
    assert sliced_wasserstein(cloud, cloud + shift, directions=4000) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("sizes", [(3, 1), (10, 7), (1000, 20), (64, 128)])
def test_also_of_sets_of_different_size(rng, sizes):
    a, b = (rng.normal(size=(size, 1)) for size in sizes)
    expected = pytest.approx(scipy.stats.wasserstein_distance(a[:, 0], b[:, 0]))
    assert sliced_wasserstein(a, b) == expected
    assert sliced_wasserstein(b, a) == expected


@pytest.mark.parametrize("distance", [kid, sliced_wasserstein])
def test_features_of_two_extractors_are_refused(rng, distance):
    with pytest.raises(FacegenError, match="one dimension"):
        distance(rng.normal(size=(10, 4)), rng.normal(size=(10, 5)))


def test_frechet_refuses_what_it_cannot_compare():
    with pytest.raises(FacegenError, match="different extractors"):
        frechet_distance(np.zeros(3), np.eye(3), np.zeros(4), np.eye(4))
    with pytest.raises(FacegenError, match="NaN"):
        frechet_distance(np.zeros(3), np.full((3, 3), np.nan), np.zeros(3), np.eye(3))
