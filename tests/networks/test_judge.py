import keras
import numpy as np
import pytest

from facegen_lib.data import portraits
from facegen_lib.errors import FacegenError
from facegen_lib.networks import judge as judges
from facegen_lib.shipped import shipped_path


@pytest.fixture
def small():
    keras.utils.set_random_seed(2)
    return judges.judge((32, 32, 1), width=4)


def test_images_become_scores_between_nought_and_one(small):
    images = np.random.default_rng(0).uniform(-1, 1, (5, 32, 32, 1)).astype("float32")
    scores = np.asarray(small(images))
    assert scores.shape == (5, 1) and scores.dtype == np.float32
    assert scores.min() > 0 and scores.max() < 1


def test_bytes_are_judged_as_the_floats_they_stand_for(small):
    pixels = np.random.default_rng(1).integers(0, 256, (4, 32, 32, 1), dtype="uint8")
    np.testing.assert_allclose(judges.fitness(small)(pixels), small(pixels / 127.5 - 1)[:, 0], rtol=1e-5)


def test_images_too_small_to_shrink_sixteenfold_are_refused():
    with pytest.raises(FacegenError, match="16×16 or more, got 12×64"):
        judges.judge((12, 64, 3))


def test_a_judge_comes_back_from_its_file(small, tmp_path):
    judges.save(small, tmp_path / "kept" / "judge.npz")
    again = judges.load(tmp_path / "kept" / "judge.npz")
    images = np.random.default_rng(0).uniform(-1, 1, (5, 32, 32, 1)).astype("float32")
    np.testing.assert_allclose(again(images), small(images), atol=2e-3)
    with pytest.raises(FacegenError, match="no judge in"):
        judges.load(tmp_path / "lost.npz")


def test_grad_cam_points_at_the_only_evidence_there_is(small):
    """Every filter is a mean, the last layer adds them up: the evidence is brightness, and lies where the light is."""
    for layer in (layer for layer in small.layers if layer.weights):
        kernel, bias = layer.get_weights()
        layer.set_weights([np.full_like(kernel, 1 / kernel[..., 0].size), np.zeros_like(bias)])
    images = np.zeros((2, 32, 32, 1), "float32")
    images[0, 4:8, 4:8] = 1
    images[1, 22:26, 20:24] = 1
    maps = judges.grad_cam(small, images)
    assert maps.shape == (2, 4, 4) and maps.min() >= 0
    brightest = [np.unravel_index(heat.argmax(), heat.shape) for heat in maps]
    assert brightest == [(0, 0), (2, 2)]
    dark = judges.grad_cam(small, -np.ones((1, 32, 32, 1), "float32"))
    assert dark.max() == 0


def test_the_shipped_judge_prefers_faces_to_noise_and_noise_lowers_its_score():
    fitness = judges.fitness(judges.load())
    faces = portraits.make(60, 64).images
    noise = np.random.default_rng(0).integers(0, 256, faces.shape, dtype="uint8")
    mask = np.random.default_rng(1).random((*faces.shape[:3], 1)) < 0.5
    scores = [float(np.mean(fitness(images))) for images in (faces, np.where(mask, noise, faces), noise)]
    assert scores[0] > 0.4 and scores[2] < 0.1
    assert scores[0] > scores[1] > scores[2]


def test_the_shipped_judge_is_small():
    assert shipped_path(judges.SHIPPED).stat().st_size < 2**20
