"""Plans and critics on small sets: what is known in closed form, and that each proves the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import transport


def histograms(seed: int, boxes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(boxes)), rng.dirichlet(np.ones(boxes))


@given(st.integers(0, 10_000), st.integers(2, 7))
@settings(max_examples=25, deadline=None)
def test_on_a_line_the_cheapest_plan_costs_the_area_between_the_cumulative_sums(seed, boxes):
    places, (supply, demand) = np.arange(boxes)[:, None], histograms(seed, boxes)
    cost = transport.distances(places, places)
    plan = transport.cheapest_plan(cost, supply, demand)
    assert plan.min() >= -1e-12
    assert plan.sum(axis=1) == pytest.approx(supply, abs=1e-9)
    assert plan.sum(axis=0) == pytest.approx(demand, abs=1e-9)
    area = np.abs(np.cumsum(supply - demand)).sum()
    assert (plan * cost).sum() == pytest.approx(area, abs=1e-9)


@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 9))
@settings(max_examples=25, deadline=None)
def test_the_best_critic_earns_what_the_cheapest_plan_costs(seed, real_count, fake_count):
    rng = np.random.default_rng(seed)
    real, fake = rng.normal(size=(real_count, 2)), rng.normal(size=(fake_count, 2))
    points = np.concatenate([real, fake])
    mass = np.concatenate([np.full(real_count, 1 / real_count), np.full(fake_count, -1 / fake_count)])
    distance = transport.distances(points, points)
    values = transport.best_critic(distance, mass)
    assert np.all(values[:, None] - values <= distance + 1e-9)
    assert mass @ values == pytest.approx(transport.earth_movers_distance(fake, real), abs=1e-9)


def test_matching_points_and_solving_the_program_agree():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(12, 3)), 1 + rng.normal(size=(12, 3))
    cost = transport.distances(a, b)
    solved = transport.cheapest_plan(cost, np.full(12, 1 / 12), np.full(12, 1 / 12))
    assert (solved * cost).sum() == pytest.approx(transport.earth_movers_distance(a, b), abs=1e-9)


def test_the_distance_has_its_known_values():
    assert transport.earth_movers_distance(np.zeros((3, 1)), np.ones((5, 1))) == pytest.approx(1)
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=200), 0.7 + rng.normal(size=200)
    assert transport.earth_movers_distance(a[:, None], b[:, None]) == pytest.approx(wasserstein_distance(a, b))
    images = rng.uniform(-1, 1, (4, 8, 8, 3))
    assert transport.earth_movers_distance(images, images + 0.5) == pytest.approx(0.5 * np.sqrt(192))


def test_the_two_extensions_go_through_the_values_and_are_the_extremes_of_slope_one():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(9, 2))
    mass = np.concatenate([np.full(4, 1 / 4), np.full(5, -1 / 5)])
    values = transport.best_critic(transport.distances(points, points), mass)
    for surface in transport.between(points, values, points):
        assert surface == pytest.approx(values, abs=1e-9)
    x = rng.normal(size=(50, 2))
    lowest, highest = transport.between(points, values, x)
    assert np.all(lowest <= highest + 1e-9)
    for surface in (lowest, highest):
        assert np.all(np.abs(surface[:, None] - surface) <= transport.distances(x, x) + 1e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: transport.distances(np.zeros((2, 3)), np.zeros((2, 4))), "3 and of 4 numbers"),
        (lambda: transport.cheapest_plan(np.zeros((2, 2)), np.ones(3), np.ones(2)), "a supply of 2 numbers"),
        (lambda: transport.cheapest_plan(np.zeros((2, 2)), np.ones(2), np.ones(2) / 2), "of one total; got 2 and 1"),
        (lambda: transport.cheapest_plan(np.zeros((2, 2)), np.array([2, -1]), np.ones(2) / 2), "negative; .* is -1"),
        (lambda: transport.best_critic(np.ones((2, 2)), np.ones(2)), "add up to 2, not to 0"),
    ],
)
def test_what_cannot_be_carried_is_refused_in_words(call, words):
    with pytest.raises(FacegenError, match=words):
        call()
