"""Everything that decides what a recipe does is part of what it says of itself, and nothing else is."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from facegen_lib import objectives, recipes
from facegen_lib.errors import FacegenError
from facegen_lib.networks import copy_of
from facegen_lib.recipes.architecture import architecture_hash

SHAPE = (16, 16, 3)


def discriminator(slope=0.2, rate=0.3, name="anything") -> keras.Model:
    image = keras.Input(SHAPE)
    features = keras.layers.Conv2D(4, 3, strides=2)(image)
    features = keras.layers.Dropout(rate)(keras.layers.LeakyReLU(slope)(features))
    return keras.Model(image, keras.layers.Dense(1)(keras.layers.Flatten()(features)), name=name)


def difference(backwards: bool) -> keras.Model:
    """A vector less what a dense layer makes of it, or the other way round."""
    vector = keras.Input((4,))
    parts = [vector, keras.layers.Dense(4)(vector)]
    return keras.Model(vector, keras.layers.Subtract()(parts[::-1] if backwards else parts))


def test_a_setting_of_a_layer_is_part_of_the_network():
    assert len({architecture_hash(discriminator(*settings)) for settings in ((), (0.9,), (0.2, 0.7))}) == 3


def test_how_layers_are_connected_is_part_of_the_network():
    assert architecture_hash(difference(backwards=False)) != architecture_hash(difference(backwards=True))


def test_names_are_no_part_of_the_network():
    assert architecture_hash(discriminator()) == architecture_hash(discriminator(name="another"))
    assert architecture_hash(discriminator()) == architecture_hash(copy_of(discriminator()))
    one, other = (keras.Sequential([keras.Input(SHAPE), discriminator()]) for _ in range(2))
    assert architecture_hash(one) == architecture_hash(other)


def test_the_code_of_a_function_is_no_part_of_the_network():
    one, other = (
        keras.Sequential([keras.Input((4,)), keras.layers.Lambda(function, output_shape=(4,))])
        for function in (lambda x: x, lambda x: 2 * x)
    )
    assert architecture_hash(one) == architecture_hash(other)


@pytest.mark.parametrize(("name", "scale"), [("dcgan", "laptop"), ("vae", "laptop"), ("patel-refined", "source")])
def test_a_recipe_says_the_same_of_itself_in_another_session(name, scale):
    recipes.recipe(name, SHAPE, scale)  # so that layers are numbered otherwise here
    here = recipes.recipe(name, SHAPE, scale).describe()
    program = f"from facegen_lib import recipes; print(recipes.recipe({name!r}, {SHAPE}, {scale!r}).describe())"
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert there.strip() == str(here)


@pytest.mark.parametrize(
    "changed",
    [
        keras.optimizers.Adam(1e-3, clipnorm=0.01),
        keras.optimizers.Adam(1e-3, weight_decay=0.1),
        keras.optimizers.Adam(1e-3, amsgrad=True),
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 10)),
    ],
    ids=["clipnorm", "weight_decay", "amsgrad", "schedule"],
)
def test_every_setting_of_an_optimizer_is_part_of_the_recipe(changed):
    plain, other = (
        recipes.recipe("dcgan", SHAPE, "laptop", generator_optimizer=lambda made=made: made).describe()
        for made in (keras.optimizers.Adam(1e-3), changed)
    )
    assert plain["generator_optimizer"] != other["generator_optimizer"]
    assert plain["generator_optimizer"]["learning_rate"] == 1e-3


@pytest.mark.parametrize("precision", ["float64", "float16", "bfloat16"])
def test_a_precision_that_no_game_can_be_played_in_is_not_offered(precision):
    with pytest.raises(FacegenError, match="No precision is called"):
        recipes.recipe("dcgan", SHAPE, "laptop", precision=precision)


@pytest.mark.parametrize("precision", recipes.PRECISIONS)
@pytest.mark.parametrize("name", ["wgan-gp", "vae"])
def test_every_precision_that_is_offered_takes_a_step(name, precision):
    model = recipes.recipe(name, SHAPE, "laptop", precision=precision).model()
    images = np.random.default_rng(0).uniform(-1, 1, (8 * model.batches_per_step, *SHAPE)).astype("float32")
    assert all(np.isfinite(float(value)) for value in model.train_step(keras.ops.convert_to_tensor(images)).values())


@pytest.mark.parametrize("pixels", [np.zeros((500, *SHAPE), "uint8"), 64, (16, 16), None])
def test_what_has_no_image_shape_gets_one_sentence(pixels):
    with pytest.raises(FacegenError, match=r"needs an image set or \(height, width, 1 or 3\), got .{2,20}$"):
        recipes.recipe("dcgan", pixels, "laptop")


@pytest.mark.parametrize("seed", [-1, 2**31, 99_999_999_999, "1", None])
def test_a_seed_that_cannot_be_drawn_from_is_refused(seed):
    with pytest.raises(FacegenError, match="A seed is a whole number from 0 to 2,147,483,647"):
        recipes.recipe("dcgan", SHAPE, "laptop", seed=seed)


def test_the_largest_seed_makes_noise():
    gan = recipes.recipe("dcgan", SHAPE, "laptop", seed=2**31 - 1, objective=objectives.Wasserstein()).model()
    assert gan.noise(2, 0).shape == (2, gan.latent_dim)
