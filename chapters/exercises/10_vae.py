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
# # Workbook: variational autoencoder
#
# Four exercises on chapter 10. Write your answer where it says so and run the check below it: the check tells you
# what it tried, what came out, and what may be the matter.

# %%
import facegen_lib as fg

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from facegen_lib.models.vae import VAE, gaussian_kl
from facegen_lib.networks import autoencoder
from facegen_lib.notebook import style

people = fg.pretrained("vae-utkface")
strangers = fg.pretrained("dcgan-utkface").sample(8, seed=10)

# %% [markdown]
# ## 1. From one Gaussian to another
#
# The chapter needs the divergence of a Gaussian from the *standard* normal distribution. Comparing two encoders, or
# two photographs, takes more: the divergence of one Gaussian from another,
#
# $$\mathrm{KL}\bigl(\mathcal{N}(\mu_1, \sigma_1^2) \,\|\, \mathcal{N}(\mu_2, \sigma_2^2)\bigr)
# = \ln\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2\sigma_2^2} - \frac12.$$
#
# Write it for codes: all four arguments are `(N, length)`, the variances as logarithms, and the answer is one number
# for each of the N codes, the sum over its length.


# %% tags=["solution"]
def divergence(mean, log_variance, other_mean, other_log_variance):
    """KL of the first Gaussian from the second, in nats: (N,)."""
    ### BEGIN SOLUTION
    squares = np.exp(log_variance) + (mean - other_mean) ** 2
    per_number = 0.5 * (other_log_variance - log_variance + squares / np.exp(other_log_variance) - 1)
    return per_number.sum(axis=1)
    ### END SOLUTION


# %% [markdown]
# The check asks about one code of two numbers, whose divergence can be worked out on paper.

# %% tags=["check"]
one, two = np.array([[0.0, 1.0]]), np.array([[2.0, 1.0]])
spread, other_spread = np.log([[4.0, 1.0]]), np.log([[2.0, 4.0]])
fg.check.report(
    "divergence",
    tried="means (0, 1) and (2, 1), variances (4, 1) and (2, 4)",
    got=lambda: divergence(one, spread, two, other_spread),
    expected=[1.4715736],
    perhaps=[
        ([[1.1534264, 0.3181472]], "one number for each code: take the sum over its length."),
        ([0.7784264], "the logarithm has the wrong sign: a wide Gaussian knows less."),
        ([1.8181472], "ln σ is half of ln σ²."),
        ([1.4034264], "first and second are exchanged; the divergence is not symmetric."),
        ([3.8465736], "the squares are divided by σ₂²."),
        ([2.4715736], "the distance of the means is divided by σ₂² as well."),
        ([2.4250007], "divide by σ₂², not by σ₂: the arguments are logarithms of variances."),
        ([0.4318528], "ln σ₂ is missing."),
    ],
)

# %% [markdown]
# What is it good for? It says how sure the encoder is that two images show different people. Here are eight people
# against each other, in nats; the diagonal is exactly 0, and the two triangles differ:

# %%
mean, log_variance = (np.asarray(answer) for answer in people.encoder(fg.data.to_float(strangers)))
table = np.array([divergence(mean[[i] * 8], log_variance[[i] * 8], mean, log_variance) for i in range(8)])
fg.show.images(strangers, title="eight people of chapter 06")
figure, axes = plt.subplots(figsize=(4.2, 3.4))
figure.colorbar(axes.imshow(table, cmap="cividis"), label="nats")
axes.set(xlabel="from whom", ylabel="who")
assert np.allclose(np.diag(table), 0, atol=1e-3) and (table + np.eye(8) > 0).all()

# %% [markdown]
# ## 2. The camera that fits
#
# The noise $s$ of a VAE is a belief about a camera. One may also measure it: which $s$ makes the images most likely,
# given their reconstructions? Minimise $\lVert x - \hat x \rVert^2 / (2 s^2) + \frac{D}{2} \ln(2 \pi s^2)$ over $s$,
# on paper. Then write it, one $s$ for a whole batch.


# %% tags=["solution"]
def best_noise(images, reconstructions):
    """The standard deviation under which the images are most likely, given their reconstructions: one number."""
    ### BEGIN SOLUTION
    return np.sqrt(np.mean((images - reconstructions) ** 2))
    ### END SOLUTION


