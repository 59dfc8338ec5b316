"""How far a number might be off: an interval of 95 % holds the truth in about 95 of 100 cases."""

import numpy as np
import pytest

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import intervals


def cover_of(interval, resamples: int, count: int = 100) -> float:
    """How often the interval of the mean of `count` standard normal numbers holds 0, among 400 draws of them."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        values = rng.normal(size=count)
        low, high = interval(values.mean(), values[intervals.resample(count, resamples, rng)].mean(axis=1))
        held += low <= 0 <= high
    return held / 400


def test_the_interval_of_a_mean_holds_the_truth_in_about_95_of_100_cases():
    assert 0.9 <= cover_of(intervals.around, resamples=100) <= 0.98


def test_with_ten_resamples_their_deviation_says_more_than_their_ends():
    assert cover_of(intervals.around, resamples=10) < 0.86 < 0.88 < cover_of(intervals.by_deviation, resamples=10)


@pytest.mark.parametrize("interval", [intervals.around, intervals.by_deviation])
def test_what_cannot_be_negative_has_no_negative_interval(interval):
    resampled = np.array([0.0, 1.0, 2.0, 3.0])
    assert interval(0.5, resampled, least=0)[0] == 0
    assert interval(0.5, resampled)[0] < 0


def test_a_share_of_nothing_is_refused():
    with pytest.raises(FacegenError, match="at least one trial"):
        intervals.wilson(0, 0)
