"""Tables hold what the results files hold."""

import pytest

from facegen_lib import zoo
from facegen_lib.errors import FacegenError
from facegen_lib.zoo import tables


@pytest.mark.parametrize("data", ["mnist", "nlvr", "flowers", "utkface"])
def test_each_adversary_has_a_row_with_as_many_cells_as_the_head(data):
    rows = [line.split("|")[1:-1] for line in tables.family(data).data.splitlines()]
    assert len({len(row) for row in rows}) == 1
    assert [row[0].strip() for row in rows[2:6]] == ["vanilla", "dcgan", "wgan", "wgan-gp"]


@pytest.mark.parametrize("name", [name for name in zoo.names() if zoo.entry(name).recipe in zoo.FAMILY])
def test_a_shipped_run_has_its_measured_values_in_its_row(name):
    entry, report = zoo.entry(name), zoo.report(name)
    (row,) = (line for line in tables.family(entry.data).data.splitlines() if line.startswith(f"| {entry.recipe} |"))
    cells = [cell.strip() for cell in row.split("|")[4 : 4 + len(tables.MEASURES)]]
    for measure, cell in zip(tables.MEASURES, cells, strict=True):
        assert float(cell.split()[0]) == pytest.approx(report[measure].value, rel=0.02, abs=1e-4)
    assert f"{zoo.pretrained(name).about['steps']:,}" in row


def test_the_dissertations_figures_stand_in_the_table():
    table = tables.family("flowers").data
    assert "272, 364, 386, 363" in table and "28%" in table


def test_an_image_set_without_an_experiment_is_refused():
    with pytest.raises(FacegenError, match="mnist"):
        tables.dissertation("mnits")
