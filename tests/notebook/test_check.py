import numpy as np
import pytest

from facegen_lib.notebook import check

TASK = {"name": "norm", "tried": "the point (3, 4)", "expected": 5.0}
HINTS = [(7.0, "you added the coordinates."), (25.0, "the root is missing.")]


def test_a_right_answer_is_told_so(capsys):
    check.report(**TASK, got=lambda: np.hypot(3, 4))
    assert capsys.readouterr().out == "check.norm: yes.  the point (3, 4) → 5\n"


def test_a_wrong_answer_gets_the_advice_for_that_mistake():
    with pytest.raises(check.NotYetError) as caught:
        check.report(**TASK, got=25.0, perhaps=HINTS)
    assert str(caught.value).splitlines() == [
        "check.norm: not yet.",
        "  tried     the point (3, 4)",
        "  got       25   expected 5",
        "  perhaps   the root is missing.",
    ]


def test_a_mistake_nobody_foresaw_gets_no_made_up_advice():
    with pytest.raises(check.NotYetError) as caught:
        check.report(**TASK, got=6.0, perhaps=HINTS)
    assert "perhaps" not in str(caught.value)


def test_an_exception_in_the_answer_is_feedback():
    with pytest.raises(check.NotYetError, match="got       ZeroDivisionError: "):
        check.report(**TASK, got=lambda: 1 // 0, perhaps=HINTS)


def test_an_unwritten_answer_is_not_a_mistake():
    def answer():
        raise NotImplementedError

    with pytest.raises(check.NotYetError, match="still to be written"):
        check.report(**TASK, got=answer)


@pytest.mark.parametrize(
    ("got", "expected", "same"),
    [
        (np.ones(3), [1, 1, 1], True),
        (np.ones(3), np.ones((3, 1)), False),
        (1, 1.000001, True),
        (1, 1.1, False),
        ("relu", "relu", True),
        ((4, 8, 8, 3), (4, 8, 8, 3), True),
        (None, 5.0, False),
        (float("nan"), 5.0, False),
    ],
)
def test_answers_agree_by_shape_and_within_the_tolerance(got, expected, same):
    assert bool(check.agree(got, expected, tolerance=1e-5)) is same


def test_a_large_array_is_shown_by_its_shape_and_range():
    assert check.show(np.zeros((4, 64, 64, 3), "float32")) == "an array of shape (4, 64, 64, 3), float32, from 0 to 0"


def test_a_notebook_shows_the_feedback_without_a_traceback():
    with pytest.raises(check.NotYetError) as caught:
        check.report(**TASK, got=7.0, perhaps=HINTS)
    assert caught.value._render_traceback_() == str(caught.value).splitlines()
