"""What ships is found from a checkout and from a wheel, and is whole."""

import subprocess
import sys
import zipfile

import pytest

from facegen_lib import shipped
from facegen_lib.errors import FacegenError


@pytest.fixture
def data(tmp_path):
    """A small `data/` folder with its list: one good file."""
    (tmp_path / "README.md").write_text("# Ships\n\n| file | what |\n| --- | --- |\n\nThe end.\n", "utf-8")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "scores.json").write_text("{}")
    shipped.refresh(tmp_path)
    return tmp_path


def test_a_shipped_file_is_found():
    assert shipped.shipped_path("README.md").read_text("utf-8").startswith("# What ships")


def test_a_missing_file_is_reported_with_the_remedy():
    with pytest.raises(FacegenError, match=r'"results/nothing\.json" should ship .*`facegen doctor`'):
        shipped.shipped_path("results/nothing.json")


def test_every_shipped_file_is_listed_with_its_sha256_and_nothing_else_is():
    assert shipped.damages() == []


def test_every_shipped_file_has_its_provenance_and_licence():
    rows = shipped.listed(shipped.PROVENANCE.read_text("utf-8"))
    assert [name for name, row in rows.items() if len(row["what"]) < 10 or len(row["licence"]) < 3] == []


def test_refreshing_keeps_the_sentences_and_asks_for_new_ones(data):
    text = (data / "README.md").read_text("utf-8").replace("| ? | ? |", "| the scores | MIT |")
    (data / "README.md").write_text(text, "utf-8")
    (data / "results" / "more.json").write_text("[]")
    assert shipped.damages(data) == ["results/more.json is not listed in data/README.md"]
    rows = shipped.listed(shipped.refresh(data))
    assert rows["results/scores.json"]["what"] == "the scores"
    assert rows["results/more.json"]["what"] == "?"
    assert shipped.damages(data) == []
    assert (data / "README.md").read_text("utf-8").endswith("The end.\n")


def test_a_changed_file_and_a_lost_file_are_noticed(data):
    (data / "results" / "scores.json").write_text("{ }")
    assert shipped.damages(data) == ["results/scores.json differs from its sha256 in data/README.md"]
    (data / "results" / "scores.json").unlink()
    assert shipped.damages(data) == ["results/scores.json is missing"]


def test_a_wheel_carries_all_that_ships(tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(tmp_path), str(shipped.HOME)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    program = "from facegen_lib import shipped; print(shipped.HOME, *shipped.damages(), sep='\\n')"
    command = [sys.executable, "-c", program]
    environment = {"PYTHONPATH": str(tmp_path / "installed")}
    found = subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert found.stdout.splitlines() == [str(tmp_path / "installed" / "facegen_lib" / "_shipped")]
