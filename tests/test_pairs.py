"""Sources are executed, notebooks written, and drift between the two is seen."""

import jupytext
import nbformat
import pytest

from facegen_lib import book, pairs
from facegen_lib.errors import FacegenError

SOURCE = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A small chapter

# %% tags=["nbval-check-output"]
import os

os.environ["FACEGEN_PROFILE"], "FACEGEN_DATA" in os.environ, os.listdir()

# %% [markdown]
# Again.

# %%
print(1 + 1)
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A checkout with one chapter and its workbook, for `pairs` to work in."""
    (tmp_path / "chapters" / "exercises").mkdir(parents=True)
    (tmp_path / "chapters" / "01_small.py").write_text(SOURCE)
    (tmp_path / "chapters" / "exercises" / "01_small.py").write_text(SOURCE)
    monkeypatch.setattr(pairs, "HOME", tmp_path)
    monkeypatch.setattr(pairs, "EXECUTED", tmp_path / "build" / "book")
    monkeypatch.setenv("FACEGEN_DATA", "/somewhere")
    monkeypatch.setenv("FACEGEN_PROFILE", "paper")
    return tmp_path


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_writing_makes_every_notebook_in_the_quick_profile_offline_and_in_an_empty_folder(home):
    assert pairs.main(["check"]) == 1
    assert pairs.main(["write"]) == 0
    assert pairs.main(["check"]) == 0
    for notebook in ("chapters/01_small.ipynb", "chapters/exercises/01_small.ipynb"):
        cells = code_cells(home / notebook)
        assert [cell.execution_count for cell in cells] == [1, 2]
        assert cells[0].outputs[0].data["text/plain"] == "('quick', False, [])"


def test_only_what_changed_is_executed_again_unless_asked_for(home, capsys):
    pairs.main(["write"])
    source = home / "chapters" / "01_small.py"
    source.write_text(SOURCE.replace("1 + 1", "1 + 2"))
    assert not pairs.in_step(source)
    capsys.readouterr()
    pairs.main(["write"])
    assert "chapters/01_small.py" in (said := capsys.readouterr().out) and "exercises" not in said
    assert code_cells(source.with_suffix(".ipynb"))[1].outputs[0].text == "3\n"
    pairs.main(["write", "01"])
    assert "exercises" in capsys.readouterr().out


def test_executing_again_changes_no_byte(home):
    pairs.main(["write", "01"])
    before = (home / "chapters" / "01_small.ipynb").read_bytes()
    pairs.main(["write", "all"])
    assert (home / "chapters" / "01_small.ipynb").read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [("A small", "A tall"), ("1 + 1", "2"), (' tags=["nbval-check-output"]', ""), ("# %%\nprint(1 + 1)\n", "")],
)
def test_any_change_of_text_code_or_tags_is_drift(home, old, new):
    source = home / "chapters" / "01_small.py"
    nbformat.write(jupytext.read(source), source.with_suffix(".ipynb"))
    assert pairs.in_step(source)
    source.write_text(SOURCE.replace(old, new))
    assert not pairs.in_step(source)


def test_a_failing_cell_is_named_and_the_notebook_kept(home):
    source = home / "chapters" / "01_small.py"
    pairs.write(source)
    before = source.with_suffix(".ipynb").read_bytes()
    source.write_text(SOURCE.replace("print(1 + 1)", "answer = 1\nanswer / 0"))
    with pytest.raises(FacegenError, match=r"chapters/01_small\.py, cell 2 \(`answer = 1`\): ZeroDivisionError: "):
        pairs.write(source)
    assert source.with_suffix(".ipynb").read_bytes() == before


def test_a_kernel_that_dies_is_reported(home):
    source = home / "chapters" / "01_small.py"
    source.write_text(SOURCE.replace("print(1 + 1)", "os._exit(3)"))
    assert "cell 2 (`os._exit(3)`): DeadKernelError" in pairs.execute(source)[1]


def test_the_book_is_run_and_its_table_printed(home, monkeypatch, capsys):
    manifest = book.load()
    minutes = dict.fromkeys(book.PROFILES, 1.0)
    good = book.Chapter("chapters/01_small.py", "Small", "Foundations", (), minutes)
    bad = book.Chapter("chapters/02_bad.py", "Bad", "Foundations", (), minutes)
    (home / bad.file).write_text(SOURCE.replace("1 + 1", "1 + None"))
    monkeypatch.setattr(book, "load", lambda: book.dataclasses.replace(manifest, chapters=(good, bad)))
    assert pairs.main(["run"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["chapter", "seconds", "result"]
    assert lines[1].split()[::3] == ["01", "done"]
    assert lines[2].split()[::3] == ["02", "failed"]
    assert any(line.startswith("chapters/02_bad.py, cell 2 (`print(1 + None)`): TypeError") for line in lines)
    assert not (home / "chapters" / "01_small.ipynb").exists()
    assert len(code_cells(home / "build" / "book" / "01_small.ipynb")) == 2


def test_an_unknown_chapter_is_answered_with_those_there_are(home):
    with pytest.raises(FacegenError, match='No chapter starts with "7". There are: 01_small'):
        pairs.main(["write", "7"])
