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
# # Exercises for 08 Wasserstein GAN
#
# Five short functions. Write each where it says so, run the cell, then run the check below it. A check that says *not
# yet* tells you what it tried, what came out and what may be wrong.

# %%
import facegen_lib as fg
from facegen_lib.evaluation import transport

# %% [markdown]
# And, from outside the book:

# %%
import itertools

import keras
import numpy as np
from keras import layers
from scipy.stats import wasserstein_distance

# %% [markdown]
# ## 1 Earth on a line
#
# Two histograms share the same boxes, each `width` wide, and the same total. Write their earth mover's distance
# without any planning: add up what has to pass each border between two boxes, times the way to the next box, and
# divide by the total, so that the result is the mean way of a grain.


# %% tags=["solution"]
def line_distance(supply, demand, width):
    """Earth mover's distance of two histograms (N,) of one total, in the units of `width`."""
    ### BEGIN SOLUTION
    return np.abs(np.cumsum(supply - demand)).sum() * width / supply.sum()
    ### END SOLUTION


# %% [markdown]
# The check:

# %% tags=["check"]
supply, demand = np.array([4.0, 0.0, 2.0, 3.0]), np.array([0.0, 3.0, 4.0, 2.0])
expected = wasserstein_distance(np.arange(4) / 2, np.arange(4) / 2, supply, demand)
fg.check.report(
    "line_distance",
    tried="4, 0, 2, 3 shovelfuls to 0, 3, 4, 2, boxes half a metre wide",
    got=lambda: line_distance(supply, demand, 0.5),
    expected=expected,
    perhaps=[
        (expected / 0.5, "this is counted in boxes; a border is `width` from the next."),
        (expected * 9, "this is the whole work; divide by the total to get the mean way of a grain."),
        (expected * 9 / 4, "divide by the total, not by the number of boxes."),
        (np.abs(supply - demand).sum() * 0.5 / 9, "a difference has to be carried past every border: cumulative sums."),
        (np.abs(np.cumsum(supply - demand).sum()) * 0.5 / 9, "leftward traffic is work too: the absolute value first."),
    ],
)

# %% [markdown]
# ## 2 A plan that does not deliver
#
# Somebody sends you a plan. Does it deliver? A matrix $\gamma$ of shape (N, M) is a plan that delivers if no entry is
# negative, its rows add up to the supply and its columns to the demand, each to within `1e-9`. Return its cost, or
# `inf` if it does not deliver.


# %% tags=["solution"]
def cost_of(plan, ways, supply, demand):
    """Σ plan · ways, a number; infinite if the plan does not deliver. Shapes (N, M), (N, M), (N,), (M,)."""
    ### BEGIN SOLUTION
    delivers = (
        plan.min() >= -1e-9
        and np.allclose(plan.sum(axis=1), supply, rtol=0, atol=1e-9)
        and np.allclose(plan.sum(axis=0), demand, rtol=0, atol=1e-9)
    )
    return (plan * ways).sum() if delivers else np.inf
    ### END SOLUTION


# %% [markdown]
# Six plans for two boxes and three places: a good one, the same with a rounding error, one that leaves sand lying,
# one that forgets a customer, one that falls short by a millionth, and one that carries a negative amount (which is
# cheap).

# %% tags=["check"]
ways = np.array([[1.0, 2.0, 3.0], [4.0, 1.0, 0.5]])
there_is, wanted = np.array([2.0, 1.0]), np.array([1.0, 1.0, 1.0])
plans = {
    "a good plan": ([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], 3.5, "it delivers: add up amount times way, place by place."),
    "a good plan, rounded": ([[1.0 + 1e-12, 1.0, 0.0], [0.0, 0.0, 1.0]], 3.5, "sums may be off by 1e-9."),
    "sand left lying": ([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]], np.inf, "the rows must add up to the supply."),
    "a customer forgotten": ([[2.0, 0.0, 0.0], [0.0, 0.0, 1.0]], np.inf, "the columns must add up to the demand."),
    "a millionth short": ([[1.0, 1.0 - 1e-6, 0.0], [0.0, 0.0, 1.0]], np.inf, "np.allclose: say rtol=0, atol=1e-9."),
    "a negative amount": ([[2.0, 1.0, -1.0], [-1.0, 0.0, 2.0]], np.inf, "sums alone are not enough: look at the sign."),
}
for name, (plan, right, advice) in plans.items():
    fg.check.report(
        "cost_of",
        tried=name,
        got=lambda plan=plan: cost_of(np.array(plan), ways, there_is, wanted),
        expected=right,
        perhaps=advice,
    )

# %% [markdown]
# ## 3 Prices too steep
#
# A price list at P points is 1-Lipschitz if no two prices differ by more than the way between them. Write `steepest`:
# the largest ratio of difference to way over all pairs of *different* points. Divide any price list by its own
# `steepest`, and it is allowed.


# %% tags=["solution"]
def steepest(points, values):
    """The steepest slope between any two of the points (P, d), all of them different, with values (P,)."""
    ### BEGIN SOLUTION
    ways = transport.distances(points, points)
    differences = np.abs(values[:, None] - values)
    different = ~np.eye(len(points), dtype=bool)
    return (differences[different] / ways[different]).max()
    ### END SOLUTION


