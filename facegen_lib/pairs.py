"""Chapters as pairs: `NN_slug.py` is the source, `NN_slug.ipynb` is that source executed. Run by the Makefile.

python -m facegen_lib.pairs run              execute every chapter of book.toml, print a table, touch no notebook
python -m facegen_lib.pairs write            execute what changed since its notebook was written, and write the notebook
python -m facegen_lib.pairs write 06         the same for one chapter and its workbook, changed or not; "all": for all
python -m facegen_lib.pairs check            name the pairs that are out of step
"""

import base64
import hashlib
import io
import os
import sys
import tempfile
import time
from pathlib import Path

import jupytext
import nbclient
import nbformat
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from PIL import Image

from facegen_lib import book
from facegen_lib.errors import FacegenError
from facegen_lib.shipped import HOME

EXECUTED = (
    HOME / "build" / "book"
)  # what `run` executed and what the kernels said, to be looked at when a chapter fails
SECONDS_PER_CELL = 300
LARGE_PICTURE = 100_000  # bytes


def sources(beginning: str = "") -> list[Path]:
    """Every chapter and workbook whose name starts so, in reading order: "06" gives chapter 06 and its workbook."""
    chapters = HOME / "chapters"
    return sorted([*chapters.glob(f"{beginning}*.py"), *chapters.glob(f"exercises/{beginning}*.py")])


def content(notebook: NotebookNode) -> list[tuple[str, str, tuple[str, ...]]]:
    """What a pair has in common: type, source and tags of every cell."""
    return [(cell.cell_type, cell.source, tuple(cell.metadata.get("tags", ()))) for cell in notebook.cells]


def in_step(source: Path) -> bool:
    """Whether the notebook beside a source exists and holds the source's cells."""
    notebook = source.with_suffix(".ipynb")
    return notebook.exists() and content(jupytext.read(source)) == content(nbformat.read(notebook, as_version=4))


def execute(source: Path) -> tuple[NotebookNode, str]:
    """Run a source from top to bottom in the quick profile, offline data only, in a folder where no run lies yet.

    Returns:
        the notebook with its outputs, and what went wrong: "" or the cell, the error and its text.
    """
    notebook = jupytext.read(source)
    give_lasting_ids(notebook)
    notebook.metadata.jupytext = {"formats": "ipynb,py:percent"}
    environment = {name: value for name, value in os.environ.items() if name not in ("FACEGEN_DATA", "FACEGEN_RUNS")}
    environment |= {"FACEGEN_PROFILE": "quick", "TF_CPP_MIN_LOG_LEVEL": "3"}
    client = nbclient.NotebookClient(notebook, timeout=SECONDS_PER_CELL, kernel_name="python3", record_timing=False)
    begun = []
    client.on_cell_execute = lambda cell, cell_index: begun.append(cell)
    EXECUTED.mkdir(parents=True, exist_ok=True)
    with (EXECUTED / f"{source.stem}.log").open("w") as log, tempfile.TemporaryDirectory() as folder:
        try:
            client.execute(cwd=folder, env=environment, stderr=log)
        except (CellControlSignal, DeadKernelError) as error:
            name, text = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error).strip())
            return notebook, f"cell {len(begun)} (`{begun[-1].source.splitlines()[0]}`): {name}: {text}"
    return notebook, ""


def give_lasting_ids(notebook: NotebookNode) -> None:
    """Cell ids made from the cell's own text, so that executing again changes none of them."""
    taken = set()
    for cell in notebook.cells:
        number = 0
        while not number or cell.id in taken:
            number += 1
            cell.id = hashlib.sha256(f"{number}{cell.source}".encode()).hexdigest()[:8]
        taken.add(cell.id)


def pack_pictures(notebook: NotebookNode) -> None:
    """Large PNG outputs in 256 colours of their own, a quarter of the size: readers clone this."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    for data in (output.data for output in outputs if "image/png" in output.get("data", {})):
        before = base64.b64decode(data["image/png"])
        if len(before) > LARGE_PICTURE:
            packed = io.BytesIO()
            Image.open(io.BytesIO(before)).convert("RGB").quantize(256).save(packed, format="PNG", optimize=True)
            data["image/png"] = base64.b64encode(packed.getvalue()).decode()


def write(source: Path) -> None:
    """Execute a source and write the notebook beside it.

    Raises:
        FacegenError: a cell failed; the notebook stays as it was.
    """
    notebook, problem = execute(source)
    if problem:
        raise FacegenError(f"{source.relative_to(HOME)}, {problem}")
    pack_pictures(notebook)
    nbformat.write(notebook, source.with_suffix(".ipynb"))
    os.utime(source)  # JupyterLab opens the younger of the two as the source


def run(chapter: book.Chapter) -> tuple[float, str]:
    """Execute a chapter, leaving its executed notebook in `build/book`; seconds, and what went wrong."""
    began = time.monotonic()
    notebook, problem = execute(HOME / chapter.file)
    nbformat.write(notebook, EXECUTED / f"{chapter.slug}.ipynb")
    return time.monotonic() - began, problem


def run_book() -> int:
    """Execute every chapter, one after the other, and print the table; the number of those that failed."""
    chapters, began, problems = book.load().chapters, time.monotonic(), []
    width = max((len(chapter.heading) for chapter in chapters), default=8)
    print(f"{'chapter':{width}}  seconds  result")
    for chapter in chapters:
        seconds, problem = run(chapter)
        print(f"{chapter.heading:{width}}  {seconds:7.1f}  {'failed' if problem else 'done'}", flush=True)
        if problem:
            problems.append(f"{chapter.file}, {problem}\n  see {EXECUTED / chapter.slug}.ipynb")
    print(f"{f'{len(chapters)} chapters':{width}}  {time.monotonic() - began:7.1f}  {len(problems)} failed")
    print("\n".join(["", *problems]) if problems else "\nOpen the book with `make lab`.")
    return len(problems)


def main(arguments: list[str]) -> int:
    """The three commands above; the exit status."""
    match arguments:
        case ["run"]:
            return min(run_book(), 1)
        case ["write"]:
            chosen = [source for source in sources() if not in_step(source)]
        case ["write", beginning]:
            chosen = sources("" if beginning == "all" else beginning)
            if not chosen:
                raise FacegenError(
                    f'No chapter starts with "{beginning}". There are: {", ".join(each.stem for each in sources())}.'
                )
        case ["check"]:
            out_of_step = [source.relative_to(HOME) for source in sources() if not in_step(source)]
            for source in out_of_step:
                print(f"{source} and its notebook differ: run `make pair`.")
            return min(len(out_of_step), 1)
        case _:
            raise FacegenError(__doc__)
    for source in chosen:
        print(f"executing {source.relative_to(HOME)} … ", end="", flush=True)
        write(source)
        print("written")
    if not chosen:
        print("Every notebook is in step with its source.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except FacegenError as error:
        sys.exit(str(error))
