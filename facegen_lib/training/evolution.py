"""The long evolutions of chapter 11: `python -m facegen_lib.training.evolution` makes `data/results/evolution/`.

A hundred thousand generations before the judge that ships, thirty thousand towards a known picture, and an arms race
in which the judge is taught again, round after round, on the winners that fooled it. A quarter of an hour on two cores;
name `judged`, `target` or `arms_race` to make one of the three. The arms race needs the archives in FACEGEN_DATA.
"""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from facegen_lib import shipped
from facegen_lib.data import portraits
from facegen_lib.models.genetic import GeneticAlgorithm
from facegen_lib.networks import judge as judges
from facegen_lib.training import judge as teaching

SHAPE = (64, 64, 3)
JUDGED_AT = (0, 100, 1_000, 10_000, 100_000)  # generations after which the fittest image is kept
COPIED_AT = (0, 300, 1_000, 3_000, 10_000, 30_000)
MUTATION_RATE = 0.002
ROUNDS, ISLANDS, GENERATIONS, LESSONS = 6, 2, 1_500, 1_000  # of the arms race


def folder() -> pathlib.Path:
    """Where the results ship."""
    return shipped.DATA / "results" / "evolution"


def likeness(target: np.ndarray):
    """Fitness of images by a known picture: minus the mean squared difference, in squared grey levels."""
    return lambda pixels: -tf.reduce_mean((tf.cast(pixels, tf.float32) - target) ** 2, axis=(1, 2, 3))


def filmed(population: GeneticAlgorithm, moments: Sequence[int]) -> dict[str, np.ndarray]:
    """Evolves through some moments: the fittest image of each, and the history at 300 generations, evenly by ratio."""
    frames = []
    for moment in moments:
        population.evolve(moment - population.generation)
        frames.append(population.best)
    generations = np.unique(np.geomspace(1, moments[-1] + 1, 300).round().astype(int) - 1)
    columns = {name: column[generations] for name, column in population.history.items()}
    return {"moments": np.array(moments), "frames": np.stack(frames), "generations": generations, **columns}


def arms_race() -> dict[str, np.ndarray]:
    """Evolve, teach the judge that the winners are worth nothing, and evolve again.

    Returns:
        `winners`, uint8 (rounds, 64, 64, 3), the fittest of each round; `scores`, float32 (rounds, rounds + 1), what
        each judge, from the shipped one on, thinks of each round's winners; `best`, float32 (rounds, generations + 1);
        `error`, float32 (rounds + 1,), mean absolute error of each judge on held-out images.
    """
    network = judges.load()
    images, worth = teaching.faces_and_others("train")
    held_out = teaching.faces_and_others("held_out")
    judged = [network.get_weights()]
    crowds, winners, best = [], [], []
    for number in range(ROUNDS):
        islands = [
            GeneticAlgorithm(
                judges.fitness(network), SHAPE, mutation_rate=MUTATION_RATE, seed=ISLANDS * number + island
            )
            for island in range(ISLANDS)
        ]
        crowds.append(np.concatenate([island.evolve(GENERATIONS).chromosomes for island in islands]))
        winners.append(islands[0].best)
        best.append(islands[0].history["best"])
        fooled = np.repeat(np.concatenate(crowds), 10, axis=0)
        known, value = np.concatenate([images, fooled]), np.concatenate([worth, np.zeros(len(fooled))])
        teaching.teach(network, known, value, steps=LESSONS, learning_rate=3e-4, seed=number)
        judged.append(network.get_weights())
        print(f"round {number + 1}: best {best[-1][-1]:.3f}", flush=True)
    scores, error = np.zeros((ROUNDS, ROUNDS + 1), "float32"), []
    for column, weights in enumerate(judged):
        network.set_weights(weights)
        scores[:, column] = [np.mean(judges.fitness(network)(crowd)) for crowd in crowds]
        error.append(teaching.mean_error(network, *held_out))
    return {"winners": np.stack(winners), "scores": scores, "best": np.stack(best), "error": np.array(error, "float32")}


def judged() -> dict[str, np.ndarray]:
    """Evolution before the judge that ships."""
    return filmed(GeneticAlgorithm(judges.fitness(judges.load()), SHAPE, mutation_rate=MUTATION_RATE), JUDGED_AT)


def target() -> dict[str, np.ndarray]:
    """Evolution towards a portrait of nobody. It ends slowly, so mutation is weaker."""
    portrait = portraits.make(1, 64, seed=11).images[0].astype("float32")
    return filmed(GeneticAlgorithm(likeness(portrait), SHAPE, mutation_rate=MUTATION_RATE / 6), COPIED_AT)


def main(names: list[str]) -> None:
    """Makes the files of these names anew, all three when there is none."""
    folder().mkdir(parents=True, exist_ok=True)
    for make in (judged, target, arms_race):
        if make.__name__ in names or not names:
            results = make()
            np.savez_compressed(folder() / f"{make.__name__}.npz", **results)
            print(f"{make.__name__}: best {results['best'].ravel()[-1]:.4f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
