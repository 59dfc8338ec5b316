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
# # Workbook: comparison
#
# Four exercises on chapter 12. Write your answer where it says so and run the check below it: the check tells you
# what it tried, what came out, and what may be the matter.

# %%
import facegen_lib as fg

import itertools

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown

from facegen_lib.evaluation import groups
from facegen_lib.notebook import style
from facegen_lib.zoo import comparison

# %% [markdown]
# ## 1. Eigenfaces from bare linear algebra
#
# Chapter 12 left the work to scikit-learn. Do it yourself: given pictures as rows of numbers, `(N, d)`, find their
# mean and the `count` directions in which they vary most, each as long as the standard deviation along it. The
# singular value decomposition of the centred rows, `np.linalg.svd(rows, full_matrices=False)`, gives three things:
# the third holds the directions as its rows, the second their lengths, largest first, which are standard deviations
# times $\sqrt{N - 1}$.


# %% tags=["solution"]
def eigenfaces(pictures, count):
    """The mean (d,) and `count` directions times their standard deviations, (count, d)."""
    ### BEGIN SOLUTION
    mean = pictures.mean(axis=0)
    _, lengths, directions = np.linalg.svd(pictures - mean, full_matrices=False)
    return mean, (lengths[:, None] / np.sqrt(len(pictures) - 1) * directions)[:count]
    ### END SOLUTION


# %% [markdown]
# A direction may point either way. So the check asks what does not depend on it: $\sum_i \sigma_i^2\, u_i u_i^\top$,
# which is the covariance of the pictures when all directions are taken, and what the first two explain of it; and
# whether the directions stand at right angles.

# %%
rng = np.random.default_rng(0)
rows = rng.normal(size=(50, 4)) * [4.0, 3.0, 2.0, 1.0] @ np.linalg.qr(rng.normal(size=(4, 4)))[0] + [9.0, 0.0, 5.0, 1.0]
middle, covariance = rows.mean(axis=0), np.cov(rows.T)
values, vectors = np.linalg.eigh(covariance)
largest_two = (vectors[:, 2:] * values[2:]) @ vectors[:, 2:].T


def explained(pictures, count):
    """What `count` directions of your answer explain."""
    _, found = eigenfaces(pictures.copy(), count)
    return np.asarray(found).T @ found


def angles(count):
    """Products of your directions with each other."""
    _, found = eigenfaces(rows.copy(), count)
    return np.asarray(found) @ np.transpose(found)


# %% [markdown]
# Fifty rows of four numbers, whose covariance is known:

# %% tags=["check"]
fg.check.report(
    "eigenfaces",
    tried="50 rows of 4 numbers, and all 4 directions",
    got=lambda: explained(rows, 4),
    expected=covariance,
    perhaps=[
        (49 * covariance, "divide the lengths by the root of N - 1: they are sums over all pictures."),
        (49 / 50 * covariance, "divide by the root of N - 1, not of N."),
        (covariance + 50 / 49 * np.outer(middle, middle), "take the mean away before you decompose."),
        (np.eye(4), "these directions have length 1: multiply each by its standard deviation."),
    ],
)
fg.check.report(
    "eigenfaces",
    tried="the first 20 of these rows, and all 4 directions",
    got=lambda: explained(rows[:20], 4),
    expected=np.cov(rows[:20].T),
    perhaps=[(49 / 19 * np.cov(rows[:20].T), "N is the number of pictures that are given, not always 50.")],
)
fg.check.report(
    "eigenfaces",
    tried="50 rows and the first 2 directions",
    got=lambda: explained(rows, 2),
    expected=largest_two,
    perhaps=[
        (covariance, "you returned all directions; `count` of them are asked for."),
        (covariance - largest_two, "these are the last two: the largest come first."),
    ],
)
fg.check.report(
    "eigenfaces",
    tried="the products of the 4 directions with each other",
    got=lambda: angles(4),
    expected=np.diag(values[::-1]),
    perhaps="each direction by itself: at right angles to all others, the longest first.",
)
fg.check.report(
    "eigenfaces",
    tried="the mean of the same rows",
    got=lambda: eigenfaces(rows.copy(), 2)[0],
    expected=middle,
    perhaps="the mean over the pictures: one number for each pixel.",
)

# %% [markdown]
# Ninety real faces, small and grey, and what sixteen directions make of them:

# %%
faces = fg.load("lfw-mini", size=25)
faces = faces.subset(np.asarray(faces.labels["face"]) == 1)
mean, directions = eigenfaces(fg.data.to_float(faces[:]).reshape(len(faces), -1), 16)
made = mean + np.random.default_rng(1).normal(size=(20, 16)) @ directions
sheet = np.concatenate([faces[:10], fg.data.to_uint8(made).reshape(-1, *faces.image_shape)])
fg.show.images(sheet, columns=10, rows=("real", "invented", ""), zoom=2);

# %% [markdown]
# ## 2. Surely behind
#
# Where two intervals overlap, nothing is decided between the two. That does not make a place: A may overlap with B and
# B with C, and yet A is surely better than C. So count those who are *surely* better. Let a model's place be 1, plus
# the number of models whose whole interval lies on the better side of its own. Write it for intervals
# `[(low, high), …]`; `better` is `"lower"` or `"higher"`.


