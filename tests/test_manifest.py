"""A malformed TOML file is reported with line, key and remedy."""

import pytest

from facegen_lib import manifest
from facegen_lib.errors import FacegenError

TOML = """\
[book]
title = "Faces"
parts = [
    "One",
]

[[chapter]]
file = "a"
minutes = { quick = 1 }

[[chapter]]
file = "b"

[chapter.minutes]
quick = 2
settings.steps = 3
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("book", "title"), 2),
        (("book", "missing"), 1),
        (("chapter", 0, "file"), 8),
        (("chapter", 0, "minutes", "quick"), 9),
        (("chapter", 1, "file"), 12),
        (("chapter", 1, "missing"), 11),
        (("chapter", 1, "minutes", "quick"), 15),
        (("chapter", 1, "minutes", "settings", "steps"), 16),
        (("nowhere",), 1),
    ],
)
def test_the_line_of_a_value_is_found(place, line):
    assert manifest.line_of(TOML, place) == line


def test_an_empty_file_has_a_first_line():
    assert manifest.line_of("", ("book",)) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            '[book]\ntitle "Faces"\n',
            r'line 2, key "title": Expected .* The line reads `title "Faces"`\. Write each key',
        ),
        ('[book]\ntitle = "Faces\n', r'line 2, key "title": '),
        ("[book]\ntitle = 1\ntitle = 2\n", r'line 3, key "title": Cannot overwrite a value'),
        ('[book]\nparts = ["One"\n\n', r'line 2, key "parts": '),
        ("[book\n", r'line 1, key "\[book": '),
        ("", None),
    ],
)
def test_what_is_no_toml_is_reported_with_line_key_and_remedy(tmp_path, text, complaint):
    path = tmp_path / "book.toml"
    path.write_text(text, "utf-8")
    if complaint is None:
        assert manifest.read(path).values == {}
    else:
        with pytest.raises(FacegenError, match=r"^book\.toml, " + complaint):
            manifest.read(path)


def test_a_missing_file_and_one_that_is_no_text_are_reported(tmp_path):
    path = tmp_path / "book.toml"
    with pytest.raises(FacegenError, match="is missing. Bring it back with `git checkout"):
        manifest.read(path)
    path.write_bytes(b'[book]\ntitle = "M\xe4rchen"\n')
    with pytest.raises(FacegenError, match="line 2: is not UTF-8 text"):
        manifest.read(path)


@pytest.mark.parametrize("value", [True, 0, -1, float("inf"), float("nan"), "1"])
def test_only_finite_numbers_above_zero_are_positive(value):
    assert not manifest.is_positive(value)
