"""`facegen data list | info | fetch | preview`."""

from __future__ import annotations

import pathlib
from typing import Annotated

import typer

from facegen_lib.cli.words import Picture, Size, say

app = typer.Typer(help="Data sets: what there is, what it is, what it looks like.", no_args_is_help=True)


@app.command("list", epilog="Example: facegen data list")
def list_sets() -> None:
    """Every data set by name, and whether it is on this computer."""
    from facegen_lib.data import catalog

    for sheet in catalog.SHEETS.values():
        state = catalog.state(sheet.name)
        found = state not in ("ready", "can be fetched", "by hand")
        place = f" ({state})" if found else ""
        typer.echo(f"{sheet.name:<14} {'ready' if found else state:<15} {sheet.title}; {sheet.size}{place}")
    typer.echo(f"{'folder:PATH':<14} {'your own':<15} pictures, each cut to the square in its middle")
    typer.echo(f"{'faces:PATH':<14} {'your own':<15} photos, each cropped around the face in it")


@app.command("info", epilog="Example: facegen data info utkface")
def info(name: str) -> None:
    """The data sheet of a set: publisher, licence, consent, known bias."""
    from facegen_lib.data import catalog

    typer.echo(str(catalog.sheet(name)))


@app.command("fetch", epilog="Example: facegen data fetch flowers")
def fetch(name: str) -> None:
    """Fetch a set from its publisher, or say which file to get by hand and where to put it."""
    from facegen_lib.data import catalog

    files = catalog.fetch_set(name)
    for file in files:
        typer.echo(str(file))
    if not files:
        typer.echo(f"{name} needs nothing: it comes with the book.")


@app.command("preview", epilog="Example: facegen data preview faces:~/photos --out preview.png")
def preview(
    name: str,
    size: Size = 64,
    count: Annotated[int, typer.Option(help="How many pictures to look at.", min=1)] = 24,
    out: Picture = pathlib.Path("preview.png"),
) -> None:
    """Some pictures of a set and what becomes of them, as a sheet; what would be skipped, and why. Prepares nothing."""
    from facegen_lib.data import preview
    from facegen_lib.training import samples

    found = preview.preview(name, size, count)
    samples.save_png(found.sheet(), out)
    lines = [str(found), f"The sheet is {out}: each picture with what is kept of it marked, and beside it the result."]
    lines += [f"skipped {file}: it {reason}" for file, reason in found.skipped.items()]
    say("\n".join(lines))
