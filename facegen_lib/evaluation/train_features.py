"""Train the extractor that ships: `FACEGEN_DATA=… python -m facegen_lib.evaluation.train_features`.

One small network answers many questions at once: which kind of picture this is, everything that the labels of each set
say about it, and what has been done to it. Whoever can answer all of that has looked at the picture; its features are
what we measure with. It takes about fifteen minutes of processor time and writes the weights and their card to
data/features.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from facegen_lib.data import ImageSet, load
from facegen_lib.evaluation import feature_network
from facegen_lib.evaluation.lessons import KINDS, UNKNOWN, Lessons, batches, lessons
from facegen_lib.shipped import DATA, sha256_of


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


def main(steps: int = 2500, seed: int = 0, folder: Path = DATA / "features") -> None:
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
