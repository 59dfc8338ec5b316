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
# # Workbook: deep convolutional GAN
#
# Five exercises on chapter 06. Write your answer where it says so and run the check below it: it tells you what it
# tried, what came out, and what may be the matter.

# %%
import facegen_lib as fg

# %% [markdown]
# And, from outside the book:

# %%
import itertools

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from facegen_lib.data import portraits
from facegen_lib.networks import convolutional

# %% [markdown]
# ## 1. Price a generator before it is built
#
# The generators of this book start with a dense layer without bias that makes a small map of `widths[0]` channels.
# Then each transposed convolution (4×4, stride 2, no bias) doubles the size and makes `widths[1]`, `widths[2]`, …
# channels. The dense layer and every one of these are followed by a batch normalisation: four numbers per channel.
# The last transposed convolution paints the colours; it has a bias and no normalisation.
#
# Write `generator_weights(image_size, latent_dim, widths, channels)`: how many weights, trainable or not, a generator
# for square images holds. How large is the first map? Each of the `len(widths)` transposed convolutions doubles it.


# %%
def generator_weights(image_size, latent_dim, widths, channels):
    """All weights of a convolutional generator, an int."""
    ### BEGIN SOLUTION
    first_size = image_size // 2 ** len(widths)
    count = latent_dim * first_size**2 * widths[0] + 4 * widths[0]
    for before, after in itertools.pairwise(widths):
        count += 4 * 4 * before * after + 4 * after
    return count + 4 * 4 * widths[-1] * channels + channels
    ### END SOLUTION


# %% [markdown]
# The check builds the real thing, once for small grey images and once for faces, and counts.

