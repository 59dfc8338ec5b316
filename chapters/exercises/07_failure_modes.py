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
# # Exercises for 07 Failure modes
#
# Four short functions. Write each where it says so, run the cell, then run the check below it. A check that says *not
# yet* tells you what it tried, what came out and what may be wrong.

# %%
import facegen_lib as fg

# %% [markdown]
# And, from outside the book:

# %%
import numpy as np

# %% [markdown]
# ## 1 Will they settle?
#
# On $V = xy - \frac{\gamma}{2} y^2$ the generator goes down in $x$ and the discriminator up in $y$, both at once,
# with steps of size $\eta$: $x \leftarrow x - \eta y$ and $y \leftarrow y + \eta (x - \gamma y)$. Write `modulus`:
# the largest modulus of the eigenvalues of that step. Below 1, they settle.


# %% tags=["solution"]
def modulus(rate, damping):
    """The largest modulus of the eigenvalues of one simultaneous step, a float."""
    ### BEGIN SOLUTION
    step = np.array([[1, -rate], [rate, 1 - rate * damping]])
    return np.abs(np.linalg.eigvals(step)).max()
    ### END SOLUTION


# %% [markdown]
# Three checks: no damping, enough of it, and much of it.

# %% tags=["check"]
fg.check.report(
    "modulus",
    tried="rate 0.1, no damping",
    got=lambda: modulus(0.1, 0.0),
    expected=np.sqrt(1.01),
    perhaps=[
        (1 + 0.1j, "an eigenvalue may be complex: take its modulus, np.abs."),
        (1.0, "1 exactly: the real part alone? Or did the second player answer the first one's *new* move?"),
        (1.01, "this is the determinant, the product of both moduli."),
    ],
)
fg.check.report(
    "modulus",
    tried="rate 0.1, damping 1",
    got=lambda: modulus(0.1, 1.0),
    expected=np.sqrt(0.91),
    perhaps=[
        (np.sqrt(1.11), "the sign of the damping: it pulls y towards 0."),
        (0.91, "this is the determinant, the product of both moduli."),
    ],
)
fg.check.report(
    "modulus",
    tried="rate 0.1, damping 3",
    got=lambda: modulus(0.1, 3.0),
    expected=np.max(np.roots([1, -1.7, 0.71])),
    perhaps=[
        (np.sqrt(0.71), "with so much damping the eigenvalues are real and differ: take the larger modulus."),
        (0.71, "this is the determinant, the product of both moduli."),
    ],
)

# %% [markdown]
# How much damping does a rate need? As long as the eigenvalues are a complex pair, both moduli are the square root of
# the determinant, $1 - \eta\gamma + \eta^2$, so $\gamma$ must exceed $\eta$. But there can be too much of it: from
# $\gamma = 2/\eta + \eta/2$ on, the players overshoot and fly apart again:

# %%
for rate in (0.05, 0.2, 0.5):
    most = 2 / rate + rate / 2
    assert modulus(rate, 1.1 * rate) < 1 < modulus(rate, 0.9 * rate)
    assert modulus(rate, 0.99 * most) < 1 < modulus(rate, 1.01 * most)

# %% [markdown]
# ## 2 Count the modes
#
# Write `modes_found`: a point counts for its nearest centre, if that is nearer than `radius`; a centre is found if it
# gets at least a tenth of its fair share of *all* points, good and bad.


# %% tags=["solution"]
def modes_found(points, centres, radius):
    """How many centres are found, an int.

    Args:
        points: (N, 2).
        centres: (M, 2).
        radius: distance up to which a point counts.
    """
    ### BEGIN SOLUTION
    distances = np.linalg.norm(points[:, None] - centres, axis=2)
    good = distances.min(axis=1) < radius
    counts = np.bincount(distances.argmin(axis=1)[good], minlength=len(centres))
    return int((counts >= len(points) / len(centres) / 10).sum())
    ### END SOLUTION


# %% [markdown]
# The check has four centres: one gets nearly everything, one a tenth of its fair share, one a little less than that,
# and the last has many points around it, but too far away.

# %% tags=["check"]
centres = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [4.0, 4.0]])
points = np.repeat(centres + np.array([[0.3], [0.3], [0.3], [0.4]]), (753, 25, 22, 200), axis=0)
fg.check.report(
    "modes_found",
    tried="1,000 points: 753, 25 and 22 at 0.42 from three centres, 200 at 0.57 from the fourth, radius 0.5",
    got=lambda: modes_found(points, centres, 0.5),
    expected=2,
    perhaps=[
        (1, "25 points are a tenth of a fair share of 250: enough."),
        (3, "22 points are too few: a tenth of a fair share of *all* points is 25. Or did the 200 far ones count?"),
        (0, "the distance is the straight line: √(0.3² + 0.3²) = 0.42."),
        (4, "every centre that gets any point was counted; so were the points that are too far away."),
    ],
)

# %% [markdown]
# ## 3 How alike is the company?
#
# Minibatch discrimination (Salimans et al., 2016, §3.2) gives each image a number that says how many others of its
# batch are like it: with $m_i$ a few features of image $i$, it is $\sum_{j \neq i} \exp(-\|m_i - m_j\|_1)$. Write it.


# %% tags=["solution"]
def likeness(features):
    """How alike each row is to the others, float (N,), from features (N, d)."""
    ### BEGIN SOLUTION
    apart = np.abs(features[:, None] - features).sum(axis=2)
    return np.exp(-apart).sum(axis=1) - 1
    ### END SOLUTION


# %% [markdown]
# The check has two identical rows, and a third at distances 1 and 2 in its two features.

# %% tags=["check"]
rows = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 2.0]])
expected = np.array([1 + np.exp(-3), 1 + np.exp(-3), 2 * np.exp(-3)])
e = np.exp(-np.sqrt(5))
fg.check.report(
    "likeness",
    tried="rows (0, 0), (0, 0) and (1, 2)",
    got=lambda: likeness(rows),
    expected=expected,
    perhaps=[
        (expected + 1, "every row is like itself: leave j = i out."),
        (np.array([1 + e, 1 + e, 2 * e]), "the distance is the sum of absolute differences, not the straight line."),
    ],
)

# %% [markdown]
# ## 4 What is missing?
#
# A generator of portraits shows each value of a factor with some share; among real portraits that value has a fair
# share. Write `lost`: the names of the values whose share is below a quarter of their fair one.


# %% tags=["solution"]
def lost(names, shares, fair):
    """The names that samples show less than a quarter as often as portraits do, a list.

    Args:
        names: of the values.
        shares: of each value among samples.
        fair: of each value among portraits.
    """
    ### BEGIN SOLUTION
    return [name for name, share, usual in zip(names, shares, fair, strict=True) if share < usual / 4]
    ### END SOLUTION


# %% [markdown]
# The check:

# %% tags=["check"]
fg.check.report(
    "lost",
    tried="beards: none 92 %, stubble 6 %, full 2 %, in a set whose real faces have 70 %, 25 % and 5 %",
    got=lambda: lost(["none", "stubble", "full"], [0.92, 0.06, 0.02], [0.70, 0.25, 0.05]),
    expected=["stubble"],
    perhaps=[
        ([], "stubble has 6 % where its fair share is 25 %: less than a quarter of that."),
        (["stubble", "full"], "a quarter of *its own* fair share: full beards are rare among real faces as well."),
    ],
)
