"""Train the extractor that ships: `FACEGEN_DATA=… python -m facegen_lib.evaluation.train_features`.

One small network answers many questions at once: which kind of picture this is, everything that the labels of each
set say about it, and what has been done to it. Whoever can answer all of that has looked at the picture; its features
are what we measure with. It takes about fifteen minutes on two cores and writes the weights and their card to
data/features.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
from pathlib import Path

import numpy as np

from facegen_lib.data import ImageSet, load
from facegen_lib.evaluation import feature_network
from facegen_lib.evaluation.damage import DAMAGES
from facegen_lib.shipped import DATA, sha256_of

KINDS = {
    "utkface": "face",
    "portraits": "portrait",
    "flowers": "flower",
    "mnist": "digit",
    "mnist-mini": "digit",
    "nlvr": "shapes",
    "shapes": "shapes",
}
UNKNOWN = -1
LEVELS = 5  # a label that is a number becomes this many classes of equal size


@dataclasses.dataclass
class Lessons:
    """Pictures with the right answers to every question that somebody has answered.

    Attributes:
        images: uint8 (N, 64, 64, 3).
        answers: question → names of its answers.
        right: int16 (N, questions but the last), the number of the right answer, or UNKNOWN. What was done to a
            picture, the last question, is decided when a batch is drawn.
    """

    images: np.ndarray
    answers: dict[str, list[str]]
    right: np.ndarray

    def rows(self, chosen: np.ndarray) -> Lessons:
        """The lessons of the pictures at `chosen`."""
        return dataclasses.replace(self, images=self.images[chosen], right=self.right[chosen])


def lessons(sets: dict[str, ImageSet]) -> Lessons:
    """All sets in one array. The questions: `kind`, one for each label of each set, and `damage` last."""
    sizes = [len(images) for images in sets.values()]
    kinds = sorted({KINDS[name] for name in sets})
    answers, start = {"kind": kinds}, 0
    columns = [np.repeat([kinds.index(KINDS[name]) for name in sets], sizes)]
    for name, images in sets.items():
        for label, values in images.labels.items():
            names, numbers = classes(np.asarray(values))
            if len(names) > 1:
                column = np.full(sum(sizes), UNKNOWN)
                column[start : start + len(images)] = numbers
                answers[f"{name}.{label}"] = names
                columns.append(column)
        start += len(images)
    answers["damage"] = ["nothing", *(f"{degree} {name}" for name in DAMAGES for degree in ("slight", "strong"))]
    pixels = np.concatenate([np.broadcast_to(images.images, (len(images), 64, 64, 3)) for images in sets.values()])
    return Lessons(pixels, answers, np.stack(columns, axis=1).astype("int16"))


def classes(values: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Names of the classes of a label, and the class of each value. Numbers of many values become LEVELS quantiles."""
    known = values != UNKNOWN if values.dtype.kind in "iuf" else np.ones(len(values), bool)
    distinct = np.unique(values[known])
    if values.dtype.kind in "iuf" and len(distinct) > 2 * LEVELS:
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, LEVELS + 1)[1:-1]))
        numbers = np.searchsorted(edges, values, side="right")
        names = [f"below {edges[0]:.3g}", *(f"{low:.3g} to {high:.3g}" for low, high in itertools.pairwise(edges))]
        names.append(f"from {edges[-1]:.3g}")
    else:
        numbers, names = np.searchsorted(distinct, values), [str(value) for value in distinct]
    return names, np.where(known, numbers, UNKNOWN)


