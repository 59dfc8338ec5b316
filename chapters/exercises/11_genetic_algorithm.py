# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Workbook: genetic algorithm
#
# Four exercises on chapter 11. Write your answer where it says so and run the check below it: the check tells you
# what it tried, what came out, and what may be the matter.

# %%
import facegen_lib as fg

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from facegen_lib.models.genetic import GeneticAlgorithm
from facegen_lib.networks import judge as judges
from facegen_lib.notebook import style

people, network = fg.pretrained("dcgan-utkface"), judges.load()

# %% [markdown]
# ## 1. Two cuts
#
# FaceGen cuts every pair of parents once, so a child has the mother's hair and the father's chin, always in this
# order. With *two* cuts $a \le b$ the child takes the genes $a, \dots, b-1$ from the father and all others from the
# mother. Write it for a whole batch: `mothers` and `fathers` are `(N, length)`, `first` and `second` are `(N,)` with
# `first <= second`.


# %% tags=["solution"]
def two_cuts(mothers, fathers, first, second):
    """Children, (N, length): the father's genes from the first cut up to the second, the mother's elsewhere."""
    ### BEGIN SOLUTION
    places = np.arange(mothers.shape[1])
    between = (first[:, None] <= places) & (places < second[:, None])
    return np.where(between, fathers, mothers)
    ### END SOLUTION


# %% [markdown]
# The check breeds from a mother of noughts and a father of ones, so that you can read whose gene is where.

# %% tags=["check"]
noughts, ones = np.zeros((3, 6), int), np.ones((3, 6), int)
fg.check.report(
    "two_cuts",
    tried="noughts and ones, cut at (1, 3), (0, 6) and (4, 4)",
    got=lambda: two_cuts(noughts, ones, np.array([1, 0, 4]), np.array([3, 6, 4])),
    expected=[[0, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]],
    perhaps=[
        ([[1, 0, 0, 1, 1, 1], [0] * 6, [1] * 6], "mother and father are exchanged."),
        (
            [[0, 1, 1, 1, 0, 0], [1] * 6, [0, 0, 0, 0, 1, 0]],
            "the second cut is the father's end: it is not his any more.",
        ),
    ],
)

# %% [markdown]
# Does it help? A cut of a flattened image is a horizontal line, so two cuts exchange a band. The same two people, with
# their *latent vectors* cut once and cut twice: can you say which gene does what?

# %%
z = fg.models.generator.draw_latents(2, people.latent_dim, seed=31)
first, second = np.array([0, 32, 64, 96, 0, 16, 48, 80]), np.array([32, 64, 96, 128, 64, 80, 112, 128])
children = two_cuts(np.repeat(z[:1], 8, axis=0), np.repeat(z[1:], 8, axis=0), first, second)
family = np.concatenate([people.decode(z), people.decode(children)])
fg.show.images(family, columns=5, title="mother, father, eight children");

# %% [markdown]
# You cannot: every number of $z$ has a hand in everything. Hair and chin are not next to each other in a latent vector,
# so cutting it keeps nothing together. Crossover is worth most where neighbouring genes belong together (Holland's
# *building blocks*); here it is merely a way of being somewhere between one's parents.
#
# ## 2. A tournament
#
# Truncation lets the twenty best have all the children, with equal chances. A *tournament* is gentler: to choose a
# parent, draw `size` individuals at random and take the fittest of them. Write it for `count` parents at once.
# `entrants` is given: `(count, size)` positions in the population, already drawn.


# %% tags=["solution"]
def tournament(scores, entrants):
    """Positions of the winners, (count,): in each row of entrants the one with the highest score."""
    ### BEGIN SOLUTION
    return entrants[np.arange(len(entrants)), np.argmax(scores[entrants], axis=1)]
    ### END SOLUTION


# %% [markdown]
# Five individuals, three tournaments of two.

# %% tags=["check"]
scores = np.array([0.1, 0.9, 0.4, 0.3, 0.8])
entrants = np.array([[0, 3], [1, 4], [2, 2]])
fg.check.report(
    "tournament",
    tried="scores 0.1, 0.9, 0.4, 0.3, 0.8 and the pairs (0, 3), (1, 4), (2, 2)",
    got=lambda: tournament(scores, entrants),
    expected=[3, 1, 2],
    perhaps=[
        ([1, 0, 0], "these are places within the tournament: look up who stood there."),
        ([0.3, 0.9, 0.4], "these are the winners' scores; their positions are asked for."),
        ([0, 4, 2], "the losers have won: higher is fitter."),
    ],
)

# %% [markdown]
# How hard does each select? Let everybody's rank compete many times, and count how often each rank has a child.

# %%
rng = np.random.default_rng(32)
ranks = -np.arange(100.0)
for size, colour in ((2, style.REAL), (5, style.THIRD)):
    winners = tournament(ranks, rng.integers(0, 100, (200_000, size)))
    plt.plot(np.bincount(winners, minlength=100) / 200_000, color=colour, label=f"tournament of {size}")
plt.step(range(100), np.where(np.arange(100) < 20, 1 / 20, 0), color=style.FAKE, label="truncation to 20")
plt.xlabel("rank")
plt.title("chance of being a parent")
plt.legend();

# %% [markdown]
# ## 3. A judge that cannot be shifted
#
# Chapter 11's winner lost much of its score when it was moved by a single pixel; faces did not care. Make use of
# that: ask the judge about the image and about its four neighbours, one pixel up, down, left and right (`tf.roll`
# moves, and what leaves on one side enters on the other), and believe the *lowest* of the five answers. Write this
# fitness in TensorFlow, because evolution compiles it.

