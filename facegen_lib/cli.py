"""What people type: `facegen data | train | evaluate | sample | run | lab | doctor`.

Every command calls one function of the library and prints what it returns. Heavy imports wait until a command runs.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
from typing import Annotated

import typer

from facegen_lib.errors import FacegenError

app = typer.Typer(
    name="facegen", help="Generating Faces, in a terminal.", no_args_is_help=True, pretty_exceptions_enable=False
)
data_app = typer.Typer(help="Data sets: what there is, what it is, what it looks like.", no_args_is_help=True)
zoo_app = typer.Typer(help="The runs that ship: train them again, add your own.", no_args_is_help=True)
run_app = typer.Typer(help="Training runs in ./runs (or $FACEGEN_RUNS).", no_args_is_help=True)
app.add_typer(data_app, name="data")
app.add_typer(run_app, name="run")
app.add_typer(zoo_app, name="zoo")

Size = Annotated[int, typer.Option(help="Height and width of the images, in pixels.")]
Seed = Annotated[int, typer.Option(help="Seed of everything that is drawn.")]
Out = Annotated[pathlib.Path, typer.Option(help="File to write.")]


def bar(items):
    """A progress bar around what is being prepared."""
    import tqdm

    return tqdm.tqdm(items, unit=" images", desc="preparing", leave=False)


@data_app.command("list", epilog="Example: facegen data list")
def data_list() -> None:
    """Every data set by name, and whether it is on this computer."""
    from facegen_lib.data import catalog, sources

    for sheet in catalog.SHEETS.values():
        here = not sheet.archives or sources.find_archive(*sheet.archives)
        typer.echo(f"{sheet.name:<12} {'ready  ' if here else 'missing'}  {sheet.title}; {sheet.size}")
    typer.echo(f"{'folder:PATH':<12} ready    your own pictures")


@data_app.command("info", epilog="Example: facegen data info utkface")
def data_info(name: str) -> None:
    """The data sheet of a set: publisher, licence, consent, known bias."""
    from facegen_lib.data import catalog

    typer.echo(str(catalog.sheet(name)))


@data_app.command("preview", epilog="Example: facegen data preview folder:~/photos --out preview.png")
def data_preview(name: str, size: Size = 64, count: int = 64, out: Out = pathlib.Path("preview.png")) -> None:
    """Prepare a set, write a sheet of its first images, and say what was skipped and why."""
    from facegen_lib.data import load
    from facegen_lib.training import samples

    faces = load(name, size=size, split="all", progress=bar)
    samples.save_png(samples.grid(faces.images[:count]), out)
    typer.echo(f"{len(faces):,} of {faces.provenance['of']:,} images at {size}×{size}; the first are in {out}.")
    for file, reason in faces.provenance["skipped"].items():
        typer.echo(f"skipped {file}: it {reason}")


@app.command(epilog="Example: facegen train dcgan utkface --minutes 40")
def train(
    recipe: Annotated[str, typer.Argument(help="What to train, e.g. dcgan.")],
    data: Annotated[str, typer.Argument(help="On what: a data set's name, or folder:PATH.")],
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
    tensorboard: Annotated[bool, typer.Option(help="Also write TensorBoard logs.")] = False,
) -> None:
    """Train a recipe on a data set, or go on where an interrupted run stopped."""
    import facegen_lib as fg
    from facegen_lib import training
    from facegen_lib.training import callbacks, machine

    budget = training.Budget(steps, minutes, core_minutes)
    faces = fg.load(data, size=size, progress=bar)
    chosen = machine.fastest_precision() if precision == "auto" else precision
    changes = {} if batch_size is None else {"batch_size": batch_size}
    configured = fg.recipe(recipe, faces, scale=scale, precision=chosen, seed=seed, **changes)
    place = folder or training.default_folder(configured, faces)
    logs = [callbacks.TensorBoardLog(place)] if tensorboard else []
    fg.train(
        configured,
        faces,
        **vars(budget),
        folder=place,
        resume=not fresh,
        callbacks=logs,
        sample_every=sample_every,
        save_every=save_every,
    )


@app.command(epilog="Example: facegen sample dcgan-utkface --count 64 --out faces.png")
def sample(
    generator: Annotated[str, typer.Argument(help="A generator that ships, or the folder of a run.")],
    count: Annotated[int, typer.Option(help="How many images.")] = 64,
    seed: Seed = 0,
    columns: Annotated[int, typer.Option(help="Images in a row.")] = 8,
    out: Out = pathlib.Path("samples.png"),
) -> None:
    """Write a sheet of unselected samples."""
    from facegen_lib.training import samples

    people = open_generator(generator)
    samples.save_png(samples.grid(people.sample(count, seed=seed), columns), out)
    typer.echo(f"{count} samples of {people.name}, seed {seed}, are in {out}.")


@app.command(epilog="Example: facegen evaluate dcgan-utkface --data utkface\n\nExample: facegen evaluate dcgan-utkface")
def evaluate(
    generators: Annotated[list[str], typer.Argument(help="Generators that ship, run folders or folders of pictures.")],
    data: Annotated[
        str | None, typer.Option(help="Real images to compare with; without them only the face rate.")
    ] = None,
    count: Annotated[int | None, typer.Option(help="Samples from each generator.")] = None,
    features: Annotated[str, typer.Option(help="shipped or inception.")] = "shipped",
    size: Size = 64,
    seed: Seed = 0,
    images: Annotated[int, typer.Option(help="Also write so many samples of each as PNG.")] = 0,
    out: Annotated[pathlib.Path | None, typer.Option(help="Write the reports as JSON into this folder.")] = None,
) -> None:
    """Measure generators: with --data every distance, without it how often an independent detector finds a face."""
    import facegen_lib as fg
    from facegen_lib.evaluation import faces as detector
    from facegen_lib.evaluation import report
    from facegen_lib.training import samples

    reports = []
    for name in generators:
        people = name if pathlib.Path(name).is_dir() and not is_run(name) else open_generator(name)
        if images:
            samples.save_png(
                samples.grid(people.sample(images, seed=seed)),
                (out or pathlib.Path()) / f"{pathlib.Path(name).name}.png",
            )
        if data is None:
            rate = detector.face_rate(people.sample(count or 500, seed=seed))
            typer.echo(f"{name}: mtcnn finds a face in {rate:.1%} of {count or 500} unselected samples of seed {seed}")
            continue
        real = fg.load(data, size=size, split="held_out", progress=bar)
        known = fg.load(data, size=size, split="train", progress=bar)
        reports.append(
            fg.evaluate(
                people, real, count=count, features=features, others=known, training=known, seed=seed, name=name
            )
        )
        if out is not None:
            reports[-1].to_json(out / f"{pathlib.Path(name).name}.json")
    if reports:
        typer.echo(str(reports[0] if len(reports) == 1 else report.compare(reports)))


def is_run(name: str) -> bool:
    """Whether a name is the folder of a run."""
    return (pathlib.Path(name) / "generator.npz").exists()


def open_generator(name: str):
    """A shipped generator by its name, or a run's by its folder."""
    from facegen_lib import zoo
    from facegen_lib.models.generator import TrainedGenerator

    return TrainedGenerator.load(pathlib.Path(name) / "generator.npz") if is_run(name) else zoo.pretrained(name)


