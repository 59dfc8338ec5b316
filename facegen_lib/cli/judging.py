"""`facegen sample` and `facegen evaluate`: look at a generator, and measure it."""

from __future__ import annotations

import json
import pathlib
from typing import Annotated

import typer

from facegen_lib.cli.words import Seed, bar, is_pictures, is_run, open_generator

SIZE = 64  # pixels, where nothing says otherwise


def sample(
    generator: Annotated[str, typer.Argument(help="A generator that ships, or the folder of a run.")],
    count: Annotated[int, typer.Option(help="How many images.")] = 64,
    seed: Seed = 0,
    columns: Annotated[int, typer.Option(help="Images in a row.")] = 8,
    out: Annotated[pathlib.Path, typer.Option(help="File to write.")] = pathlib.Path("samples.png"),
) -> None:
    """Write a sheet of unselected samples."""
    from facegen_lib.training import samples

    people = open_generator(generator)
    samples.save_png(samples.grid(people.sample(count, seed=seed), columns), out)
    typer.echo(f"{count} samples of {people.name}, seed {seed}, are in {out}.")


def evaluate(
    generators: Annotated[
        list[str],
        typer.Argument(help="Run folders, generators that ship, folders of pictures, or reports (.json) to compare."),
    ],
    data: Annotated[
        str | None,
        typer.Option(help="Real images to compare with; by default a run's own. Without any, only the face rate."),
    ] = None,
    split: Annotated[str, typer.Option(help="Compare with held_out images, or with all.")] = "held_out",
    count: Annotated[int | None, typer.Option(help="N: samples from each generator, and as many real ones.")] = None,
    images: Annotated[int, typer.Option(help="Also write so many samples of each, one PNG per sample.")] = 0,
    faces: Annotated[int, typer.Option(help="How many images the face detector looks at; 0 leaves it out.")] = 500,
    features: Annotated[str, typer.Option(help="shipped or inception.")] = "shipped",
    size: Annotated[int | None, typer.Option(help="Height and width in pixels; by default the generator's.")] = None,
    seed: Seed = 0,
    out: Annotated[
        pathlib.Path | None, typer.Option(help="Where images and reports go; by default ./runs/evaluation.")
    ] = None,
) -> None:
    """Measure generators against real images, side by side, and write a report of each.

    The dissertation's evaluation command (Chen, 2019, figure 3-12) took a folder of models, a number of samples for
    the FID and a number of images to write: here a run, --count and --images.
    """
    from facegen_lib import training
    from facegen_lib.evaluation import face_rate, report

    place, reports = out or training.runs_folder() / "evaluation", []
    for name in generators:
        if name.endswith(".json"):
            reports.append(report.Report.from_json(name))
            continue
        people = name if is_pictures(name) else open_generator(name)
        if images and not is_pictures(name):
            write_images(people, images, seed, place / label(name))
            typer.echo(f"{images} images of {label(name)} are in {place / label(name)}.")
        known = data or own_data(name)
        if known is None and is_pictures(name):
            typer.echo(f"{name}: name the real images to compare with, e.g. --data utkface.")
        elif known is None:
            rate = face_rate(people.sample(count or faces, seed=seed))
            typer.echo(
                f"{name}: mtcnn finds a face in {rate:.1%} of {count or faces} unselected samples of seed {seed}"
            )
        else:
            pixels = size or (SIZE if is_pictures(name) else people.sample(1).shape[1])
            options = {"count": count, "face_images": faces, "features": features, "seed": seed, "name": label(name)}
            reports.append(measured(people, known, pixels, split, **options))
            place.mkdir(parents=True, exist_ok=True)
            reports[-1].to_json(place / f"{label(name)}.json")
    if reports:
        typer.echo(str(report.compare(reports)))


def measured(people, data: str, size: int, split: str, **options):
    """The report of one generator. Held-out images are compared with, training images serve floor and memorisation."""
    import facegen_lib as fg

    real = fg.load(data, size=size, split=split, progress=bar)
    if split != "held_out":
        return fg.evaluate(people, real, **options)
    known = fg.load(data, size=size, split="train", progress=bar)
    return fg.evaluate(people, real, others=known, training=known, **options)


def own_data(name: str) -> str | None:
    """The data set that a run was trained on; None for what is not the folder of a run."""
    config = pathlib.Path(name) / "config.json"
    return json.loads(config.read_text())["data"]["name"] if is_run(name) and config.exists() else None


def label(name: str) -> str:
    """What a report calls a generator: the last part of its name."""
    return pathlib.Path(name).name


def write_images(people, count: int, seed: int, folder: pathlib.Path) -> None:
    """The first `count` samples of a seed as PNG files in a folder."""
    from facegen_lib.training import samples

    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(people.sample(count, seed=seed)):
        samples.save_png(image, folder / f"{number:05}.png")
