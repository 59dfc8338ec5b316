import keras
import numpy as np
import pytest

from facegen_lib.errors import FacegenError
from facegen_lib.networks import judge as judges
from facegen_lib.training import judge as training


@pytest.fixture
def pictures():
    """Thirty bright squares, worth 1, and thirty dark ones, worth 0.2."""
    images = np.zeros((60, 16, 16, 1), "uint8")
    images[:30] = 230
    images[30:] = 20
    return images, np.repeat([1.0, 0.2], 30)


def test_a_label_is_worth_times_what_is_left_of_the_image(pictures):
    images, worth = pictures
    batch, wanted = next(training.noisy_batches(images, worth, batch_size=60, seed=1))
    assert batch.shape == (60, 16, 16, 1) and batch.dtype == wanted.dtype == np.float32 and wanted.shape == (60, 1)
    order = next(training.batch_indices(60, 60, 1))
    untouched = np.mean(np.isclose(batch, images[order] / 127.5 - 1, atol=1e-6), axis=(1, 2, 3))
    share = 1 - wanted[:, 0] / worth[order]
    assert 0 <= share.min() < 0.1 and 0.9 < share.max() <= 1
    np.testing.assert_allclose(untouched, 1 - share, atol=0.15)


def test_noise_is_drawn_afresh_in_every_epoch(pictures):
    batches = training.noisy_batches(*pictures, batch_size=60, seed=1)
    (first, first_wanted), (second, second_wanted) = next(batches), next(batches)
    assert (first != second).any() and (np.sort(first_wanted[:, 0]) != np.sort(second_wanted[:, 0])).any()


def test_a_judge_learns_what_images_are_worth(pictures):
    keras.utils.set_random_seed(0)
    network = judges.judge((16, 16, 1), width=4)
    before = training.mean_error(network, *pictures)
    losses = training.teach(network, *pictures, steps=200, batch_size=30)
    assert losses.shape == (200,) and losses[-20:].mean() < 0.2 * losses[:20].mean()
    assert training.mean_error(network, *pictures) < 0.1 < before


def test_every_image_needs_its_worth(pictures):
    with pytest.raises(FacegenError, match="60 images and 59 numbers"):
        training.teach(judges.judge((16, 16, 1)), pictures[0], pictures[1][1:], steps=1)
