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
# # Exercises for 01 Generative models
#
# Five short functions. Write each where it says so, run the cell, then run the check below it. A check that says *not
# yet* tells you what it tried, what came out and what may be wrong.

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit as sigmoid

import facegen_lib as fg
from facegen_lib.notebook import style

# %% [markdown]
# ## 1 The width of a bell
#
# A kernel density estimate puts a bell of one width on each training sample. Write `best_width`, which returns, of
# the given widths, the one that gives the *held-out* samples the greatest mean log-density.


# %%
def density(x, training, width):
    """The estimate at each of `x`, float (N,)."""
    bells = np.exp(-(((x[:, None] - training) / width) ** 2) / 2)
    return bells.mean(axis=1) / (width * np.sqrt(2 * np.pi)) + 1e-300


rng = np.random.default_rng(0)
training, held_out = rng.normal(size=30), rng.normal(size=1_000)
widths = np.geomspace(0.01, 3, 60)


# %% [markdown]
# Your function:


# %% tags=["solution"]
def best_width(training, held_out, widths):
    """The width, one of `widths`, whose estimate from `training` suits `held_out` best."""
    ### BEGIN SOLUTION
    scores = [np.log(density(held_out, training, width)).mean() for width in widths]
    return widths[np.argmax(scores)]
    ### END SOLUTION


# %% [markdown]
# The check:

# %% tags=["check"]
fg.check.report(
    "best_width",
    tried="30 samples of a normal distribution, judged on 1,000 others, widths from 0.01 to 3",
    got=lambda: best_width(training, held_out, widths),
    expected=0.5799285,
    perhaps=[
        (
            0.01,
            "the narrowest wins on the training samples, by mean density, and by `argmin`: use held-out samples, "
            "logarithms, and `argmax`.",
        ),
        (3.0, "this is the widest: is the greatest score the best one?"),
        (42, "this is its place in the list; return the width itself."),
    ],
)


# %% [markdown]
# ## 2 More real than fake
#
# Suppose each batch holds `ratio` real images for every fake one, and the loss is the mean over all of them. The
# discriminator now maximises $\text{ratio} \cdot p \log D + q \log(1 - D)$ at every $x$. What is its optimum? (With
# such batches, a discriminator that says ½ is no longer one that is fooled.)


# %% tags=["solution"]
def optimal_discriminator(p, q, ratio):
    """The best D at a place where real samples have density `p` and fake ones `q`, with `ratio` real ones per fake."""
    ### BEGIN SOLUTION
    return ratio * p / (ratio * p + q)
    ### END SOLUTION


# %% [markdown]
# The check:

# %% tags=["check"]
fg.check.report(
    "optimal_discriminator",
    tried="p = 0.4, q = 0.2, three real images per fake one",
    got=lambda: optimal_discriminator(0.4, 0.2, 3),
    expected=1.2 / 1.4,
    perhaps=[
        (2 / 3, "this is the optimum for as many real as fake; the ratio does not appear."),
        (0.4, "you weighted the fakes with the ratio; it is the real ones that are more."),
        (3 * 2 / 3, "multiply p by the ratio in both places: D is a probability and stays below 1."),
    ],
)

# %% [markdown]
# ## 3 A divergence, with nothing in some of the boxes
#
# Write the Jensen–Shannon divergence of two distributions over a finite number of boxes, in nats: $\mathrm{JSD} =
# \frac12 \mathrm{KL}(p \,\|\, m) + \frac12 \mathrm{KL}(q \,\|\, m)$ with $m = \frac12(p + q)$ and $\mathrm{KL}(p
# \,\|\, m) = \sum p \log (p / m)$. An empty box adds nothing, since $t \log t \to 0$ as $t \to 0$.


# %% tags=["solution"]
def jsd(p, q):
    """Jensen–Shannon divergence, nats, of two arrays of probabilities (N,) that each sum to 1; zeros are allowed."""
    ### BEGIN SOLUTION
    mixture = (p + q) / 2

    def kl(a, b):
        full = a > 0
        return np.sum(a[full] * np.log(a[full] / b[full]))

    return kl(p, mixture) / 2 + kl(q, mixture) / 2
    ### END SOLUTION


# %% [markdown]
# Two checks: one of overlapping distributions, one of distributions that share no box.

# %% tags=["check"]
fg.check.report(
    "jsd",
    tried="p = (½, ½, 0), q = (0, ¼, ¾)",
    got=lambda: jsd(np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.25, 0.75])),
    expected=0.4544544,
    perhaps=[
        (float("nan"), "0·log 0 became nan: sum only over the boxes with p > 0."),
        (0.6556391, "this is in bits; use the natural logarithm."),
        (0.9089087, "this is the sum of the two KL; their mean is asked for."),
        (0.4904146, "this is the KL of p from m; that of q counts as much."),
        (0.4184941, "this is the KL of q from m; that of p counts as much."),
    ],
)
fg.check.report(
    "jsd",
    tried="p = (1, 0), q = (0, 1)",
    got=lambda: jsd(np.array([1.0, 0.0]), np.array([0.0, 1.0])),
    expected=np.log(2),
    perhaps=[
        (float("nan"), "0·log 0 became nan: sum only over the boxes with p > 0."),
        (float("inf"), "compare with m, not with q."),
    ],
)

