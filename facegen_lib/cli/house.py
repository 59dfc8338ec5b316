"""`facegen lab` and `facegen doctor`: the book itself, and the computer that it runs on."""

from __future__ import annotations

import os
import sys

import typer

from facegen_lib.errors import FacegenError


def lab() -> None:
    """Open the book in JupyterLab."""
    from facegen_lib import shipped

    chapters = shipped.HOME / "chapters"
    if not chapters.is_dir():
        raise FacegenError("The chapters are not part of the installed package. Clone the book and type `make lab`.")
    first = sorted(chapters.glob("*.ipynb"))[:1]
    os.execvp(sys.executable, [sys.executable, "-m", "jupyter", "lab", *map(str, first)])


def doctor() -> None:
    """Examine this computer: versions, memory, data, what ships. Paste the answer into a bug report."""
    from facegen_lib import doctor as examination

    findings = examination.examine()
    typer.echo(examination.report(findings))
    raise typer.Exit(int(any(finding.status == "FAIL" for finding in findings)))
