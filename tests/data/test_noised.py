"""Noised faces: the mask, the noise and the label are what FaceGen says they are."""

import numpy as np
import pytest
from conftest import pixels

from facegen_lib.data import ImageSet, noised
from facegen_lib.errors import FacegenError

FACES = ImageSet("faces", np.stack([pixels(32, 32, number) for number in range(40)]))
OTHERS = ImageSet("others", np.full((60, 32, 32, 3), 77, "uint8"))


def rng():
    return np.random.default_rng(0)


def test_no_noise_keeps_every_pixel_and_all_noise_keeps_none():
    np.testing.assert_array_equal(noised.add_noise(FACES.images, 0.0, rng()), FACES.images)
    noise = noised.add_noise(OTHERS.images, 1.0, rng())
    counts = np.bincount(noise.ravel(), minlength=256)
    assert counts.min() > 0.8 * counts.mean()  # uniform over every byte
    assert counts.max() < 1.2 * counts.mean()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_that_share_of_the_pixels_is_replaced_with_all_their_channels(share):
    replaced = (noised.add_noise(OTHERS.images, share, rng()) != 77).sum(axis=-1)
    assert abs((replaced > 0).mean() - share) < 0.01
    assert (replaced[replaced > 0] == 3).mean() > 0.98  # the rest drew a 77 by chance


def test_every_image_has_its_own_share():
    share = np.linspace(0, 1, 60)
    replaced = (noised.add_noise(OTHERS.images, share, rng()) != 77).any(axis=-1).mean(axis=(1, 2))
    np.testing.assert_allclose(replaced, share, atol=0.06)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(share):
    with pytest.raises(FacegenError, match="is a probability, 0 to 1"):
        noised.add_noise(FACES.images, share, rng())


def test_faces_score_one_minus_p_and_others_a_fifth_of_it():
    judged = noised.noised_set(FACES, OTHERS, seed=1)
    face, noise, score = (judged.labels[label] for label in ("face", "noise", "score"))
    assert (len(judged), face.sum()) == (100, 40)
    np.testing.assert_allclose(score[face == 1], 1 - noise[face == 1], rtol=1e-6)
    np.testing.assert_allclose(score[face == 0], 0.2 * (1 - noise[face == 0]), rtol=1e-6)
    assert score.dtype == np.float32
    assert 0 <= score[face == 0].min() < 0.02
    assert 0.18 < score[face == 0].max() <= 0.2


def test_labels_belong_to_their_images():
    judged = noised.noised_set(FACES, OTHERS, seed=1)
    untouched = (judged.images == 77).all(axis=-1).mean(axis=(1, 2))
    others = judged.labels["face"] == 0
    np.testing.assert_allclose(untouched[others], 1 - judged.labels["noise"][others], atol=0.06)
    assert untouched[~others].max() < 0.05


def test_faces_and_others_are_mixed_and_the_seed_decides_all():
    judged, again, different = (noised.noised_set(FACES, OTHERS, seed) for seed in (1, 1, 2))
    assert judged.hash == again.hash != different.hash
    assert 5 < judged.labels["face"][:50].sum() < 35


def test_sets_that_do_not_match_are_refused():
    grey = ImageSet("grey", np.zeros((3, 32, 32, 1), "uint8"))
    with pytest.raises(FacegenError, match=r"Faces are \(32, 32, 3\) and the others \(32, 32, 1\): load both"):
        noised.noised_set(FACES, grey)
