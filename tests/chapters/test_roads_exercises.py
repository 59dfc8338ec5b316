"""The workbooks of chapters 10 and 11 as a student meets them: empty, and wrong in the usual ways."""

import numpy as np
import pytest
import tensorflow as tf
from test_foundation_exercises import work_through

from facegen_lib.networks import judge as judges

WORKBOOKS = ["10_vae", "11_genetic_algorithm"]


@pytest.mark.parametrize("slug", WORKBOOKS)
def test_every_blank_is_still_to_be_written(slug):
    feedback = work_through(slug)
    assert len(feedback) == 4
    assert all("still to be written" in text for text in feedback.values())


def swapped_logarithm(mean, log_variance, other_mean, other_log_variance):
    squares = np.exp(log_variance) + (mean - other_mean) ** 2
    return 0.5 * (log_variance - other_log_variance + squares / np.exp(other_log_variance) - 1).sum(axis=1)


def one_round(images, known, rebuild, rounds=10):
    return known * images + (1 - known) * rebuild(known * images)


def exchanged_parents(mothers, fathers, first, second):
    places = np.arange(mothers.shape[1])
    return np.where((first[:, None] <= places) & (places < second[:, None]), mothers, fathers)


MISTAKES = {
    "10_vae": {
        "divergence": (swapped_logarithm, "the logarithm has the wrong sign"),
        "best_noise": (
            lambda images, reconstructions: np.mean((images - reconstructions) ** 2),
            "its root is asked for",
        ),
        "free_bits": (lambda kl, free: tf.reduce_sum(tf.reduce_mean(tf.maximum(kl, free), axis=0)), "maximum first"),
        "repair": (one_round, "one round only"),
    },
    "11_genetic_algorithm": {
        "two_cuts": (exchanged_parents, "mother and father are exchanged"),
        "tournament": (lambda scores, entrants: entrants[range(3), scores[entrants].argmin(axis=1)], "the losers"),
        "cautious": (lambda images: judges.fitness(judges.load())(images), "the neighbours are missing"),
        "evaluations": (lambda history, level: 100, "one generation has passed"),
    },
}


@pytest.mark.parametrize("slug", WORKBOOKS)
def test_a_usual_mistake_gets_its_own_advice(slug):
    feedback = work_through(slug, {name: answer for name, (answer, _) in MISTAKES[slug].items()})
    missed = {name: feedback[name] for name, (_, advice) in MISTAKES[slug].items() if advice not in feedback[name]}
    assert missed == {}
