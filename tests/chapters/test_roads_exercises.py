"""The workbooks of chapters 10 to 13 as a student meets them: empty, and wrong in the usual ways."""

import itertools

import numpy as np
import pytest
import scipy
import tensorflow as tf
from test_foundation_exercises import work_through

from facegen_lib.networks import judge as judges

WORKBOOKS = ["10_vae", "11_genetic_algorithm", "12_comparison", "13_latent_space"]
ask = judges.fitness(judges.load())


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


def uncentred(pictures, count):
    _, lengths, directions = np.linalg.svd(pictures, full_matrices=False)
    return pictures.mean(axis=0), (lengths[:, None] / np.sqrt(len(pictures) - 1) * directions)[:count]


def by_value(intervals, better):
    return [3, 4, 1, 2]


def contradicted_pairs_left_out(a, b):
    pairs = list(itertools.combinations(range(len(a)), 2))
    return sum((a[i] - a[j]) * (b[i] - b[j]) > 0 for i, j in pairs) / len(pairs)


def always_from_the_lessons(probabilities, taught, rounds):
    return probabilities.mean(axis=0)


def one_after_the_other(n, m):
    for each in m:
        n = n - (n @ each) * each
    return n / np.linalg.norm(n)


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
        "cautious": (ask, "the neighbours are missing"),
        "evaluations": (lambda history, level: 100, "one generation has passed"),
    },
    "12_comparison": {
        "eigenfaces": (uncentred, "take the mean away"),
        "places": (by_value, "the last is not surely behind the one before it"),
        "agreement": (contradicted_pairs_left_out, "counts -1, not 0"),
        "adjusted": (always_from_the_lessons, "has to begin from the shares of the round before"),
    },
    "13_latent_space": {
        "along_the_sphere": (lambda a, b, t: a + np.outer(t, b - a), "that is the straight line"),
        "drawn_again": (lambda z, limit, rng: np.clip(z, -limit, limit), "you cut numbers off at the limit"),
        "cleaned": (one_after_the_other, "the second step brings back some of the first"),
        "latent_of": (lambda pictures, mean, ways: np.linalg.lstsq(ways.T, pictures.T)[0].T, "take the mean away"),
    },
}


@pytest.mark.parametrize("slug", WORKBOOKS)
def test_a_usual_mistake_gets_its_own_advice(slug):
    feedback = work_through(slug, {name: answer for name, (answer, _) in MISTAKES[slug].items()})
    missed = {name: feedback[name] for name, (_, advice) in MISTAKES[slug].items() if advice not in feedback[name]}
    assert missed == {}


def undivided_distance(mean, log_variance, other_mean, other_log_variance):
    logs, squares = other_log_variance - log_variance, (mean - other_mean) ** 2
    return 0.5 * (logs + np.exp(-logs) + squares - 1).sum(axis=1)


def with_numpy(images):
    moves = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]
    return np.min([ask(np.roll(images, move, axis=(1, 2))) for move in moves], axis=0)


def all_directions(pictures, count):
    mean = pictures.mean(axis=0)
    _, lengths, directions = np.linalg.svd(pictures - mean, full_matrices=False)
    return mean, lengths[:, None] / np.sqrt(len(pictures) - 1) * directions


def only_those_before(intervals, better):
    sign = 1 if better == "lower" else -1
    ends = [sorted((sign * low, sign * high)) for low, high in intervals]
    return [1 + sum(high < low for _, high in ends[:place]) for place, (low, _) in enumerate(ends)]


def multiplied(probabilities, taught, rounds):
    shares = probabilities.mean(axis=0)
    for _ in range(rounds - 1):
        weighed = probabilities * shares
        shares = (weighed / weighed.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def of_unit_length(a, b, t):
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    angle, t = np.arccos(a @ b), np.asarray(t)[:, None]
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def once_again(z, limit, rng):
    return np.where(np.abs(z) > limit, rng.standard_normal(z.shape), z)


CHANCE = {
    "10_vae": {
        "divergence": undivided_distance,
        "best_noise": lambda images, reconstructions: np.sqrt(np.mean(images**2)),
    },
    "11_genetic_algorithm": {
        "tournament": lambda scores, entrants: entrants[:, -1],
        "cautious": with_numpy,
        "evaluations": lambda history, level: 100 + 80 * history.index(level) if level in history else None,
    },
    "12_comparison": {
        "eigenfaces": all_directions,
        "places": only_those_before,
        "agreement": lambda a, b: scipy.stats.kendalltau(a, b).statistic,
        "adjusted": multiplied,
    },
    "13_latent_space": {
        "along_the_sphere": of_unit_length,
        "drawn_again": once_again,
        "cleaned": lambda n, m: one_after_the_other(n, m[::-1]),
        "latent_of": lambda pictures, mean, ways: (pictures - mean) @ ways.T,
    },
}


@pytest.mark.parametrize("slug", CHANCE)
def test_an_answer_that_is_right_by_chance_only_is_refused(slug):
    feedback = work_through(slug, CHANCE[slug])
    assert [name for name in CHANCE[slug] if name not in feedback] == []
