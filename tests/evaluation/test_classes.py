"""Class histogram, its distance and the Inception-style score."""

import numpy as np
import pytest

from facegen_lib.data import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation.classes import (
    Classifier,
    choose_label,
    class_score,
    histogram,
    histogram_distance,
    teach,
)
from facegen_lib.evaluation.evaluate import evaluate


def test_clear_and_even_answers_score_the_number_of_classes():
    assert class_score(np.tile(np.eye(7), (10, 1))) == pytest.approx(7)


def test_one_answer_for_all_scores_one_however_clear():
    assert class_score(np.tile(np.eye(7)[:1], (50, 1))) == pytest.approx(1)
    assert class_score(np.full((50, 7), 1 / 7)) == pytest.approx(1)


def test_the_score_is_its_formula():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(4), 30)
    marginal = probabilities.mean(axis=0)
    expected = np.exp(np.mean(np.sum(probabilities * np.log(probabilities / marginal), axis=1)))
    assert class_score(probabilities) == pytest.approx(expected)


def test_the_score_does_not_miss_a_real_image_it_never_sees():
    """Ten perfect pictures, repeated, score as well as any set: the score is blind to repetition within a class."""
    assert class_score(np.tile(np.eye(10), (500, 1))) == pytest.approx(class_score(np.eye(10)))


def test_logits_are_no_probabilities():
    with pytest.raises(FacegenError, match="softmax"):
        class_score(np.array([[2.0, -1.0], [0.0, 3.0]]))


def test_a_missing_class_costs_its_share():
    assert histogram_distance([0.25, 0.25, 0.25, 0.25], [1 / 3, 1 / 3, 1 / 3, 0]) == pytest.approx(0.25)
    np.testing.assert_allclose(histogram(np.eye(3)[[0, 0, 2, 2]]), [0.5, 0, 0.5])


def test_the_label_with_most_classes_is_looked_at_unless_another_is_asked_for():
    labels = {"age": np.arange(60), "race": np.arange(60) % 5, "gender": np.arange(60) % 3 - 1, "one": np.zeros(60)}
    assert choose_label(labels) == "race"
    assert choose_label(labels, "gender") == "gender"
    assert choose_label({"age": labels["age"]}) is None
    with pytest.raises(FacegenError, match="np.digitize"):
        choose_label(labels, "age")
    with pytest.raises(FacegenError, match='"race"'):
        choose_label(labels, "rase")


def test_a_taught_classifier_names_what_it_was_taught_and_leaves_unknown_labels_out():
    rng = np.random.default_rng(1)
    hue = rng.integers(-1, 3, 400)
    features = np.eye(4)[hue] + 0.1 * rng.standard_normal((400, 4))
    classifier = teach("hue", features, hue)
    assert classifier.names == ["0", "1", "2"]
    assert classifier.accuracy > 0.95
    assert classifier.probabilities(np.eye(4)[[2]]).argmax() == 2


@pytest.mark.parametrize(
    "values",
    [
        [0, 1, 0, 1, -1, -1, -1, -1],  # two of each
        [0] * 8,  # one class
        [-1] * 8,
        [0] * 20 + [1] * 4,
    ],
)
def test_too_few_known_images_teach_nothing(values):
    features = np.random.default_rng(0).standard_normal((len(values), 4))
    assert teach("hue", features, np.array(values)) is None


def test_the_images_that_teach_a_classifier_are_named_as_rightly_as_new_ones():
    """Features that say nothing: a classifier names what it was taught by heart, and anything else by chance."""
    rng = np.random.default_rng(3)
    features, values = rng.standard_normal((150, 128)), rng.integers(3, size=150)
    classifier = teach("hue", features, values)
    named = np.array(classifier.names, int)[classifier.answers.argmax(axis=1)]
    assert np.mean(named == values) == classifier.accuracy == pytest.approx(1 / 3, abs=0.12)


@pytest.mark.parametrize("noise, accuracy", [(0.3, 0.98), (3.0, 0.4)])
def test_a_classifier_is_as_sure_as_it_is_right(noise, accuracy):
    """A fixed size of the weights is too timid where classes lie apart, or too bold where they do not."""
    rng = np.random.default_rng(4)
    values = rng.integers(3, size=1200)
    classifier = teach("hue", np.eye(40)[values] + noise * rng.standard_normal((1200, 40)), values)
    assert classifier.accuracy == pytest.approx(accuracy, abs=0.06)
    assert classifier.answers.max(axis=1).mean() == pytest.approx(classifier.accuracy, abs=0.03)
    new = np.eye(40)[values] + noise * rng.standard_normal((1200, 40))
    assert classifier.probabilities(new).max(axis=1).mean() == pytest.approx(accuracy, abs=0.04)


def test_answers_are_in_the_order_of_the_images_and_of_the_names_also_where_the_label_is_unknown():
    rng = np.random.default_rng(1)
    hue = np.append(rng.choice([9, 10, 11], 300), [12] * 4)  # as words, 10 and 11 come before 9; four are not enough
    features = np.eye(13)[hue] + 0.05 * rng.standard_normal((304, 13))
    hue_known = np.where(rng.random(304) < 0.3, -1, hue)
    classifier = teach("hue", features, hue_known)
    assert classifier.names == ["10", "11", "9"]
    named = np.array(classifier.names, int)[classifier.answers[:300].argmax(axis=1)]
    assert np.mean(named == hue[:300]) > 0.97


@pytest.mark.parametrize(
    "accuracy, commonest, legible",
    [(0.99, 0.9, True), (0.9, 0.9, False), (0.6, 0.4, True), (0.41, 0.4, False), (1.0, 0.999, True)],
)
def test_a_label_is_legible_if_a_tenth_of_the_mistakes_of_the_commonest_answer_are_avoided(
    accuracy, commonest, legible
):
    classifier = Classifier("hue", ["0", "1"], np.zeros((0, 2)), accuracy, commonest, None)
    assert classifier.is_legible == legible


def test_a_label_that_few_images_have_is_left_out_of_the_report(make_patches, quarters):
    real, fake = make_patches(80, 1), make_patches(40, 2)
    hue = np.where(np.arange(len(real)) < 4, np.arange(len(real)) % 2, -1)
    report = evaluate(fake, ImageSet("patches", real.images, {"hue": hue}), features=quarters, face_images=0)
    assert report.classes == {}
    assert "class score" not in [measurement.name for measurement in report.measurements]
