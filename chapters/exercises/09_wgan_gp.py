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
# # Exercises for 09 WGAN with gradient penalty
#
# Four short functions. Write each where it says so, run the cell, then run the check below it. A check that says *not
# yet* tells you what it tried, what came out and what may be wrong.

# %%
import facegen_lib as fg
from facegen_lib.networks.layers import MinibatchStd

# %% [markdown]
# And, from outside the book:

# %%
import keras
import numpy as np
import tensorflow as tf
from keras import layers

# %% [markdown]
# ## 1 Points between
#
# Write $\hat x = \alpha x + (1 - \alpha)\,G(z)$ with one $\alpha$, uniform in $[0, 1]$, for each image. `chance` is a
# NumPy random generator: `chance.random(shape)`. Images may have any number of axes after the first, so the shape of
# your $\alpha$ has to fit: N, and then a 1 for every other axis.


# %% tags=["solution"]
def points_between(real, fake, chance):
    """One random point on the line from each fake image to the real one beside it; shapes (N, …)."""
    ### BEGIN SOLUTION
    alpha = chance.random((len(real),) + (1,) * (real.ndim - 1))
    return alpha * real + (1 - alpha) * fake
    ### END SOLUTION


# %% [markdown]
# The check mixes 1,000 black images (all −1) with 1,000 white ones (all 1) and looks at three things: how much the
# greys of one image differ (not at all), how many different greys there are (as many as images), and the outermost
# greys. Then it gives points of the plane, which have no pixels.


# %% tags=["check"]
def greys(count=1_000):
    """Largest difference inside one image, share of images with a grey of their own, lowest and highest grey."""
    mixed = points_between(np.ones((count, 4, 4, 3)), -np.ones((count, 4, 4, 3)), np.random.default_rng(0))
    of_each = mixed.mean(axis=(1, 2, 3))
    inside = np.ptp(mixed, axis=(1, 2, 3)).max()
    return np.round([inside, len(np.unique(of_each)) / count, of_each.min(), of_each.max()], 2)


fg.check.report(
    "points_between",
    tried="difference inside an image, share of own greys, lowest grey, highest grey",
    got=greys,
    expected=np.array([0.0, 1.0, -1.0, 1.0]),
    perhaps=[
        (np.array([2.0, 1.0, -0.26, 0.26]), "every pixel got an α of its own: one per image, shape (N, 1, 1, 1)."),
        (np.array([0.0, 0.0, 0.27, 0.27]), "one α for the whole batch: all points lie on one slice of their lines."),
        (np.array([0.0, 1.0, 0.0, 1.0]), "the fakes are missing; they count 1 − α."),
        (np.array([0.0, 1.0, -1.0, 0.0]), "the fakes count 1 − α, not 1."),
    ],
    tolerance=1e-6,
)
fg.check.report(
    "points_between",
    tried="the shape of 1,000 points of the plane",
    got=lambda: points_between(np.ones((1_000, 2)), -np.ones((1_000, 2)), np.random.default_rng(0)).shape,
    expected=(1_000, 2),
    perhaps="α has one number per image, and as many ones as the images have other axes.",
)

# %% [markdown]
# ## 2 A norm for each image
#
# `gradient` holds the derivative of the critic's value by each pixel, shape (N, H, W, C). Write the penalty's $\lambda
# \, \mathbb{E}\,(\lVert \nabla f \rVert - 1)^2$ from it: a Euclidean norm for each image, and the mean over images
# last.


# %% tags=["solution"]
def penalty_from(gradient, weight=10.0):
    """The gradient penalty, a number, from gradients (N, H, W, C)."""
    ### BEGIN SOLUTION
    norms = np.sqrt((gradient**2).sum(axis=(1, 2, 3)))
    return weight * ((norms - 1) ** 2).mean()
    ### END SOLUTION


# %% [markdown]
# Two images of two pixels and two channels, with gradients of norm 4 and of norm ½:

# %% tags=["check"]
two = np.stack([np.full((2, 1, 2), 2.0), np.full((2, 1, 2), 0.25)])
two[1, 0, 0, 0] *= -1
fg.check.report(
    "penalty_from",
    tried="gradients of norm 4 and ½, λ = 10",
    got=lambda: penalty_from(two.copy()),
    expected=46.25,
    perhaps=[
        (92.5, "the sum over images; the mean is asked for."),
        (4.625, "the weight λ is missing."),
        (45.0, "a norm below 1 is charged as well."),
        (18.8051948, "a norm for each channel: it belongs to the image, as rows do."),
        (10 * (np.sqrt(16.25) - 1) ** 2, "one norm over the whole batch: sum over every axis but the first."),
        (245.0, "you added up the gradients; squares are added, then the root taken."),
        (246.25, "you added up the gradients; squares are added, then the root taken."),
        (10 * ((np.array([16, 0.25]) - 1) ** 2).mean(), "the root is missing: these are squared norms."),
        (7.8125, "the root of the mean square; squares are added up."),
        (10 * ((two - 1) ** 2).mean(), "the distance from 1 is that of the norm, not of each derivative."),
    ],
)
fg.check.report(
    "penalty_from",
    tried="the same gradients, λ = 2",
    got=lambda: penalty_from(two, weight=2.0),
    expected=9.25,
    perhaps=[(46.25, "λ is the argument `weight`; 10 is only what it is if nothing is said.")],
)

# %% [markdown]
# ## 3 How steep will it be?
#
# Chapter 09 says that a penalised critic ends up $K = 1 + W / 2\lambda$ times as steep as the best one. Its *estimate*
# is then $K \cdot W$, more than $W$. Undo that: write $W$ as a function of the estimate $e = K W$ and of $\lambda$.
# (Put $K$ in, and solve for the positive $W$.)


# %% tags=["solution"]
def distance_behind(estimate, weight):
    """The W that a penalised critic means when it says `estimate`, with λ = `weight`."""
    ### BEGIN SOLUTION
    return -weight + np.sqrt(weight**2 + 2 * weight * estimate)
    ### END SOLUTION


# %% [markdown]
# Three estimates; the last comes from a critic whose $\lambda$ is far too small for what it measures.

# %% tags=["check"]
for true_distance, weight in ((0.3, 1.0), (2.0, 10.0), (8.0, 1.0)):
    said = true_distance * (1 + true_distance / (2 * weight))
    fg.check.report(
        "distance_behind",
        tried=f"estimate {said:.3f}, λ = {weight:g}",
        got=lambda said=said, weight=weight: distance_behind(said, weight),
        expected=true_distance,
        perhaps=[
            (said / (1 + said / (2 * weight)), "close, but K holds W, not the estimate: solve W²/2λ + W = e."),
            (-weight - np.sqrt(weight**2 + 2 * weight * said), "this is the other root; a distance is positive."),
            (said, "this is the estimate itself."),
        ],
    )

# %% [markdown]
# ## 4 A critic that looks at its neighbours
#
# Write a test that catches a critic unfit for the penalty. `meddles` gets a critic and a batch of images. Change the
# *last* image of the batch, for example by negating it; if the value of any *other* image changes by more than
# `1e-6`, the critic meddles. Call the critic with `training=True`, the mode in which it is penalised.


# %% tags=["solution"]
def meddles(critic, images):
    """Whether the value of one image depends on the others in its batch (N, H, W, C)."""
    ### BEGIN SOLUTION
    changed = np.concatenate([images[:-1], -images[-1:]])
    before, after = critic(images, training=True), critic(changed, training=True)
    return bool(np.abs(before - after)[:-1].max() > 1e-6)
    ### END SOLUTION


# %% [markdown]
# Four critics: plain, with batch normalisation, with layer normalisation, with the batch spread of chapter 06.


# %% tags=["check"]
def critic_with(extra):
    """A small critic of 8×8 images with one more layer inside."""
    keras.utils.set_random_seed(0)
    inside = [layers.Conv2D(8, 4, strides=2, padding="same"), *extra, layers.LeakyReLU(0.2)]
    return keras.Sequential([keras.Input((8, 8, 1)), *inside, layers.Flatten(), layers.Dense(1)])


batch = np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 1)).astype("float32")
for name, extra, right in (
    ("nothing", [], False),
    ("batch normalisation", [layers.BatchNormalization()], True),
    ("layer normalisation", [layers.LayerNormalization()], False),
    ("the spread of the batch", [MinibatchStd(4)], True),
):
    fg.check.report(
        "meddles",
        tried=f"a critic with {name} inside",
        got=lambda extra=extra: meddles(critic_with(extra), tf.constant(batch)),
        expected=right,
        perhaps=[
            (True, "only the values of the *other* images count: leave the last one out of the comparison."),
            (False, "in inference mode batch normalisation looks at no batch: `training=True`."),
        ],
    )

# %% [markdown]
# A test like this belongs beside every critic that you design. This book has one for its own.
