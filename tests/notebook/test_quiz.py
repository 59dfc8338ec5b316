"""The questionnaire in a notebook, without a browser: its widgets do what a person would see them do."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from facegen_lib.data import ImageSet
from facegen_lib.evaluation.human import Questionnaire, score
from facegen_lib.notebook import quiz


@pytest.fixture
def questionnaire():
    rng = np.random.default_rng(0)
    dark, bright = (rng.integers(low, low + 100, (40, 12, 12, 3), dtype="uint8") for low in (0, 120))
    return Questionnaire({"dcgan": bright}, ImageSet("dark", dark), questions=2, seed=1)


@pytest.fixture
def sitting(questionnaire, tmp_path):
    return quiz.Sitting(questionnaire, tmp_path / "answers.csv", "ann")


def choose(sitting, places):
    for place in places:
        sitting.boxes[place - 1].value = True


def test_who_chooses_rightly_finds_an_error_rate_of_zero_in_file_and_panel(sitting, questionnaire):
    for question in questionnaire.questions:
        choose(sitting, question.generated)
        sitting.next.click()
    answers = sitting.path.read_text(encoding="utf-8")
    assert [(one.wrong, one.choices) for one in score([answers], questionnaire.key())] == [(0, 4)]
    assert "error rate 0.0%" in sitting.panel.children[0].value


def test_answers_are_saved_where_there_was_no_folder_yet(questionnaire, tmp_path):
    sitting = quiz.Sitting(questionnaire, tmp_path / "runs" / "answers.csv", "ann")
    for question in questionnaire.questions:
        choose(sitting, question.generated)
        sitting.next.click()
    assert sitting.path.read_text(encoding="utf-8").count("ann") == 2


def test_a_third_choice_is_closed_until_one_is_taken_back(sitting):
    assert sitting.next.disabled
    choose(sitting, (1, 3))
    assert [box.disabled for box in sitting.boxes] == [False, True, False, True]
    assert not sitting.next.disabled
    sitting.boxes[0].value = False
    assert not any(box.disabled for box in sitting.boxes)
    assert sitting.next.disabled


def test_the_next_question_starts_with_nothing_chosen(sitting):
    choose(sitting, (1, 2))
    sitting.next.click()
    assert not any(box.value or box.disabled for box in sitting.boxes)
    assert "Question 2 of 2" in sitting.heading.value
    assert sitting.next.description == "Save answers"


def test_the_still_figure_shows_the_question_and_not_its_answer(questionnaire, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: None)
    quiz.still(questionnaire, number=2)
    texts = {text.get_text() for text in plt.gcf().findobj(plt.Text) if text.get_text()}
    assert texts == {"real", "generated", "1", "2", "3", "4", "Which two were made by a computer?"}
    plt.close("all")