# %% [markdown]
# Two pictures, the first off by 0.3 here and by 0.1 there, the second by 0.1 everywhere.

# %% tags=["check"]
base, off = np.full((2, 2, 2, 3), 0.5), np.where(np.arange(24).reshape(2, 2, 2, 3) < 6, 0.3, 0.1)
fg.check.report(
    "best_noise",
    tried="two images of 12 numbers; six of all these are off by 0.3 and 18 by 0.1",
    got=lambda: best_noise(base + off, base),
    expected=np.sqrt(0.03),
    perhaps=[
        (0.03, "that is the variance s²; its root is asked for."),
        (0.15, "the mean of the distances; a Gaussian counts squares."),
        (off.std(), "that takes the mean off first; the camera's noise is measured from 0."),
        (np.sqrt(0.72), "the sum over the numbers; the constant D/2 ln s² turns it into a mean."),
        (np.sqrt(0.36), "the sum over each image; the constant D/2 ln s² turns it into a mean."),
        ((np.sqrt(0.05) + 0.1) / 2, "one s for each image; take the mean of all squares, then the root."),
    ],
)

# %% [markdown]
# The shipped model believes in $s = 0.71$. What do its reconstructions say?

# %%
copies = people.decode(people.encode(strangers))
measured = best_noise(fg.data.to_float(strangers), fg.data.to_float(copies))
print(f"measured {measured:.2f}, believed {0.5**0.5:.2f}")
assert measured < 0.5**0.5

# %% [markdown]
# It believes in far more noise than there is, so it saves nats where it could spend them. Rybkin et al. (*Simple and
# Effective VAE Training with Calibrated Decoders*, 2021) put the measured $s$ into the loss at every step.
#
# ## 3. Free bits
#
# Chapter 10 collapsed a posterior by believing in a very noisy camera. Here is a cure by Kingma et al. (*Improving
# Variational Inference with Inverse Autoregressive Flow*, 2016, appendix C.8): tell the encoder that the first few
# nats of each number cost nothing. In place of $\sum_j \mathrm{KL}_j$ the loss has
# $\sum_j \max(\lambda, \mathrm{KL}_j)$, where $\mathrm{KL}_j$ is the *mean over the batch* for number $j$ of the
# code. Write it, in TensorFlow, for `kl` of shape `(N, length)`.


# %% tags=["solution"]
def free_bits(kl, free):
    """Sum over the code of max(free, mean over the batch): a scalar, from (N, length)."""
    ### BEGIN SOLUTION
    return tf.reduce_sum(tf.maximum(tf.reduce_mean(kl, axis=0), free))
    ### END SOLUTION


# %% [markdown]
# Two images, three numbers.

# %% tags=["check"]
example = tf.constant([[0.0, 3.0, 4.0], [0.0, 0.0, 2.0]])
fg.check.report(
    "free_bits",
    tried="the divergences (0, 3, 4) and (0, 0, 2), of which 1 nat is free",
    got=lambda: free_bits(example, 1.0),
    expected=5.5,
    perhaps=[
        (6.0, "maximum first, mean afterwards; take the mean over the batch first."),
        (4.5, "this is the ordinary divergence: each number has a maximum of its own, not the total."),
        (5.5 / 3, "the numbers of a code are added, not averaged."),
        (2.5, "what is above the free nats; here the free ones count too, as a constant."),
    ],
)

# %% [markdown]
# Does it help? Here is a believer in noise like that of chapter 10, as it is, and with half a nat free for each
# number.

# %%
portraits = fg.load("portraits", size=32)


class FreeVAE(VAE):
    """A VAE with half a nat free for each number of its code."""

    free = 0.5

    def losses(self, images):
        metrics = super().losses(images)
        mean, log_variance = self.encoder(images, training=True)
        relief = free_bits(gaussian_kl(mean, log_variance), self.free) - metrics["kl"]
        return metrics | {"loss": metrics["loss"] + relief}


