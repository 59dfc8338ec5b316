"""TOML whose mistakes are reported with line, key and remedy; `book.py` reads `book.toml` through it."""

import dataclasses
import difflib
import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from facegen_lib.errors import FacegenError

Place = tuple[str | int, ...]  # where a value stands: ("chapter", 2, "minutes", "quick")


@dataclasses.dataclass(frozen=True)
class Kind:
    """What a value must be: in words, as an example, and as a test."""

    words: str
    example: str
    holds: Callable[[object], bool]


def is_text(value: object) -> bool:
    """Words, not blanks."""
    return isinstance(value, str) and bool(value.strip())


def is_positive(value: object) -> bool:
    """A finite number above zero; `true` is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")


TEXT = Kind("a text in quotes", '"…"', is_text)
TEXTS = Kind("a list of texts", '["…", "…"]', lambda value: isinstance(value, list) and all(map(is_text, value)))
NUMBER = Kind("a number above zero", "0.5", is_positive)
NUMBER_OR_TEXT = Kind("a number above zero or a text", "0.5", lambda value: is_positive(value) or is_text(value))
TABLE = Kind("a table", "{ … = … }", lambda value: isinstance(value, dict))
TABLES = Kind("a list of tables", "[{ … = … }]", lambda value: isinstance(value, list) and all(map(TABLE.holds, value)))


@dataclasses.dataclass(frozen=True)
class Table:
    """One table of a TOML file: its values and the place that they stand at."""

    path: Path
    values: dict
    place: Place = ()

    def check(self, required: dict[str, Kind], optional: dict[str, Kind] | None = None) -> None:
        """Every key known, every required one present, every value of its kind.

        Raises:
            FacegenError: naming the line, the key and the remedy.
        """
        known = required | (optional or {})
        for key, value in self.values.items():
            if key not in known:
                nearest = difflib.get_close_matches(key, known, n=1)
                remedy = f'Did you mean "{nearest[0]}"?' if nearest else "Remove it."
                raise self.error(key, f"is not known here. {remedy} Known here: {', '.join(known)}.")
            if not known[key].holds(value):
                kind = known[key]
                raise self.error(key, f"{value!r} is not {kind.words}. Write it like this: `{key} = {kind.example}`.")
        for key, kind in required.items():
            if key not in self.values:
                raise self.error(key, f"is missing. Add {kind.words}: `{key} = {kind.example}`.")

    def table(self, key: str) -> "Table":
        """The table under a key."""
        return Table(self.path, self.values[key], (*self.place, key))

    def tables(self, key: str) -> "list[Table]":
        """The tables of a `[[key]]`, of which there may be none."""
        every = self.values.get(key, [])
        return [Table(self.path, values, (*self.place, key, number)) for number, values in enumerate(every)]

    def error(self, key: str, complaint: str) -> FacegenError:
        """An error about one key of this table, with its line."""
        place = (*self.place, key)
        name = ".".join(part for part in place if isinstance(part, str))
        return FacegenError(
            f'{self.path.name}, line {line_of(self.path.read_text("utf-8"), place)}, key "{name}": {complaint}'
        )


def read(path: Path) -> Table:
    """The whole file as one table.

    Raises:
        FacegenError: the file is missing, is not UTF-8 text, or is not TOML; names line, key and remedy.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise FacegenError(f"{path} is missing. Bring it back with `git checkout -- {path.name}`.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FacegenError(f"{path.name}, line {line}: is not UTF-8 text. Save the file as UTF-8.") from None
    try:
        return Table(path, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FacegenError(f"{path.name}, {syntax_complaint(text, str(error))}") from None


def syntax_complaint(text: str, message: str) -> str:
    """tomllib's message, as line, key and remedy."""
    found = re.search(r"\(at line (\d+)", message)
    lines = text.splitlines()
    number = int(found[1]) if found else len(lines)
    while number > 1 and (
        number > len(lines) or not lines[number - 1].strip()
    ):  # an unclosed list ends at the end of the file
        number -= 1
    line = lines[number - 1].strip() if lines else ""
    key = re.split(r"[=\s]", line, maxsplit=1)[0]
    what = re.sub(r"\s*\(at .*\)", "", message)
    return (
        f'line {number}, key "{key}": {what}. The line reads `{line}`. '
        "Write each key once, as `key = value`, texts in quotes, lists in [ ] and tables in { }."
    )


def places(text: str) -> Iterator[tuple[int, Place]]:
    """Line and place of every header and every key that starts a line."""
    counts, here = Counter(), ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.-]+)\s*\]", line):
            names = header[2].split(".")
            counts[header[2]] += header[1] == "[["
            here = ()
            for end, name in enumerate(names, start=1):
                listed = counts[".".join(names[:end])]
                here += (name, listed - 1) if listed else (name,)
            yield number, here
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            yield number, (*here, *key[1].split("."))


def line_of(text: str, place: Place) -> int:
    """The line, counted from 1, on which a value stands; that of the table around it when the value is not there."""

    def shared(entry: tuple[int, Place]) -> int:
        return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(entry[1], place, strict=False)))

    return max(places(text), key=shared, default=(1, ()))[0]
