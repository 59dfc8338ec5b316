"""Distances between two clouds of feature vectors: Fréchet, kernel and sliced Wasserstein.

A cloud is an array (N, d), one row per image. Nothing here knows what an image is, nor who measured the features.
"""

from __future__ import annotations

import numpy as np

from facegen_lib.errors import FacegenError

BLOCK = 1000  # rows of a kernel that are in memory at a time


def mean_and_covariance(features: np.ndarray, weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and unbiased covariance (d, d) of features (N, d), in float64.

    Args:
        features: (N, d), N at least 2.
        weights: how often each row counts, (N,) of non-negative whole numbers; a bootstrap resample is such a count.

    Raises:
        FacegenError: fewer than two rows.
    """
    features = np.asarray(features, dtype="float64")
    if len(features) < 2:
        raise FacegenError(f"A covariance needs at least two images; got {len(features)}.")
    weights = np.ones(len(features)) if weights is None else np.asarray(weights, dtype="float64")
    mean = weights @ features / weights.sum()
    centred = features - mean
    return mean, (centred.T * weights) @ centred / (weights.sum() - 1)


def frechet_distance(mean_a: np.ndarray, cov_a: np.ndarray, mean_b: np.ndarray, cov_b: np.ndarray) -> float:
    """Squared Fréchet distance between two Gaussians (Dowson and Landau, 1982; Heusel et al., 2017, eq. 6).

    ‖μ_a − μ_b‖² + tr Σ_a + tr Σ_b − 2 tr (Σ_a Σ_b)^½

    The last trace needs no matrix square root. For any L with L Lᵀ = Σ_a, the symmetric matrix Lᵀ Σ_b L has the
    eigenvalues of Σ_a Σ_b, and the trace is the sum of their square roots. It is called FID only in features of the
    2015 Inception network.

    Args:
        mean_a, mean_b: (d,).
        cov_a, cov_b: symmetric, positive semidefinite, (d, d); they may be singular.

    Raises:
        FacegenError: the shapes do not fit together, or a value is not finite.
    """
    mean_a, cov_a, mean_b, cov_b = (
        np.atleast_1d(np.asarray(value, dtype="float64")) for value in (mean_a, cov_a, mean_b, cov_b)
    )
    cov_a, cov_b = np.atleast_2d(cov_a), np.atleast_2d(cov_b)
    if mean_a.shape != mean_b.shape or cov_a.shape != cov_b.shape or cov_a.shape != mean_a.shape * 2:
        raise FacegenError(
            f"Means (d,) and covariances (d, d) of one dimension d are expected; got {mean_a.shape}, {cov_a.shape} and "
            f"{mean_b.shape}, {cov_b.shape}. Were the two sets measured by different extractors?"
        )
    if not all(np.isfinite(value).all() for value in (mean_a, cov_a, mean_b, cov_b)):
        raise FacegenError("A mean or covariance is not finite. Look for NaN in the features.")
    root = _factor(cov_a)
    eigenvalues = np.linalg.eigvalsh(root.T @ cov_b @ root)
    trace_of_root = np.sqrt(eigenvalues.clip(min=0)).sum()
    difference = mean_a - mean_b
    return float(difference @ difference + np.trace(cov_a) + np.trace(cov_b) - 2 * trace_of_root)


def _factor(covariance: np.ndarray) -> np.ndarray:
    """L with L Lᵀ = covariance: by Cholesky, or by eigenvectors when the covariance is singular."""
    try:
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        eigenvalues, eigenvectors = np.linalg.eigh(covariance)
        return eigenvectors * np.sqrt(eigenvalues.clip(min=0))


def kid(a: np.ndarray, b: np.ndarray, seed: int = 0, subset_size: int = 5000, subsets: int = 10) -> float:
    """Kernel distance: unbiased squared MMD with the kernel (xᵀy / d + 1)³ (Bińkowski et al., 2018, section 4).

    Unbiased at every N, so two samples of one distribution give about zero, and may give less. Sets that fit into
    `subset_size` are compared whole, and the seed changes nothing; of larger ones, random subsets are compared and
    the results averaged.

    Args:
        a, b: features (N, d) and (M, d), N and M at least 2.
        seed: of the choice of subsets.
        subset_size: rows in a subset; at most N and M are taken. (The paper averages 100 subsets of 1,000: same mean,
            more noise.)
        subsets: how many.

    Raises:
        FacegenError: fewer than two rows, or features of different dimension.
    """
    a, b = _same_dimension(a, b)
    if min(len(a), len(b)) < 2:
        raise FacegenError(f"The kernel distance needs at least two images in each set; got {len(a)} and {len(b)}.")
    if max(len(a), len(b)) <= subset_size:
        return float(_squared_mmd(a, b, np.ones((len(a), 1)), np.ones((len(b), 1)))[0])
    rng = np.random.default_rng(seed)
    one_a, one_b = (np.ones((min(subset_size, len(side)), 1)) for side in (a, b))
    draws = [
        _squared_mmd(_some_rows(a, len(one_a), rng), _some_rows(b, len(one_b), rng), one_a, one_b)
        for _ in range(subsets)
    ]
    return float(np.mean(draws))


def kid_of_resamples(a: np.ndarray, b: np.ndarray, counts_a: np.ndarray, counts_b: np.ndarray) -> np.ndarray:
    """The kernel distance of R bootstrap resamples at the price of one pass over all pairs.

    Args:
        a, b: features (N, d) and (M, d).
        counts_a, counts_b: how often each row was drawn, (N, R) and (M, R). A row is never paired with its own
            repetition.

    Returns:
        (R,) distances.
    """
    a, b = _same_dimension(a, b)
    return _squared_mmd(a, b, counts_a, counts_b)


def _squared_mmd(a, b, weights_a, weights_b):
    """mean k(a, a′) + mean k(b, b′) − 2 mean k(a, b) over weighted pairs of different rows; one for each column."""
    between = _weighted_kernel_sum(a, b, weights_a, weights_b) / (weights_a.sum(axis=0) * weights_b.sum(axis=0))
    return _mean_within(a, weights_a) + _mean_within(b, weights_b) - 2 * between


def _mean_within(rows, weights):
    itself = (np.einsum("ij,ij->i", rows, rows) / rows.shape[1] + 1) ** 3
    squared_weights = weights**2
    total = _weighted_kernel_sum(rows, rows, weights, weights) - itself @ squared_weights
    return total / (weights.sum(axis=0) ** 2 - squared_weights.sum(axis=0))


def _weighted_kernel_sum(a, b, weights_a, weights_b):
    total = np.zeros(weights_a.shape[1])
    for start in range(0, len(a), BLOCK):
        kernel = a[start : start + BLOCK] @ b.T
        kernel /= a.shape[1]
        kernel += 1
        cubes = kernel * kernel
        cubes *= kernel
        total += np.einsum("ir,ir->r", weights_a[start : start + BLOCK], cubes @ weights_b)
    return total


def _some_rows(rows, size, rng):
    return rows[rng.choice(len(rows), size, replace=False)]


def sliced_wasserstein(a: np.ndarray, b: np.ndarray, seed: int = 0, directions: int = 128) -> float:
    """Mean Wasserstein-1 distance of the two clouds seen along random directions (Rabin et al., 2011).

    Along one direction the clouds are numbers, and the best transport moves the smallest to the smallest: the mean
    distance of the sorted values. Of sets of different size, each value of one is shared out among some of the other.

    Args:
        a, b: features (N, d) and (M, d).
        seed: of the directions, which are uniform on the unit sphere.
        directions: how many.

    Returns:
        The distance in the units of the features.
    """
    a, b = _same_dimension(a, b)
    axes = random_axes(a.shape[1], directions, seed)
    return mean_wasserstein(a @ axes, b @ axes)


def random_axes(dimension: int, count: int, seed: int) -> np.ndarray:
    """Unit vectors, uniform on the sphere, as the columns of float32 (dimension, count)."""
    axes = np.random.default_rng(seed).standard_normal((dimension, count), dtype="float32")
    return axes / np.linalg.norm(axes, axis=0)


def mean_wasserstein(a: np.ndarray, b: np.ndarray) -> float:
    """Wasserstein-1 distance of the values in each column of (N, r) and (M, r), averaged over the columns.

    It is the mean distance of the two quantile functions. Their steps end at multiples of 1/N and 1/M: both are whole
    numbers in units of 1/NM.
    """
    ends = np.union1d(np.arange(1, len(a) + 1) * len(b), np.arange(1, len(b) + 1) * len(a))
    gaps = np.abs(np.sort(a, axis=0)[(ends - 1) // len(b)] - np.sort(b, axis=0)[(ends - 1) // len(a)])
    return float(np.average(gaps.mean(axis=1), weights=np.diff(ends, prepend=0)))


def _same_dimension(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, dtype="float64"), np.asarray(b, dtype="float64")
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or 0 in a.shape + b.shape:
        raise FacegenError(
            f"Two arrays (N, d) of one dimension d are expected; got {a.shape} and {b.shape}. Images become features "
            "by facegen_lib.evaluation.features, or rows of pixels by images.reshape(len(images), -1)."
        )
    return a, b
