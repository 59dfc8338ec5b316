import numpy as np
import pytest

from facegen_lib.errors import FacegenError
from facegen_lib.networks import autoencoder


def test_the_papers_networks_have_the_papers_size():
    encoder = autoencoder.encoder((128, 128, 3), latent_dim=150, width=16, smallest=2, hidden=500)
    decoder = autoencoder.decoder((128, 128, 3), latent_dim=150, width=16, smallest=2)
    numbers = encoder.count_params() + decoder.count_params()
    assert numbers == 7_088_672
    assert round(4 * numbers / 2**20, 2) == 27.04  # FaceGen, section 5.3: a file of 27.1 MB


def test_the_papers_blocks_are_those_of_its_figure():
    encoder = autoencoder.encoder((128, 128, 3), latent_dim=150, width=16, smallest=2, hidden=500)
    convolutions = [layer for layer in encoder.layers if type(layer).__name__ == "Conv2D"]
    assert [layer.filters for layer in convolutions] == [16, 32, 64, 128, 256, 512]
    assert {(layer.kernel_size, layer.strides) for layer in convolutions} == {((4, 4), (2, 2))}
    assert convolutions[-1].output.shape[1:3] == (2, 2)


@pytest.mark.parametrize("image_shape", [(64, 64, 3), (28, 28, 1), (32, 48, 3)])
def test_images_go_in_and_images_of_the_same_shape_come_out(image_shape):
    encoder = autoencoder.encoder(image_shape, latent_dim=5, width=4)
    decoder = autoencoder.decoder(image_shape, latent_dim=5, width=4)
    images = np.random.default_rng(0).uniform(-1, 1, (2, *image_shape)).astype("float32")
    mean, log_variance = encoder(images)
    assert mean.shape == log_variance.shape == (2, 5)
    reconstructions = np.asarray(decoder(mean))
    assert reconstructions.shape == images.shape and reconstructions.dtype == np.float32
    assert np.abs(reconstructions).max() <= 1


def test_codes_and_images_are_float32_whatever_the_layers_between_compute_in():
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        encoder, decoder = autoencoder.encoder((8, 8, 1), 3, 4), autoencoder.decoder((8, 8, 1), 3, 4)
    finally:
        keras.config.set_dtype_policy(before)
    mean, log_variance = encoder(np.zeros((2, 8, 8, 1), "float32"))
    assert {tensor.dtype.name for tensor in (mean, log_variance, decoder(mean))} == {"float32"}


def test_what_was_read_at_an_odd_size_is_written_at_the_same():
    encoder, decoder = autoencoder.encoder((27, 30, 1), 3, 4), autoencoder.decoder((27, 30, 1), 3, 4)
    mean, _ = encoder(np.zeros((2, 27, 30, 1), "float32"))
    assert decoder(mean).shape == (2, 27, 30, 1)


def test_images_too_small_to_be_halved_are_refused():
    with pytest.raises(FacegenError, match="cannot be halved"):
        autoencoder.encoder((6, 6, 1))
