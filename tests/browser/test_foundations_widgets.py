"""Chapters 01 and 02 as a reader meets them: every knob, moved once, changes its figure."""

import pytest


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("chapter", ["01_generative_models", "02_building_blocks"])
def test_every_knob_changes_its_figure(lab, chapter):
    lab.open(f"chapters/{chapter}.ipynb")
    lab.run_all(seconds=600)
    cells = lab.cells("fg.turn(")
    assert len(cells) >= 9
    for cell in cells:
        lab.wait_until(lambda cell=cell: lab.knobs(cell) != [], what="its knobs")
        for label in lab.knobs(cell):
            before = lab.image(cell)
            lab.turn(cell, label)
            lab.wait_until(
                lambda cell=cell, before=before: lab.image(cell) != before, 90, f"{label!r} to change its figure"
            )
            lab.wait_idle()
