"""What chapters 01 and 02 derive, on other numbers than the chapters themselves assert.

The functions come from the chapters' own sources, so that what is tested is what the reader reads.
"""

import ast
import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from facegen_lib.shipped import HOME


def definitions(slug: str, *constants: str) -> dict:
    """What a chapter imports and defines, and the named constants, without running anything else in it."""
    path = HOME / "chapters" / f"{slug}.py"
    module = ast.parse(path.read_text())

    def wanted(statement):
        if isinstance(statement, ast.Assign):
            names = {name.id for target in statement.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
            return bool(names & set(constants))
        return isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)

    module.body = [statement for statement in module.body if wanted(statement)]
    names = {}
    exec(compile(module, path, "exec"), names)
    return names


@pytest.fixture(scope="module")
def theory():
    constants = ["wide", "line", "CENTRES", "everywhere", "fixed_noise", "angles", "seen", "evidence", "posterior"]
    return definitions("01_generative_models", *constants)


@pytest.fixture(scope="module")
def blocks():
    return definitions("02_building_blocks", "START", "BENDS", "inputs")


@pytest.mark.parametrize("gap", [0.0, 1.0, 3.0])
def test_a_trained_discriminator_is_the_optimal_one_where_the_data_have_mass(theory, gap):
    line = np.linspace(-4, 8, 601)
    real, fake = theory["bell"](line, 0, 1), theory["bell"](line, gap, 1)
    logits = np.asarray(theory["train_discriminator"](gap)(line[:, None]))[:, 0]
    off = np.average(np.abs(1 / (1 + np.exp(-logits)) - real / (real + fake)), weights=real + fake)
    assert off <= 0.05


@given(st.floats(0, 9))
@settings(max_examples=30, deadline=None)
def test_the_value_of_the_game_is_a_jensen_shannon_divergence(gap):
    theory = theory_of_divergence()
    assert theory["value"](gap) == pytest.approx(-2 * np.log(2) + 2 * theory["jsd"](gap), abs=1e-3)


def theory_of_divergence(kept=[]):  # noqa: B006  (hypothesis calls the test often, the chapter is read once)
    if not kept:
        kept.append(definitions("01_generative_models", "wide"))
    return kept[0]


def test_the_divergence_has_its_known_value(theory):
    assert theory["jsd"](1.0) == pytest.approx(0.1114215, abs=1e-6)
    assert theory["value"](0.0) == pytest.approx(-2 * np.log(2), abs=1e-9)
    assert theory["value"](9.0) == pytest.approx(0, abs=1e-4)


def test_a_sure_discriminator_stops_one_loss_and_not_the_other(theory):
    logits = np.array([-40.0, -20.0, -10.0, 0.0, 10.0])
    saturating, non_saturating = theory["pulls"](logits)
    assert saturating == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-12)
    assert non_saturating == pytest.approx(1 / (1 + np.exp(logits)), abs=1e-12)
    assert saturating[0] < 1e-16 and non_saturating[0] == pytest.approx(1)


def test_the_bound_and_its_gap_make_up_the_evidence(theory):
    for mean in (-2.0, 0.0, 1.0, 3.0):
        for width in (0.05, 0.5, 2.0):
            gap = theory["kl"](mean, width, *theory["posterior"])
            assert gap >= 0
            assert theory["elbo"](mean, width) + gap == pytest.approx(theory["evidence"], abs=1e-10)


def test_pixel_by_pixel_probabilities_sum_to_one(theory):
    rng = np.random.default_rng(0)
    weights, bias = np.tril(rng.normal(0, 2, (6, 6)), -1), rng.normal(size=6)
    images = np.array(np.meshgrid(*[[0.0, 1.0]] * 6)).reshape(6, -1).T
    assert np.exp(theory["log_likelihood"](images, weights, bias)).sum() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("rate", [0.003, 0.05, 0.3])
def test_simultaneous_players_leave_and_alternating_ones_stay(theory, rate):
    away = np.hypot(*theory["play"](rate, "simultaneous", "x·y", steps=400).T)
    assert away == pytest.approx((1 + rate**2) ** (np.arange(401) / 2))
    around = np.hypot(*theory["play"](rate, "alternating", "x·y", steps=2_000).T)
    assert around.min() > 0.8 and around.max() < 1.3
    home = np.hypot(*theory["play"](rate, "extragradient", "x·y", steps=400).T)
    assert np.all(np.diff(home) < 0)


