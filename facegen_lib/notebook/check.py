"""What a check of an exercise says: a tutor, not a judge.

check.report(
    "conv_output_size",
    tried="7 pixels, a kernel of 3, stride 2, padding 1",
    got=lambda: conv_output_size(7, 3, 2, 1),
    expected=4,
    perhaps=[(3, "you left the padding out: it is added on both sides."), (4.5, "rounding is down, to whole steps.")],
)
"""

from collections.abc import Callable, Sequence

import numpy as np


class NotYetError(AssertionError):
    """An answer that is not right yet. A notebook shows the feedback without a traceback; a grader sees a failure."""

    def _render_traceback_(self) -> list[str]:  # IPython asks an exception for this
        return str(self).splitlines()


def show(value: object) -> str:
    """A value in few characters: arrays of up to eight numbers in full, larger ones by shape, dtype and range."""
    if isinstance(value, float | np.floating):
        return f"{value:.7g}"
    if isinstance(value, list | tuple) and holds_fractions(value):
        value = np.asarray(value)
    if not hasattr(value, "shape") or not hasattr(value, "dtype"):
        return repr(value)
    array = np.asarray(value)
    if array.size <= 8:
        return np.array2string(array, precision=6, separator=", ")
    reach = f", from {array.min():.4g} to {array.max():.4g}" if array.dtype.kind in "biuf" else ""
    return f"an array of shape {array.shape}, {array.dtype}{reach}"


def holds_fractions(value: list | tuple) -> bool:
    """Whether it becomes an array of floats. (Whole numbers and words are read more easily as a list.)"""
    try:
        return np.asarray(value).dtype.kind == "f"
    except ValueError:
        return False


def numbers(value: object) -> np.ndarray:
    """A number or an array of them, as complex128, which holds every kind of number.

    Raises:
        TypeError, ValueError: it is something else, such as text, None, or rows of different lengths.
    """
    array = np.asarray(value)
    if array.dtype.kind in "OSU":
        raise TypeError(f"{array.dtype} is no type of number")
    return array.astype("complex128")


def agree(got: object, expected: object, tolerance: float) -> bool:
    """Whether two answers are equal: by shape; whole numbers and text exactly, other numbers within `tolerance`."""
    try:
        answer, right = numbers(got), numbers(expected)
    except (TypeError, ValueError):
        return np.array_equal(got, expected)
    if np.asarray(expected).dtype.kind in "biu":
        tolerance = 0
    return answer.shape == right.shape and np.allclose(answer, right, rtol=tolerance, atol=tolerance, equal_nan=True)


def farthest_off(got: object, expected: object) -> str:
    """Where two arrays of one shape, too large to be shown, differ most; "" for anything else."""
    try:
        answer, right = numbers(got), numbers(expected)
    except (TypeError, ValueError):
        return ""
    if answer.shape != right.shape or right.size <= 8:
        return ""
    place = np.unravel_index(np.abs(answer - right).argmax(), right.shape)
    return f"{show(answer[place].real)} at {[int(each) for each in place]}, where {show(right[place].real)} is expected"


def report(
    name: str,
    tried: str,
    got: object | Callable[[], object],
    expected: object,
    perhaps: str | Sequence[tuple[object, str]] = "",
    tolerance: float = 1e-5,
) -> None:
    """Compare an answer with the right one; say yes, or say what was tried, what came out and what may be wrong.

    Args:
        name: of the exercise, as in `check.NAME: yes.`
        tried: the input in words.
        got: the reader's answer, or a function without arguments that computes it, so that an exception in it becomes
            feedback as well.
        expected: the right answer: a number, text, or an array or list of either.
        perhaps: advice; or pairs (wrong answer, advice), of which the one whose wrong answer was given is shown. An
            exception or None gets none: it says nothing about the cause.
        tolerance: relative and absolute, for all but whole numbers.

    Raises:
        NotYetError: the answers differ. Its text is the feedback.
    """
    fault = None
    if callable(got):
        try:
            got = got()
        except Exception as error:  # whatever the reader's code raises is what the reader should see
            if isinstance(error, NotImplementedError) and not error.args:
                raise NotYetError(f"check.{name}: not yet.\n  this one is still to be written.") from error
            fault = f"{type(error).__name__}: {error}"
    if fault is None and agree(got, expected, tolerance):
        print(f"check.{name}: yes.  {tried} → {show(got)}")
        return
    if fault or got is None:
        perhaps = ""
    elif not isinstance(perhaps, str):
        perhaps = next((advice for wrong, advice in perhaps if agree(got, wrong, tolerance)), "")
    example = "" if fault else farthest_off(got, expected)
    lines = [
        f"check.{name}: not yet.",
        f"  tried     {tried}",
        f"  got       {fault or show(got)}   expected {show(expected)}",
    ]
    if example:
        lines.append(f"  e.g.      {example}")
    if perhaps:
        lines.append(f"  perhaps   {perhaps}")
    raise NotYetError("\n".join(lines))