# %% tags=["solution"]
def places(intervals, better):
    """The place of each interval, a list of whole numbers from 1."""
    ### BEGIN SOLUTION
    if better == "higher":
        intervals = [(-high, -low) for low, high in intervals]
    return [1 + sum(high < low for _, high in intervals) for low, _ in intervals]
    ### END SOLUTION


# %% [markdown]
# Four models in no order. The fourth overlaps with the third and with the first, the second with nobody.

# %% tags=["check"]
four = [(2.5, 4.0), (5.0, 6.0), (1.0, 2.0), (1.8, 3.0)]
fg.check.report(
    "places",
    tried="intervals 2.5 to 4, 5 to 6, 1 to 2 and 1.8 to 3, lower is better",
    got=lambda: places(four, "lower"),
    expected=[2, 4, 1, 1],
    perhaps=[
        ([3, 4, 1, 2], "that is the order of the values: the last is not surely behind the one before it."),
        ([1, 4, 1, 1], "the first overlaps with the last, but the third is surely better than it."),
        ([2, 3, 1, 1], "a place counts models, not steps: three are better than the second."),
        ([1, 3, 0, 0], "places begin at 1."),
        ([2, 1, 3, 2], "lower is better here."),
        ([1, 2, 1, 1], "compare each with all others, not only with those before it."),
    ],
)
fg.check.report(
    "places",
    tried="the same, higher is better",
    got=lambda: places(four, "higher"),
    expected=[2, 1, 3, 2],
    perhaps=[([2, 4, 1, 1], "higher is better here.")],
)
for better in ("lower", "higher"):
    fg.check.report(
        "places",
        tried=f"two intervals that touch, 1 to 2 and 2 to 3, {better} is better",
        got=lambda better=better: places([(1.0, 2.0), (2.0, 3.0)], better),
        expected=[1, 1],
        perhaps="the value 2 is possible for both: nothing is decided.",
    )

# %% [markdown]
# The faces of chapter 12, by your rule:

# %%
everyone = {name: comparison.baseline(name) for name in comparison.BASELINES}
everyone |= {name: fg.zoo.report(f"{name}-utkface") for name in ("vanilla", "vae", "wgan", "dcgan", "wgan-gp")}
YARDSTICKS = ("Fréchet distance", "precision", "recall", "face rate")
columns = []
for measure in YARDSTICKS:
    found = [report[measure] for report in everyone.values()]
    columns.append(places([(each.low, each.high) for each in found], found[0].better))
lines = ["| | " + " | ".join(YARDSTICKS) + " |", "| --- " * 5 + "|"]
lines += [f"| {name} | {' | '.join(map(str, row))} |" for name, row in zip(everyone, np.transpose(columns), strict=True)]
Markdown("\n".join(lines))

# %% [markdown]
# Read the last column: by face rate six of the eight are surely behind nobody, or behind one. A yardstick on which
# nearly everybody wins has nothing more to say.
#
# ## 3. Do two orders agree?
#
# Chapter 12 used Spearman's correlation. Kendall's is easier to explain: go through all pairs of models. A pair
# counts +1 when both yardsticks put the same one first, −1 when they contradict each other, 0 when either calls it a
# tie. The agreement is the sum, divided by the number of pairs. Write it for two lists of values of the same models.


# %% tags=["solution"]
def agreement(a, b):
    """Kendall's agreement of two lists of values (his τ_a), from -1 to 1."""
    ### BEGIN SOLUTION
    pairs = list(itertools.combinations(range(len(a)), 2))
    return sum(np.sign(a[i] - a[j]) * np.sign(b[i] - b[j]) for i, j in pairs) / len(pairs)
    ### END SOLUTION


# %% [markdown]
# Four values, of which two are exchanged; the same order backwards; a tie; and lists in no order with ties in both.

# %% tags=["check"]
fg.check.report(
    "agreement",
    tried="1, 2, 3, 4 and 10, 30, 20, 40",
    got=lambda: agreement([1, 2, 3, 4], [10, 30, 20, 40]),
    expected=4 / 6,
    perhaps=[
        (4.0, "divide by the number of pairs, six."),
        (5 / 6, "the pair that is contradicted counts -1, not 0."),
        (4 / 12, "every pair once: with four models there are six."),
        (4 / 16, "every pair once, and no model with itself: there are six."),
        (0.8, "that is Spearman's, of the places; count pairs."),
    ],
)
fg.check.report(
    "agreement",
    tried="1, 2, 3 and 9, 5, 1",
    got=lambda: agreement([1, 2, 3], [9, 5, 1]),
    expected=-1.0,
    perhaps=[(1.0, "every pair is contradicted."), (0.0, "a contradiction counts -1, not 0.")],
)
fg.check.report(
    "agreement",
    tried="1, 2, 3 and 5, 5, 7",
    got=lambda: agreement([1, 2, 3], [5, 5, 7]),
    expected=2 / 3,
    perhaps=[(1.0, "the tied pair counts 0, and it is a pair."), (1 / 3, "a tie is no contradiction.")],
)
fg.check.report(
    "agreement",
    tried="3, 1, 1, 2 and 20, 10, 10, 30",
    got=lambda: agreement([3, 1, 1, 2], [20, 10, 10, 30]),
    expected=3 / 6,
    perhaps=[
        (4 / 6, "a pair that both call a tie counts 0, not 1."),
        (2 / 6, "a pair that both call a tie counts 0, not -1."),
        (5 / 6, "which comes first in a pair is decided by both lists; the first list is in no order."),
    ],
)

