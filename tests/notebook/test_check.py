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


def test_a_library_that_cannot_do_something_is_not_an_unwritten_answer():
    def answer():
        raise NotImplementedError("no gradient for this")

    with pytest.raises(check.NotYetError, match="got       NotImplementedError: no gradient for this"):
        check.report(**TASK, got=answer)


@pytest.mark.parametrize("answer", [lambda: 1 // 0, lambda: None])
def test_an_answer_that_is_none_gets_no_advice_for_another_mistake(answer):
    with pytest.raises(check.NotYetError) as caught:
        check.report(**TASK, got=answer, perhaps="the root is missing.")
    assert "perhaps" not in str(caught.value)


def test_a_large_array_is_told_where_it_is_farthest_off():
    got, expected = np.zeros((4, 5)), np.zeros((4, 5))
    got[0, 1], got[2, 3] = 0.1, -2.5
    with pytest.raises(check.NotYetError, match=r"  e\.g\.      -2\.5 at \[2, 3\], where 0 is expected$"):
        check.report("zeros", tried="nothing", got=got, expected=expected)


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
        (None, float("nan"), False),
        (float("nan"), None, False),
        (None, None, True),
        (float("nan"), 5.0, False),
        (float("inf"), float("inf"), True),
        ("inf", float("inf"), False),
        (5 + 0.1j, 5.0, False),
        (5 + 0.1j, 5 + 0.1j, True),
        ((np.ones(2), 0.75), (25.0, 0.75), False),
        (np.array(["bun", "curly"]), ["bun", "curly"], True),
        (("bun", "bob"), ["bun", "curly"], False),
    ],
)
def test_answers_agree_by_shape_and_within_the_tolerance(got, expected, same):
    assert bool(check.agree(got, expected, tolerance=1e-5)) is same


@pytest.mark.parametrize("expected", [393_729, np.array([393_729, 1]), [393_729, 1]])
def test_whole_numbers_are_counted_not_measured(expected):
    assert check.agree(np.asarray(expected, "float64"), expected, tolerance=1e-5)
    assert not check.agree(np.asarray(expected) - 1, expected, tolerance=1e-5)


def test_a_large_array_is_shown_by_its_shape_and_range():
    assert check.show(np.zeros((4, 64, 64, 3), "float32")) == "an array of shape (4, 64, 64, 3), float32, from 0 to 0"


@pytest.mark.parametrize("kind", ["<U5", "complex128"])
def test_a_large_array_without_order_is_shown_without_range(kind):
    assert check.show(np.zeros(20, kind)) == f"an array of shape (20,), {kind}"


def test_a_list_of_fractions_is_shown_as_numbers_only():
    assert check.show([[1, 0], [np.float64(0.5), np.float64(0.25)]]) == check.show(np.array([[1, 0], [0.5, 0.25]]))


@pytest.mark.parametrize("value", [[1, 2], (4, 17), ["bun", "curly"], [np.ones(2), 0.5]])
def test_any_other_list_is_shown_as_it_is(value):
    assert check.show(value) == repr(value)


def test_a_notebook_shows_the_feedback_without_a_traceback():
    with pytest.raises(check.NotYetError) as caught:
        check.report(**TASK, got=7.0, perhaps=HINTS)
    assert caught.value._render_traceback_() == str(caught.value).splitlines()
