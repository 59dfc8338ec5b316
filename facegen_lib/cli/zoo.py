"""`facegen zoo list | status | train`."""

from __future__ import annotations

from typing import Annotated

import typer

from facegen_lib.cli.words import INTERRUPTED

app = typer.Typer(help="The runs that ship: train them again, add your own.", no_args_is_help=True)


@app.command("list", epilog="Example: facegen zoo list")
def list_shipped() -> None:
    """What ships, with its face rate and its distance from real photographs."""
    from facegen_lib import zoo

    for name in zoo.names():
        typer.echo(str(zoo.report(name)))


@app.command("status", epilog="Example: facegen zoo status")
def status() -> None:
    """How far each run of the zoo is on this computer."""
    from facegen_lib import zoo

    for name in zoo.ENTRIES:
        typer.echo(zoo.status(name))


@app.command("train", epilog="Example: facegen zoo train dcgan-utkface")
def train(names: Annotated[list[str] | None, typer.Argument(help="Which; by default all.")] = None) -> None:
    """Train runs of the zoo, one after the other, measure them and put them under data/. Ctrl-C ends it."""
    from facegen_lib import zoo
    from facegen_lib.training.callbacks import Advisor, TerminalProgress

    chosen = [zoo.entry(name).name for name in names or zoo.ENTRIES]  # a misspelt one is said before days of training
    for name in chosen:
        run = zoo.train(name, callbacks=[TerminalProgress(), Advisor()])
        if run.progress >= 1:
            zoo.ship(name)
        if run.stopped:
            raise typer.Exit(INTERRUPTED)
