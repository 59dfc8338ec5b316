"""What does each metric notice? Real pictures are damaged by degrees, and everything is measured at every degree.

`FACEGEN_DATA=… python -m facegen_lib.evaluation.sensitivity` does it for real faces and writes
data/results/sensitivity.json, which chapter 04 draws.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import threadpoolctl

from facegen_lib.data import ImageSet, load
from facegen_lib.evaluation import measures, recognition
from facegen_lib.evaluation.damage import DAMAGES, Damage, duplicates, missing_modes
from facegen_lib.evaluation.features import extractor
from facegen_lib.evaluation.scene import Scene
from facegen_lib.shipped import DATA

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
AGES = (5, 15, 25, 35, 50)  # borders of six ages of life


@dataclasses.dataclass(frozen=True)
class Sensitivity:
    """Every metric under every damage.

    Attributes:
        image_set: name of the real images.
        extractor: whose features.
        count: N on each side.
        strengths: degrees of damage; at the first, 0, a value is the real-vs-real floor.
        values: damage → metric → one value per strength.
    """

    image_set: str
    extractor: str
    count: int
    strengths: tuple[float, ...]
    values: dict[str, dict[str, list[float]]]

    def values_of(self, metric: str) -> dict[str, list[float]]:
        """damage → one value per strength of a metric."""
        return {damage: found[metric] for damage, found in self.values.items()}

    def to_json(self, path: Path) -> None:
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def from_json(cls, path: Path) -> Sensitivity:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(**(stored | {"strengths": tuple(stored["strengths"])}))


def sensitivity(
    image_set: ImageSet,
    modes: np.ndarray,
    training: ImageSet,
    features="shipped",
    strengths: Sequence[float] = STRENGTHS,
    damages: Mapping[str, Damage] = DAMAGES,
    label: str | None = None,
    face_images: int = 0,
    seed: int = 0,
    progress: Callable[[str], object] = lambda _: None,
) -> Sensitivity:
    """Half of a set against the other half, damaged.

    Args:
        image_set: real images; half of them are the reference, the other half is damaged.
        modes: the kind of each image, (N,); kinds go missing one after the other.
        training: what the maker of the damaged pictures may have copied; at least as many as in half of `image_set`.
        features: as for `features.extractor`.
        strengths: degrees, the first 0, which is the floor and the same for all damages.
        damages: name → what hurts each picture; duplicates and missing modes are added.
        label: of the image set, for the class histogram and score.
        face_images: how many are shown to the face detector at each degree.
        seed: of the halves and the damages.
        progress: is told the name of each damage.
    """
    size = len(image_set) // 2
    order = np.random.default_rng(seed).permutation(len(image_set))
    first, second = np.sort(order[:size]), order[size : 2 * size]  # the first few damaged pictures are any few
    reference, hurt, hurt_modes = image_set.subset(first), image_set.subset(second), np.asarray(modes)[second]
    training = training.subset(np.sort(np.random.default_rng(seed).permutation(len(training))[:size]))
    chosen = extractor(features)

    def measured(fake: np.ndarray) -> dict[str, float]:
        scene = Scene(reference, hurt.images, fake, chosen, seed, resamples=2)
        with threadpoolctl.threadpool_limits(1):
            found = [
                *measures.frechet_and_kernel(scene),
                *measures.neighbourhoods(scene),
                *measures.pixels(scene),
                *recognition.classes(scene, label)[0],
                *measures.memorisation(scene, training, in_pixels=False),
                *(measures.faces(scene, face_images) if face_images else ()),
            ]
        return {measurement.name: measurement.value for measurement in found}

    values, floor = {}, measured(hurt.images)
    losses = {"duplicates": duplicates, "missing modes": missing_modes(hurt_modes), "copies": _copies(training.images)}
    for name, damage in {**damages, **losses}.items():
        progress(name)
        degrees = [measured(damage(hurt.images, strength, np.random.default_rng(seed))) for strength in strengths[1:]]
        values[name] = {metric: [floor[metric], *(degree[metric] for degree in degrees)] for metric in floor}
    return Sensitivity(image_set.name, chosen.name, size, tuple(strengths), values)


def _copies(training: np.ndarray) -> Damage:
    """A loss that no distance between sets can see: pictures are replaced by training pictures."""

    def copy(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
        copied = rng.permutation(len(images))[: round(strength * len(images))]
        replaced = images.copy()
        replaced[copied] = training[copied]
        return replaced

    return copy


def main(path: Path = DATA / "results" / "sensitivity.json") -> None:
    """The measurement that chapter 04 shows: held-out UTKFace faces, six ages of life as modes."""
    if not os.environ.get("FACEGEN_DATA"):
        raise SystemExit("Name the folder that holds UTKFace.tar in FACEGEN_DATA.")
    faces = load("utkface", size=64, split="held_out")
    faces = faces.subset(np.asarray(faces.labels["age"]) >= 0)
    modes = np.digitize(faces.labels["age"], AGES)
    faces = dataclasses.replace(faces, labels={"age of life": modes})
    training = load("utkface", size=64)
    found = sensitivity(faces, modes, training, face_images=100, progress=lambda name: print(name, flush=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    found.to_json(path)
    print(f"N = {found.count:,}; written to {path}")


if __name__ == "__main__":
    main()