# %%
for shape, widths in (((32, 32, 1), [128, 64, 32]), ((64, 64, 3), [256, 128, 64, 32])):
    size, _, channels = shape
    right = convolutional.generator(shape, latent_dim=128, width=32).count_params()
    first = (size // 2 ** len(widths)) ** 2 * widths[0]
    fg.check.report(
        "generator_weights",
        tried=f"{size}×{size}×{channels} images from 128 numbers, widths {widths}",
        got=lambda size=size, widths=widths, channels=channels: generator_weights(size, 128, widths, channels),
        expected=right,
        perhaps=[
            (
                right - 4 * sum(widths),
                "batch normalisation has weights too: four per channel, two of them not trainable.",
            ),
            (right - 2 * sum(widths), "batch normalisation keeps a mean and a variance per channel besides β and γ."),
            (right - channels, "the last layer has a bias, one number per colour."),
            (right + sum(widths[1:]), "a layer that is normalised next needs no bias, and here has none."),
            (right - 4 * widths[0], "the dense layer is normalised as well."),
            (right + first, "the dense layer has no bias here."),
        ],
    )

# %% [markdown]
# ## 2. Both losses, for any logit
#
# Write the two losses of the non-saturating game in NumPy, from logits $a$:
#
# $$L_D = \mathrm{mean}\,(-\log \sigma(a_{\text{real}})) + \mathrm{mean}\,(-\log(1 - \sigma(a_{\text{fake}}))), \qquad
# L_G = \mathrm{mean}\,(-\log \sigma(a_{\text{fake}})).$$
#
# They must survive logits of a thousand, where $\sigma$ is 0 or 1 to the last digit and its logarithm infinite.
# `np.logaddexp(0, a)` is $\log(1 + e^a)$ and never overflows. What has that to do with $-\log \sigma(a)$?


# %%
def discriminator_loss(real_logits, fake_logits):
    """What D minimises, a number."""
    ### BEGIN SOLUTION
    return np.logaddexp(0, -real_logits).mean() + np.logaddexp(0, fake_logits).mean()
    ### END SOLUTION


def generator_loss(fake_logits):
    """What G minimises, a number."""
    ### BEGIN SOLUTION
    return np.logaddexp(0, -fake_logits).mean()
    ### END SOLUTION


# %% [markdown]
# Four real and four generated images, then logits that break a careless logarithm.

# %%
real_logits, fake_logits = np.array([-5.0, 1.4, 12.5, 2.7]), np.array([10.0, 4.4, -5.5, 3.6])
fg.check.report(
    "discriminator_loss",
    tried="real logits −5, 1.4, 12.5, 2.7 and fake logits 10, 4.4, −5.5, 3.6",
    got=lambda: discriminator_loss(real_logits, fake_logits),
    expected=5.83387,
    perhaps=[
        (np.logaddexp(0, real_logits).mean() + np.logaddexp(0, -fake_logits).mean(), "real and fake are swapped."),
        (5.83387 / 2, "that is the mean of the two halves; here they are added."),
        (5.83387 * 4, "you summed over the images: take the mean of each batch."),
    ],
)
fg.check.report(
    "generator_loss",
    tried="fake logits 10, 4.4, −5.5, 3.6",
    got=lambda: generator_loss(fake_logits),
    expected=1.38582,
    perhaps=[
        (np.logaddexp(0, fake_logits).mean(), "the sign: the generator pays where the discriminator says fake."),
        (-np.logaddexp(0, fake_logits).mean(), "that is mean log(1 − σ), the loss that saturates."),
        (1.38582 * 4, "you summed over the images: take the mean."),
    ],
)
for sign in (1, -1):
    fg.check.report(
        "generator_loss",
        tried=f"a logit of {1000 * sign:+,}",
        got=lambda sign=sign: generator_loss(np.array([1000.0 * sign])),
        expected=0.0 if sign == 1 else 1000.0,
        perhaps="exp or log overflowed: write it with np.logaddexp.",
    )
fg.check.report(
    "discriminator_loss",
    tried="a real logit of -1,000 and a fake one of +1,000",
    got=lambda: discriminator_loss(np.array([-1000.0]), np.array([1000.0])),
    expected=2000.0,
    perhaps="exp or log overflowed: write it with np.logaddexp.",
)

# %% [markdown]
# ## 3. The moving average
#
# Write `averaged(average, weight, images, half_life)`: the new average after a step on `images` images, when an old
# weight is to count half after `half_life` images. After one half-life of steps on a weight that does not change, the
# average has gone half of the way towards it, however the images were cut into batches.


# %%
def averaged(average, weight, images, half_life):
    """The average, moved towards the weight."""
    ### BEGIN SOLUTION
    kept = 0.5 ** (images / half_life)
    return kept * average + (1 - kept) * weight
    ### END SOLUTION


# %% [markdown]
# First one large step, then a hundred small ones.

# %%
fg.check.report(
    "averaged",
    tried="an average of 1 and a weight of 9, a step on 30,000 images, half-life 10,000",
    got=lambda: averaged(1.0, 9.0, 30_000, 10_000),
    expected=8.0,
    perhaps=[
        (2.0, "average and weight are swapped: an old weight that has had three half-lives counts an eighth."),
        (-3.0, "three half-lives are ½ · ½ · ½, not 3 · ½."),
        (5.0, "the number of images must count."),
        (0.125, "the new weight is missing."),
        (9.125, "the new weight counts only what the old ones leave."),
    ],
)


def a_hundred_steps():
    average = 1.0
    for _ in range(100):
        average = averaged(average, 0.0, 64, 6400)
    return average


fg.check.report(
    "averaged",
    tried="an average of 1 and a weight of 0, a hundred batches of 64, half-life 6,400",
    got=a_hundred_steps,
    expected=0.5,
    perhaps="a hundred steps must multiply to one half: each keeps the hundredth root of it.",
)

# %% [markdown]
# ## 4. A game of least squares
#
# Mao et al. (2017) replace the logarithms by squares. The discriminator wants its output at 1 for real images and at
# 0 for generated ones, the generator wants 1 for its own:
#
# $$L_D = \tfrac12\,\mathbb{E}\,(D(x) - 1)^2 + \tfrac12\,\mathbb{E}\,D(G(z))^2, \qquad
# L_G = \tfrac12\,\mathbb{E}\,(D(G(z)) - 1)^2 .$$
#
# Write it as an `Objective`. Nothing else in the book has to change. Use `ops.mean` and `ops.square`, so that Keras
# can differentiate it.


# %%
class LeastSquares(fg.objectives.Objective):
    """Least squares GAN (Mao et al., 2017, eq. 9), with targets 1 for real and 0 for generated."""

    def discriminator_loss(self, real_logits, fake_logits):
        ### BEGIN SOLUTION
        return ops.mean(ops.square(real_logits - 1)) / 2 + ops.mean(ops.square(fake_logits)) / 2
        ### END SOLUTION

    def generator_loss(self, real_logits, fake_logits):
        ### BEGIN SOLUTION
        return ops.mean(ops.square(fake_logits - 1)) / 2
        ### END SOLUTION


# %% [markdown]
# The same eight logits as above.

# %%
columns = real_logits[:, None].astype("float32"), fake_logits[:, None].astype("float32")
fg.check.report(
    "LeastSquares.discriminator_loss",
    tried="the logits of exercise 2",
    got=lambda: float(LeastSquares().discriminator_loss(*columns)),
    expected=41.73375,
    perhaps=[
        (83.4675, "a factor of one half is missing."),
        (float(np.mean((columns[1] - 1) ** 2) + np.mean(columns[0] ** 2)) / 2, "real and fake are swapped."),
    ],
)
fg.check.report(
    "LeastSquares.generator_loss",
    tried="the logits of exercise 2",
    got=lambda: float(LeastSquares().generator_loss(*columns)),
    expected=17.69625,
    perhaps=[
        (35.3925, "the factor of one half is missing."),
        (float(np.mean(columns[1] ** 2)) / 2, "the generator wants a 1 where the discriminator wants a 0."),
    ],
)

# %% [markdown]
# Twenty steps with your game, on tiny portraits. The losses of two games cannot be compared, but you can see that
# yours trains:

# %%
tiny = portraits.make(256, size=16, seed=1)
recipe = fg.recipe("dcgan", tiny, scale="laptop", objective=LeastSquares())
run = fg.training.train(recipe, tiny, steps=20, resume=False)
assert np.isfinite(run.history.rows).all() and run.steps == 20

# %% [markdown]
# ## 5. Find the bug
#
# The step below runs, reports a loss that falls beautifully, and never makes a good face. Its author writes: "The
# discriminator wins so easily. It is as if the generator *wanted* to be found out."


# %%
def judging_step(generator, discriminator, optimizer, real_images, z):
    """One update of the discriminator; its loss before the update."""
    with tf.GradientTape() as tape:
        fake_images = generator(z, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        loss = fg.objectives.NonSaturating().discriminator_loss(real_logits, fake_logits)
    variables = discriminator.trainable_variables + generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


# %% [markdown]
# First make the symptom visible. Write `moved(network, work)`: call `work()`, then say how far the trainable weights
# of the network have moved, as the largest change of any single weight.


# %%
def moved(network, work):
    """Largest absolute change of any trainable weight of `network` while `work()` runs, a float."""
    ### BEGIN SOLUTION
    before = [weight.numpy() for weight in network.trainable_variables]
    work()
    after = [weight.numpy() for weight in network.trainable_variables]
    return float(max(np.abs(new - old).max() for old, new in zip(before, after, strict=True)))
    ### END SOLUTION


# %% [markdown]
# A single dense layer, whose weights are moved by hand:

# %%
line = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
fg.check.report(
    "moved",
    tried="a layer whose kernel is set from (1, 1) to (−3, 3), and its bias from 0 to 1",
    got=lambda: moved(line, lambda: line.layers[0].set_weights([np.array([[-3.0], [3.0]]), np.array([1.0])])),
    expected=4.0,
    perhaps=[
        (-4.0, "take the absolute value: a change downwards is a change."),
        (2.0, "take absolute values before the maximum: a change downwards is a change."),
        (0.0, "copy the weights before the work: `.numpy()` of each, not the variables themselves."),
        (7 / 3, "the largest change, not the mean over the weights."),
        (1.0, "the bias has moved by 1, but the kernel by more: look at every weight."),
    ],
)


# %% [markdown]
# Point it at both networks. What does it say? Then write the step as it should be.


# %%
def repaired_step(generator, discriminator, optimizer, real_images, z):
    """One update of the discriminator and of nothing else; its loss before the update."""
    ### BEGIN SOLUTION
    fake_images = generator(z, training=True)
    with tf.GradientTape() as tape:
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        loss = fg.objectives.NonSaturating().discriminator_loss(real_logits, fake_logits)
    variables = discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
    ### END SOLUTION


# %% [markdown]
# The check steps once with plain gradient descent, first with the bug, then without, watching both networks.


# %%
def step_watched(step):
    """How far one step moves the generator; what the discriminator then loses on the images it has learnt from."""
    fresh = fg.recipe("dcgan", tiny, scale="laptop")
    batch, z = tiny.images[:8] / np.float32(127.5) - 1, tf.random.stateless_normal((8, 128), seed=(0, 0))
    fakes = fresh.generator(z, training=True)

    def work():
        step(fresh.generator, fresh.discriminator, keras.optimizers.SGD(0.1), batch, z)

    way = moved(fresh.generator, work)
    real_logits, fake_logits = (fresh.discriminator(images, training=True) for images in (batch, fakes))
    return way, float(fg.objectives.NonSaturating().discriminator_loss(real_logits, fake_logits))


fg.check.report(
    "moved",
    tried="the step with the bug: does it move the generator?",
    got=lambda: step_watched(judging_step)[0] > 0,
    expected=True,
    perhaps="it does, by its convolutions and its normalisations: look at every trainable weight.",
)
found_out, idle = step_watched(judging_step), step_watched(lambda *_: None)
print(f"the step with the bug moves a weight of the generator by up to {found_out[0]:.4f}")
fg.check.report(
    "repaired_step",
    tried="one step of gradient descent: how far the generator moves, and the discriminator's loss after it",
    got=lambda: step_watched(repaired_step),
    expected=(0.0, found_out[1]),
    perhaps=[
        (idle, "now nobody moves: apply the gradients to the discriminator's variables."),
        (found_out, "the generator still moves: whose variables are in the list?"),
    ],
    tolerance=1e-4,
)

# %% [markdown]
# The bug gives the generator the *discriminator's* loss to minimise, so it learns to be recognised. No error is
# raised and the loss looks excellent. Hence the rule of this book: do not believe that a step moves only what it
# should, test it (`tests/models/test_gan.py` has the test for ours, and looks at the running averages of batch
# normalisation too).