# %% [markdown]
# The first check has three points on a line; the second is the best critic of chapter 08, which is as steep as is
# allowed.

# %% tags=["check"]
rng = np.random.default_rng(0)
points = rng.normal(size=(40, 2))
line_up = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
fg.check.report(
    "steepest",
    tried="prices 0, 10, 5 at (0, 0), (3, 4), (6, 8)",
    got=lambda: steepest(line_up, np.array([0.0, 10.0, 5.0])),
    expected=2.0,
    perhaps=[
        (float("nan"), "a point and itself give 0/0: leave these pairs out."),
        (10.0, "divide the difference by the way."),
        (10 / 7, "the way is the Euclidean one, √(3² + 4²) = 5."),
        (1.0, "take the steepest of all pairs, not the last one or the mean."),
    ],
)
mass = np.repeat([1 / 20, -1 / 20], 20)
best = transport.best_critic(transport.distances(points, points), mass)
fg.check.report(
    "steepest",
    tried="the best critic at 40 points",
    got=lambda: steepest(points, best),
    expected=1.0,
    perhaps="it is 1 exactly: along every way of the cheapest plan, and nowhere more.",
    tolerance=1e-6,
)

# %% [markdown]
# ## 4 A fence that spares statistics
#
# Write `clip_weights`: every *trainable* weight of a Keras network cut to $[-c, c]$, in place. The running mean and
# variance of a batch normalisation are not weights in this sense. Cut to 0.01, they would lie about every batch to
# come.


# %% tags=["solution"]
def clip_weights(network, clip):
    """Cuts the trainable weights of a network to [-clip, clip]; returns nothing."""
    ### BEGIN SOLUTION
    for weight in network.trainable_weights:
        weight.assign(keras.ops.clip(weight, -clip, clip))
    ### END SOLUTION


# %% [markdown]
# The check builds a network with a normalisation in it and looks at both kinds of numbers.


# %% tags=["check"]
def after_clipping(clip=0.01):
    """Largest weight, largest weight of the untouched network inside the fence, largest running statistic."""
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((4,)), layers.Dense(8), layers.BatchNormalization(), layers.Dense(1)])
    inside = [np.abs(weight.numpy()) < clip for weight in network.trainable_weights]
    before = [weight.numpy() for weight in network.trainable_weights]
    clip_weights(network, clip)
    after = [weight.numpy() for weight in network.trainable_weights]
    kept = all(np.array_equal(old[same], new[same]) for old, new, same in zip(before, after, inside, strict=True))
    largest = max(np.abs(weight).max() for weight in after)
    return np.array([largest, float(kept), max(np.abs(each.numpy()).max() for each in network.non_trainable_weights)])


fg.check.report(
    "clip_weights",
    tried="largest weight, small weights kept (1) or not (0), largest running variance, with c = 0.01",
    got=after_clipping,
    expected=np.array([0.01, 1.0, 1.0]),
    perhaps=[
        (np.array([0.01, 1.0, 0.01]), "you cut the statistics as well: `network.weights` holds more than the weights."),
        (np.array([0.01, 0.0, 1.0]), "weights inside the fence stay as they are; only those outside are moved to it."),
        (
            np.array([1.0, 1.0, 1.0]),
            "a weight is still 1: was the clipped copy assigned? γ of the normalisation is a trainable weight, too.",
        ),
    ],
)

# %% [markdown]
# ## 5 How steep can a clipped layer be?
#
# A dense layer without bias has a kernel $W$ of shape (inputs, outputs), all entries within $[-c, c]$, and is
# followed by a ReLU, which is nowhere steeper than 1. By what factor, at most, can a small change of the input grow
# on its way to the output? By the largest singular value of $W$, and that is largest when every entry is $c$. Write
# the bound for a stack of layers with `widths` = (inputs, units, …, outputs), as the product of the bounds of its
# layers.


# %% tags=["solution"]
def steepest_possible(widths, clip):
    """The largest slope that a dense ReLU network with weights in [-clip, clip] can have, by this bound."""
    ### BEGIN SOLUTION
    return np.prod([clip * np.sqrt(here * there) for here, there in itertools.pairwise(widths)])
    ### END SOLUTION


# %% [markdown]
# Checked against the singular values of the worst kernels there are:

# %% tags=["check"]
widths = (2, 64, 64, 64, 1)
worst = [np.linalg.norm(np.full(pair, 0.1), ord=2) for pair in itertools.pairwise(widths)]
fg.check.report(
    "steepest_possible",
    tried="the critic of chapter 08, c = 0.1",
    got=lambda: steepest_possible(widths, 0.1),
    expected=np.prod(worst),
    perhaps=[
        (np.sum(worst), "slopes of layers that follow each other multiply."),
        (np.prod(worst) * 10**4 / 10, "each layer has its own factor c."),
        (0.1**4 * 2 * 64**3, "a kernel full of c has the singular value c·√(inputs · outputs)."),
    ],
)
for clip in (0.01, 0.03, 0.1):
    print(f"c = {clip}: at most {steepest_possible(widths, clip):.2e}")

# %% [markdown]
# Every clipped critic of the chapter stays below its bound: look up their slopes and compare. Four layers deep, a
# tenth of the fence allows a ten-thousandth of the slope.
