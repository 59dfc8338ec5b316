"""The laws of a chapter, for every chapter and workbook on disk: paired, executed, and built as DESIGN says.

One chapter: `python -m pytest tests/test_chapters.py -k 06_dcgan`
"""

import itertools
import re
import statistics

import jupytext
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from facegen_lib import book, pairs
from facegen_lib.shipped import HOME

CHAPTERS = sorted((HOME / "chapters").glob("*.py"))
WORKBOOKS = sorted((HOME / "chapters" / "exercises").glob("*.py"))
ANATOMY = [
    "What you will build",
    "What you will learn",
    "What you need",
    "What went wrong",
    "Recap",
    "Exercises",
    "Sources and further reading",
]
chapters = pytest.mark.parametrize("source", CHAPTERS, ids=lambda source: source.stem)
everything = pytest.mark.parametrize(
    "source", CHAPTERS + WORKBOOKS, ids=lambda source: f"{source.parent.name}-{source.stem}"
)


def notebook_of(source):
    if not source.with_suffix(".ipynb").exists():
        pytest.fail(f"{source.name} was never executed: run `make pair`", pytrace=False)
    return nbformat.read(source.with_suffix(".ipynb"), as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def prose(notebook):
    """All Markdown, without code blocks, formulas and the targets of links."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = re.sub(r"```.*?```|~~~.*?~~~|\$\$.*?\$\$|\$[^$\n]+\$", " ", text, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)|<[^>]+>|`[^`]*`", " ", text)


def execution_faults(notebook):
    """Cells not executed, or out of order; errors that no tag announces; anything on standard error."""
    faults = []
    for number, cell in enumerate(code_cells(notebook), start=1):
        first = cell.source.splitlines()[0]
        if cell.execution_count != number:
            faults.append(f"code cell {number} (`{first}`) has execution count {cell.execution_count}")
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", ()):
                faults.append(f"code cell {number} (`{first}`) ended in {output.ename}: {output.evalue}")
            if output.output_type == "stream" and output.name == "stderr":
                faults.append(f"code cell {number} (`{first}`) wrote on standard error: {output.text.strip()[:100]}")
    return faults


def size_faults(notebook):
    """Code cells above 60 lines, lines above 120 characters, and code cells that no Markdown parts."""
    lengths = {cell.source.splitlines()[0]: len(cell.source.splitlines()) for cell in code_cells(notebook)}
    faults = [f"`{first}` has {length} lines" for first, length in lengths.items() if length > 60]
    lines = [line for cell in code_cells(notebook) for line in cell.source.splitlines()]
    faults += [f"`{line}` has {len(line)} characters" for line in lines if len(line) > 120]
    kinds = [(cell.cell_type, cell.source) for cell in notebook.cells if cell.source.strip()]
    for (kind, _), (next_kind, text) in itertools.pairwise(kinds):
        if kind == next_kind == "code":
            faults.append(f"no sentence before `{text.splitlines()[0]}`")
    return faults


def anatomy_faults(notebook):
    """Headings missing or out of order, no picture at the top, no numbered sections, too many or too few verbs."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headings = re.findall(r"^## +(.+?)\s*$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    faults = [f'no heading "## {heading}"' for heading in ANATOMY if heading not in headings]
    if not faults and sorted(ANATOMY, key=headings.index) != ANATOMY:
        faults.append(f"headings out of order: {', '.join(sorted(ANATOMY, key=headings.index))}")
    if not notebook.cells[0].source.startswith("# "):
        faults.append("the first cell is no title (`# …`)")
    if len([heading for heading in headings if re.match(r"\d+\b", heading)]) < 2:
        faults.append("fewer than two numbered sections (`## 1 …`)")
    verbs = re.search(r"^## What you will learn\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    count = len(re.findall(r"^(?:[-*]|\d\.) ", verbs[1], re.MULTILINE)) if verbs else 0
    if not 3 <= count <= 5:
        faults.append(f"{count} points under What you will learn, not 3 to 5")
    if not picture_at_the_top(notebook):
        faults.append("no picture before the first numbered section")
    return faults


def picture_at_the_top(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if any(kind.startswith("image/") for output in cell.outputs for kind in output.get("data", {})):
                return True
        else:
            top = re.split(r"^## \d", cell.source, flags=re.MULTILINE)[0]
            if "![" in top or "<img" in top:
                return True
            if top != cell.source:
                return False
    return False


def test_the_manifest_lists_the_chapters_on_disk_and_no_others():
    assert sorted(chapter.slug for chapter in book.load().chapters) == [source.stem for source in CHAPTERS]


def test_every_workbook_belongs_to_a_chapter():
    assert [source.stem for source in WORKBOOKS if source.stem not in {chapter.stem for chapter in CHAPTERS}] == []


def test_every_notebook_has_its_source():
    notebooks = [*(HOME / "chapters").glob("*.ipynb"), *(HOME / "chapters" / "exercises").glob("*.ipynb")]
    assert [notebook.name for notebook in notebooks if not notebook.with_suffix(".py").exists()] == []


@everything
def test_a_pair_is_in_step(source):
    assert pairs.in_step(source), "run `make pair`"


@everything
def test_a_source_names_its_pairing_and_its_kernel(source):
    metadata = jupytext.read(source).metadata
    assert metadata["jupytext"]["formats"] == "ipynb,py:percent"
    assert metadata["kernelspec"]["name"] == "python3"


@everything
def test_a_source_keeps_no_metadata_but_tags(source):
    keys = {key for cell in jupytext.read(source).cells for key in cell.metadata}
    assert keys <= {"tags", "nbgrader", "lines_to_next_cell"}


@everything
def test_a_notebook_was_executed_from_top_to_bottom_without_an_error_or_a_warning(source):
    assert execution_faults(notebook_of(source)) == []


@everything
def test_a_notebook_is_smaller_than_3_megabytes(source):
    assert notebook_of(source) and source.with_suffix(".ipynb").stat().st_size < 3 * 1024**2


@everything
def test_a_link_to_a_file_leads_somewhere(source):
    text = "\n".join(cell.source for cell in notebook_of(source).cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\((?!https?:|#|mailto:|attachment:)([^)#\s]+)", text)
    assert [link for link in links if not (source.parent / link).exists()] == []


@chapters
def test_code_comes_in_small_cells_parted_by_sentences(source):
    notebook = notebook_of(source)
    assert size_faults(notebook) == []
    lengths = [len(cell.source.splitlines()) for cell in code_cells(notebook)]
    assert 20 <= len(lengths) <= 40
    assert statistics.median(lengths) <= 8


@chapters
def test_a_chapter_has_1500_to_3000_words_of_prose(source):
    assert 1500 <= len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", prose(notebook_of(source)))) <= 3000


@chapters
def test_a_chapter_has_its_anatomy(source):
    assert anatomy_faults(notebook_of(source)) == []


@chapters
def test_a_chapter_shows_what_it_needs_from_the_manifest_and_asserts_what_it_claims(source):
    code = "\n".join(cell.source for cell in code_cells(notebook_of(source)))
    assert f'fg.book.needs("{source.stem}")' in code
    assert len(re.findall(r"^\s*assert ", code, re.MULTILINE)) >= 3


@chapters
def test_a_chapter_is_titled_as_the_manifest_says(source):
    title = notebook_of(source).cells[0].source.splitlines()[0]
    assert title == f"# {book.load().chapter(source.stem).heading}"


@chapters
def test_a_chapter_leads_to_its_workbook(source):
    workbook = f"exercises/{source.stem}.ipynb"
    if (source.parent / workbook).exists():
        assert any(f"]({workbook})" in cell.source for cell in notebook_of(source).cells)


@pytest.fixture
def good():
    """The smallest notebook that obeys every law."""
    picture = new_output("display_data", data={"image/png": "iVBORw0KGgo="})
    verbs = "- **one**\n- **two**\n- **three**"
    return new_notebook(
        cells=[
            new_markdown_cell("# 01 Title"),
            new_code_cell("1 + 1", execution_count=1, outputs=[picture]),
            new_markdown_cell(f"## {ANATOMY[0]}\n## {ANATOMY[1]}\n{verbs}\n## {ANATOMY[2]}\n## 1 A\n## 2 B"),
            new_code_cell("2 + 2", execution_count=2),
            new_markdown_cell("\n".join(f"## {heading}" for heading in ANATOMY[3:])),
        ]
    )


def test_a_good_notebook_has_no_fault(good):
    assert execution_faults(good) + size_faults(good) + anatomy_faults(good) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda cells: cells[3].update(execution_count=None), "code cell 2 (`2 + 2`) has execution count None"),
        (lambda cells: cells[3].update(execution_count=7), "code cell 2 (`2 + 2`) has execution count 7"),
        (
            lambda cells: cells[3].outputs.append(new_output("error", ename="KeyError", evalue="x", traceback=[])),
            "code cell 2 (`2 + 2`) ended in KeyError: x",
        ),
        (
            lambda cells: cells[3].outputs.append(new_output("stream", name="stderr", text="Warning: old")),
            "code cell 2 (`2 + 2`) wrote on standard error: Warning: old",
        ),
        (lambda cells: cells[3].update(source="x = 1\n" * 61), "`x = 1` has 61 lines"),
        (lambda cells: cells[3].update(source="x" * 121), f"`{'x' * 121}` has 121 characters"),
        (lambda cells: cells.insert(4, new_code_cell("3 + 3", execution_count=3)), "no sentence before `3 + 3`"),
        (lambda cells: cells.pop(), f'no heading "## {ANATOMY[-1]}"'),
        (lambda cells: cells[0].update(source="Title"), "the first cell is no title (`# …`)"),
        (lambda cells: cells[1].outputs.clear(), "no picture before the first numbered section"),
        (
            lambda cells: cells[2].update(source=cells[2].source.replace("## 2", "## B")),
            "fewer than two numbered sections",
        ),
        (
            lambda cells: cells[2].update(source=cells[2].source.replace("- **two**\n", "")),
            "2 points under What you will",
        ),
        (lambda cells: cells.append(cells.pop(2)), "headings out of order"),
    ],
)
def test_a_bad_notebook_is_told_its_fault(good, spoil, fault):
    spoil(good.cells)
    assert any(found.startswith(fault) for found in execution_faults(good) + size_faults(good) + anatomy_faults(good))


def test_an_announced_error_is_none(good):
    good.cells[3].metadata["tags"] = ["raises-exception"]
    good.cells[3].outputs.append(new_output("error", ename="KeyError", evalue="x", traceback=[]))
    assert execution_faults(good) == []


def test_prose_is_words_and_no_code_formula_or_address():
    text = "Two [words](https://example.org/and/more).\n\n```\ncode = 1\n```\n$x + y$ and $$z$$ `name`"
    assert prose(new_notebook(cells=[new_markdown_cell(text)])).split() == ["Two", "[words", ".", "and"]
