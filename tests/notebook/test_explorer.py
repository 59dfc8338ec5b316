import types

import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

from facegen_lib.models.generator import draw_latents
from facegen_lib.notebook import explorer, knobs
from facegen_lib.recipes import RECIPES, recipe

PNG = b"\x89PNG\r\n\x1a\n"
LATENT_DIM = 6


@pytest.fixture
def painter():
    """A generator that paints its latent vector as a column of greys, and keeps the vectors it was given."""
    seen = []

    def decode(z):
        seen.append(np.asarray(z))
        return np.repeat(np.clip(128 + 20 * z, 0, 255).astype("uint8")[:, :, None, None], LATENT_DIM, axis=2)

    yield types.SimpleNamespace(decode=decode, latent_dim=LATENT_DIM, seen=seen)
    plt.close("all")


@pytest.fixture
def cell(monkeypatch):
    """A notebook cell: `shown` gets every output, `updated` whatever replaces one, `controls` every knob in order."""

    class Screen:
        def __init__(self):
            self.shown, self.updated, self.controls = [], [], []

        def update(self, output):
            self.updated.append(output.data)

    screen = Screen()

    def display(output, **_options):
        screen.shown.append(output)
        return screen

    def remember(name, values):
        screen.controls.append(make_knob(name, values))
        return screen.controls[-1]

    make_knob = knobs.knob
    monkeypatch.setattr(knobs, "display", display)
    monkeypatch.setattr(knobs, "get_ipython", lambda: "a notebook")
    monkeypatch.setattr(knobs, "knob", remember)
    return screen


def knob_named(cell, name):
    return next(control for control in cell.controls if control.description == name)


def test_the_strongest_directions_are_orthonormal_and_move_the_first_layer_most(run):
    directions = explorer.strongest_directions(run.generator)
    assert directions.shape == (8, 8)
    np.testing.assert_allclose(directions @ directions.T, np.eye(8), atol=1e-5)
    kernel = np.asarray(run.generator.get_layer("project").kernel)
    lengths = np.linalg.norm(directions @ kernel, axis=1)
    assert np.all(np.diff(lengths) <= 1e-6)
    anywhere = draw_latents(1000, 8)
    anywhere /= np.linalg.norm(anywhere, axis=1, keepdims=True)
    assert lengths[0] >= np.linalg.norm(anywhere @ kernel, axis=1).max()


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipes_generator_has_its_directions(name):
    generator = recipe(name, (128, 128, 3) if name == "facegen" else (32, 32, 3), "laptop").generator
    directions = explorer.strongest_directions(generator)
    latent_dim = generator.input_shape[-1]
    assert directions.shape[1] == latent_dim
    np.testing.assert_allclose(directions @ directions.T, np.eye(len(directions)), atol=1e-4)
    first = next(layer for layer in generator.layers if layer.weights)
    reshaped = keras.Model(generator.input, first.output)

    def moved(directions):
        return np.linalg.norm(
            (reshaped(directions) - reshaped(0 * directions)).numpy().reshape(len(directions), -1), axis=1
        )

    lengths = moved(directions)
    assert np.all(np.diff(lengths) <= 1e-4 * lengths[0])
    anywhere = draw_latents(50, latent_dim)
    assert lengths[0] >= moved(anywhere / np.linalg.norm(anywhere, axis=1, keepdims=True)).max()


def test_vectors_come_to_the_sphere_and_keep_their_direction():
    z = draw_latents(1, 128)[0] * 3
    there = explorer.on_the_sphere(z)
    assert np.linalg.norm(there) == pytest.approx(np.sqrt(128), rel=1e-5)
    assert there @ z == pytest.approx(np.linalg.norm(there) * np.linalg.norm(z), rel=1e-5)
    assert there.dtype == np.float32 and not explorer.on_the_sphere(np.zeros(4, "float32")).any()


def test_a_pulled_face_stands_in_every_row_at_the_place_of_its_slider(painter):
    z, directions = draw_latents(1, LATENT_DIM)[0], np.eye(LATENT_DIM, dtype="float32")[:3]
    explorer.draw_pull(painter, z, directions, np.array([0.0, 2.0, -3.0]))
    pulled, *rest = painter.seen[0]
    np.testing.assert_allclose(pulled - z, [0, 2, -3, 0, 0, 0], atol=1e-6)
    rows = np.array(rest).reshape(3, 7, LATENT_DIM)
    for row, column in enumerate([3, 5, 0]):
        np.testing.assert_allclose(rows[row, column], pulled, atol=1e-6)


def test_a_row_changes_its_own_direction_only_from_one_end_of_the_slider_to_the_other(painter):
    directions = np.linalg.qr(draw_latents(LATENT_DIM, LATENT_DIM))[0][:3]
    explorer.draw_pull(painter, draw_latents(1, LATENT_DIM)[0], directions, np.array([1.0, -1.0, 0.5]))
    rows = painter.seen[0][1:].reshape(3, 7, LATENT_DIM)
    for row, direction in enumerate(directions):
        moved = rows[row] - rows[row, 0]
        np.testing.assert_allclose(moved, np.arange(7)[:, None] * direction, atol=1e-5)


def test_a_walk_begins_and_ends_at_the_chosen_faces(painter):
    start, end = draw_latents(2, LATENT_DIM)
    for way, face in ((0.0, start), (1.0, end)):
        explorer.draw_walk(painter, start, end, way)
        chosen, *path = painter.seen[-1]
        np.testing.assert_allclose(chosen, face, atol=1e-5)
        np.testing.assert_allclose([path[0], path[-1]], [start, end], atol=1e-5)
        assert len(path) == 8


def test_a_sum_is_brought_back_to_the_sphere(painter):
    this, minus, plus = draw_latents(3, LATENT_DIM)
    explorer.draw_sum(painter, this, minus, plus)
    *terms, total = painter.seen[0]
    np.testing.assert_array_equal(terms, [this, minus, plus])
    np.testing.assert_allclose(total, explorer.on_the_sphere(this - minus + plus))


def test_a_run_can_be_explored_and_each_of_three_figures_has_its_knobs(cell, run):
    explorer.explore(run, directions=2)
    panels, stills = cell.shown[::2], cell.shown[1::2]
    assert len(panels) == len(stills) == 3
    assert all(still.data.startswith(PNG) for still in stills)
    names = [control.description for control in cell.controls]
    assert names == ["face", "direction 1", "direction 2", "start", "end", "way", "this", "minus", "plus"]
    assert all(isinstance(control, widgets.IntSlider | widgets.FloatSlider) for control in cell.controls)


@pytest.mark.parametrize(("name", "figure", "value"), [("direction 1", 0, 2.4), ("way", 1, 0.9), ("plus", 2, 40)])
def test_a_knob_redraws_its_figure_and_turned_back_restores_it(cell, run, name, figure, value):
    explorer.explore(run.trained, directions=2)
    knob = knob_named(cell, name)
    start, knob.value = knob.value, value
    knob.value = start
    changed, restored = cell.updated
    still = cell.shown[2 * figure + 1].data
    assert changed != still and restored == still


def test_the_faces_are_those_that_the_seed_samples(painter, cell, monkeypatch):
    monkeypatch.setattr(explorer, "strongest_directions", lambda generator: np.eye(LATENT_DIM, dtype="float32"))
    painter.generator = None
    explorer.explore(painter, directions=1, seed=5)
    knob_named(cell, "face").value = 7
    np.testing.assert_array_equal(painter.seen[-1][0], draw_latents(64, LATENT_DIM, seed=5)[7])