@run_app.command("list", epilog="Example: facegen run list")
def run_list() -> None:
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


@run_app.command("show", epilog="Example: facegen run show runs/dcgan-utkface-64")
def run_show(folder: pathlib.Path) -> None:
    """What a run is: recipe, data, budget, machine."""
    if not (folder / "config.json").exists():
        raise FacegenError(f"{folder} holds no run. `facegen run list` shows the runs here.")
    typer.echo((folder / "config.json").read_text())


@zoo_app.command("list", epilog="Example: facegen zoo list")
def zoo_list() -> None:
    """What ships, with its face rate and its distance from real photographs."""
    from facegen_lib import zoo

    for name in zoo.names():
        typer.echo(str(zoo.report(name)))


@zoo_app.command("status", epilog="Example: facegen zoo status")
def zoo_status() -> None:
    """How far each run of the zoo is on this computer."""
    from facegen_lib import zoo

    for name in zoo.ENTRIES:
        typer.echo(zoo.status(name))


@zoo_app.command("train", epilog="Example: facegen zoo train dcgan-utkface")
def zoo_train(names: Annotated[list[str] | None, typer.Argument(help="Which; by default all.")] = None) -> None:
    """Train runs of the zoo, one after the other, measure them and put them under data/."""
    from facegen_lib import zoo
    from facegen_lib.training.callbacks import Advisor, TerminalProgress

    for name in names or zoo.ENTRIES:
        run = zoo.train(name, callbacks=[TerminalProgress(), Advisor()])
        if run.progress >= 1:
            zoo.ship(name)


@app.command(epilog="Example: facegen lab")
def lab() -> None:
    """Open the book in JupyterLab."""
    from facegen_lib import shipped

    chapters = shipped.HOME / "chapters"
    if not chapters.is_dir():
        raise FacegenError("The chapters are not part of the installed package. Clone the book and type `make lab`.")
    first = sorted(chapters.glob("*.ipynb"))[:1]
    os.execvp(sys.executable, [sys.executable, "-m", "jupyter", "lab", *map(str, first)])


@app.command(epilog="Example: facegen doctor")
def doctor() -> None:
    """Examine this computer: versions, memory, data, what ships. Paste the answer into a bug report."""
    from facegen_lib import doctor as examination

    findings = examination.examine()
    typer.echo(examination.report(findings))
    raise typer.Exit(int(any(finding.status == "FAIL" for finding in findings)))


def main() -> None:
    """Entry point: errors meant for people are printed without a traceback."""
    try:
        app()
    except FacegenError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
