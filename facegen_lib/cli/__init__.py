"""What people type: `facegen data | train | evaluate | sample | quiz | run | zoo | lab | doctor`.

Every command calls one function of the library and prints what it returns. Heavy imports wait until a command runs.
"""

from __future__ import annotations

import sys

import typer

from facegen_lib.cli import data, house, judging, quiz, runs, zoo
from facegen_lib.errors import FacegenError

app = typer.Typer(
    name="facegen", help="Generating Faces, in a terminal.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.add_typer(data.app, name="data")
app.add_typer(runs.app, name="run")
app.add_typer(quiz.app, name="quiz")
app.add_typer(zoo.app, name="zoo")
app.command(epilog="Example: facegen train dcgan utkface --minutes 40")(runs.train)
app.command(epilog="Example: facegen sample dcgan-utkface --count 64 --out faces.png")(judging.sample)
app.command(epilog="Example: facegen evaluate runs/wgan-gp-flowers-64 --count 500 --images 500")(judging.evaluate)
app.command(epilog="Example: facegen lab")(house.lab)
app.command(epilog="Example: facegen doctor")(house.doctor)


def main() -> None:
    """Entry point: errors meant for people are printed without a traceback."""
    try:
        app()
    except FacegenError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
