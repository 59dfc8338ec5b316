"""The manifest: what `book.toml` says about the book, its profiles and its chapters, checked when it is read.

A chapter asks `fg.book.setting("06_dcgan", "steps")` for the numbers that a profile changes and shows
`fg.book.needs("06_dcgan")` as its "What you need". `python -m facegen_lib.book` writes the README's chapter table anew.
"""

import dataclasses
import os
import re
from pathlib import Path

from facegen_lib import manifest
from facegen_lib.errors import FacegenError, unknown_name
from facegen_lib.shipped import HOME

MANIFEST = HOME / "book.toml"
PROFILES = ("quick", "laptop", "paper")


@dataclasses.dataclass(frozen=True)
class Profile:
    """How much work a chapter does: `quick`, `laptop` or `paper`; `machine` is what its minutes are counted on."""

    name: str
    purpose: str
    machine: str


@dataclasses.dataclass(frozen=True)
class Chapter:
    """One `[[chapter]]`: `minutes` and each of `settings` hold a value for every profile."""

    file: str
    title: str
    part: str
    data: tuple[str, ...]
    minutes: dict[str, float]
    after: tuple[str, ...] = ()
    settings: dict[str, dict[str, float | str]] = dataclasses.field(default_factory=dict)

    @property
    def slug(self) -> str:
        """Its name everywhere else, e.g. "06_dcgan"."""
        return Path(self.file).stem

    @property
    def heading(self) -> str:
        """Number and title, e.g. "06 Deep convolutional GAN"."""
        return f"{self.slug[:2]} {self.title}"


@dataclasses.dataclass(frozen=True)
class Book:
    """The whole manifest."""

    title: str
    description: str
    authors: tuple[str, ...]
    language: str
    parts: tuple[str, ...]
    profiles: dict[str, Profile]
    chapters: tuple[Chapter, ...]

    def chapter(self, slug: str) -> Chapter:
        """The chapter of that name.

        Raises:
            FacegenError: `book.toml` has no such chapter; names the nearest.
        """
        chapters = {chapter.slug: chapter for chapter in self.chapters}
        if slug not in chapters:
            raise unknown_name("chapter", slug, chapters, "A new chapter needs a [[chapter]] in book.toml.")
        return chapters[slug]


def load(path: Path | None = None) -> Book:
    """The manifest, the book's own unless another is given, read and checked.

    Raises:
        FacegenError: the file is missing or malformed; names the line, the key and the remedy.
    """
    whole = manifest.read(path or MANIFEST)
    whole.check({"book": manifest.TABLE, "profiles": manifest.TABLE}, {"chapter": manifest.TABLES})
    head, costs = whole.table("book"), whole.table("profiles")
    texts, lists = ("title", "description", "language"), ("authors", "parts")
    head.check(dict.fromkeys(texts, manifest.TEXT) | dict.fromkeys(lists, manifest.TEXTS))
    costs.check(dict.fromkeys(PROFILES, manifest.TABLE))
    profiles = {}
    for name in PROFILES:
        costs.table(name).check(dict.fromkeys(("purpose", "machine"), manifest.TEXT))
        profiles[name] = Profile(name, **costs.values[name])
    book = Book(
        **{key: head.values[key] for key in texts},
        **{key: tuple(head.values[key]) for key in lists},
        profiles=profiles,
        chapters=(),
    )
    for table in whole.tables("chapter"):
        book = dataclasses.replace(book, chapters=(*book.chapters, read_chapter(table, book)))
    return book


def read_chapter(table: manifest.Table, book: Book) -> Chapter:
    """One `[[chapter]]`, checked; `book` holds the chapters before it."""
    table.check(
        {"file": manifest.TEXT, "title": manifest.TEXT, "part": manifest.TEXT, "minutes": manifest.TABLE},
        {"data": manifest.TEXTS, "after": manifest.TEXTS, "settings": manifest.TABLE},
    )
    values = {"data": [], "after": [], "settings": {}} | table.values
    if not re.fullmatch(r"chapters/\d\d_[a-z0-9_]+\.py", values["file"]):
        raise table.error("file", f'"{values["file"]}" is not named like `file = "chapters/06_dcgan.py"`: rename it.')
    if HOME.name != "_shipped" and not (HOME / values["file"]).is_file():  # a wheel carries no chapters
        raise table.error("file", f'there is no "{values["file"]}". Correct the name, or write the chapter first.')
    if values["file"] in (chapter.file for chapter in book.chapters):
        raise table.error("file", f'"{values["file"]}" is listed already. Remove one of the two.')
    if values["part"] not in book.parts:
        raise table.error("part", str(unknown_name("part", values["part"], book.parts, "Parts are listed in [book].")))
    for slug in values["after"]:
        if slug not in (chapter.slug for chapter in book.chapters):
            raise table.error("after", f'"{slug}" is no chapter before this one. Name only those listed above it.')
    table.table("minutes").check(dict.fromkeys(PROFILES, manifest.NUMBER))
    if values["settings"]:
        settings = table.table("settings")
        settings.check(dict.fromkeys(settings.values, manifest.TABLE))
        for key in settings.values:
            settings.table(key).check(dict.fromkeys(PROFILES, manifest.NUMBER_OR_TEXT))
    return Chapter(**values | {"data": tuple(values["data"]), "after": tuple(values["after"])})


