"""A reader at a browser: JupyterLab on a copy of the chapters, driven in real Chromium.

def test_a_knob_redraws(lab):
    lab.open("chapters/01_generative_models.ipynb")
    lab.run_all()
    cell = lab.cell("fg.turn(bell")
    before = lab.image(cell)
    lab.move_slider(cell, "width")
    lab.wait_until(lambda: lab.image(cell) != before)
"""

import base64
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from playwright.sync_api import Locator, Page

ROOT = pathlib.Path(__file__).parents[2]
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {
        "windowingMode": "none"
    },  # every output is in the page, scrolled to or not
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}


class Server:
    """JupyterLab on a free port, serving a copy of `chapters/` from a folder that can be thrown away.

    Attributes:
        folder: the served folder; write further notebooks into it.
        url: `http://127.0.0.1:PORT`.
        token: what the address needs as `?token=`.
    """

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        shutil.copytree(ROOT / "chapters", folder / "chapters")
        for plugin, values in SETTINGS.items():
            file = folder / "settings" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
        command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}"]
        command += ["--MappingKernelManager.cull_idle_timeout=900"]  # should this process be killed, the server
        command += ["--ServerApp.shutdown_no_activity_timeout=900"]  # does not outlive it for long
        self.log = folder / "server.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        self._wait()

    def _wait(self, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/api?token={self.token}", timeout=2).close()
                return
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.2)
        raise RuntimeError(f"JupyterLab did not answer within {seconds:.0f} s:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Lab:
    """One browser page on a `Server`. Cells are found by a piece of their source text.

    Attributes:
        page: the playwright page, for whatever has no method here.
        server: the `Server` behind it.
    """

    def __init__(self, page: Page, server: Server):
        self.page, self.server = page, server

    def open(self, path: str, seconds: float = 90.0) -> None:
        """Open one notebook, `path` relative to the served folder, and wait until its kernel is idle."""
        self.page.goto(f"{self.server.url}/doc/tree/{path}?token={self.server.token}&reset")
        self.page.wait_for_function("() => window.jupyterapp !== undefined", timeout=1000 * seconds)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=1000 * seconds)
        self.wait_idle(seconds)

    def close(self) -> None:
        """Shut the page's kernel down, if it has one."""
        self.page.evaluate(
            "async () => { await window.jupyterapp?.shell.currentWidget?.sessionContext?.shutdown?.(); }"
        )

    def kernel_status(self) -> str:
        """`"idle"`, `"busy"`, `"starting"`, …, or `"none"` before there is a kernel."""
        return self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status ?? 'none'"
        )

    def wait_idle(self, seconds: float = 120.0) -> None:
        """Wait until the kernel has nothing to do."""
        self.wait_until(lambda: self.kernel_status() == "idle", seconds, "the kernel to be idle")

    def run_all(self, seconds: float = 180.0) -> None:
        """Run every cell and wait for the last; the first error output, if there is one, is raised."""
        self.start_all()
        self.page.wait_for_function("() => window.allCellsRan === true", timeout=1000 * seconds)
        self.wait_idle(seconds)
        failed = self.page.evaluate(
            "() => [...window.jupyterapp.shell.currentWidget.content.model.cells]"
            ".flatMap(cell => cell.type === 'code' ? cell.outputs.toJSON() : [])"
            ".filter(output => output.output_type === 'error')"
        )
        if failed:
            raise AssertionError(f"{failed[0]['ename']}: {failed[0]['evalue']}")

    def start_all(self) -> None:
        """Run every cell without waiting, e.g. to press Stop while one of them trains."""
        self.page.evaluate(
            "() => { window.allCellsRan = false; window.jupyterapp.commands.execute('notebook:run-all-cells')"
            ".finally(() => { window.allCellsRan = true; }); }"
        )

    def cells(self, text: str) -> list[Locator]:
        """The code cells whose source contains `text`, from top to bottom."""
        found = self.page.evaluate(
            "text => [...window.jupyterapp.shell.currentWidget.content.model.cells].flatMap((cell, index) =>"
            " cell.type === 'code' && cell.sharedModel.getSource().includes(text) ? [index] : [])",
            text,
        )
        return [self.page.locator(".jp-Notebook .jp-Cell").nth(index) for index in found]

    def cell(self, text: str) -> Locator:
        """The first code cell whose source contains `text`."""
        found = self.cells(text)
        if not found:
            raise AssertionError(f"No code cell contains {text!r}.")
        return found[0]

    def text(self, cell: Locator) -> str:
        """Everything the cell's outputs say, as text."""
        return cell.locator(".jp-Cell-outputArea").inner_text()

    def image(self, cell: Locator) -> bytes:
        """The bytes of the cell's last PNG output."""
        pictures = cell.locator(".jp-OutputArea-output img")
        try:
            self.wait_until(lambda: pictures.count() > 0)
        except AssertionError:
            raise AssertionError(f"The cell shows no picture. It says: {self.text(cell)}") from None
        source = pictures.last.get_attribute("src")
        return base64.b64decode(source.partition("base64,")[2])

    def knobs(self, cell: Locator) -> list[str]:
        """The labels of the cell's sliders, menus and tick boxes."""
        labels = cell.locator(".widget-inline-hbox").locator(".widget-label, .widget-label-basic").all_inner_texts()
        return [label for label in labels if label.strip("\u200b ")]  # a tick box has an invisible label before its own

    def knob(self, cell: Locator, label: str) -> Locator:
        """The slider, menu or tick box with exactly that label."""
        return cell.locator(".widget-inline-hbox").filter(has=self.page.get_by_text(label, exact=True))

    def turn(self, cell: Locator, label: str) -> None:
        """Change a knob a little, whatever kind it is and wherever it stands."""
        knob = self.knob(cell, label)
        knob.scroll_into_view_if_needed()
        handle, menu = knob.locator(".noUi-handle"), knob.locator("select")
        if handle.count():
            before = handle.get_attribute("aria-valuenow")
            self.move_slider(cell, label)
            if handle.get_attribute("aria-valuenow") == before:  # it stood at its upper end
                self.move_slider(cell, label, "ArrowLeft")
        elif menu.count():
            chosen = menu.evaluate("menu => menu.selectedIndex")
            menu.select_option(index=1 if chosen == 0 else 0)
        else:
            knob.locator("input").click()

    def move_slider(self, cell: Locator, label: str, key: str = "ArrowRight", times: int = 5) -> None:
        """Move a slider by pressing a key on its handle, as a reader without a mouse would."""
        handle = self.knob(cell, label).locator(".noUi-handle")
        handle.scroll_into_view_if_needed()
        handle.focus()
        for _ in range(times):
            handle.press(key)

    def choose(self, cell: Locator, label: str, option: str) -> None:
        """Pick an entry of the menu with that label."""
        self.knob(cell, label).locator("select").select_option(label=option)

    def press(self, cell: Locator, label: str) -> None:
        """Click the button with that label."""
        cell.get_by_role("button", name=label).click()

    def wait_until_still(self, look: Callable[[], object], seconds: float = 2.0) -> None:
        """Look ten times a second until the same has been seen for so long; kernel and page may both be behind."""
        seen, since = look(), time.monotonic()
        while time.monotonic() - since < seconds:
            self.page.wait_for_timeout(100)
            if (now := look()) != seen:
                seen, since = now, time.monotonic()

    def wait_until(self, true: Callable[[], bool], seconds: float = 30.0, what: str = "the page to change") -> None:
        """Look ten times a second until `true()`; AssertionError after `seconds`."""
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"Waited {seconds:.0f} s for {what}.")
            self.page.wait_for_timeout(100)
