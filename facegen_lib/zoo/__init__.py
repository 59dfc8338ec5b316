"""What ships trained: which recipe on which data, for how long, with which scores.

A shipped run is two things under `data/`: `checkpoints/NAME.npz`, the averaged generator with float16 weights, and
`results/NAME/` with config.json, history.npz, report.json, progress/ (reports on the way) and eight strips of samples.
"""

from __future__ import annotations

import dataclasses
import pathlib
import shutil
from collections.abc import Sequence

import numpy as np

from facegen_lib import objectives, recipes, shipped, training
from facegen_lib.data import load
from facegen_lib.errors import unknown_name
from facegen_lib.evaluation.evaluate import evaluate
from facegen_lib.evaluation.report import Report
from facegen_lib.models.generator import TrainedGenerator
from facegen_lib.recipes import adam, laptop
from facegen_lib.training import Budget, Callback, Run, machine, samples
from facegen_lib.training.checkpoints import write_whole
from facegen_lib.training.history import History

STRIPS = 8  # sample grids of which a strip ships
ROWS = 4_000  # of a history that ships
MOMENTS = (0.25, 0.5, 0.75)  # shares of the budget after which a generator is kept to be measured
FACES_SHOWN = 500  # samples and photographs shown to the face detector


@dataclasses.dataclass(frozen=True)
class Entry:
    """One run of the zoo: a recipe at laptop scale, an image set, its budget, and steps between checkpoints."""

    recipe: str
    data: str
    budget: Budget
    save_every: int
    size: int = 64

    @property
    def name(self) -> str:
        """`recipe-data`, e.g. `dcgan-utkface`."""
        return f"{self.recipe}-{self.data}"


FAMILY = {"vanilla": 2000, "dcgan": 1000, "wgan": 500, "wgan-gp": 250}  # recipe → steps between checkpoints
# Steps that took the four of a family equally many minutes of one GPU (their `about` says which).
STEPS = {
    "mnist": {"vanilla": 414_750, "dcgan": 35_500, "wgan": 34_000, "wgan-gp": 21_750},
    "nlvr": {"vanilla": 181_500, "dcgan": 30_000, "wgan": 20_500, "wgan-gp": 17_000},
    "flowers": {"vanilla": 121_500, "dcgan": 20_500, "wgan": 14_750, "wgan-gp": 18_000},
    "utkface": {"vanilla": 348_250, "dcgan": 58_500, "wgan": 40_500, "wgan-gp": 50_000},
}
# Parts of a recipe that a run replaces. Drawn boxes lie so far apart that with λ = 10 the best critic would slope by
# 1 + W/2λ = 1.35 (chapter 09) instead of by 1: here λ is 50.
CHANGES = {
    "wgan-gp-nlvr": {
        "objective": objectives.WassersteinGP(weight=50.0, critic_steps=laptop.FACES.critic_steps),
        "generator_optimizer": adam(laptop.FACES.rate, 0.0, laptop.DIGITS.beta_2),
        "discriminator_optimizer": adam(2 * laptop.FACES.rate, 0.0, laptop.DIGITS.beta_2),
    }
}
ENTRIES = {
    entry.name: entry
    for entry in [
        *(
            Entry(recipe, data, Budget(steps=count), FAMILY[recipe], size=28 if data == "mnist" else 64)
            for data, steps in STEPS.items()
            for recipe, count in steps.items()
        ),
        Entry("vae", "utkface", Budget(core_minutes=45), 500),
    ]
}


# what ships


def names() -> list[str]:
    """Every generator that ships, in alphabetical order."""
    return sorted(path.stem for path in (shipped.DATA / "checkpoints").glob("*.npz"))


def pretrained(name: str) -> TrainedGenerator:
    """A generator that ships with the book.

    Raises:
        FacegenError: no such generator ships.
    """
    return TrainedGenerator.load(shipped.shipped_path(f"checkpoints/{known(name)}.npz"))


def folder(name: str) -> pathlib.Path:
    """The folder with a shipped run's results; `fg.show.evolution` takes it as it takes a run."""
    return shipped.shipped_path(f"results/{known(name)}")


def history(name: str) -> History:
    """Every metric of a shipped run, step by step; of a run of very many steps, the means of a few at a time."""
    return History.load(folder(name) / "history.npz")


def report(name: str) -> Report:
    """What was measured of a shipped run."""
    return Report.from_json(folder(name) / "report.json")


def progress(name: str) -> dict[int, Report]:
    """What was measured of a shipped run on the way, by steps; the last is `report(name)`."""
    on_the_way = sorted((folder(name) / "progress").glob("*.json"))
    reports = {int(path.stem.removeprefix("step-")): Report.from_json(path) for path in on_the_way}
    return {**reports, pretrained(name).about["steps"]: report(name)}


