"""What chapter 12 sets beside the generators that ship: baselines, measured as they are, and who is missing from each.

`FACEGEN_DATA=… python -m facegen_lib.zoo.comparison` measures both on UTKFace and writes data/results/baselines/*.json,
a strip of eigenfaces beside them, and data/results/groups/utkface.json.
"""

from __future__ import annotations

import json
import os

import numpy as np

from facegen_lib import shipped, zoo
from facegen_lib.data import ImageSet, load
from facegen_lib.data.images import some_of
from facegen_lib.evaluation import groups
from facegen_lib.evaluation.baselines import Averager, Eigenfaces, RandomGenerator
from facegen_lib.evaluation.report import Report
from facegen_lib.training import samples

BASELINES = {
    "noise": lambda faces: RandomGenerator(faces.image_shape),
    "averages": Averager,
    "eigenfaces": Eigenfaces,
}
FACES, SIZE = "utkface", 64
REPORTS, STRIP, GROUPS = "results/baselines", "results/baselines/eigenfaces.webp", "results/groups/utkface.json"
STRIP_SHOWS, SPREAD_OVER = 10, 256  # images


def baseline(name: str) -> Report:
    """What was measured of a baseline that was fitted to UTKFace's training images."""
    return Report.from_json(shipped.shipped_path(f"{REPORTS}/{name}.json"))


def who() -> dict:
    """Who is missing from the samples of each generator of UTKFace, as `groups.study` found it."""
    return json.loads(shipped.shipped_path(GROUPS).read_text("utf-8"))


def eigenfaces() -> np.ndarray:
    """The first samples of seed 0 of the eigenfaces of UTKFace, uint8 (10, 64, 64, 3)."""
    return samples.first_row(samples.read(shipped.shipped_path(STRIP)), SIZE)


def spreads() -> dict[str, float]:
    """How much a pixel of photographs and of eigenfaces varies from image to image, as `spread` measures it."""
    return json.loads(shipped.shipped_path(f"{REPORTS}/spreads.json").read_text("utf-8"))


def spread(images: np.ndarray) -> float:
    """Standard deviation of a pixel from image to image, in grey levels, the mean over all pixels."""
    return float(images.std(axis=0).mean())


def write_baselines(faces: ImageSet) -> None:
    """Measures the baselines, fitted to these training images, and draws a strip of eigenfaces."""
    (shipped.DATA / REPORTS).mkdir(parents=True, exist_ok=True)
    fitted = {name: maker(faces) for name, maker in BASELINES.items()}
    drawn = fitted["eigenfaces"].sample(STRIP_SHOWS)
    samples.save_strip(samples.grid(drawn, columns=STRIP_SHOWS), shipped.DATA / STRIP)
    sets = {
        "photographs": some_of(faces.images, SPREAD_OVER, 0),
        "eigenfaces": fitted["eigenfaces"].sample(SPREAD_OVER),
    }
    found = {name: spread(images) for name, images in sets.items()}
    (shipped.DATA / REPORTS / "spreads.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    for name, subject in fitted.items():
        zoo.measured(name, subject, FACES, SIZE).to_json(shipped.DATA / REPORTS / f"{name}.json")


def write_groups() -> None:
    """Looks for every group in the samples of every generator of UTKFace that ships."""
    made = {name: zoo.pretrained(name) for name in zoo.names() if name.endswith(f"-{FACES}")}
    path = shipped.DATA / GROUPS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(groups.study(load(FACES, size=SIZE, split="all"), made), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    if not os.environ.get("FACEGEN_DATA"):
        raise SystemExit("Name the folder that holds UTKFace.tar in FACEGEN_DATA.")
    write_groups()
    write_baselines(load(FACES, size=SIZE))
