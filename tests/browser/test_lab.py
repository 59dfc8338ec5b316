"""The fixture itself, on a notebook of three cells."""

import nbformat
import pytest

SOURCE = """
import matplotlib.pyplot as plt
from facegen_lib.notebook import knobs

def bell(height, kind, dashed):
    plt.plot([0, height], "--" if dashed else "-")
    plt.title(kind)

knobs.turn(bell, height=(0.0, 4.0, 1.0), kind=["one", "other"], dashed=False)
"""


@pytest.fixture
def notebook(lab_server):
    def write(*sources):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), lab_server.folder / "small.ipynb")
        return "small.ipynb"

    return write


def test_every_kind_of_knob_changes_the_figure_and_a_slider_turned_back_restores_it(lab, notebook):
    lab.open(notebook("greeting = 'hello'", SOURCE, "print(greeting)"))
    lab.run_all()
    cell = lab.cell("knobs.turn(bell")
    seen = [lab.image(cell)]
    assert lab.knobs(cell) == ["height", "kind", "dashed"]
    for label in lab.knobs(cell):
        lab.turn(cell, label)
        lab.wait_until(lambda: lab.image(cell) != seen[-1])
        lab.wait_idle()
        seen.append(lab.image(cell))
    assert len(set(seen)) == 4
    lab.turn(cell, "dashed")
    lab.choose(cell, "kind", "one")
    lab.move_slider(cell, "height", "ArrowLeft")
    lab.wait_until(lambda: lab.image(cell) == seen[0])
    assert lab.text(lab.cell("print(greeting)")).strip() == "hello"


def test_an_error_in_a_cell_is_an_error_of_the_test(lab, notebook):
    lab.open(notebook("1 / 0"))
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.run_all()