for kind, colour in ((VAE, style.FAINT), (FreeVAE, style.THIRD)):
    keras.utils.set_random_seed(0)
    shape = portraits.image_shape
    model = kind(autoencoder.encoder(shape, 16, width=8), autoencoder.decoder(shape, 16, width=8), noise=12.0)
    model.compile(keras.optimizers.Adam(4e-3))
    step, batches = tf.function(model.train_step), iter(portraits.batches(64))
    active = [float(step(next(batches))["active_codes"]) for _ in range(150)]
    plt.plot(active, color=colour, label="half a nat free" if kind is FreeVAE else "nothing free")
plt.xlabel("step")
plt.title("active numbers of 16")
plt.legend()
assert active[-1] > 0

# %% [markdown]
# With nothing free the code falls silent; with half a nat free it keeps talking, for talk up to there costs nothing.
# Whether it says something *useful* is another question: look at the squared error.
#
# ## 4. Repair
#
# An autoencoder knows what faces look like, so it can guess what is covered. Start with grey in the hole. Then again
# and again: rebuild the image through the code, and put back every pixel that is known. Write it for any function
# `rebuild` that maps images to images; `known` is 1 where a pixel can be seen and 0 in the hole, and has the shape of
# the images.


# %% tags=["solution"]
def repair(images, known, rebuild, rounds=10):
    """Images whose unknown pixels were guessed: float32 (N, H, W, C) in [-1, 1]."""
    ### BEGIN SOLUTION
    guess = known * images
    for _ in range(rounds):
        guess = known * images + (1 - known) * rebuild(guess)
    return guess
    ### END SOLUTION


# %% [markdown]
# The check has a very simple autoencoder: it rebuilds every image as its mean colour. So after enough rounds a hole
# is filled with the mean of what can be seen.

# %% tags=["check"]
square = np.full((1, 4, 4, 1), 0.8, "float32")
square[:, :, 2:] = -0.3
half = np.zeros_like(square)
half[:, :, :2] = 1


def mean_colour(x):
    return np.broadcast_to(x.mean(axis=(1, 2, 3), keepdims=True), x.shape)


fg.check.report(
    "repair",
    tried="an image that is 0.8 on the left, its right half unknown, rebuilt as its mean, 50 rounds",
    got=lambda: repair(square, half, mean_colour, 50),
    expected=np.full_like(square, 0.8),
    perhaps=[
        (np.where(half == 1, 0.8, 0.0), "the hole is still grey: put the rebuilt pixels into it."),
        (np.where(half == 1, 0.8, 0.4), "one round only: rebuild what came out of the round before."),
        (np.full_like(square, -0.3), "known and unknown are exchanged."),
    ],
    tolerance=1e-4,
)
fg.check.report(
    "repair",
    tried="the same, one round",
    got=lambda: repair(square, half, mean_colour, 1),
    expected=np.where(half == 1, 0.8, 0.4),
    perhaps=[
        (
            np.where(half == 1, 0.8, 0.25),
            "the true pixels of the hole have come through: multiply by `known` before the first round.",
        ),
        (square, "the true pixels of the hole have come through."),
    ],
    tolerance=1e-4,
)
fg.check.report(
    "repair",
    tried="whether the image itself is still what it was",
    got=square,
    expected=np.where(half == 1, 0.8, -0.3),
    perhaps="`images *= known` writes into the caller's images; `images = known * images` makes new ones.",
)

# %% [markdown]
# Five people whose eyes are covered; what the shipped autoencoder guesses after 1 round and after 20; and themselves.


# %%
def through(images):
    """Images through the shipped autoencoder, float32 in [-1, 1] on both ends."""
    return people.generator(people.encoder(images)[0]).numpy()


true = fg.data.to_float(strangers)
known = np.ones_like(true)
known[:, 20:34, 10:54] = 0
guesses = [repair(true, known, lambda x: through(x), rounds) for rounds in (1, 20)]
sheet = np.concatenate([each[:5] for each in (known * true, *guesses, true)])
names = ("covered", "1 round", "20 rounds", "the person")
fg.show.images(fg.data.to_uint8(sheet), columns=5, rows=names)
mistakes = [np.mean((guess - true)[known == 0] ** 2) for guess in (known * true, *guesses)]
assert mistakes[0] > mistakes[1] > mistakes[2]

# %% [markdown]
# The eyes fit the face: light, skin and gaze are continued from what can be seen. They are not *this* person's eyes,
# and cannot be. Nothing of them was left to be found.