def test_the_gan_has_fifteen_lines(theory):
    assert len(body_of(theory["make_gan"])) == 15


def body_of(function) -> list[str]:
    """The lines of a function below its `def`, without empty ones."""
    return [line for line in inspect.getsource(function).splitlines()[1:] if line.strip()]


def test_the_gan_finds_the_ring_from_another_start(theory):
    good, found = theory["score"](theory["train"](1_000, seed=3)[-1]["points"])
    assert good > 0.7 and found >= 7


@pytest.mark.parametrize("rate", [1 / 64, 1 / 16, 1 / 4])
@pytest.mark.parametrize("name", ["sgd", "momentum", "adagrad", "rmsprop", "adam"])
def test_an_optimizer_of_five_lines_walks_as_keras_does(blocks, name, rate):
    keep, keep_squares = 7 / 8, 1 - 1 / 512  # numbers that 32 bits hold exactly, as Keras keeps them in 32
    numbers, theirs = {
        "sgd": ({}, keras.optimizers.SGD(rate)),
        "momentum": ({"keep": keep}, keras.optimizers.SGD(rate, momentum=keep)),
        "adagrad": ({}, keras.optimizers.Adagrad(rate)),
        "rmsprop": ({"keep": keep}, keras.optimizers.RMSprop(rate, rho=keep)),
        "adam": ({"keep": keep, "keep_squares": keep_squares}, keras.optimizers.Adam(rate, keep, keep_squares)),
    }[name]
    ours = blocks["walk"](blocks[name], rate, **numbers)
    assert np.abs(ours - blocks["walk_by_keras"](theirs)).max() < 1e-6
    assert len(ours) == 101


@pytest.mark.parametrize("name", ["sgd", "momentum", "adagrad", "rmsprop", "adam"])
def test_an_optimizer_has_at_most_five_lines(blocks, name):
    assert len(body_of(blocks[name])) <= 5


def test_the_gradient_is_that_of_the_landscape(blocks):
    for point in np.random.default_rng(0).uniform(-4, 4, (20, 2)):
        for axis in (0, 1):
            step = np.eye(2)[axis] * 1e-6
            rise = blocks["height"](*(point + step)) - blocks["height"](*(point - step))
            assert blocks["gradient"](point)[axis] == pytest.approx(rise / 2e-6, abs=1e-6)


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_a_convolution_and_its_transpose_by_hand_are_those_of_keras(size, kernel, stride, seed):
    blocks = blocks_once()
    rng = np.random.default_rng(seed)
    image, window = rng.normal(size=(size, size)), rng.normal(size=(kernel, kernel))
    theirs = {"strides": stride, "padding": "valid"}
    if kernel <= size:
        made = keras.ops.conv(image[None, :, :, None], window[:, :, None, None], **theirs)
        assert blocks["convolve"](image, window, stride) == pytest.approx(np.asarray(made)[0, :, :, 0], abs=1e-5)
    if kernel >= stride:
        grown = keras.ops.conv_transpose(image[None, :, :, None], window[:, :, None, None], **theirs)
        assert blocks["grow"](image, window, stride) == pytest.approx(np.asarray(grown)[0, :, :, 0], abs=1e-5)


def blocks_once(kept=[]):  # noqa: B006  (as above)
    if not kept:
        kept.append(definitions("02_building_blocks"))
    return kept[0]


def test_the_slopes_of_the_bends_are_those_of_tensorflow(blocks):
    theirs = {
        "sigmoid": tf.nn.sigmoid,
        "tanh": tf.nn.tanh,
        "ReLU": tf.nn.relu,
        "leaky ReLU": lambda a: tf.nn.leaky_relu(a, 0.2),
    }
    points = tf.constant(np.linspace(-5, 5, 100))
    for name, (bend, slope) in blocks["BENDS"].items():
        with tf.GradientTape() as tape:
            tape.watch(points)
            made = theirs[name](points)
        assert bend(points.numpy()) == pytest.approx(made.numpy(), abs=1e-6)
        assert slope(points.numpy()) == pytest.approx(tape.gradient(made, points).numpy(), abs=1e-6)


def test_dead_units_stay_dead_and_leaky_ones_come_back(blocks):
    (alive, loss), (alive_leaky, loss_leaky) = blocks["learn"](leak=0.0, push=1.5), blocks["learn"](leak=0.2, push=1.5)
    assert alive[-1] <= alive[0]
    assert alive_leaky.max() > 2 * alive[0]
    assert loss_leaky[-1] < loss[-1] / 10
