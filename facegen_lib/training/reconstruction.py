"""How much of a face an autoencoder keeps; `python -m facegen_lib.training.reconstruction` makes what chapter 10 shows.

The shipped autoencoder on held-out photographs, and the same recipe with codes of five lengths, five minutes of
processor time each (FaceGen, section 5.3, calls the length of the code one of the most important choices). Name
`shipped` or `lengths` to make one of the two. Needs FACEGEN_DATA.
"""

from __future__ import annotations

import json
import pathlib
import sys

import keras
import numpy as np

from facegen_lib import recipes, shipped, training
from facegen_lib.data import ImageSet, load, to_float
from facegen_lib.data.images import evenly_spaced
from facegen_lib.models.generator import TrainedGenerator
from facegen_lib.models.vae import ACTIVE
from facegen_lib.networks import autoencoder
from facegen_lib.recipes.kinds import dtype_policy
from facegen_lib.training import machine, samples

LENGTHS = (16, 32, 64, 128, 256)
CORE_MINUTES = 5
SHIPPED = "results/vae-utkface/reconstruction.json"
STUDY = "results/latent_sizes"


def squared_error(images: np.ndarray, others: np.ndarray) -> float:
    """Mean squared difference of two sets of images, uint8 (N, H, W, C), in the units of [-1, 1]."""
    return float(np.mean((to_float(images) - to_float(others)) ** 2))


def mean_face(images: np.ndarray) -> np.ndarray:
    """The pixelwise mean: uint8 (1, H, W, C)."""
    return np.rint(np.mean(images, axis=0, keepdims=True, dtype="float64")).astype("uint8")


def kept(trained: TrainedGenerator, train_images: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """What an autoencoder keeps of images that it has not learned from.

    Args:
        trained: with an encoder.
        train_images, held_out: uint8 (N, H, W, C).

    Returns:
        `error`, mean squared error per number of the reconstructions; `mean_face`, the same for the mean training image
        in place of every reconstruction; `share`, the one divided by the other; `training_error`, on as many training
        images; `active`, numbers of the code whose variance over images is above 0.01; `spread`, the mean standard
        deviation of those numbers, 1 if the codes filled the prior.
    """
    codes = trained.encode(held_out)
    error = squared_error(held_out, trained.decode(codes))
    nothing = squared_error(held_out, mean_face(train_images))
    seen = evenly_spaced(train_images, len(held_out))
    deviations = codes.std(axis=0)
    return {
        "error": error,
        "mean_face": nothing,
        "share": error / nothing,
        "training_error": squared_error(seen, trained.decode(trained.encode(seen))),
        "active": int(np.sum(deviations**2 > ACTIVE)),
        "spread": float(deviations[deviations**2 > ACTIVE].mean()),
    }


def of_length(latent_dim: int, faces: ImageSet) -> training.Run:
    """A run of the recipe `vae` with a code of another length; goes on where it was stopped."""
    precision = machine.fastest_precision()
    keras.utils.set_random_seed(0)
    with dtype_policy(precision):
        networks = {
            "encoder": autoencoder.encoder(faces.image_shape, latent_dim),
            "generator": autoencoder.decoder(faces.image_shape, latent_dim),
        }
    recipe = recipes.recipe("vae", faces, scale="laptop", precision=precision, **networks)
    place = training.runs_folder() / "latent_sizes" / str(latent_dim)
    return training.train(recipe, faces, core_minutes=CORE_MINUTES, folder=place)


def measure_shipped(faces: ImageSet, held_out: np.ndarray) -> None:
    """Writes what `vae-utkface` keeps."""
    trained = TrainedGenerator.load(shipped.shipped_path("checkpoints/vae-utkface.npz"))
    write(shipped.DATA / SHIPPED, kept(trained, faces.images, held_out))


def study_lengths(faces: ImageSet, held_out: np.ndarray) -> None:
    """Trains a run for each length, and writes what each keeps and eight samples of it. Ctrl-C ends the study."""
    study = []
    for latent_dim in LENGTHS:
        run = of_length(latent_dim, faces)
        if run.stopped:
            return
        samples.save_png(samples.grid(run.sample(8)), shipped.DATA / STUDY / f"{latent_dim}.png")
        kl = float(run.history["kl"][-100:].mean())
        study.append(
            {"latent_dim": latent_dim, "steps": run.steps, "kl": kl, **kept(run.trained, faces.images, held_out)}
        )
        print(study[-1], flush=True)
        write(shipped.DATA / STUDY / "results.json", study)


def write(path: pathlib.Path, results: dict | list) -> None:
    """Plain values as JSON, rounded to what they are worth."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rounded = json.loads(json.dumps(results), parse_float=lambda text: float(f"{float(text):.4g}"))
    path.write_text(json.dumps(rounded, indent=2) + "\n", "utf-8")


def main(names: list[str]) -> None:
    """Makes what is named, both when nothing is."""
    faces, held_out = load("utkface"), load("utkface", split="held_out").images
    for name, make in (("shipped", measure_shipped), ("lengths", study_lengths)):
        if name in names or not names:
            make(faces, held_out)


if __name__ == "__main__":
    main(sys.argv[1:])