def profile() -> Profile:
    """The active profile: `FACEGEN_PROFILE`, or `quick` when that is not set.

    Raises:
        FacegenError: FACEGEN_PROFILE names no profile.
    """
    name = os.environ.get("FACEGEN_PROFILE") or "quick"
    if name not in PROFILES:
        raise unknown_name("profile", name, PROFILES, "Set FACEGEN_PROFILE to one of them.")
    return load().profiles[name]


def setting(chapter: str, key: str) -> float | str:
    """What a chapter's setting is under the active profile: `setting("06_dcgan", "steps")`.

    Raises:
        FacegenError: no such chapter, or no such setting in it.
    """
    settings = load().chapter(chapter).settings
    if key not in settings:
        raise unknown_name(
            f"setting of {chapter}", key, settings, f"Add `settings.{key}` to its [[chapter]] in book.toml."
        )
    return settings[key][profile().name]


class Needs:
    """The "What you need" of a chapter: a table in a notebook, lines of text in a terminal."""

    def __init__(self, chapter: Chapter, book: Book):
        before = (f"[{book.chapter(slug).heading}]({slug}.ipynb)" for slug in chapter.after)
        self.rows = {"chapters before": ", ".join(before) or "none", "data": data_column(chapter)}
        if len(set(chapter.minutes.values())) == 1:
            quick = book.profiles["quick"]
            self.rows["time"] = f"{duration(chapter.minutes[quick.name])} on {quick.machine}, whatever the profile"
            return
        for each in book.profiles.values():
            self.rows[f"time, {each.name}"] = (
                f"{duration(chapter.minutes[each.name])} on {each.machine}: {each.purpose}"
            )

    def _repr_markdown_(self) -> str:
        rows = [f"| {name} | {value} |" for name, value in self.rows.items()]
        return "\n".join(["| you need | |", "| :--- | :--- |", *rows])

    def __repr__(self) -> str:
        plain = {name: re.sub(r"\]\([^)]*\)|[\[`]", "", value) for name, value in self.rows.items()}
        return "\n".join(f"{name:18}{value}" for name, value in plain.items())


def needs(chapter: str) -> Needs:
    """What a chapter builds on and costs, to be shown at its head: `fg.book.needs("06_dcgan")`."""
    book = load()
    return Needs(book.chapter(chapter), book)


def duration(minutes: float) -> str:
    """Minutes for people: "30 seconds", "10 minutes", "4 hours"."""
    number, unit = (
        (minutes * 60, "second") if minutes < 1 else (minutes, "minute") if minutes < 120 else (minutes / 60, "hour")
    )
    return f"{number:.0f} {unit}{'' if round(number) == 1 else 's'}"


def data_column(chapter: Chapter) -> str:
    """Names of the chapter's data sets, as Markdown."""
    return ", ".join(f"`{name}`" for name in chapter.data) or "none"


def chapter_table(book: Book) -> str:
    """The README's table of contents, in Markdown."""
    rows = ["| part | chapter | data | quick | laptop | paper |", "| --- | --- | --- | --- | --- | --- |"]
    for chapter in book.chapters:
        numeral = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[book.parts.index(chapter.part)]
        notebook = Path(chapter.file).with_suffix(".ipynb").as_posix()
        times = " | ".join(duration(chapter.minutes[name]) for name in PROFILES)
        rows.append(
            f"| {numeral} {chapter.part} | [{chapter.heading}]({notebook}) | {data_column(chapter)} | {times} |"
        )
    return "\n".join(rows)


def write_readme_table(readme: Path = HOME / "README.md") -> None:
    """Put the chapter table between the two comments that mark its place in the README.

    Raises:
        FacegenError: a mark is missing.
    """
    start, end = "<!-- chapters: written by python -m facegen_lib.book -->\n", "<!-- end of chapters -->"
    before, started, rest = readme.read_text("utf-8").partition(start)
    _, ended, after = rest.partition(end)
    if not (started and ended):
        raise FacegenError(f"{readme} should mark the place of its table by {start.strip()} and, below, {end}.")
    readme.write_text(f"{before}{start}\n{chapter_table(load())}\n\n{end}{after}", "utf-8")


if __name__ == "__main__":
    write_readme_table()
