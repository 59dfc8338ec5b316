"""`lab`: a fresh page of JupyterLab in Chromium. One server and one browser serve the whole session."""

import os
import pathlib
import shutil

import pytest
from lab import Lab, Server
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("FACEGEN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    """Everything in this folder needs a browser, so it carries the marker without saying so."""
    for item in items:
        if pathlib.Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; name one with FACEGEN_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def lab(lab_server, chromium):
    """A `Lab`: see lab.py. The page's kernel is shut down afterwards, so that a test leaves no process behind."""
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    lab = Lab(page, lab_server)
    yield lab
    lab.close()
    page.close()
