"""Teaching the judge of the genetic algorithm; `python -m facegen_lib.training.judge` makes the one that ships.

De Cid, Recio and Loyola, *FaceGen* (2019), section 3.1.3: every image is shown with a share p of its pixels replaced by
noise. A face should score 1 − p, another thing 0.2 · (1 − p).
"""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np

from facegen_lib import shipped
from facegen_lib.data import load, to_float
from facegen_lib.data.noised import BEST_OTHER, add_noise
from facegen_lib.data.pipeline import batch_indices
from facegen_lib.errors import FacegenError
from facegen_lib.networks import judge as judges

FACES = "utkface"
OTHERS = ("flowers", "nlvr", "mnist", "lfw-mini")


def noisy_batches(
    images: np.ndarray, worth: np.ndarray, batch_size: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Endless batches, each image with its own share of noise p ~ U[0, 1], drawn afresh every time.

    Args:
        images: uint8 (N, H, W, C).
        worth: float (N,), the score of each image when it is whole: 1 for a face, 0.2 for another thing, 0 for a winner
            of evolution that the judge should learn to see through.
        batch_size: images per batch.
        seed: of the order, of p and of the noise.

    Yields:
        float32 (batch_size, H, W, C) in [-1, 1], and float32 (batch_size, 1), worth · (1 − p).
    """
    rng = np.random.default_rng([seed, 1])
    for indices in batch_indices(len(images), batch_size, seed):
        share = rng.random(batch_size, "float32")
        noisy = add_noise(images[indices], share, rng)
        yield to_float(noisy), (worth[indices] * (1 - share)).astype("float32")[:, None]


def teach(
    network: keras.Model,
    images: np.ndarray,
    worth: np.ndarray,
    steps: int,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    seed: int = 0,
) -> np.ndarray:
    """Trains a judge by the mean squared error of its scores; the learning rate falls to zero along a cosine.

    Args:
        network: from `networks.judge`, fresh or not.
        images, worth, batch_size, seed: as for `noisy_batches`.
        steps: batches.
        learning_rate: of Adam, at first.

    Returns:
        the loss of every step, float32 (steps,).

    Raises:
        FacegenError: images and worth differ in length.
    """
    if len(images) != len(worth):
        raise FacegenError(f"Every image needs its worth: got {len(images)} images and {len(worth)} numbers.")
    network.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, steps)), "mse")
    batches = noisy_batches(images, np.asarray(worth), batch_size, seed)
    return np.array([network.train_on_batch(*next(batches)) for _ in range(steps)], "float32")


def mean_error(network: keras.Model, images: np.ndarray, worth: np.ndarray, seed: int = 0) -> float:
    """Mean absolute error of the scores, each image seen once with its own share of noise."""
    noisy, wanted = next(noisy_batches(images, np.asarray(worth), len(images), seed))
    return float(np.abs(network.predict(noisy, batch_size=256, verbose=0) - wanted).mean())


def faces_and_others(split: str) -> tuple[np.ndarray, np.ndarray]:
    """What the shipped judge knows: faces, and everything else that is on this computer, at 64×64 in colour.

    Returns:
        images, uint8 (N, 64, 64, 3), and their worth, float (N,).
    """
    faces = load(FACES, size=64, split=split).images
    images, worth = [faces], [np.ones(len(faces))]
    for name in OTHERS:
        others = load(name, size=64, split=split)
        chosen = others.images[others.labels["face"] == 0] if name == "lfw-mini" else others.images
        images.append(np.repeat(chosen, 3, axis=-1) if chosen.shape[-1] == 1 else chosen)
        worth.append(np.full(len(chosen), BEST_OTHER))
    return np.concatenate(images), np.concatenate(worth)


def main(steps: int = 4000) -> None:
    """Trains and writes the judge that ships; needs the archives in FACEGEN_DATA. A minute or two on two cores."""
    keras.utils.set_random_seed(0)
    network = judges.judge()
    teach(network, *faces_and_others("train"), steps=steps)
    judges.save(network, shipped.DATA / judges.SHIPPED)
    print(f"{judges.SHIPPED}: mean absolute error {mean_error(network, *faces_and_others('held_out')):.3f} held out")


if __name__ == "__main__":
    main()
