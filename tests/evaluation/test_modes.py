"""Counting what a generator of portraits lost."""

import numpy as np
import pytest

from facegen_lib import shipped
from facegen_lib.data import portraits
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import modes


@pytest.fixture(scope="module")
def painted():
    return portraits.make(400, 16, seed=0)


def test_every_label_has_its_place_among_the_values(painted):
    found = modes.answers(painted.labels)
    assert found.keys() == modes.values().keys()
    for factor, names in modes.values().items():
        assert set(found[factor]) == set(range(len(names)))
    assert found["background"][0] == portraits.FACTORS["background"].values.index(painted.labels["background"][0])


@pytest.mark.parametrize(("yaw", "place"), [(-30, 0), (-11, 0), (-9, 1), (9, 1), (11, 2), (30, 2)])
def test_a_number_falls_into_the_right_third(yaw, place):
    assert modes.answers(portraits.make(1, 16, yaw=yaw).labels)["yaw"].tolist() == [place]


def test_shares_sum_to_one_and_a_set_loses_nothing_against_itself(painted):
    fair = modes.shares(modes.answers(painted.labels))
    assert all(np.isclose(sum(each), 1) for each in fair.values())
    assert not any(modes.lost(fair, fair).values())


def test_what_is_left_out_is_lost_and_nothing_else(painted):
    fair = modes.shares(modes.answers(painted.labels))
    worn = painted.labels["glasses"] & (painted.labels["background"] != "sky")
    kept = modes.shares(modes.answers(painted.subset(worn).labels))
    missing = modes.lost(kept, fair)
    assert missing["glasses"] == ["without"] and missing["background"] == ["sky"]
    assert not missing["skin_tone"] and not missing["yaw"]


@pytest.mark.parametrize(("part", "is_lost"), [(0.2, True), (0.3, False), (0.5, False)])
def test_a_value_is_lost_below_a_quarter_of_its_share(painted, part, is_lost):
    fair = modes.shares(modes.answers(painted.labels))
    rarer = {**fair, "glasses": [part * fair["glasses"][0], 1 - part * fair["glasses"][0]]}
    assert modes.lost(rarer, fair)["glasses"] == ["without"] * is_lost


def test_a_reader_learns_to_see_the_background(painted):
    network = modes.teach(painted, epochs=8)
    unseen = portraits.make(200, 16, seed=5)
    seen, truth = modes.read(network, unseen.images), modes.answers(unseen.labels)
    assert np.mean(seen["background"] == truth["background"]) > 0.6


def test_a_table_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "DATA", tmp_path)
    with pytest.raises(FacegenError, match="portraits.json"):
        modes.load()
