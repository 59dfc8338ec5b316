"""The manifest is read as it stands, and its mistakes are reported with line, key and remedy."""

import pytest

from facegen_lib import book
from facegen_lib.errors import FacegenError

MANIFEST = """\
[book]
title = "Generating Faces"
description = "A book."
authors = ["Somebody"]
language = "en"
parts = ["Foundations", "Adversaries"]

[profiles.quick]
purpose = "seconds"
machine = "two CPU cores"
[profiles.laptop]
purpose = "minutes"
machine = "two CPU cores"
[profiles.paper]
purpose = "hours"
machine = "one GPU"

[[chapter]]
file = "chapters/03_data.py"
title = "Data"
part = "Foundations"
minutes = { quick = 0.5, laptop = 1, paper = 2 }

[[chapter]]
file = "chapters/06_dcgan.py"
title = "Deep convolutional GAN"
part = "Adversaries"
data = ["utkface", "lfw-mini"]
after = ["03_data"]
minutes = { quick = 0.75, laptop = 10, paper = 240 }
settings.steps = { quick = 60, laptop = 2_000, paper = 20_000 }
settings.faces = { quick = "lfw-mini", laptop = "utkface", paper = "celeba" }
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A small checkout with two chapters, which `book` takes for its own."""
    (tmp_path / "chapters").mkdir()
    for name in ("03_data.py", "06_dcgan.py"):
        (tmp_path / "chapters" / name).touch()
    (tmp_path / "book.toml").write_text(MANIFEST, "utf-8")
    monkeypatch.setattr(book, "HOME", tmp_path)
    monkeypatch.setattr(book, "MANIFEST", tmp_path / "book.toml")
    monkeypatch.delenv("FACEGEN_PROFILE", raising=False)
    return tmp_path


def test_the_manifest_of_this_book_is_well_formed():
    assert book.load().title == "Generating Faces"


def test_the_manifest_is_read(home):
    read = book.load()
    assert read.parts == ("Foundations", "Adversaries")
    assert read.profiles["paper"] == book.Profile("paper", "hours", "one GPU")
    assert [chapter.slug for chapter in read.chapters] == ["03_data", "06_dcgan"]
    assert read.chapter("06_dcgan").data == ("utkface", "lfw-mini")
    assert read.chapter("06_dcgan").heading == "06 Deep convolutional GAN"


def test_a_book_without_chapters_is_a_book(home):
    (home / "book.toml").write_text(MANIFEST.partition("[[chapter]]")[0], "utf-8")
    assert book.load().chapters == ()


def test_a_setting_follows_the_profile(home, monkeypatch):
    assert book.setting("06_dcgan", "steps") == 60
    monkeypatch.setenv("FACEGEN_PROFILE", "paper")
    assert book.profile().name == "paper"
    assert book.setting("06_dcgan", "steps") == 20_000
    assert book.setting("06_dcgan", "faces") == "celeba"