def known(name: str) -> str:
    """The name itself, when a generator of that name ships.

    Raises:
        FacegenError: it does not; the text has the nearest that does.
    """
    if name not in names():
        raise unknown_name("trained generator", name, names(), "`facegen train` makes your own.")
    return name


# how it is made


def entry(name: str) -> Entry:
    """An entry of the zoo by its name.

    Raises:
        FacegenError: there is no such entry.
    """
    if name not in ENTRIES:
        raise unknown_name("run of the zoo", name, ENTRIES)
    return ENTRIES[name]


def run_folder(name: str) -> pathlib.Path:
    """Where a run of the zoo is trained."""
    return training.runs_folder() / "zoo" / name


class KeepMoments(Callback):
    """Keeps the generator at each of `MOMENTS`, in `moments/step-*.npz` of the run's folder."""

    def on_start(self, run: Run) -> None:
        self.before = run.progress

    def on_step(self, run: Run) -> None:
        now = run.progress
        if any(self.before < moment <= now for moment in MOMENTS):
            write_whole(run.folder / "moments" / f"step-{run.steps:08d}.npz", run.trained.write)
        self.before = now


def train(name: str, callbacks: Sequence[Callback] = ()) -> Run:
    """Trains an entry of the zoo, or goes on where it stopped. Needs its archive in FACEGEN_DATA."""
    chosen = entry(name)
    faces = load(chosen.data, size=chosen.size)
    precision = machine.fastest_precision()
    recipe = recipes.recipe(chosen.recipe, faces, scale="laptop", precision=precision, **CHANGES.get(name, {}))
    return training.train(
        recipe,
        faces,
        **dataclasses.asdict(chosen.budget),
        folder=run_folder(name),
        callbacks=[KeepMoments(), *callbacks],
        save_every=chosen.save_every,
        jit_compile=True,
    )


def measure(name: str, generator, finished: bool = True) -> Report:
    """What an entry of the zoo made, measured against its image set."""
    chosen = entry(name)
    return measured(name, generator, chosen.data, chosen.size, finished)


def measured(name: str, generator, data: str, size: int, finished: bool = True) -> Report:
    """Samples against as many real images, training and held-out ones alike, with as many others for the floor.

    Only a finished run is asked about memorisation, against the held-out images, and shown to the face detector.
    """
    everything, training_images, unseen = (load(data, size=size, split=split) for split in ("all", "train", "held_out"))
    if not finished:
        return evaluate(generator, everything, name=name, face_images=0)
    return evaluate(generator, everything, name=name, training=training_images, unseen=unseen, face_images=FACES_SHOWN)


def ship(name: str) -> None:
    """Copies a finished run of the zoo into `data/`, measured.

    Raises:
        FacegenError: the run is not there.
    """
    source, target = run_folder(name), shipped.DATA / "results" / name
    trained = TrainedGenerator.load(source / "generator.npz")
    (target / "progress").mkdir(parents=True, exist_ok=True)
    (shipped.DATA / "checkpoints").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / "generator.npz", shipped.DATA / "checkpoints" / f"{name}.npz")
    shutil.copyfile(source / "config.json", target / "config.json")
    History.load(source / "history.npz").thinned(ROWS).save(target / "history.npz", small=True)
    for old in [*(target / "samples").glob("step-*"), *(target / "progress").glob("*.json")]:
        old.unlink()
    paths = sorted((source / "samples").glob("step-*.png"))
    height = trained.generator.output_shape[1]  # of a sheet's first row
    for index in np.unique(np.geomspace(1, len(paths), STRIPS).round().astype(int) - 1):
        sheet = samples.read(paths[index])
        samples.save_strip(sheet[:height], target / "samples" / f"{paths[index].stem}.webp")
    measure(name, trained).to_json(target / "report.json")
    for moment in sorted((source / "moments").glob("step-*.npz")):
        on_the_way = measure(name, TrainedGenerator.load(moment), finished=False)
        on_the_way.to_json(target / "progress" / f"{moment.stem}.json")


def status(name: str) -> str:
    """One line: how far a run of the zoo is, and whether it ships."""
    chosen, place = entry(name), run_folder(name)
    ships = "ships" if name in names() else "does not ship yet"
    if not (place / "history.npz").exists():
        return f"{name}: not started here; {ships}"
    done = History.load(place / "history.npz")
    return f"{name}: {len(done):,} steps, {chosen.budget.progress(*done.spent):.0%} of its budget; {ships}"
