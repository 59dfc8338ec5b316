"""What a generator of portraits lost, factor by factor: `python -m facegen_lib.evaluation.modes RUN RUN …`

The portraits are painted by formula, so everything about the real ones is known. A small network learns to read ten
factors off freshly painted portraits, then reads the samples of each run (a folder with a generator.npz) and, for
comparison, as many portraits that it has not seen. A value of a factor is *lost* if samples show it less than a quarter
as often as portraits do. What comes out is kept in data/results/modes/portraits.json.
"""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Mapping

import keras
import numpy as np
from keras import layers

from facegen_lib import shipped
from facegen_lib.data import ImageSet, portraits, to_float
from facegen_lib.models.generator import TrainedGenerator

RESULTS = "results/modes/portraits.json"
PAINTED, READ = 20_000, 2_000  # portraits that the reader learns from; images that it reads of each model
LOST = 0.25  # of the share among portraits
THIRDS = {
    "yaw": ("left", "ahead", "right"),
    "light_azimuth": ("left", "front", "right"),
    "skin_tone": ("fair", "medium", "deep"),
    "mouth_open": ("closed", "ajar", "open"),
}
CHOICES = ("background", "shirt", "hair_style", "hair_colour", "beard")
FLAGS = {"glasses": ("without", "with")}


def values() -> dict[str, tuple[str, ...]]:
    """The factors that are read, and the values that each can take: numbers by thirds of their range."""
    named = {factor: portraits.FACTORS[factor].values for factor in CHOICES}
    return {**FLAGS, **named, **THIRDS}


def answers(labels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The labels of an image set as places in `values`: one int array (N,) for each factor."""
    found = {factor: labels[factor].astype(int) for factor in FLAGS}
    for factor in CHOICES:
        found[factor] = np.array([portraits.FACTORS[factor].values.index(value) for value in labels[factor]])
    for factor in THIRDS:
        low, high = portraits.FACTORS[factor].low, portraits.FACTORS[factor].high
        found[factor] = np.clip((3 * (labels[factor] - low) / (high - low)).astype(int), 0, 2)
    return found


def reader(image_shape: tuple[int, int, int], width: int = 32) -> keras.Model:
    """A network from images (N, H, W, C) in [-1, 1] to a dictionary of logits, one (N, values) for each factor."""
    images = keras.Input(image_shape, name="images")
    x = layers.GaussianNoise(0.05)(images)
    for filters in (width, 2 * width, 4 * width):
        x = layers.Conv2D(filters, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    x = layers.Dense(8 * width, activation="relu")(x)
    heads = {factor: layers.Dense(len(names), name=factor)(x) for factor, names in values().items()}
    return keras.Model(images, heads, name="reader")


def teach(painted: ImageSet, epochs: int = 10, seed: int = 0) -> keras.Model:
    """A reader that has learned from these portraits."""
    keras.utils.set_random_seed(seed)
    network = reader(painted.image_shape)
    network.compile("adam", {factor: keras.losses.SparseCategoricalCrossentropy(True) for factor in values()})
    network.fit(to_float(painted.images), answers(painted.labels), batch_size=128, epochs=epochs, verbose=0)
    return network


def read(network: keras.Model, images: np.ndarray) -> dict[str, np.ndarray]:
    """What the reader sees in images, uint8 (N, H, W, C): places in `values`, one int array (N,) for each factor."""
    logits = network.predict(to_float(images), batch_size=256, verbose=0)
    return {factor: scores.argmax(axis=1) for factor, scores in logits.items()}


def shares(seen: Mapping[str, np.ndarray]) -> dict[str, list[float]]:
    """How often each value of each factor was seen, as shares that sum to 1."""
    sizes = {factor: len(names) for factor, names in values().items()}
    return {
        factor: (np.bincount(places, minlength=sizes[factor]) / len(places)).tolist() for factor, places in seen.items()
    }


def lost(of_samples: Mapping[str, list[float]], of_portraits: Mapping[str, list[float]]) -> dict[str, list[str]]:
    """The values of each factor that samples show less than a quarter as often as portraits do."""
    return {
        factor: [
            name
            for name, share, fair in zip(names, of_samples[factor], of_portraits[factor], strict=True)
            if share < LOST * fair
        ]
        for factor, names in values().items()
    }


def study(runs: Mapping[str, TrainedGenerator], size: int, painted: int = PAINTED, count: int = READ) -> dict:
    """The table: the reader's accuracy, the shares among portraits, and the shares among the samples of each run."""
    network = teach(portraits.make(painted, size, seed=1))
    unseen = portraits.make(count, size, seed=2)
    truth, seen = answers(unseen.labels), read(network, unseen.images)
    return {
        "size": size,
        "count": count,
        "accuracy": {factor: float(np.mean(seen[factor] == truth[factor])) for factor in values()},
        "portraits": shares(seen),
        "again": shares(read(network, portraits.make(count, size, seed=3).images)),
        "models": {name: shares(read(network, generator.sample(count))) for name, generator in runs.items()},
        "steps": {name: generator.about.get("steps") for name, generator in runs.items()},
        "core_minutes": {name: generator.about.get("core_minutes") for name, generator in runs.items()},
    }


def load() -> dict:
    """The table that ships."""
    return json.loads(shipped.shipped_path(RESULTS).read_text("utf-8"))


def main(folders: list[str]) -> None:
    """Reads the runs in these folders, each of which gives its model its name, and writes the table."""
    runs = {
        pathlib.Path(folder).name: TrainedGenerator.load(pathlib.Path(folder) / "generator.npz") for folder in folders
    }
    (size,) = {generator.generator.output_shape[1] for generator in runs.values()}
    path = shipped.DATA / RESULTS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(study(runs, size), indent=1), "utf-8")
    print(f"{len(runs)} models in {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
