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
# # Exercises for 04 Measuring
#
# Five short functions, from one number per image to a verdict on a generator. Write each where it says so, run the
# cell, then run the check below it.

# %%
import facegen_lib as fg
import numpy as np

# %% [markdown]
# ## 1 Fréchet in one dimension
#
# With a single feature the matrices of the Fréchet distance shrink to two variances, and the matrix square root to an
# ordinary one. Write the squared distance between two samples. Use the unbiased variance (`ddof=1`).


# %% tags=["solution"]
def frechet_1d(a, b):
    """Squared Fréchet distance between the Gaussians fitted to two lists of numbers."""
    ### BEGIN SOLUTION
    return (np.mean(a) - np.mean(b)) ** 2 + (np.std(a, ddof=1) - np.std(b, ddof=1)) ** 2
    ### END SOLUTION


# %% [markdown]
# The check moves a sample, and then stretches it:

# %% tags=["check"]
small = np.array([1.0, 2.0, 3.0])
for tried, other, expected, mistakes in [
    ("1, 2, 3 and the same three numbers, 5 higher", small + 5, 25.0, [(5.0, "square the difference of the means.")]),
    (
        "1, 2, 3 and three numbers four times as far apart",
        4 * small,
        45.0,
        [
            (36.0, "only the means are compared; the spreads differ as well."),
            (42.0, "the variance has ddof=1: divide by N − 1."),
            (261.0, "compare the standard deviations, not the variances."),
        ],
    ),
]:
    fg.check.report(
        "frechet_1d", tried=tried, got=lambda other=other: frechet_1d(small, other), expected=expected, perhaps=mistakes
    )

# %% [markdown]
# ## 2 Good or varied?
#
# A generated point is *good* if it lies within the ball of some real point, where the ball reaches to that point's
# $k$-th real neighbour. Return the share of good points. You are given all distances.


# %% tags=["solution"]
def precision(among_real, fake_to_real, k):
    """From distances among real points (n, n) and from generated to real points (m, n)."""
    ### BEGIN SOLUTION
    radii = np.sort(among_real, axis=1)[:, k]  # column 0 is the point itself
    return (fake_to_real <= radii).any(axis=1).mean()
    ### END SOLUTION


# %% [markdown]
# The check puts real points at 0, 1, 2 and 10 on a line, and generated ones at −1.5, 0.5, 4.5 and 30:

# %% tags=["check"]
real_points, fake_points = np.array([0.0, 1, 2, 10]), np.array([-1.5, 0.5, 4.5, 30])
among_real = np.abs(real_points[:, None] - real_points)
fake_to_real = np.abs(fake_points[:, None] - real_points)
for k, expected, mistakes in [
    (
        1,
        0.5,
        [
            (0.25, "the ball around 10 reaches to 2: it is wide, and holds 4.5."),
            (0.75, "each ball has its own radius: that around 0 reaches to 1 and does not hold −1.5."),
        ],
    ),
    (2, 0.75, [(0.5, "the second neighbour of 0 is 2: now its ball holds −1.5.")]),
]:
    fg.check.report(
        "precision",
        tried=f"points at 0, 1, 2, 10 and −1.5, 0.5, 4.5, 30 with k = {k}",
        got=lambda k=k: precision(among_real, fake_to_real, k),
        expected=expected,
        perhaps=[(0.0, "each point is its own nearest: its k-th neighbour comes after it."), *mistakes],
    )

# %% [markdown]
# One lonely real point widened the region so far that 4.5, in the middle of nowhere, counts as good. Density was
# invented for that reason.
#
# ## 3 Copied?
#
# For each generated image you know the distance to the nearest training image and to the nearest image that was held
# out, out of equally many of each. Return the memorisation ratio: the median of their quotients.


# %% tags=["solution"]
def memorisation_ratio(to_training, to_held_out):
    """The median quotient of two arrays (N,): about 1 for new images, near 0 for copies."""
    ### BEGIN SOLUTION
    return np.median(to_training / to_held_out)
    ### END SOLUTION


# %% [markdown]
# The check has five images; one of them is blurred, so that everything is far from it:

