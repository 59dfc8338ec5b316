"""`facegen train` and `facegen run list | show`."""

from __future__ import annotations

import itertools
import json
import pathlib
from typing import Annotated

import typer

from facegen_lib.cli.words import INTERRUPTED, Seed, Size, bar, say
from facegen_lib.errors import FacegenError

NAMED = 5  # of the pictures that could not be used

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
    save_every: Annotated[
        int, typer.Option(help="Steps between checkpoints; slow ones come every five minutes.")
    ] = 1000,
    precision: Annotated[str, typer.Option(help="auto, float32, mixed_bfloat16 or mixed_float16.")] = "auto",
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
        say(what_was_skipped(data, skipped))
    chosen = machine.fastest_precision() if precision == "auto" else precision
    changes = {} if batch_size is None else {"batch_size": batch_size}
    configured = fg.recipe(recipe, faces, scale=scale, precision=chosen, seed=seed, **changes)
    logs = [callbacks.TensorBoardLog()] if tensorboard else []
    run = fg.train(
        configured,
        faces,
        **vars(budget),
        folder=folder,
        resume=not fresh,
        callbacks=logs,
        sample_every=sample_every,
        save_every=save_every,
        jit_compile=jit_compile,
    )
    if run.stopped:
        raise typer.Exit(INTERRUPTED)


@app.command("list", epilog="Example: facegen run list")
def list_runs() -> None:
    """Every run in the runs folder, with how far it got."""
    from facegen_lib import training

    folders = sorted(path.parent for path in training.runs_folder().glob("*/config.json"))
    for folder in folders:
        try:
            say(f"{folder}: {in_short(folder)}")
        except FacegenError as error:
            say(str(error))
    if not folders:
        typer.echo(f"No runs in {training.runs_folder()} yet. `facegen train dcgan lfw-mini --steps 200` makes one.")


@app.command("show", epilog="Example: facegen run show runs/dcgan-utkface-64")
def show(folder: pathlib.Path) -> None:
    """What a run is: recipe, data, budget, machine."""
    from facegen_lib import training

    say(json.dumps(training.read_config(folder), indent=2, ensure_ascii=False))


def in_short(folder: pathlib.Path) -> str:
    """What a run is and how far it got, in a line."""
    from facegen_lib import training
    from facegen_lib.training import checkpoints

    config = training.read_config(folder)
    saved = checkpoints.all_in(folder / "checkpoints")
    steps = checkpoints.step_of(saved[-1]) if saved else 0
    budget = training.Budget(**config["budget"])
    return f"{config['recipe']['name']} on {config['data']['name']}, {steps:,} steps (budget {budget})"


def what_was_skipped(data: str, skipped: dict[str, str]) -> str:
    """The first pictures that could not be used, with their reasons; a line each."""
    lines = [f"{len(skipped):,} pictures of {data} could not be used:"]
    lines += [f"  {file}: it {reason}" for file, reason in itertools.islice(skipped.items(), NAMED)]
    if len(skipped) > NAMED:
        lines.append(f"  … and {len(skipped) - NAMED:,} more; the run's config.json names them all")
    return "\n".join(lines)