def batches(taught: Lessons, steps: int, batch_size: int, seed: int):
    """`steps` batches of (uint8 images, right answers): shifted by up to four pixels, half of them damaged.

    The last question of each row is what was done to the picture: nothing, or one of DAMAGES, slightly or strongly.
    """
    rng = np.random.default_rng(seed)
    padded, hurt = 4, list(DAMAGES.values())
    for _ in range(steps):
        chosen = np.sort(rng.choice(len(taught.images), batch_size, replace=False))
        rng.shuffle(chosen)
        top, left = rng.integers(0, 2 * padded + 1, 2)
        framed = np.pad(taught.images[chosen], ((0, 0), (padded, padded), (padded, padded), (0, 0)), mode="edge")
        images = framed[:, top : top + feature_network.SIZE, left : left + feature_network.SIZE]
        done = np.zeros(batch_size, "int16")
        for number, group in enumerate(np.array_split(np.arange(batch_size // 2, batch_size), len(DAMAGES))):
            strength = rng.uniform(0.05, 1)
            images[group] = hurt[number](images[group], strength, rng)
            done[group] = 1 + 2 * number + (strength > 0.5)
        yield images, np.concatenate([taught.right[chosen], done[:, None]], axis=1)


def train(taught: Lessons, steps: int, batch_size: int = 128, seed: int = 0):
    """The trained network, with BatchNorm folded in.

    The loss of a picture is the mean, over the questions it has answers to, of cross-entropy divided by that of
    guessing.
    """
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    heads = {question: len(names) for question, names in taught.answers.items()}
    model = feature_network.build(heads, normalise=True)
    schedule = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=2e-3, warmup_steps=steps // 20)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-3)
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(images, right):
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            losses, known = [], tf.cast(right >= 0, tf.float32)
            for column, (question, count) in enumerate(heads.items()):
                correct = tf.maximum(tf.cast(right[:, column], tf.int32), 0)
                surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(correct, logits[question])
                losses.append(surprise / np.log(count))
            per_picture = tf.reduce_sum(tf.stack(losses, axis=1) * known, axis=1) / tf.reduce_sum(known, axis=1)
            loss = tf.reduce_mean(per_picture)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    recent = []
    for number, (images, right) in enumerate(batches(taught, steps, batch_size, seed), start=1):
        recent.append(float(step(images, right)))
        if number % 200 == 0 or number == steps:
            print(f"step {number:5d} of {steps}: loss {np.mean(recent):.3f} of guessing", flush=True)
            recent = []
    return feature_network.fold(model, heads)


def accuracies(model, asked: Lessons, seed: int) -> dict[str, dict[str, float]]:
    """How often each question is answered rightly, how often its commonest answer is right, and of how many pictures.

    Every question is asked of undamaged pictures, but `damage` of batches as in training.
    """
    images, right = asked.images, asked.right
    drawn = list(batches(asked, 16, 128, seed))
    damaged, done = np.concatenate([batch for batch, _ in drawn]), np.concatenate([rows[:, -1] for _, rows in drawn])
    given = predictions(model, images) | {"damage": predictions(model, damaged)["damage"]}
    found = {}
    for column, question in enumerate(asked.answers):
        correct = done if question == "damage" else right[:, column]
        known = correct != UNKNOWN
        found[question] = {
            "right": float(np.mean(given[question].argmax(axis=1)[known] == correct[known])),
            "commonest": float(np.bincount(correct[known]).max() / known.sum()),
            "pictures": int(known.sum()),
        }
    return found


def predictions(model, images: np.ndarray) -> dict[str, np.ndarray]:
    """Everything the network says of uint8 images (N, 64, 64, 3), 256 at a time."""
    parts = [model(images[start : start + 256], training=False) for start in range(0, len(images), 256)]
    return {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in parts[0]}


def write_card(path: Path, weights: Path, taught: Lessons, found: dict, steps: int, seed: int) -> None:
    """The card beside the weights: what they were taught, on which pictures, how well, and their checksum."""
    kinds = np.bincount(taught.right[:, 0])
    pictures = ", ".join(f"{count:,} of {name}" for name, count in zip(taught.answers["kind"], kinds, strict=True))
    rows = []
    for question, row in found.items():
        shares = f"{row['right']:.1%} | {row['commonest']:.1%}"
        rows.append(f"| {question} | {len(taught.answers[question])} | {shares} | {row['pictures']:,} |")
    path.write_text(
        CARD.format(
            file=weights.name,
            sha256=sha256_of(weights),
            kilobytes=weights.stat().st_size / 1024,
            dimension=feature_network.DIMENSION,
            steps=steps,
            seed=seed,
            pictures=pictures,
            rows="\n".join(rows),
        ),
        encoding="utf-8",
    )


CARD = """# The shipped feature extractor

`{file}`, {kilobytes:,.0f} kB of float16 weights, sha256 `{sha256}`.

A small residual convolutional network of this project: a picture resized to 64×64×3 becomes {dimension} numbers, the
means of its last feature maps. Distances between these numbers are what `features="shipped"` measures. They are not
FID, and they are not comparable with distances in the features of any other network.

It was trained by `python -m facegen_lib.evaluation.train_features` (seed {seed}, {steps:,} steps of 128 pictures,
half of them damaged on purpose) to answer all questions below at once, on {pictures}. None of these pictures can be
read off the weights by any method we know of, but the weights of a network are a summary of what it saw.

## How well it answers

Asked of held-out pictures. "Commonest" is what always giving the commonest answer would score.

| question | answers | right | commonest | pictures |
| --- | --- | --- | --- | --- |
{rows}

## What it should not be used for

The labels of age, gender and race are UTKFace's: guessed by a program from web photographs and checked by people who
did not know the person shown. The network repeats those guesses with its own errors, unevenly across groups. It
exists to compare sets of pictures. Do not use it to say anything about a person.
"""


def main(steps: int = 4000, seed: int = 0, folder: Path = DATA / "features") -> None:
    """Load every set, train, and write `shipped.npz` and `README.md` to the folder."""
    if not os.environ.get("FACEGEN_DATA"):
        raise SystemExit(
            "Name the folder that holds the archives of UTKFace, Oxford flowers and MNIST in FACEGEN_DATA."
        )
    sets, held_out = {}, []
    for name in KINDS:
        parts = [load(name, feature_network.SIZE, split=split) for split in ("train", "held_out")]
        images = np.concatenate([part.images for part in parts])
        labels = {label: np.concatenate([part.labels[label] for part in parts]) for label in parts[0].labels}
        sets[name] = ImageSet(name, images, labels)
        held_out.append(np.arange(len(images)) >= len(parts[0]))
    everything, held_out = lessons(sets), np.concatenate(held_out)
    taught, asked = everything.rows(~held_out), everything.rows(held_out)
    print(f"{len(taught.images):,} pictures, {len(taught.answers)} questions")
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / "shipped.npz"
    feature_network.save(train(taught, steps, seed=seed), taught.answers, weights)
    model, _ = feature_network.load(weights)
    write_card(folder / "README.md", weights, taught, accuracies(model, asked, seed + 1), steps, seed)


if __name__ == "__main__":
    main()
