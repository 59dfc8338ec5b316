"""The dashboard in JupyterLab: it moves while the kernel trains, and its Stop button and ■ end the run."""

import re

import nbformat
import pytest

SETUP = """
import numpy as np
import facegen_lib as fg
from facegen_lib.networks import convolutional

noise = fg.ImageSet("noise", np.random.default_rng(0).integers(0, 256, (64, 8, 8, 3), dtype="uint8"))

def smallest():
    return fg.recipe(
        "dcgan", noise, "laptop", batch_size=16, objective=fg.objectives.NonSaturating(),
        generator=convolutional.generator((8, 8, 3), latent_dim=8, width=2),
        discriminator=convolutional.discriminator((8, 8, 3), width=2),
    )
"""
FIRST = 'first = fg.train(smallest(), noise, minutes=30, folder="first")'
SECOND = 'second = fg.train(smallest(), noise, minutes=30, folder="second")'
AFTER = "print(first.steps, first.stopped, second.steps, second.stopped)"


@pytest.fixture
def notebook(lab_server):
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, FIRST, SECOND, AFTER)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), lab_server.folder / "training.ipynb")
    return "training.ipynb"


def step(lab, cell):
    """The step that the dashboard of a cell shows; 0 before there is one."""
    found = re.search(r"step ([\d,]+) ·", lab.text(cell))
    return int(found[1].replace(",", "")) if found else 0


def watch_it_train(lab, cell):
    """Wait for the curves, then for them to grow."""
    lab.wait_until(lambda: cell.locator("svg polyline").count() == 4, 120, "four curves")
    seen = step(lab, cell)
    lab.wait_until(lambda: step(lab, cell) > seen > 0, 60, "more steps")
    assert re.search(r"\d+ ms/step · .* left", lab.text(cell))
    assert cell.locator(".widget-image").evaluate("image => image.naturalWidth") == 8 * 8 + 7 * 2


def outputs(lab, cell_number):
    """What the notebook would keep of a cell's outputs: the type of each, and the kinds of data in it."""
    return lab.page.evaluate(
        "number => window.jupyterapp.shell.currentWidget.content.model.cells.get(number).outputs.toJSON()"
        ".map(output => [output.output_type, Object.keys(output.data || {}).sort()])",
        cell_number,
    )


def test_the_stop_button_and_the_square_end_a_run_and_leave_one_picture_and_one_sentence(lab, notebook):
    lab.open(notebook)
    lab.start_all()

    cell = lab.cell(FIRST)
    watch_it_train(lab, cell)
    lab.press(cell, "Stop")
    lab.wait_until(lambda: "stopped after step" in lab.text(cell), 60, "the first run to stop")

    cell = lab.cell(SECOND)
    watch_it_train(lab, cell)
    lab.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:interrupt-kernel'); }")
    lab.wait_until(lambda: "interrupted after step" in lab.text(cell), 60, "the second run to stop")

    last = lab.cell(AFTER)
    lab.wait_until(lambda: "interrupted" in lab.text(last), 60, "the last cell")
    assert re.fullmatch(r"\d+ stopped \d+ interrupted", lab.text(last).strip())
    for number in (1, 2):
        assert outputs(lab, number) == [["display_data", ["image/png", "text/plain"]], ["stream", []]]
