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
# # Exercises for 05 Vanilla GAN
#
# Four short functions. Write each where it says so, run the cell, then run the check below it. A check that says *not
# yet* tells you what it tried, what came out and what may be wrong.

# %%
import facegen_lib as fg

# %% [markdown]
# And, from outside the book:

# %%
import itertools

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from scipy.optimize import minimize_scalar

# %% [markdown]
# ## 1 The weights of a dense network
#
# Write `dense_weights`: how many weights, trained or not, a network of dense layers holds. A dense layer has a weight
# for each pair of input and output, and a bias for each output. If the network normalises, each *hidden* layer is
# followed by batch normalisation with four numbers a unit; the last layer is not.


# %% tags=["solution"]
def dense_weights(widths, normalised):
    """Weights of a dense network, an int.

    Args:
        widths: numbers going in, units of each hidden layer, numbers coming out.
        normalised: whether batch normalisation follows each hidden layer.
    """
    ### BEGIN SOLUTION
    dense = sum(before * after + after for before, after in itertools.pairwise(widths))
    return dense + 4 * sum(widths[1:-1]) * normalised
    ### END SOLUTION


# %% [markdown]
# Two checks, on the two networks that Chen prints in figure 4-1 (2019).

# %% tags=["check"]
fg.check.report(
    "dense_weights",
    tried="a discriminator of 784 → 512 → 256 → 1, not normalised",
    got=lambda: dense_weights([784, 512, 256, 1], normalised=False),
    expected=533_505,
    perhaps=[
        (532_736, "the biases are missing: one for each output of each layer."),
        (536_577, "normalised=False, and yet the normalisation was counted."),
    ],
)
fg.check.report(
    "dense_weights",
    tried="a generator of 100 → 256 → 512 → 1024 → 784, normalised",
    got=lambda: dense_weights([100, 256, 512, 1024, 784], normalised=True),
    expected=1_493_520,
    perhaps=[
        (1_489_936, "these are the trained ones; the two averages of each normalised unit count as well."),
        (1_496_656, "the last layer was normalised too."),
        (1_486_352, "the normalisation is missing: four numbers for each hidden unit."),
    ],
)

# %% [markdown]
# ## 2 The mark of a biased coin
#
# A discriminator that has given up says the same probability $c$ to every image. Its loss is $-\log c - \log(1 - c)$
# when real and fake batches are equally large, and $c = \frac12$ costs $2\log 2$. Now suppose each batch of fakes is
# `ratio` times as large as the real batch, and the loss is one mean over *all* images. Which constant $c$ costs
# least, and how much does it cost? That pair is the mark to draw into the curves of such a run.


# %% tags=["solution"]
def coin(ratio):
    """The best constant answer and its mean loss, two floats, with `ratio` fakes for every real image."""
    ### BEGIN SOLUTION
    c = 1 / (1 + ratio)
    return c, -(np.log(c) + ratio * np.log(1 - c)) / (1 + ratio)
    ### END SOLUTION


# %% [markdown]
# The check finds the best constant by search, for three fakes to every real image.

# %% tags=["check"]
searched = minimize_scalar(lambda c: -(np.log(c) + 3 * np.log(1 - c)) / 4, bounds=(1e-6, 1 - 1e-6), method="bounded")
fg.check.report(
    "coin",
    tried="three fakes for every real image",
    got=lambda: np.array(coin(3)),
    expected=np.array([searched.x, searched.fun]),
    perhaps=[
        (np.array([0.75, 1.1116534]), "this is how often a fake turns up; c is the probability of *real*."),
        (np.array([0.25, 2.2493405]), "this is a sum over four images; the loss is their mean."),
        (np.array([0.5, 0.6931472]), "½ is the best answer only when both batches are as large."),
    ],
    tolerance=1e-4,
)
fg.check.report(
    "coin",
    tried="one fake for every real image: the listing's mark",
    got=lambda: np.array(coin(1)),
    expected=np.array([0.5, np.log(2)]),
    perhaps="with batches of one size c is ½, and the mean loss log 2.",
)

# %% [markdown]
# ## 3 A step that moves one network
#
# The stacked model with `trainable = False` does not work in Keras 3, and you do not need it. Write
# `discriminator_step`: make fakes from `z`, compute the summed loss of chapter 05, and move the discriminator, and
# nothing else, by one update of `optimizer`. Return the loss. `optimizer.apply(gradients, variables)` makes the
# update; both networks run with `training=True`.


# %% tags=["solution"]
def discriminator_step(generator, discriminator, optimizer, real, z):
    """One update of the discriminator. Returns its loss before the update, a scalar."""
    ### BEGIN SOLUTION
    fake = generator(z, training=True)
    with tf.GradientTape() as tape:
        real_logits, fake_logits = discriminator(real, training=True), discriminator(fake, training=True)
        loss = ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))
    variables = discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
    ### END SOLUTION


