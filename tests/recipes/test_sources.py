"""The recipes at source scale: the parameter counts that the sources print, and that the games can be played."""

import numpy as np
import pytest
import tensorflow as tf

from facegen_lib import recipes
from facegen_lib.errors import FacegenError
from facegen_lib.networks import patel

DIGITS, COLOUR = (28, 28, 1), (64, 64, 3)

# FIELD-NOTES of the sources: parameters in all, and those of them that are not trained.
PRINTED = [  # recipe, images, discriminator, generator, figure
    ("vanilla", DIGITS, (533_505, 0), (1_493_520, 3_584), "4-1"),
    ("dcgan", DIGITS, (393_729, 896), (856_193, 384), "4-4"),
    ("wgan", DIGITS, (5_336_961, 0), (7_276_993, 13_056), "4-7"),
    ("wgan-gp", DIGITS, (5_336_961, 0), (7_276_993, 13_056), "4-7"),
    ("vanilla", COLOUR, (7_080_449, 0), (7_143_424, 0), "4-18"),
    ("dcgan", COLOUR, (4_318_337, 1_792), (19_072_387, 1_920), "4-21"),
    ("wgan", COLOUR, (4_318_337, 1_792), (18_876_163, 3_840), "4-24"),
    ("wgan-gp", COLOUR, (4_314_753, 0), (19_072_387, 1_920), "4-27"),
]


def counts(network) -> tuple[int, int]:
    """Parameters in all, and those that are not trained."""
    return network.count_params(), sum(int(np.prod(weight.shape)) for weight in network.non_trainable_weights)


@pytest.mark.parametrize(("name", "image_shape", "discriminator", "generator", "figure"), PRINTED)
def test_the_dissertations_networks_have_their_printed_parameters(name, image_shape, discriminator, generator, figure):
    recipe = recipes.recipe(name, image_shape, scale="source")
    assert counts(recipe.discriminator) == discriminator
    assert counts(recipe.generator) == generator
    assert recipe.source.endswith(figure)
    assert recipe.batch_size == (128 if image_shape == DIGITS else 64)
    assert recipe.generator.output_shape[1:] == recipe.discriminator.input_shape[1:] == image_shape


@pytest.mark.parametrize(("image_shape", "printed"), [((64, 64, 3), 8_328_003), ((218, 172, 3), 61_746_499)])
def test_patels_refined_generator_has_its_printed_trainable_parameters(image_shape, printed):
    generator = patel.generator(image_shape, normalised=True)
    assert sum(int(np.prod(weight.shape)) for weight in generator.trainable_weights) == printed


def test_patels_stages_grow():
    stages = [recipes.recipe(f"patel-{stage}", COLOUR) for stage in ("simple", "improved", "refined")]
    convolutions = [
        [layer.filters for layer in stage.discriminator.layers if hasattr(layer, "filters")] for stage in stages
    ]
    assert convolutions == [[32, 64], [32, 64, 128, 256], [32, 64, 128, 256]]
    rates = [layer.rate for layer in stages[2].discriminator.layers if hasattr(layer, "rate")]
    assert rates == [0.25, 0.4, 0.4, 0.4]
    flattened = next(layer for layer in stages[2].discriminator.layers if layer.name.startswith("flatten"))
    assert flattened.output.shape == (None, 16_384)
    assert {stage.generator.output_shape for stage in stages} == {(None, 64, 64, 3)}


def test_facegens_files_have_their_printed_sizes():
    recipe = recipes.recipe("facegen", (128, 128, 3))
    for network, printed in ((recipe.generator, 14.107), (recipe.discriminator, 10.937)):
        stored = 4 * network.count_params() / 1024 / 1000  # a file has some bytes more than its weights
        assert printed - 0.01 < stored < printed
    assert recipe.generator.output_shape == recipe.discriminator.input_shape == (None, 128, 128, 3)


def test_the_appendix_has_three_hidden_layers_in_each_network():
    recipe = recipes.recipe("appendix", DIGITS)
    units = [
        [layer.units for layer in network.layers if hasattr(layer, "units")]
        for network in (recipe.generator, recipe.discriminator)
    ]
    assert units == [[128, 256, 512, 784], [128, 256, 512, 1]]
    assert recipe.batch_size == 256


@pytest.mark.parametrize("name", ["vanilla", "dcgan", "wgan", "wgan-gp"])
def test_a_size_that_the_dissertation_lacks_is_refused_with_a_way_out(name):
    with pytest.raises(FacegenError, match=r'28×28×1 and 64×64×3, got images of 32×32×3.*scale="laptop"'):
        recipes.recipe(name, (32, 32, 3), scale="source")


def test_other_sources_refuse_sizes_that_their_networks_cannot_make():
    with pytest.raises(FacegenError, match="sides that four divides"):
        recipes.recipe("patel-refined", (218, 172, 3))
    with pytest.raises(FacegenError, match="128×128×3"):
        recipes.recipe("facegen", COLOUR)


@pytest.mark.parametrize("name", ["appendix", "vanilla", "dcgan"])
def test_a_step_moves_both_networks_and_the_average_is_the_generator_itself(name):
    recipe = recipes.recipe(name, DIGITS, scale="source", batch_size=4)
    before = [network.get_weights()[0] for network in (recipe.generator, recipe.discriminator)]
    gan = recipe.model()
    metrics = gan.train_step(tf.random.stateless_uniform((4, *DIGITS), seed=(1, 2), minval=-1))
    assert np.isfinite(float(metrics["generator_loss"])) and np.isfinite(float(metrics["discriminator_loss"]))
    for network, old in zip((gan.generator, gan.discriminator), before, strict=True):
        assert not np.array_equal(network.get_weights()[0], old)
    for average, weight in zip(gan.averaged_generator.weights, gan.generator.weights, strict=True):
        np.testing.assert_array_equal(average.numpy(), weight.numpy())


def test_a_step_of_facegen_sees_noisy_images_and_soft_labels():
    recipe = recipes.recipe("facegen", (128, 128, 3), batch_size=2)
    metrics = recipe.model().train_step(tf.zeros((2, 128, 128, 3)))
    assert np.isfinite(float(metrics["generator_loss"])) and np.isfinite(float(metrics["discriminator_loss"]))
    assert recipe.describe()["view"]["name"] == "InstanceNoise"
    assert recipe.objective.describe()["real"] == 0.9
