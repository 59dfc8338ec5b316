"""The questionnaire as a participant meets it: a page from a mail, a keyboard, and a file to send back."""

import numpy as np
import pytest

from facegen_lib.data import ImageSet
from facegen_lib.evaluation.human import Questionnaire, score


@pytest.fixture
def questionnaire():
    rng = np.random.default_rng(0)
    dark, bright = (rng.integers(low, low + 100, (60, 16, 16, 3), dtype="uint8") for low in (0, 120))
    return Questionnaire({"dcgan": bright[:30], "wgan": bright[30:]}, ImageSet("dark", dark), questions=3, seed=1)


@pytest.fixture
def page(questionnaire, chromium, tmp_path):
    questionnaire.export_html(tmp_path / "quiz.html")
    page = chromium.new_page()
    asked_for = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto((tmp_path / "quiz.html").as_uri())
    yield page
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked_for)
    page.close()


def saved(page, tmp_path, press) -> str:
    with page.expect_download() as download:
        press()
    download.value.save_as(tmp_path / "answers.csv")
    return (tmp_path / "answers.csv").read_text(encoding="utf-8")


def test_the_keyboard_alone_answers_everything_and_the_file_is_scored(questionnaire, page, tmp_path):
    for question in questionnaire.questions:
        for place in range(1, 5):
            page.keyboard.press("Tab")
            if place in question.generated:
                page.keyboard.press("Space")
            if len([other for other in question.generated if other <= place]) == 2:
                break  # the rest of the question is closed: Tab passes on to the next
    assert page.get_by_role("status").inner_text() == "6 of 6 questions answered"
    page.keyboard.press("Tab")
    answers = saved(page, tmp_path, lambda: page.keyboard.press("Enter"))
    found = score([answers], questionnaire.key())
    assert [(one.wrong, one.choices, one.people) for one in found] == [(0, 6, 1), (0, 6, 1)]


def test_the_mouse_may_choose_wrongly_and_think_again(questionnaire, page, tmp_path):
    first = page.locator("fieldset").first
    wrong = sorted({1, 2, 3, 4} - set(questionnaire.questions[0].generated))
    first.get_by_alt_text(f"picture {wrong[0]}").click()
    first.get_by_alt_text(f"picture {wrong[1]}").click()
    third = first.locator(f"input[value='{questionnaire.questions[0].generated[0]}']")
    assert third.is_disabled()
    first.get_by_alt_text(f"picture {wrong[1]}").click()  # taken back
    assert third.is_enabled()
    third.check()
    answers = saved(page, tmp_path, page.get_by_role("button", name="Save answers").click)
    (only,) = score([answers], questionnaire.key())
    assert (only.wrong, only.choices) == (1, 2)


def test_nothing_can_be_saved_before_a_question_is_answered(page):
    assert page.get_by_role("button", name="Save answers").is_disabled()
    assert page.get_by_role("status").inner_text() == "0 of 6 questions answered"
