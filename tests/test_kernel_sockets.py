"""The plugin that `make test` gives nbval, tried on a notebook of one cell."""

import os
import pathlib
import subprocess
import sys

import nbformat.v4
import pytest

BOOK = pathlib.Path(__file__).parent.parent


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such sockets")
def test_a_kernel_is_reached_through_files(tmp_path):
    cell = "from ipykernel import connect\nassert connect.get_connection_info(unpack=True)['transport'] == 'ipc'"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    nbformat.write(notebook, tmp_path / "one_cell.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "tests.kernel_sockets"]
    command += ["--nbval-lax", "--nbval-current-env", str(tmp_path / "one_cell.ipynb")]
    tried = subprocess.run(command, cwd=BOOK, capture_output=True, text=True)
    assert "1 passed" in tried.stdout, tried.stdout


def test_make_test_runs_chapters_with_it():
    assert "-p tests.kernel_sockets" in (BOOK / "Makefile").read_text("utf-8")
