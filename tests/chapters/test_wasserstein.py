"""What chapters 08 and 09 claim, on other numbers than the chapters themselves assert, and their workbooks.

The functions come from the chapters' own sources, so that what is tested is what the reader reads.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from test_foundation_exercises import work_through
from test_foundations import definitions

from facegen_lib import objectives, recipes
from facegen_lib.data import sand
from facegen_lib.evaluation import transport


@pytest.fixture(scope="module")
def clipped():
    names = definitions("08_wgan", "line", "step")
    names["drawing"] = sand.face(400, np.random.default_rng(1))
    return names


@pytest.fixture(scope="module")
def penalised():
    constants = ["rng", "heap", "blur", "FAKES", "GAMES", "values", "everyone", "mass", "few", "ways"]
    return definitions("09_wgan_gp", *constants)


@pytest.mark.parametrize("gap", [0.3, 1.1, 2.6])
def test_the_divergence_is_flat_where_the_distance_is_not(clipped, gap):
    hill, here = clipped["hill"], clipped["line"][0] + clipped["step"]
    assert here < gap
    assert clipped["area_between"](hill(0), hill(gap)) == pytest.approx(gap, abs=1e-3)
    assert clipped["jsd"](hill(0), hill(gap)) <= np.log(2) + 1e-6
    if gap > 2:
        assert clipped["jsd"](hill(0), hill(gap)) == pytest.approx(np.log(2), abs=1e-6)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_serving_from_both_ends_delivers_and_is_never_cheaper(seed):
    from_both_ends = both_ends()
    rng = np.random.default_rng(seed)
    supply, demand = rng.multinomial(6, np.ones(5) / 5), rng.multinomial(6, np.ones(5) / 5)
    plan, ways = from_both_ends(supply, demand), np.abs(np.arange(5)[:, None] - np.arange(5))
    assert plan.min() >= 0
    assert plan.sum(axis=1) == pytest.approx(supply) and plan.sum(axis=0) == pytest.approx(demand)
    assert (plan * ways).sum() >= np.abs(np.cumsum(supply - demand)).sum() - 1e-9


def both_ends(kept=[]):  # noqa: B006  (hypothesis calls the test often, the chapter is read once)
    if not kept:
        kept.append(definitions("08_wgan")["from_both_ends"])
    return kept[0]


@pytest.mark.parametrize("clip", [0.02, 0.2])
def test_a_clipped_critic_stands_at_its_fence_and_never_finds_more_than_there_is(clipped, clip):
    critic = clipped["train_critic"](clipped["perceptron"](1), clip, steps=150)
    weights = np.abs(clipped["all_weights"](critic))
    assert weights.max() <= np.float32(clip)
    assert np.mean(weights > 0.99 * clip) > 0.3
    rng = np.random.default_rng(7)
    real, fake = sand.face(200, rng), (0.35 * rng.normal(size=(200, 2))).astype("float32")
    share = rng.random((40_000, 1), dtype="float32")
    between = share * rng.choice(real, 40_000) + (1 - share) * rng.choice(fake, 40_000)
    steepest = np.sqrt(objectives.squared_gradient_norm(critic, tf.constant(between))).max()
    earned = float(tf.reduce_mean(critic(real)) - tf.reduce_mean(critic(fake)))
    assert earned <= 1.02 * steepest * transport.earth_movers_distance(fake, real)


def test_batch_normalisation_lets_a_critic_steepen_as_its_batch_shrinks(clipped):
    batch = sand.face(200, np.random.default_rng(7))
    whole, _, hundredth = clipped["slopes_of"](clipped["toy_critic"](False), 0.05, batch)
    assert hundredth == pytest.approx(whole)
    whole, tenth, _ = clipped["slopes_of"](clipped["toy_critic"](True), 0.1, batch)
    assert tenth > 3 * whole


def test_a_penalised_critic_is_as_steep_as_the_balance_says(penalised):
    game = objectives.WassersteinGP(weight=2.0)
    critic = penalised["train_critic"](game, "a shifted face", 300)
    distance = np.hypot(0.2, 0.2)  # every grain moves by (0.2, 0.2), and none can do better
    points = penalised["on_the_way"]("a shifted face", 1_000)
    assert np.median(penalised["norms_of"](critic, points)) == pytest.approx(1 + distance / 4, abs=0.08)
    assert 0.8 < penalised["share_of_distance"](critic, "a shifted face") < 1.02


def test_one_side_charges_only_what_is_too_steep(penalised):
    one, two = penalised["OneSided"](weight=10.0), objectives.WassersteinGP(weight=10.0)
    points = tf.constant(np.random.default_rng(0).normal(size=(16, 4)).astype("float32"))
    for slope, charges in ((2.0, (90.0, 90.0)), (0.25, (0.0, 2.5))):
        critic = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
        critic.layers[0].kernel.assign(tf.fill((4, 1), slope))
        for game, charge in zip((one, two), charges, strict=True):
            assert float(game.penalty(critic, points, -points)) == pytest.approx(charge, abs=1e-3)


@pytest.mark.parametrize("name", ["wgan", "wgan-gp"])
@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (64, 64, 3)])
def test_the_critics_of_this_book_judge_every_image_for_itself(penalised, name, shape):
    critic = recipes.recipe(name, shape, scale="laptop").discriminator
    images = np.random.default_rng(0).uniform(-1, 1, (4, *shape)).astype("float32")
    table = penalised["influence"](critic, images)
    assert np.diag(table).min() > 0
    assert np.array_equal(table, np.diag(np.diag(table)))


@pytest.mark.parametrize(("slug", "count"), [("08_wgan", 5), ("09_wgan_gp", 4)])
def test_every_blank_is_still_to_be_written(slug, count):
    feedback = work_through(slug)
    assert len(feedback) == count
    assert all("still to be written" in text for text in feedback.values())


def clip_everything(network, clip):
    for weight in network.weights:
        weight.assign(tf.clip_by_value(weight, -clip, clip))


MISTAKES = {
    "line_distance": ("08_wgan", lambda p, q, width: np.abs(np.cumsum(p - q)).sum() / p.sum(), "counted in boxes"),
    "steepest": ("08_wgan", lambda points, values: np.ptp(values), "divide the difference by the way"),
    "clip_weights": ("08_wgan", clip_everything, "you cut the statistics as well"),
    "steepest_possible": ("08_wgan", lambda widths, clip: 0.1**4 * 2 * 64**3, "the singular value"),
    "points_between": (
        "09_wgan_gp",
        lambda real, fake, chance: (lambda alpha: alpha * real + (1 - alpha) * fake)(chance.random()),
        "one α for the whole batch",
    ),
    "penalty_from": (
        "09_wgan_gp",
        lambda gradient, weight=10.0: weight * ((np.linalg.norm(gradient) - 1) ** 2).mean(),
        "one norm over the whole batch",
    ),
    "distance_behind": ("09_wgan_gp", lambda estimate, weight: estimate, "the estimate itself"),
    "meddles": ("09_wgan_gp", lambda critic, images: True, "only the values of the *other* images"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_usual_mistake_gets_its_own_advice(name):
    slug, answer, advice = MISTAKES[name]
    assert advice in work_through(slug, {name: answer})[name]


def without_fakes(real, fake, chance):
    return chance.random((len(real),) + (1,) * (real.ndim - 1)) * real


def generous_plan(plan, ways, supply, demand):
    delivers = np.allclose(plan.sum(axis=1), supply) and np.allclose(plan.sum(axis=0), demand) and plan.min() >= 0
    return (plan * ways).sum() if delivers else np.inf


def one_sided(gradient, weight=10.0):
    norms = np.sqrt((gradient**2).sum(axis=(1, 2, 3)))
    return weight * np.mean(np.maximum(norms - 1, 0) ** 2)


CHANCE = {
    "08_wgan": {"cost_of": generous_plan},
    "09_wgan_gp": {"points_between": without_fakes, "penalty_from": one_sided},
}


@pytest.mark.parametrize("slug", CHANCE)
def test_an_answer_that_is_right_by_chance_only_is_refused(slug):
    feedback = work_through(slug, CHANCE[slug])
    assert [name for name in CHANCE[slug] if name not in feedback] == []


def test_an_alpha_for_every_pixel_is_recognised():
    def per_pixel(real, fake, chance):
        alpha = chance.random(real.shape)
        return alpha * real + (1 - alpha) * fake

    assert "one per image" in work_through("09_wgan_gp", {"points_between": per_pixel})["points_between"]
