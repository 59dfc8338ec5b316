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
    if not hasattr(value, "shape") or not hasattr(value, "dtype"):
        return repr(value)
    array = np.asarray(value)
    if array.size <= 8:
        return np.array2string(array, precision=6, separator=", ")
    return f"an array of shape {array.shape}, {array.dtype}, from {array.min():.4g} to {array.max():.4g}"


def agree(got: object, expected: object, tolerance: float) -> bool:
    """Whether two answers are equal: numbers and arrays by shape and within `tolerance`, all else by `==`."""
    try:
        got_array, expected_array = np.asarray(got, dtype="float64"), np.asarray(expected, dtype="float64")
    except (TypeError, ValueError):
        return type(got) is type(expected) and got == expected
    same_shape = got_array.shape == expected_array.shape
    return same_shape and np.allclose(got_array, expected_array, rtol=tolerance, atol=tolerance, equal_nan=True)


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
        expected: the right answer: number, array or anything with `==`.
        perhaps: advice; or pairs (wrong answer, advice), of which the one whose wrong answer was given is shown.
        tolerance: relative and absolute, for numbers and arrays.

    Raises:
        NotYetError: the answers differ. Its text is the feedback.
    """
    fault = None
    if callable(got):
        try:
            got = got()
        except NotImplementedError as error:
            raise NotYetError(f"check.{name}: not yet.\n  this one is still to be written.") from error
        except Exception as error:  # whatever the reader's code raises is what the reader should see
            fault = f"{type(error).__name__}: {error}"
    if fault is None and agree(got, expected, tolerance):
        print(f"check.{name}: yes.  {tried} → {show(got)}")
        return
    if not isinstance(perhaps, str):
        perhaps = next((advice for wrong, advice in perhaps if fault is None and agree(got, wrong, tolerance)), "")
    lines = [
        f"check.{name}: not yet.",
        f"  tried     {tried}",
        f"  got       {fault or show(got)}   expected {show(expected)}",
    ]
    raise NotYetError("\n".join(lines + [f"  perhaps   {perhaps}"] * bool(perhaps)))
