"""The independent face detector: does it see real faces, and only faces?"""

import numpy as np
import pytest
from skimage.data import lfw_subset

from facegen_lib.data.faces import detector
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import face_rate
from facegen_lib.evaluation.faces import _prepare, face_confidences


@pytest.fixture(scope="module")
def lfw():
    return np.rint(lfw_subset() * 255).astype("uint8")[..., None]  # 100 faces, then 100 pieces of background


def test_real_faces_are_found_and_background_is_not(lfw):
    assert face_rate(lfw[:30]) > 0.9
    assert face_rate(lfw[-30:]) < 0.1


def test_noise_has_no_face():
    noise = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), dtype="uint8")
    assert face_rate(noise) < 0.1


def test_a_face_is_found_whatever_lies_beside_it_in_the_batch(lfw):
    alone = face_confidences(lfw[:1])
    beside_background = face_confidences(np.concatenate([lfw[-3:], lfw[:1]]))
    np.testing.assert_allclose(beside_background[-1:], alone, atol=1e-4)


def test_our_batches_give_what_the_package_itself_gives(lfw):
    answers = detector().detect_faces([_prepare(image) for image in lfw[85:115]])
    expected = [max((face["confidence"] for face in faces), default=0.0) for faces in answers]
    np.testing.assert_allclose(face_confidences(lfw[85:115]), expected, atol=1e-4)


def test_floats_are_refused_with_the_conversion_that_helps(lfw):
    with pytest.raises(FacegenError, match=r"images \* 255"):
        face_rate(lfw[:2] / 255.0)