# %% [markdown]
# ## 4 A generator that saturates
#
# Real samples come from $\mathcal{N}(0, 1)$; the generator adds one number, `theta`, to its noise. Its discriminator
# is always the best one, with logit $\theta^2/2 - \theta x$. Write `pull`: minus the derivative of each loss with
# respect to the *logit* $a$ of a fake, where $D = \sigma(a)$. The losses are $\log(1 - D)$ and $-\log D$.


# %% tags=["solution"]
def pull(logit, loss):
    """How strongly `loss`, "saturating" or "non-saturating", pulls the logits (N,) of fakes upwards."""
    ### BEGIN SOLUTION
    return sigmoid(logit) if loss == "saturating" else 1 - sigmoid(logit)
    ### END SOLUTION


# %% [markdown]
# Checks, with a discriminator that is fairly sure:

# %% tags=["check"]
for loss, expected in [("saturating", 0.1192029), ("non-saturating", 0.8807971)]:
    fg.check.report(
        "pull",
        tried=f"a logit of −2, the {loss} loss",
        got=lambda loss=loss: pull(np.array([-2.0]), loss),
        expected=np.array([expected]),
        perhaps=[
            (np.array([1 - expected]), "the two losses are exchanged."),
            (np.array([-expected]), "the sign: a generator goes down its loss, so the pull is minus the derivative."),
            (
                np.array([1 / (1 - expected)]),
                "this is a derivative with respect to D; multiply by dD/da = D(1 − D).",
            ),
            (np.array([0.1049936]), "this is dD/da; multiply by the derivative of the loss with respect to D."),
        ],
    )


# %% [markdown]
# Now let the generator learn with plain gradient steps, without Adam to make up for a small pull. How far does
# `theta` get from 6 in a hundred steps?


# %%
def learn(loss, theta=6.0, rate=0.1, steps=100):
    noise, path = np.random.default_rng(0).normal(size=2_000), [theta]
    for _ in range(steps):
        fakes = theta + noise
        theta = theta - rate * theta * np.mean(pull(theta**2 / 2 - theta * fakes, loss))
        path.append(theta)
    return np.array(path)


for loss, colour in [("saturating", style.THIRD), ("non-saturating", style.FAKE)]:
    plt.plot(learn(loss), color=colour, label=loss)
plt.gca().set(xlabel="step", ylabel="theta (0 is right)", title="The same generator, two losses")
plt.legend()
assert learn("saturating")[-1] > 5.5 and learn("non-saturating")[-1] < 0.5

# %% [markdown]
# ## 5 A saddle with momentum
#
# On $V = xy$ the generator $x$ and the discriminator $y$ take turns, now with momentum: each keeps a speed,
# `speed = momentum * speed + rate * direction`, and moves by it. The directions are $-y$ for $x$, and $+x$, at the
# *new* $x$, for $y$. Both start at rest at $x = 1, y = 0$. Return the distance from the equilibrium after `steps`
# steps.


# %% tags=["solution"]
def distance_after(momentum, rate=0.2, steps=100):
    """Distance from (0, 0) after `steps` alternating steps with momentum."""
    ### BEGIN SOLUTION
    x, y, speed_x, speed_y = 1.0, 0.0, 0.0, 0.0
    for _ in range(steps):
        speed_x = momentum * speed_x - rate * y
        x += speed_x
        speed_y = momentum * speed_y + rate * x
        y += speed_y
    return np.hypot(x, y)
    ### END SOLUTION


# %% [markdown]
# The check, then a picture of what you have built. Momentum is meant to speed things up. What does it do here, and
# what does negative momentum do (Gidel et al., [Negative Momentum for Improved Game
# Dynamics](https://arxiv.org/abs/1807.04740), 2019)? Chapter 01's ring was trained without momentum; this is why.

# %% tags=["check"]
fg.check.report(
    "distance_after",
    tried="momentum 0.3, rate 0.2, 100 steps",
    got=lambda: distance_after(0.3),
    expected=18.5573434,
    perhaps=[
        (406.1079153, "y moved at the old x: the players take turns, so y sees the new one."),
        (1.0428613, "the speed is thrown away: multiply it by the momentum, do not start anew."),
        (4.9855940, "the rate is multiplied by 1 − momentum as well; here the speed only adds up."),
    ],
)
momenta = np.linspace(-0.6, 0.6, 61)
plt.semilogy(momenta, [distance_after(momentum) for momentum in momenta], color=style.INK)
plt.axhline(1, color=style.FAINT, linestyle=":")
plt.gca().set(xlabel="momentum", title="Distance from the equilibrium after 100 steps (it was 1)")
assert distance_after(-0.3) < 0.8 < 1.2 < distance_after(0.3)
