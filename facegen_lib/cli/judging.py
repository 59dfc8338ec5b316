"""`facegen sample` and `facegen evaluate`: look at a generator, and measure it."""

from __future__ import annotations

import pathlib
from typing import Annotated

import typer

from facegen_lib.cli.words import Picture, Seed, bar, is_pictures, is_run, labels, open_generator
from facegen_lib.errors import FacegenError

SIZE = 64  # pixels, where nothing says otherwise


def sample(
    generator: Annotated[str, typer.Argument(help="A generator that ships, or the folder of a run.")],
    count: Annotated[int, typer.Option(help="How many images.", min=1)] = 64,
    seed: Seed = 0,
    columns: Annotated[int, typer.Option(help="Images in a row.", min=1)] = 8,
    out: Picture = pathlib.Path("samples.png"),
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
    count: Annotated[
        int | None, typer.Option(help="N: samples from each generator, and as many real ones.", min=1)
    ] = None,
    images: Annotated[int, typer.Option(help="Also write so many samples of each, one PNG per sample.", min=0)] = 0,
    faces: Annotated[
        int, typer.Option(help="How many images the face detector looks at; 0 leaves it out.", min=0)
    ] = 500,
    features: Annotated[str, typer.Option(help="shipped or inception.")] = "shipped",
    size: Annotated[int | None, typer.Option(help="Height and width in pixels; by default the generator's.")] = None,
    seed: Seed = 0,
    out: Annotated[
        pathlib.Path | None,
        typer.Option(help="Where images and reports go; by default ./runs/evaluation.", file_okay=False),
    ] = None,
) -> None:
    """Measure generators against real images, side by side, and write a report of each.

    The dissertation's evaluation command (Chen, 2019, figure 3-12) took a folder of models, a number of samples for
    the FID and a number of images to write: here a run, --count and --images.
    """
    from facegen_lib import training
    from facegen_lib.evaluation import report
    from facegen_lib.training.checkpoints import write_whole

    if split not in ("held_out", "all"):
        raise FacegenError(f'--split {split}: generators are compared with "held_out" images, or with "all".')
    place, reports = out or training.runs_folder() / "evaluation", []
    called = labels([name for name in generators if not name.endswith(".json")])
    for name in generators:
        if name.endswith(".json"):
            reports.append(report.Report.from_json(name))
            continue
        label, pictures = called[name], is_pictures(name)
        people = name if pictures else open_generator(name)
        if images and pictures:
            typer.echo(f"{name} holds images already: --images writes none of it.")
        elif images:
            write_images(people, images, seed, place / label)
            typer.echo(f"{images} images of {label} are in {place / label}.")
        known = data or own_data(name)
        if known is None and pictures:
            typer.echo(f"{name}: name the real images to compare with, e.g. --data utkface.")
        elif known is None:
            typer.echo(faces_found(people, name, faces and (count or faces), seed))
        else:
            if data is None and split == "held_out":
                refuse_changed_data(name)
            pixels = size or (SIZE if pictures else people.sample(1).shape[1])
            options = {"count": count, "face_images": faces, "features": features, "seed": seed, "name": label}
            reports.append(measured(people, known, pixels, split, **options))
            text = reports[-1].to_json() + "\n"
            write_whole(place / f"{label}.json", lambda file, text=text: file.write(text.encode()))
    if reports:
        typer.echo(str(report.compare(reports)))


def faces_found(people, name: str, count: int, seed: int) -> str:
    """All that can be measured without real images: the face rate, in a sentence."""
    from facegen_lib.evaluation import face_rate

    if not count:
        raise FacegenError("Nothing to measure: name --data, or leave --faces.")
    rate = face_rate(people.sample(count, seed=seed))
    return f"{name}: mtcnn finds a face in {rate:.1%} of {count} unselected samples of seed {seed}"


def measured(people, data: str, size: int, split: str, **options):
    """The report of one generator. Held-out images are compared with, training images serve floor and memorisation."""
    import facegen_lib as fg
    from facegen_lib.evaluation.evaluate import FEWEST

    real = fg.load(data, size=size, split=split, progress=bar)
    if split != "held_out":
        return fg.evaluate(people, real, **options)
    known = fg.load(data, size=size, split="train", progress=bar)
    if min(len(real), len(known)) < FEWEST:
        raise FacegenError(
            f"{data} has {len(known)} images to train on and {len(real)} held out, about a tenth; measuring takes "
            f"{FEWEST} of each. Give more images; or --split all compares with all of them."
        )
    return fg.evaluate(people, real, others=known, training=known, **options)


def own_data(name: str) -> str | None:
    """The data set that a run was trained on; None for what is not the folder of a run, or of one without a config."""
    from facegen_lib import training

    known = is_run(name) and (pathlib.Path(name) / "config.json").exists()
    return training.read_config(name)["data"]["name"] if known else None


def refuse_changed_data(name: str) -> None:
    """Makes sure that the images which a run was trained on are still those that its data set holds.

    Raises:
        FacegenError: they are not.
    """
    import facegen_lib as fg
    from facegen_lib import training

    config = training.read_config(name)
    data, size = config["data"]["name"], config["recipe"]["image_shape"][0]
    if fg.load(data, size=size, split="train", progress=bar).hash != config["data"]["hash"]:
        raise FacegenError(
            f"{data} has changed since {name} was trained on it, or only a part of it was used: memorisation "
            "would be measured against other images. Name the images with --data."
        )


def write_images(people, count: int, seed: int, folder: pathlib.Path) -> None:
    """The first `count` samples of a seed as PNG files in a folder, in place of those written there before."""
    from facegen_lib.training import samples

    for old in folder.glob("[0-9]" * 5 + ".png"):
        old.unlink()
    for number, image in enumerate(people.sample(count, seed=seed)):
        samples.save_png(image, folder / f"{number:05}.png")
