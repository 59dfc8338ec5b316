"""Choose, breed three generations, undo: as a reader does it."""

import nbformat
import pytest

SOURCE = """
import keras
from facegen_lib.models.generator import TrainedGenerator
from facegen_lib.networks import convolutional
from facegen_lib.notebook import breeding

keras.utils.set_random_seed(0)
painter = TrainedGenerator("untrained", convolutional.generator((16, 16, 3), latent_dim=32, width=8))
family = breeding.breed(painter)
"""


@pytest.fixture
def page(lab, lab_server):
    cells = [nbformat.v4.new_code_cell(SOURCE)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), lab_server.folder / "breeding.ipynb")
    lab.open("breeding.ipynb")
    lab.run_all()
    return lab


def test_choose_breed_three_generations_and_undo(page):
    cell = page.cell("breeding.breed")
    faces = cell.locator(".widget-toggle-button")
    breed, undo = (cell.get_by_role("button", name=label) for label in ("Breed", "Undo"))
    assert faces.count() == 9 and breed.is_disabled() and undo.is_disabled()

    def painted(place):
        return faces.nth(place).evaluate("face => getComputedStyle(face).backgroundImage")

    assert len({painted(place) for place in range(9)}) == 9 and painted(0).startswith('url("data:image/png')
    trees = [page.image(cell)]
    for generation, liked in enumerate([(0, 4), (2, 3, 8), (6,)], start=1):
        kept, replaced = painted(liked[0]), painted(1)
        for place in liked:
            faces.nth(place).click()
        page.wait_until(breed.is_enabled)
        breed.click()
        page.wait_until(lambda now=f"Generation {generation}": now in page.text(cell))
        page.wait_until(lambda: page.image(cell) != trees[-1])
        trees.append(page.image(cell))
        assert painted(liked[0]) == kept and painted(1) != replaced
        assert breed.is_disabled()
    for generation, chosen in ((2, {6}), (1, {2, 3, 8})):
        undo.click()
        page.wait_until(lambda tree=trees[generation]: page.image(cell) == tree)
        assert f"Generation {generation}" in page.text(cell)
        pressed = {place for place in range(9) if "mod-active" in faces.nth(place).get_attribute("class")}
        assert pressed == chosen and breed.is_enabled()
