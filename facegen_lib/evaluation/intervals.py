"""How far a number might be off: bootstrap intervals for distances and means, Wilson's for counts."""

from __future__ import annotations

import numpy as np

from facegen_lib.errors import FacegenError


def resample(count: int, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Positions of `count` images drawn with repetition, int (resamples, count)."""
    return rng.integers(count, size=(resamples, count))


def counts(drawn: np.ndarray) -> np.ndarray:
    """How often each image occurs in each resample: (resamples, N) positions to (N, resamples) counts."""
    return np.stack([np.bincount(row, minlength=drawn.shape[1]) for row in drawn], axis=1).astype("float64")


def around(value: float, resampled: np.ndarray, least: float = -np.inf) -> tuple[float, float]:
    """The central 95 % of resampled values, moved so that their mean is `value`; nothing lies below `least`.

    A resample repeats pictures, and repetition alone raises most distances between sets. What resampling tells is how
    widely a number scatters, not where its middle is.
    """
    low, high = np.percentile(resampled, [2.5, 97.5]) - np.mean(resampled)
    return float(max(value + low, least)), float(value + high)


def by_deviation(value: float, resampled: np.ndarray, least: float = -np.inf) -> tuple[float, float]:
    """`value` ± 1.96 standard deviations of the resampled values: for so few that their ends say nothing."""
    half_width = 1.96 * np.std(resampled, ddof=1)
    return float(max(value - half_width, least)), float(value + half_width)


def of_mean(contributions: np.ndarray, drawn: np.ndarray) -> tuple[float, float]:
    """The interval of a mean over images.

    Args:
        contributions: what each image adds, (N,).
        drawn: positions of the resamples, (R, N).
    """
    return around(float(np.mean(contributions)), np.asarray(contributions, dtype="float64")[drawn].mean(axis=1))


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score (Wilson, 1927): right for few trials and for shares near 0 or 1.

    Args:
        hits: how many of the trials count, 0 to `trials`.
        trials: at least 1.

    Raises:
        FacegenError: no trials, or more hits than trials.
    """
    if not 0 <= hits <= trials or trials == 0:
        raise FacegenError(f"A share needs at least one trial and no more hits than trials; got {hits} of {trials}.")
    share, z = hits / trials, 1.96  # standard deviations on each side that hold 95 % of a normal distribution
    middle = share + z**2 / (2 * trials)
    half_width = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    return float(max((middle - half_width) / scale, 0)), float(min((middle + half_width) / scale, 1))
