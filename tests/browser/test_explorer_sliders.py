"""The explorer in JupyterLab: a slider changes the picture under it, and only that one."""

import nbformat
import pytest

SOURCE = """
import facegen_lib as fg
from facegen_lib.networks import convolutional

small = convolutional.generator((8, 8, 3), latent_dim=8, width=4)
fg.explore(fg.models.TrainedGenerator("untrained", small), directions=2)
"""


@pytest.fixture
def notebook(lab_server):
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(SOURCE)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), lab_server.folder / "explorer.ipynb")
    return "explorer.ipynb"


def move_and_compare(lab, cell, slider):
    """Move a slider; the numbers of the figures that are different afterwards."""
    figures = cell.locator(".jp-OutputArea-output img")

    def pictures():
        return [figures.nth(number).get_attribute("src") for number in range(figures.count())]

    before = pictures()
    lab.move_slider(cell, slider, times=3)
    lab.wait_until(lambda: pictures() != before, 30, f"{slider} to change a picture")
    lab.wait_until_still(pictures)  # three moves may be three redraws
    return [number for number, (old, new) in enumerate(zip(before, pictures(), strict=True)) if old != new]


def test_every_slider_changes_its_own_picture(lab, notebook):
    lab.open(notebook)
    lab.run_all()
    cell = lab.cell("fg.explore")
    assert cell.locator(".jp-OutputArea-output img").count() == 3
    for slider, figure in (("face", 0), ("direction 2", 0), ("way", 1), ("minus", 2)):
        assert move_and_compare(lab, cell, slider) == [figure]