# %% [markdown]
# Now for the four games on each of the book's sets: does a small Fréchet distance go with a high recall, and with a
# high precision?

# %%
SETS = ("mnist", "nlvr", "flowers", "utkface")
for shift, (measure, colour) in enumerate((("recall", style.THIRD), ("precision", style.FAKE))):
    found = []
    for data in SETS:
        games = [fg.zoo.report(f"{game}-{data}") for game in fg.zoo.FAMILY]
        far = [-report["Fréchet distance"].value for report in games]
        found.append(agreement(far, [report[measure].value for report in games]))
    plt.plot(np.arange(4) + 0.1 * shift, found, "o", color=colour, markersize=8, label=measure)
    assert min(found) > 0
plt.xticks(np.arange(4) + 0.05, SETS)
plt.gca().set(title="agreement of a short Fréchet distance with high …", ylim=(-1.1, 1.1))
plt.axhline(0, color=style.FAINT, linewidth=1)
plt.legend(loc="lower left");

# %% [markdown]
# Four games make six pairs, so that one pair more or less moves a point by a third. This is little to go by; but
# nowhere do they contradict each other on the whole.
#
# ## 4. A count that knows its own mistakes
#
# A classifier named the samples, and you would like to know how common each class is. Counting its answers is wrong
# where it was taught another mixture. Saerens, Latinne and Decaestecker repeat two steps. *Weigh*: multiply each
# probability by how much commoner its class now seems than it was in the lessons, and divide each row by its sum.
# *Count*: the new shares are the means of the rows. Write it, starting from the shares in the lessons.


# %% tags=["solution"]
def adjusted(probabilities, taught, rounds):
    """Shares of the classes (K,) after so many rounds, from p(class | image) (N, K) and shares in the lessons (K,)."""
    ### BEGIN SOLUTION
    shares = taught
    for _ in range(rounds):
        weighed = probabilities * shares / taught
        shares = (weighed / weighed.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares
    ### END SOLUTION


# %% [markdown]
# The classifier was taught 80 cats and 20 dogs in a hundred. Now it is asked about four images.

# %% tags=["check"]
doubtful = np.array([[0.97, 0.03], [0.95, 0.05], [0.6, 0.4], [0.1, 0.9]])
lessons = np.array([0.8, 0.2])
fg.check.report(
    "adjusted",
    tried="four images, lessons of 80 % and 20 %, one round",
    got=lambda: adjusted(doubtful.copy(), lessons.copy(), 1),
    expected=doubtful.mean(axis=0),
    perhaps=[
        ([0.75, 0.25], "that counts the answers; take the mean of the probabilities."),
        (lessons, "these are the shares you began with: no round was done."),
    ],
)
multiplied = doubtful * lessons / (doubtful * lessons).sum(axis=1, keepdims=True)
for rounds in (2, 200):
    fg.check.report(
        "adjusted",
        tried=f"the same, {rounds} rounds",
        got=lambda rounds=rounds: adjusted(doubtful.copy(), lessons.copy(), rounds),
        expected=groups.adjusted(doubtful, lessons, rounds),
        perhaps=[
            (doubtful.mean(axis=0), "every round has to begin from the shares of the round before."),
            (
                groups.adjusted(multiplied, lessons, rounds),
                "divide by the lessons' shares; the classifier has multiplied by them already.",
            ),
            (groups.adjusted(doubtful, lessons, 1_000), "do as many rounds as are asked for."),
        ],
    )

# %% [markdown]
# Does it work? A made-up classifier sees a number through fog. It was taught as many noughts as ones; among the images
# it is asked about, ones are rarer and rarer.

# %%
rng, asked = np.random.default_rng(2), np.linspace(0.02, 0.5, 9)
named, cured = [], []
for share in asked:
    fog = (rng.random(4_000) < share) + rng.normal(0, 0.6, 4_000)
    one = 1 / (1 + np.exp(-(fog - 0.5) / 0.36))
    answers = np.stack([1 - one, one], axis=1)
    named.append(np.mean(one > 0.5))
    cured.append(adjusted(answers, np.array([0.5, 0.5]), 300)[1])
plt.plot(asked, asked, color=style.REAL, label="true")
plt.plot(asked, named, "o-", color=style.FAKE, label="named")
plt.plot(asked, cured, "o-", color=style.THIRD, label="adjusted")
plt.gca().set(xlabel="true share of ones", ylabel="share", title="how many ones?")
plt.legend()
assert np.abs(cured - asked).max() < 0.06 < np.abs(named - asked).max()

# %% [markdown]
# On images like those of the lessons it works. Chapter 12 shows what it says of images that are not.