# %% tags=["solution"]
ask = judges.fitness(network)


def cautious(images):
    """The lowest score of an image and its four neighbours: uint8 (N, 64, 64, 3) → float32 (N,)."""
    ### BEGIN SOLUTION
    moves = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]
    return tf.reduce_min([ask(tf.roll(images, move, axis=(1, 2))) for move in moves], axis=0)
    ### END SOLUTION


# %% [markdown]
# The check compiles it and asks about pictures of noise, against the five answers computed one by one.

# %% tags=["check"]
noise = np.random.default_rng(0).integers(0, 256, (24, 64, 64, 3), dtype="uint8")
neighbours = [np.roll(noise, move, axis=axis) for axis in (1, 2) for move in (-1, 1)]
fg.check.report(
    "cautious",
    tried="24 pictures of noise",
    got=lambda: tf.function(cautious)(tf.constant(noise)),
    expected=np.min([ask(images) for images in (noise, *neighbours)], axis=0),
    perhaps=[
        (ask(noise), "that is the judge's own answer: the neighbours are missing."),
        (
            np.max([ask(images) for images in (noise, *neighbours)], axis=0),
            "the highest; be cautious, take the lowest.",
        ),
        (np.mean([ask(images) for images in (noise, *neighbours)], axis=0), "the mean; one doubt should be enough."),
        (np.min([ask(images) for images in neighbours], axis=0), "the image itself belongs to the five."),
    ],
    tolerance=1e-4,
)

# %% [markdown]
# Does caution help? Evolve before both judges, 400 generations each. The two winners are for you to judge.

# %%
bold = GeneticAlgorithm(ask, (64, 64, 3), mutation_rate=0.002)
careful = GeneticAlgorithm(lambda images: cautious(images), (64, 64, 3), mutation_rate=0.002)
for population, label, colour in ((bold, "the judge", style.FAKE), (careful, "the cautious judge", style.THIRD)):
    population.evolve(400)
    plt.plot(population.history["best"], color=colour, label=label)
plt.xlabel("generation")
plt.ylabel("score")
plt.legend()
winners = np.stack([bold.best, careful.best])
fg.show.images(winners, columns=2, zoom=3, title="bred before", heads=("the judge", "the cautious judge"));

# %% [markdown]
# Slower, and no nearer to a face. Asking the same judge five times closes one hole of many: whatever it believes
# about all five places at once is still a long way from what you believe.
#
# ## 4. What a gradient is worth
#
# On the way to a known picture, a child tells only whether it is better; a gradient tells where to go. Count the
# difference. Write `evaluations(history, level)`: how many individuals had been judged when the best fitness first
# reached `level`? The first population has 100; every later generation judges 80 children. `history[0]` belongs to
# the first population. If the level is never reached, the answer is `None`.


# %% tags=["solution"]
def evaluations(history, level, population=100, children=80):
    """Individuals judged until the best was at least `level`, or None."""
    ### BEGIN SOLUTION
    reached = np.flatnonzero(np.asarray(history) >= level)
    return None if len(reached) == 0 else int(population + children * reached[0])
    ### END SOLUTION


# %% [markdown]
# Four generations of a made-up history.

# %% tags=["check"]
fg.check.report(
    "evaluations",
    tried="best fitness -9, -5, -5, -2, and the level -5",
    got=lambda: evaluations([-9, -5, -5, -2], -5),
    expected=180,
    perhaps=[
        (340, "reached, not passed: -5 counts."),
        (80, "the first population was judged as well."),
        (100, "one generation has passed."),
    ],
)
fg.check.report(
    "evaluations",
    tried="the same history and the level -4",
    got=lambda: evaluations([-9, -5, -5, -2], -4),
    expected=340,
    perhaps="the best jumped from -5 to -2, past the level: look for the first that is at least -4.",
)
fg.check.report(
    "evaluations",
    tried="the same history and the level -1",
    got=lambda: evaluations([-9, -5, -5, -2], -1),
    expected=None,
    perhaps=[(100, "`argmax` of nothing but False is 0: ask first whether there is any True.")],
)

# %% [markdown]
# Now for pictures of 4×4, 8×8 and 16×16 grey pixels: how many individuals until the mean squared error has fallen to a
# quarter? A gradient step of the right length needs one.

# %%
sides, needed = (4, 8, 16), []
for side in sides:
    goal = np.random.default_rng(side).integers(0, 256, (side, side, 1)).astype("float32")
    population = GeneticAlgorithm(
        lambda images, goal=goal: -tf.reduce_mean((tf.cast(images, tf.float32) - goal) ** 2, axis=(1, 2, 3)),
        goal.shape,
        mutation_rate=1 / side**2,
    ).evolve(600)
    needed.append(evaluations(population.history["best"], population.history["best"][0] / 4))
plt.loglog([side**2 for side in sides], needed, "o-", color=style.FAKE)
plt.xticks([side**2 for side in sides], [f"{side} × {side}" for side in sides])
plt.yticks([1_000, 3_000, 10_000], ["1,000", "3,000", "10,000"])
plt.minorticks_off()
plt.xlabel("pixels")
plt.title("individuals judged until the error was a quarter")
assert needed[0] < needed[-1]

# %% [markdown]
# The more genes, the more individuals it takes, and the line goes on rising. Salimans et al. (*Evolution Strategies
# as a Scalable Alternative to Reinforcement Learning*, 2017) look at it from the other side: add up what all the
# children tell, weighted by their fitness, and the sum *is* an estimate of the gradient. Its noise grows with the
# number of genes, too.
