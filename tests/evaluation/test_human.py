"""The questionnaire: fair, sealed, and scored."""

import json
import re

import numpy as np
import pytest

from facegen_lib.data import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.evaluation.human import Questionnaire, score
from facegen_lib.evaluation.intervals import wilson


def pictures(count, low, high, seed):
    return np.random.default_rng(seed).integers(low, high, (count, 16, 16, 3), dtype="uint8")


@pytest.fixture
def questionnaire():
    """Real pictures are dark, generated ones bright, so that a test can see which is which."""
    models = {"dcgan": pictures(60, 120, 256, 1), "wgan": pictures(60, 120, 256, 2)}
    return Questionnaire(models, ImageSet("dark", pictures(200, 0, 56, 3)), questions=5, seed=4)


def choices_of(questionnaire, pick):
    return {number: pick(question) for number, question in enumerate(questionnaire.questions, start=1)}


def test_two_of_four_are_generated_and_the_key_says_which(questionnaire):
    for question in questionnaire.questions:
        bright = [place for place, image in enumerate(question.pictures, start=1) if image.mean() > 128]
        assert tuple(bright) == question.generated
        assert question.real_examples.mean() < 128 < question.fake_examples.mean()
    assert sorted(question.model for question in questionnaire.questions) == ["dcgan"] * 5 + ["wgan"] * 5


def test_the_questions_about_one_model_do_not_come_in_a_row(questionnaire):
    order = [question.model for question in questionnaire.questions]
    assert order not in (sorted(order), sorted(order, reverse=True))


def test_no_example_is_asked_about_and_no_picture_comes_twice(questionnaire):
    shown = [
        image.tobytes()
        for question in questionnaire.questions
        for part in (question.pictures, question.real_examples, question.fake_examples)
        for image in part
    ]
    assert len(set(shown)) == len(shown)


def test_places_vary_and_the_seed_decides_them(questionnaire):
    places = [question.generated for question in questionnaire.questions]
    assert len(set(places)) > 2
    models = {"dcgan": pictures(60, 120, 256, 1), "wgan": pictures(60, 120, 256, 2)}
    image_set = ImageSet("dark", pictures(200, 0, 56, 3))
    assert Questionnaire(models, image_set, questions=5, seed=4).key() == questionnaire.key()
    assert Questionnaire(models, image_set, questions=5, seed=5).key() != questionnaire.key()


def test_the_page_holds_no_answer_and_fetches_nothing(questionnaire, tmp_path):
    key = questionnaire.export_html(tmp_path / "quiz.html")
    page = (tmp_path / "quiz.html").read_text(encoding="utf-8")
    without_pictures = re.sub(r"data:image/png;base64,[\w+/=]+", "PNG", page)
    assert "dcgan" not in without_pictures and "wgan" not in without_pictures
    assert not re.findall(r"(src|href)=\"(?!PNG)", without_pictures)
    assert "<!--" not in without_pictures
    for number in range(1, 11):  # every question looks like every other, but for its number and its pictures
        block = re.search(rf'<fieldset data-question="{number}">.*?</fieldset>', without_pictures, re.S)[0]
        first = re.search(r'<fieldset data-question="1">.*?</fieldset>', without_pictures, re.S)[0]
        assert block == first.replace('"1">', f'"{number}">', 1).replace("Question 1<", f"Question {number}<")
    assert json.loads(key.read_text(encoding="utf-8")) == questionnaire.key()


def test_who_knows_errs_never_and_who_inverts_errs_always(questionnaire):
    knowing = questionnaire.answers_csv(choices_of(questionnaire, lambda question: question.generated), "ann")
    inverted = questionnaire.answers_csv(
        choices_of(questionnaire, lambda question: {1, 2, 3, 4} - set(question.generated)), "bob"
    )
    assert [one.rate for one in score([knowing], questionnaire.key())] == [0, 0]
    both = score([knowing, inverted], questionnaire.key())
    assert {(one.model, one.wrong, one.choices, one.people) for one in both} == {
        ("dcgan", 10, 20, 2),
        ("wgan", 10, 20, 2),
    }
    assert both[0].low == pytest.approx(wilson(10, 20)[0])


def test_a_file_sent_twice_counts_once(questionnaire):
    answers = questionnaire.answers_csv(choices_of(questionnaire, lambda question: (1, 2)), "ann")
    assert score([answers, answers], questionnaire.key()) == score([answers], questionnaire.key())


def test_unanswered_questions_are_left_out(questionnaire):
    answers = questionnaire.answers_csv({1: (1, 2)}, "ann")
    (only,) = score([answers], questionnaire.key())
    assert only.model == questionnaire.questions[0].model
    assert only.choices == 2


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda text: text.replace("question,", "frage,"), "expected columns"),
        (lambda text: text.replace(",ann,1,", ",ann,77,"), "cannot be"),
        (lambda text: text.replace(",1,2\n", ",2,2\n"), "two of four"),
        (lambda text: text.replace(",1,2\n", ",1,x\n"), "no number"),
        (lambda text: "quiz,participant,question,first,second\n", "no answers"),
        (lambda text: re.sub(r"\n\w+,ann", "\nanother,ann", text), "the key is that of"),
    ],
)
def test_answers_that_cannot_be_are_refused(questionnaire, spoil, message):
    answers = questionnaire.answers_csv(choices_of(questionnaire, lambda question: (1, 2)), "ann")
    with pytest.raises(FacegenError, match=message):
        score([spoil(answers)], questionnaire.key())


def test_too_few_images_are_refused():
    few = ImageSet("few", pictures(10, 0, 256, 0))
    with pytest.raises(FacegenError, match="need 18 real images"):
        Questionnaire({"dcgan": pictures(60, 0, 256, 1)}, few)


def test_wilsons_interval_of_the_dissertations_best_result():
    low, high = wilson(26, 36)  # WGAN-GP on MNIST, an error rate of 72.22 %
    assert (low, high) == pytest.approx((0.560, 0.842), abs=0.001)
    assert wilson(0, 36)[0] == 0 and wilson(36, 36)[1] == 1