# %% [markdown]
# The check lets your function take one step, and looks at which network moved and how far the loss fell.

# %% tags=["check"]
keras.utils.set_random_seed(0)
generator = keras.Sequential([layers.Input((4,)), layers.Dense(8, "relu"), layers.Dense(2)])
discriminator = keras.Sequential([layers.Input((2,)), layers.Dense(8, "relu"), layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.1)
rng = np.random.default_rng(0)
real, z = rng.normal(3, 1, (64, 2)).astype("float32"), rng.normal(size=(64, 4)).astype("float32")


def loss_now():
    """The summed loss of the two networks as they are, a float."""
    real_logits, fake_logits = discriminator(real), discriminator(generator(z))
    return float(np.mean(np.logaddexp(0, -real_logits)) + np.mean(np.logaddexp(0, fake_logits)))


wanted = loss_now()
before = [[weight.numpy() for weight in network.trainable_variables] for network in (generator, discriminator)]
fg.check.report(
    "discriminator_step",
    tried="64 points of a normal distribution around (3, 3)",
    got=lambda: float(discriminator_step(generator, discriminator, optimizer, real, z)),
    expected=wanted,
    perhaps=[(wanted / 2, "this is the mean over both batches; the chapter adds the two means.")],
    tolerance=1e-4,
)
moved = [
    any(not np.array_equal(old, new) for old, new in zip(weights, network.trainable_variables, strict=True))
    for weights, network in zip(before, (generator, discriminator), strict=True)
]
fg.check.report(
    "discriminator_step",
    tried="whether the generator and the discriminator moved",
    got=moved,
    expected=[False, True],
    perhaps=[
        ([True, True], "take the gradient with respect to discriminator.trainable_variables alone."),
        ([False, False], "nothing moved: was the update applied?"),
        ([True, False], "you moved the wrong one."),
    ],
)
fg.check.report(
    "discriminator_step",
    tried="the loss after that step",
    got=loss_now,
    expected=0.8477,
    perhaps=[
        (0.7573, "two updates; the gradient of the sum makes one."),
        (2.46, "the loss has grown: an optimiser goes down the gradient that it is given."),
    ],
    tolerance=1e-3,
)

# %% [markdown]
# ## 4 A measure that notices a collapse
#
# When a generator collapses, its samples are all alike. Write `variety`: take the standard deviation of each pixel
# and colour over the images, average it over all pixels and colours, and divide the result for the samples by that
# for real images. 1 is as varied as reality, 0 is one picture over and over.


# %% tags=["solution"]
def variety(samples, real):
    """How varied samples are, as a share of how varied real images are, a float.

    Args:
        samples: uint8 (N, H, W, C).
        real: uint8 (M, H, W, C).
    """
    ### BEGIN SOLUTION
    return float(samples.astype("float64").std(axis=0).mean() / real.astype("float64").std(axis=0).mean())
    ### END SOLUTION


# %% [markdown]
# Three sets: one portrait three hundred times, portraits of which every second is that same one, and other portraits.

# %% tags=["check"]
portraits = fg.load("portraits", size=32)[:600]
one, these, others = np.repeat(portraits[:1], 300, axis=0), portraits[:300], portraits[300:]
fg.check.report(
    "variety",
    tried="one portrait, three hundred times",
    got=lambda: variety(one, these),
    expected=0.0,
    perhaps=[
        (float("inf"), "divide the samples' by the real images', not the other way round."),
        (
            one.std() / these.std(),
            "take the standard deviation over the images (axis 0): the pixels of one image differ anyway.",
        ),
        (
            one.std(axis=(1, 2, 3)).mean() / these.std(axis=(1, 2, 3)).mean(),
            "this is how much each image differs within itself; take the standard deviation over the images (axis 0).",
        ),
    ],
)
half = np.concatenate([one[:150], others[:150]])
wanted = half.astype("float64").std(axis=0).mean() / these.astype("float64").std(axis=0).mean()
fg.check.report(
    "variety",
    tried="every second portrait the same",
    got=lambda: variety(half, these),
    expected=wanted,
    perhaps=[
        (1 / wanted, "divide the samples' by the real images', not the other way round."),
        (half.std() / these.std(), "this is one standard deviation over everything; take one for each pixel."),
    ],
)
assert 0.95 < variety(others, these) < 1.05

# %% [markdown]
# So it notices that everything is alike. Does it notice that *half* is alike? The number above says: hardly, because
# the other half makes up for it. And dust on every pixel would count as variety. Chapter 07 counts modes instead.

# %%
print(f"every second portrait the same: {variety(half, these):.2f} of real variety")
assert variety(half, these) > 0.6