# %% tags=["check"]
fg.check.report(
    "memorisation_ratio",
    tried="distances 3, 9, 2, 6, 300 to training images and 4, 10, 8, 20, 301 to held-out ones",
    got=lambda: memorisation_ratio(np.array([3.0, 9, 2, 6, 300]), np.array([4.0, 10, 8, 20, 301])),
    expected=0.75,
    perhaps=[
        (6 / 10, "take the quotient of each image first, then the median."),
        (0.6393356, "the mean of the quotients; take their median."),
        (320 / 343, "the mean follows the one far image; take the median of the quotients."),
        (4 / 3, "the distance to the training images goes on top."),
    ],
)

# %% [markdown]
# ## 4 What a loss can prove
#
# A discriminator's summed cross-entropy $L_D$, measured on images that it has not seen, proves that the
# Jensen–Shannon divergence is at least $(\log 4 - L_D)/2$. No divergence lies below 0 or above $\log 2$. Return what
# is proven, never less than 0, and raise a `ValueError` where the loss cannot be right.


# %% tags=["solution"]
def proven_divergence(loss):
    """Nats of divergence that a summed cross-entropy in nats proves."""
    ### BEGIN SOLUTION
    if loss < 0:
        raise ValueError("a cross-entropy is never negative")
    return max((np.log(4) - loss) / 2, 0.0)
    ### END SOLUTION


# %% [markdown]
# The check uses the best discriminator of two bell curves one apart, one that guesses, one that is worse than
# guessing, and one that never errs:

# %% tags=["check"]
for loss, expected in [(1.1634514, 0.1114215), (np.log(4), 0.0), (1.9, 0.0), (0.0, np.log(2))]:
    fg.check.report(
        "proven_divergence",
        tried=f"a loss of {loss:.4f}",
        got=lambda loss=loss: proven_divergence(loss),
        expected=expected,
        perhaps=[
            ((np.log(4) - loss), "halve it: the two terms of the loss bound twice the divergence."),
            ((np.log(4) - loss) / 2, "a negative bound proves nothing: that is 0."),
            ((np.log(2) - loss) / 2, "guessing costs log 2 on real and log 2 on generated images: log 4."),
        ],
    )

# %% [markdown]
# Chen (2019, fig. 4-12) draws a divergence that peaks at 1.1. What does your function say to the loss that would be
# needed for that?

# %% tags=["check"]


def of_the_figure():
    try:
        return proven_divergence(np.log(4) - 2 * 1.1)
    except ValueError:
        return "no such loss"


fg.check.report(
    "proven_divergence",
    tried="the loss that a divergence of 1.1 would take",
    got=of_the_figure,
    expected="no such loss",
    perhaps="that loss is negative. Raise a ValueError: the curve shows something else than a divergence in nats.",
)

# %% [markdown]
# ## 5 Eighteen people
#
# Say that eighteen participants chose two pictures each, and that 26 of their 36 choices were wrong: that is how we
# read the 72.22 % that Chen (2019) prints for WGAN-GP on digits. How certain is that error rate? Write Wilson's
# interval,
#
# $$\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}},
#   \qquad z = 1.96.$$


# %% tags=["solution"]
def wilson(wrong, choices):
    """The 95 % interval (low, high) of an error rate."""
    ### BEGIN SOLUTION
    z, rate = 1.96, wrong / choices
    middle = rate + z**2 / (2 * choices)
    half = z * np.sqrt(rate * (1 - rate) / choices + z**2 / (4 * choices**2))
    return np.array([middle - half, middle + half]) / (1 + z**2 / choices)
    ### END SOLUTION


# %% [markdown]
# The check takes that result, and one where nobody erred:

# %% tags=["check"]
for wrong, choices in [(26, 36), (0, 36)]:
    low, high = fg.evaluation.wilson(wrong, choices)
    rate = wrong / choices
    naive = 1.96 * np.sqrt(rate * (1 - rate) / choices)
    fg.check.report(
        "wilson",
        tried=f"{wrong} wrong choices of {choices}",
        got=lambda wrong=wrong, choices=choices: wilson(wrong, choices),
        expected=np.array([low, high]),
        tolerance=1e-6,
        perhaps=[
            (np.array([rate - naive, rate + naive]), "that is the textbook interval; for 0 of 36 it has no width."),
        ],
    )

# %% [markdown]
# The interval of 26 in 36 does not contain one half: people took these digits for real more often than the real ones.
# The interval of 0 in 36 does not end at 0, and it should not.
