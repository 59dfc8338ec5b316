"""Shapes, ranges and refusals of the convolutional networks."""

import keras
import numpy as np
import pytest

from facegen_lib import recipes
from facegen_lib.errors import FacegenError
from facegen_lib.networks import convolutional
from facegen_lib.networks.layers import MinibatchStd


@pytest.mark.parametrize("shape", [(28, 28, 1), (45, 50, 3), (64, 64, 3)])
def test_a_generator_makes_images_of_the_asked_shape_and_range(shape):
    generator = convolutional.generator(shape, latent_dim=10, width=4)
    images = np.array(generator(np.random.default_rng(0).standard_normal((2, 10)).astype("float32") * 50))
    assert images.shape == (2, *shape) and images.dtype == np.float32
    assert images.min() >= -1 and images.max() <= 1


@pytest.mark.parametrize("shape", [(28, 28, 1), (64, 64, 3)])
def test_a_discriminator_gives_one_unbounded_number_per_image(shape):
    discriminator = convolutional.discriminator(shape, width=4)
    assert discriminator(np.ones((3, *shape), "float32")).shape == (3, 1)
    assert discriminator.layers[-1].activation is keras.activations.linear


def test_sizes_are_halved_and_rounded_up():
    assert convolutional.sizes((28, 28, 1)) == [(28, 28), (14, 14), (7, 7), (4, 4)]
    assert convolutional.sizes((45, 50, 3)) == [(45, 50), (23, 25), (12, 13), (6, 7)]
    assert convolutional.sizes((128, 64, 3), smallest=16) == [(128, 64), (64, 32), (32, 16)]


def test_an_image_too_small_to_be_halved_is_refused_with_the_least_size():
    with pytest.raises(FacegenError, match="6×9 cannot be halved.*at least 7 pixels"):
        convolutional.generator((6, 9, 3))


@pytest.mark.parametrize("smallest", [1, 0, -4])
def test_sizes_that_would_never_end_are_refused(smallest):
    with pytest.raises(FacegenError, match=f"not to smallest={smallest}. Give smallest=2"):
        convolutional.sizes((8, 8, 3), smallest=smallest)
    assert convolutional.sizes((8, 8, 3), smallest=2)[-1] == (2, 2)


def test_a_hidden_layer_stands_between_the_convolutions_and_the_logit():
    plain, with_hidden = (convolutional.discriminator((28, 28, 1), width=4, hidden=units) for units in ((), (8,)))
    seen = 4 * 4 * (4 * 4 + 1)  # places times channels, one of them the spread of the batch
    assert with_hidden.count_params() - plain.count_params() == (seen + 1) * 8 + (8 + 1) - (seen + 1)


def test_the_spread_of_a_batch_of_equals_is_zero_and_of_differing_images_is_not():
    layer = MinibatchStd(group_size=4)
    same = np.ones((4, 2, 2, 3), "float32")
    different = same * np.arange(4, dtype="float32")[:, None, None, None]
    assert float(np.array(layer(same))[..., -1].max()) < 1e-3
    np.testing.assert_allclose(np.array(layer(different))[..., -1], np.std(np.arange(4)), rtol=1e-5)


def test_the_laptop_recipe_has_its_printed_size():
    recipe = recipes.recipe("dcgan", (64, 64, 3), scale="laptop")
    assert (recipe.generator.count_params(), recipe.discriminator.count_params()) == (1_215_875, 694_257)


@pytest.mark.parametrize("name", ["wgan", "wgan-gp"])
@pytest.mark.parametrize("shape", [(28, 28, 1), (64, 64, 3)])
def test_a_wasserstein_critic_judges_every_image_by_itself(name, shape):
    critic = recipes.recipe(name, shape, scale="laptop").discriminator
    images = np.random.default_rng(0).uniform(-1, 1, (4, *shape)).astype("float32")
    alone = np.array(critic(images[:1], training=True))
    np.testing.assert_allclose(np.array(critic(images, training=True))[:1], alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(28, 28, 1), (64, 64, 3)])
def test_only_a_clipped_critic_is_normalised(shape):
    for name in ("dcgan", "wgan", "wgan-gp"):
        judge = recipes.recipe(name, shape, scale="laptop").discriminator
        kinds = {type(layer).__name__ for layer in judge.layers}
        assert ("GroupNormalization" in kinds) == (name == "wgan"), name


def test_an_unknown_recipe_gets_the_nearest_name():
    with pytest.raises(FacegenError, match='Did you mean "dcgan"'):
        recipes.recipe("dc-gan", (64, 64, 3))


def test_an_unknown_change_gets_the_nearest_part():
    with pytest.raises(FacegenError, match='Did you mean "batch_size"'):
        recipes.recipe("dcgan", (16, 16, 3), "laptop", batchsize=4)


def test_hidden_layers_follow_the_precision_and_images_stay_float32():
    recipe = recipes.recipe("dcgan", (16, 16, 3), "laptop", precision="mixed_bfloat16")
    assert recipe.generator.layers[1].compute_dtype == "bfloat16"
    assert recipe.generator.output.dtype == "float32" and recipe.discriminator.output.dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"


def test_an_unknown_precision_gets_the_nearest_name():
    with pytest.raises(FacegenError, match='No precision is called "mixed_bfloat6". Did you mean "mixed_bfloat16"'):
        recipes.recipe("dcgan", (16, 16, 3), "laptop", precision="mixed_bfloat6")
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("precision", recipes.PRECISIONS)
def test_every_precision_is_a_policy_of_keras(precision):
    assert keras.dtype_policies.get(precision).name == precision


@pytest.mark.parametrize("batch_size", [0, -8])
def test_a_batch_without_images_is_refused(batch_size):
    with pytest.raises(FacegenError, match=f"at least one image, got batch_size={batch_size}"):
        recipes.recipe("dcgan", (16, 16, 3), "laptop", batch_size=batch_size)
