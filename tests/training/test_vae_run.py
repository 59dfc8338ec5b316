"""The same run, folder and resuming for a model that is no game."""

import json

import numpy as np
import pytest

from facegen_lib import recipes, training
from facegen_lib.data.images import ImageSet, to_float
from facegen_lib.errors import FacegenError
from facegen_lib.models.generator import TrainedGenerator
from facegen_lib.training import reconstruction
from facegen_lib.training.history import History

SHAPE = (16, 16, 3)


@pytest.fixture(scope="module")
def faces() -> ImageSet:
    return ImageSet("noise", np.random.default_rng(0).integers(0, 256, (40, *SHAPE), dtype="uint8"))


def train(faces, folder, steps, **changes) -> training.Run:
    recipe = recipes.recipe("vae", SHAPE, "laptop", batch_size=8, decay=0.0, **changes)
    return training.train(recipe, faces, steps=steps, folder=folder)


@pytest.fixture(scope="module")
def finished(faces, tmp_path_factory) -> training.Run:
    return train(faces, tmp_path_factory.mktemp("runs") / "vae", 6)


def test_a_run_goes_on_as_if_it_had_never_stopped(finished, faces, tmp_path):
    train(faces, tmp_path / "run", 3)
    resumed = train(faces, tmp_path / "run", 6)
    np.testing.assert_array_equal(resumed.history["loss"], finished.history["loss"])
    np.testing.assert_array_equal(resumed.sample(4), finished.sample(4))


def test_the_config_names_what_the_bottleneck_does(finished):
    described = json.loads((finished.folder / "config.json").read_text())["recipe"]
    assert described["beta"] == 1 and described["latent_dim"] == 128
    assert described["encoder_parameters"] == finished.recipe.encoder.count_params()


def test_another_beta_is_another_run(finished, faces):
    with pytest.raises(FacegenError, match="recipe.beta was 1.0, now 4.0"):
        train(faces, finished.folder, 6, beta=4.0)


def test_the_history_has_the_columns_of_the_model_and_draws_those(finished):
    stored = History.load(finished.folder / "history.npz")
    np.testing.assert_array_equal(stored["kl"], finished.history["kl"])
    assert [panel.title for panel in stored.panels] == ["squared error per number", "nats per image"]


def test_what_ships_reads_images_as_well_as_it_writes_them(finished, faces):
    shipped = TrainedGenerator.load(finished.folder / "generator.npz")
    codes = shipped.encode(faces.images)
    assert codes.shape == (40, 128) and codes.dtype == np.float32
    np.testing.assert_allclose(codes, finished.trained.encode(faces.images), atol=0.02)
    difference = shipped.decode(codes).astype(int) - finished.trained.decode(codes)
    assert np.abs(difference).max() <= 2


def test_a_generator_without_an_encoder_says_so(finished):
    blind = TrainedGenerator("blind", finished.generator)
    with pytest.raises(FacegenError, match="blind cannot read images"):
        blind.encode(finished.faces.images)


@pytest.mark.parametrize(
    "scale, side, parameters, codes", [("source", 128, 7_088_672, 150), ("laptop", 64, 2_975_616, 128)]
)
def test_the_recipe_exists_at_both_scales(scale, side, parameters, codes):
    recipe = recipes.recipe("vae", (side, side, 3), scale)
    assert recipe.generator.count_params() + recipe.encoder.count_params() == parameters
    assert recipe.latent_dim == codes


def test_what_is_kept_is_measured_against_the_mean_image(finished, faces):
    dark, bright = (np.full((1, *SHAPE), value, "uint8") for value in (0, 255))
    both = np.concatenate([dark, bright])
    assert reconstruction.squared_error(dark, bright) == pytest.approx(4)
    scores = reconstruction.kept(finished.trained, both, faces.images)
    assert scores["mean_face"] == pytest.approx(
        np.mean((to_float(faces.images) - to_float(np.uint8([128]))) ** 2), rel=1e-4
    )
    assert scores["share"] == pytest.approx(scores["error"] / scores["mean_face"])
    assert 0 <= scores["active"] <= 128
