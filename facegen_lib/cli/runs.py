"""`facegen train` and `facegen run list | show`."""

from __future__ import annotations

import json
import pathlib
from typing import Annotated

import typer

from facegen_lib.cli.words import Seed, Size, bar
from facegen_lib.errors import FacegenError

app = typer.Typer(help="Training runs in ./runs (or $FACEGEN_RUNS).", no_args_is_help=True)


def train(
    recipe: Annotated[str, typer.Argument(help="What to train, e.g. dcgan.")],
    data: Annotated[str, typer.Argument(help="On what: a data set's name, folder:PATH or faces:PATH.")],
    steps: Annotated[int | None, typer.Option(help="Stop after so many steps.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after so many minutes.")] = None,
    core_minutes: Annotated[float | None, typer.Option(help="Stop after so much processor time.")] = None,
    size: Size = 64,
    scale: Annotated[str, typer.Option(help="laptop, or source for the cited layers.")] = "laptop",
    batch_size: Annotated[int | None, typer.Option(help="Images per batch; by default the recipe's.")] = None,
    seed: Seed = 0,
    folder: Annotated[pathlib.Path | None, typer.Option(help="Where to write; by default ./runs/…")] = None,
    fresh: Annotated[bool, typer.Option(help="Start over beside an old run instead of going on.")] = False,
    sample_every: Annotated[int | None, typer.Option(help="Steps between sample grids; by default 40 in all.")] = None,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 1000,
    precision: Annotated[str, typer.Option(help="auto, float32 or mixed_bfloat16.")] = "auto",
    jit_compile: Annotated[bool, typer.Option(help="Compile with XLA: a late start, then faster steps.")] = False,
    tensorboard: Annotated[bool, typer.Option(help="Also write TensorBoard logs.")] = False,
) -> None:
    """Train a recipe on a data set, or go on where an interrupted run stopped."""
    import facegen_lib as fg
    from facegen_lib import training
    from facegen_lib.training import callbacks, machine

    budget = training.Budget(steps, minutes, core_minutes)
    faces = fg.load(data, size=size, progress=bar)
    if skipped := faces.provenance.get("skipped"):
        typer.echo(f"{len(skipped):,} pictures of {data} could not be used; `facegen data preview {data}` says why.")
    chosen = machine.fastest_precision() if precision == "auto" else precision
    changes = {} if batch_size is None else {"batch_size": batch_size}
    configured = fg.recipe(recipe, faces, scale=scale, precision=chosen, seed=seed, **changes)
    place = folder or training.default_folder(configured, faces)
    logs = [callbacks.TensorBoardLog()] if tensorboard else []
    fg.train(
        configured,
        faces,
        **vars(budget),
        folder=place,
        resume=not fresh,
        callbacks=logs,
        sample_every=sample_every,
        save_every=save_every,
        jit_compile=jit_compile,
    )


@app.command("list", epilog="Example: facegen run list")
def list_runs() -> None:
    """Every run in the runs folder, with how far it got."""
    from facegen_lib import training

    folders = sorted(path.parent for path in training.runs_folder().glob("*/config.json"))
    for folder in folders:
        config = json.loads((folder / "config.json").read_text())
        saved = sorted(path.stem for path in (folder / "checkpoints").glob("step-*.npz"))
        steps = int(saved[-1].removeprefix("step-")) if saved else 0
        budget = ", ".join(f"{value:,} {key}" for key, value in config["budget"].items())
        typer.echo(
            f"{folder}: {config['recipe']['name']} on {config['data']['name']}, {steps:,} steps (budget {budget})"
        )
    if not folders:
        typer.echo(f"No runs in {training.runs_folder()} yet. `facegen train dcgan lfw-mini --steps 200` makes one.")


@app.command("show", epilog="Example: facegen run show runs/dcgan-utkface-64")
def show(folder: pathlib.Path) -> None:
    """What a run is: recipe, data, budget, machine."""
    if not (folder / "config.json").exists():
        raise FacegenError(f"{folder} holds no run. `facegen run list` shows the runs here.")
    typer.echo((folder / "config.json").read_text())
