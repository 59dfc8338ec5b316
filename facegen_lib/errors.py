"""Errors for people: what was given, what was expected, what to do."""

import difflib
from collections.abc import Iterable


class FacegenError(Exception):
    """Something the reader can put right. The command line prints its text and no traceback."""


def unknown_name(kind: str, given: str, known: Iterable[str], hint: str = "") -> FacegenError:
    """An error for a name that is not in a list, with the nearest name that is.

    Args:
        kind: what was looked for, e.g. `"data set"`.
        given: the name as the reader typed it.
        known: every name that would have been accepted.
        hint: one more sentence on what to do.
    """
    known = sorted(known)
    nearest = difflib.get_close_matches(given, known, n=1, cutoff=0.4)
    guess = f' Did you mean "{nearest[0]}"?' if nearest else ""
    return FacegenError(f'No {kind} is called "{given}".{guess} There are: {", ".join(known)}. {hint}'.strip())