def test_unknown_names_are_answered_with_the_nearest(home, monkeypatch):
    with pytest.raises(FacegenError, match='No setting of 06_dcgan is called "step".* Did you mean "steps"'):
        book.setting("06_dcgan", "step")
    with pytest.raises(FacegenError, match='No chapter is called "06_dcgn".* Did you mean "06_dcgan"'):
        book.needs("06_dcgn")
    monkeypatch.setenv("FACEGEN_PROFILE", "labtop")
    with pytest.raises(FacegenError, match='No profile is called "labtop".* Did you mean "laptop"'):
        book.profile()


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        (
            'title = "Generating',
            'titel = "Generating',
            r'2, key "book.titel": is not known here. Did you mean "title"\?',
        ),
        ('language = "en"\n', "", r'1, key "book.language": is missing. Add a text in quotes'),
        ('["Somebody"]', '"Somebody"', r"4, key \"book.authors\": 'Somebody' is not a list of texts"),
        (
            "[profiles.paper]",
            "[profiles.papers]",
            r'14, key "profiles.papers": is not known here. Did you mean "paper"\?',
        ),
        ('"minutes"', "5", r'12, key "profiles.laptop.purpose": 5 is not a text in quotes'),
        (
            'part = "Adversaries"',
            'part = "Adversary"',
            r'27, key "chapter.part": No part .* Did you mean "Adversaries"\?',
        ),
        ("chapters/06_dcgan", "chapters/07_gone", r'25, key "chapter.file": there is no "chapters/07_gone.py"'),
        ("chapters/06_dcgan", "chapters/dcgan", r'25, key "chapter.file": "chapters/dcgan.py" is not named like'),
        ("chapters/06_dcgan", "chapters/03_data", r'25, key "chapter.file": "chapters/03_data.py" is listed already'),
        ('after = ["03_data"]', 'after = ["06_dcgan"]', r'29, key "chapter.after": "06_dcgan" is no chapter before'),
        ("paper = 240", "paper = true", r'30, key "chapter.minutes.paper": True is not a number above zero'),
        ("laptop = 10, ", "", r'30, key "chapter.minutes.laptop": is missing'),
        ("laptop = 2_000", "labtop = 2_000", r'31, key "chapter.settings.steps.labtop": .* mean "laptop"\?'),
        ("minutes = { quick = 0.75", "minutes = 3 # {", r'30, key "chapter.minutes": 3 is not a table'),
        ("[[chapter]]", "[[chapters]]", r'18, key "chapters": is not known here. Did you mean "chapter"\?'),
        ('[[chapter]]\nfile = "chapters/03', '[chapter]\nfile = "chapters/03', r'24, key "\[\[chapter\]\]": '),
    ],
)
def test_a_mistake_is_reported_with_line_key_and_remedy(home, good, bad, complaint):
    assert good in MANIFEST
    (home / "book.toml").write_text(MANIFEST.replace(good, bad), "utf-8")
    with pytest.raises(FacegenError, match=r"^book\.toml, line " + complaint):
        book.load()


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.5, "30 seconds"),
        (1 / 60, "1 second"),
        (1, "1 minute"),
        (10, "10 minutes"),
        (119, "119 minutes"),
        (240, "4 hours"),
    ],
)
def test_minutes_are_written_for_people(minutes, words):
    assert book.duration(minutes) == words


def test_what_a_chapter_needs_is_shown_as_a_table_and_as_text(home):
    needs = book.needs("06_dcgan")
    markdown = needs._repr_markdown_()
    assert "| chapters before | [03 Data](03_data.ipynb) |" in markdown
    assert "| data | `utkface`, `lfw-mini` |" in markdown
    assert "| time, paper | 4 hours on one GPU: hours |" in markdown
    assert "time, quick       45 seconds on two CPU cores: seconds" in repr(needs).splitlines()
    assert "chapters before   03 Data" in repr(needs).splitlines()
    assert "| data | none |" in book.needs("03_data")._repr_markdown_()


def test_a_chapter_that_costs_the_same_in_every_profile_says_so_once():
    rows = book.needs("07_failure_modes").rows
    assert rows["time"].endswith("seconds on two CPU cores, whatever the profile") and "time, quick" not in rows
    assert "time" not in book.needs("06_dcgan").rows


def test_the_readme_table_is_written_between_its_marks(home):
    readme = home / "README.md"
    readme.write_text(
        "# Book\n<!-- chapters: written by python -m facegen_lib.book -->\nold\n<!-- end of chapters -->\nend\n"
    )
    book.write_readme_table(readme)
    book.write_readme_table(readme)
    text = readme.read_text("utf-8")
    assert text.startswith("# Book\n") and text.endswith("\nend\n") and "old" not in text
    row = "| II Adversaries | [06 Deep convolutional GAN](chapters/06_dcgan.ipynb) | `utkface`, `lfw-mini` |"
    assert text.count(f"{row} 45 seconds | 10 minutes | 4 hours |") == 1


def test_a_readme_without_both_marks_stays_as_it_is(home):
    readme = home / "README.md"
    for text in ("<!-- chapters: written by python -m facegen_lib.book -->\nimportant\n", "<!-- end of chapters -->\n"):
        readme.write_text(text)
        with pytest.raises(FacegenError, match="end of chapters"):
            book.write_readme_table(readme)
        assert readme.read_text() == text
