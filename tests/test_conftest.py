"""The rule about skipped browser tests, tried on a small suite."""

import pathlib
import subprocess
import sys

import pytest

SUITE = """
import pytest

@pytest.mark.browser
def test_of_a_page():
    pytest.skip("no Chromium")

def test_of_a_number():
    pytest.skip("not today")
"""


@pytest.mark.parametrize(("ci", "outcome"), [("", "2 skipped"), ("true", "1 failed, 1 skipped")])
def test_a_browser_test_may_be_skipped_anywhere_but_on_ci(tmp_path, monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    (tmp_path / "conftest.py").write_text((pathlib.Path(__file__).parent / "conftest.py").read_text("utf-8"))
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    browser: drives a real Chromium\n")
    (tmp_path / "test_suite.py").write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "."]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert f"{outcome} in" in printed
    assert ("which CI does not allow: no Chromium" in printed) == bool(ci)
