"""What chapter 12 sets beside the generators that ship."""

import numpy as np
import pytest

from facegen_lib import zoo
from facegen_lib.zoo import comparison


@pytest.mark.parametrize("name", comparison.BASELINES)
def test_a_baseline_was_measured_as_the_runs_were(name):
    baseline, run = comparison.baseline(name), zoo.report("dcgan-utkface")
    assert (baseline.subject, baseline.image_set_hash) == (name, run.image_set_hash)
    for ours, theirs in zip(baseline.measurements, run.measurements, strict=True):
        assert (ours.name, ours.count, ours.extractor) == (theirs.name, theirs.count, theirs.extractor)
        assert ours.floor == pytest.approx(theirs.floor, rel=0.02, abs=0.001)  # another machine's rounding


def test_eigenfaces_ship_as_ten_pictures():
    faces = comparison.eigenfaces()
    assert faces.shape == (10, 64, 64, 3) and faces.dtype == np.uint8
    assert len(np.unique(faces.reshape(10, -1), axis=0)) == 10


def test_everybody_who_ships_is_asked_who_is_missing():
    found = comparison.who()
    runs = {name for name in zoo.names() if name.endswith("-utkface")}
    assert set(found["presence"]) == set(found["coverage"]) == {"real", *runs}
    for label, names in (("age", 6), ("gender", 2), ("race", 5)):
        assert len(found["shares"][label]["names"]) == names and set(found["shares"][label]["models"]) == runs


def test_other_photographs_miss_nobody():
    for group, (value, low, high) in comparison.who()["presence"]["real"].items():
        assert 0.8 < value < 1.2 and low < value < high, group


def test_spreads_are_grey_levels_and_photographs_vary_most():
    spreads = comparison.spreads()
    assert 40 < spreads["eigenfaces"] < spreads["photographs"] < 70
    assert comparison.spread(np.array([0, 10], "uint8").reshape(2, 1, 1, 1)) == 5
