"""The workbooks of the chapters on adversaries as a student meets them: empty, and wrong in the usual ways."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from test_foundation_exercises import work_through

WORKBOOKS = {"05_vanilla_gan": 4, "07_failure_modes": 4}


@pytest.mark.parametrize("slug", WORKBOOKS)
def test_every_blank_is_still_to_be_written(slug):
    feedback = work_through(slug)
    assert len(feedback) == WORKBOOKS[slug]
    assert all("still to be written" in text for text in feedback.values())


def without_biases(widths, normalised):
    return sum(before * after for before, after in itertools.pairwise(widths))


def too_generous(points, centres, radius):
    return len(np.unique(np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)))


def with_itself(features):
    return np.exp(-np.abs(features[:, None] - features).sum(axis=2)).sum(axis=1)


def one_standard_deviation(samples, real):
    return samples.std() / real.std()


MISTAKES = {
    "dense_weights": ("05_vanilla_gan", without_biases, "the biases are missing"),
    "coin": ("05_vanilla_gan", lambda ratio: (0.5, np.log(2)), "½ is the best answer only when"),
    "discriminator_step": ("05_vanilla_gan", lambda *_: 1.0, "expected"),
    "modulus": ("07_failure_modes", lambda rate, damping: 1.0, "the real part alone"),
    "modes_found": ("07_failure_modes", too_generous, "every centre that gets any point was counted"),
    "likeness": ("07_failure_modes", with_itself, "every row is like itself"),
    "lost": ("07_failure_modes", lambda names, shares, fair: ["stubble", "full"], "its own* fair share"),
    "variety": ("05_vanilla_gan", one_standard_deviation, "take the standard deviation over the images"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_usual_mistake_gets_its_own_advice(name):
    slug, answer, advice = MISTAKES[name]
    assert advice in work_through(slug, {name: answer})[name]


def uphill(generator, discriminator, optimizer, real, z):
    with tf.GradientTape() as tape:
        real_losses = tf.nn.softplus(-discriminator(real, training=True))
        loss = tf.reduce_mean(real_losses) + tf.reduce_mean(tf.nn.softplus(discriminator(generator(z), training=True)))
    slopes = tape.gradient(loss, discriminator.trainable_variables)
    optimizer.apply([-slope for slope in slopes], discriminator.trainable_variables)
    return loss


def in_a_box(points, centres, radius):
    apart = np.abs(points[:, None] - centres).max(axis=2)
    counts = np.bincount(apart.argmin(axis=1)[apart.min(axis=1) < radius], minlength=len(centres))
    return int((counts >= len(points) / len(centres) / 10).sum())


CHANCE = {
    "05_vanilla_gan": {
        "dense_weights": lambda widths, normalised: 1_493_521 if normalised else 533_506,
        "discriminator_step": uphill,
    },
    "07_failure_modes": {"modes_found": in_a_box},
}


@pytest.mark.parametrize("slug", CHANCE)
def test_an_answer_that_is_right_by_chance_only_is_refused(slug):
    feedback = work_through(slug, CHANCE[slug])
    assert [name for name in CHANCE[slug] if name not in feedback] == []
