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
# # Workbook: latent space
#
# Four exercises on chapter 13. Write your answer where it says so and run the check below it: the check tells you
# what it tried, what came out, and what may be the matter.

# %%
import facegen_lib as fg

import matplotlib.pyplot as plt
import numpy as np

from facegen_lib.evaluation import features_of
from facegen_lib.evaluation.baselines import Eigenfaces
from facegen_lib.evaluation.features import shipped_probabilities
from facegen_lib.models.generator import draw_latents
from facegen_lib.notebook import style

people = fg.pretrained("dcgan-utkface")

# %% [markdown]
# ## 1. Along the sphere
#
# A straight line between two latent vectors leaves the shell where samples live. Go along the sphere instead (White,
# 2016): with the angle $\theta$ between the two,
#
# $$z(t) = \frac{\sin((1 - t)\,\theta)}{\sin\theta}\, a + \frac{\sin(t\,\theta)}{\sin\theta}\, b.$$
#
# Write it for several $t$ at once.


# %% tags=["solution"]
def along_the_sphere(a, b, t):
    """Vectors on the way from a to b, both (d,), at the shares t of the angle, (N,): (N, d)."""
    ### BEGIN SOLUTION
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    t = np.asarray(t)[:, None]
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    ### END SOLUTION


# %% [markdown]
# Two vectors at an angle of 60°, both 2 long, and their thirds.

# %% tags=["check"]
east, north_east = np.array([2.0, 0.0]), np.array([1.0, np.sqrt(3)])
thirds = np.array([0.0, 1 / 3, 2 / 3, 1.0])
right = 2 * np.stack([np.cos(thirds * np.pi / 3), np.sin(thirds * np.pi / 3)], axis=1)
straight = (1 - thirds[:, None]) * east + thirds[:, None] * north_east
fg.check.report(
    "along_the_sphere",
    tried="two vectors of length 2 at an angle of 60°, in thirds",
    got=lambda: along_the_sphere(east, north_east, thirds),
    expected=right,
    perhaps=[
        (straight, "that is the straight line."),
        (right[::-1], "t = 0 is a, t = 1 is b."),
        (
            2 * straight / np.linalg.norm(straight, axis=1, keepdims=True),
            "the straight line, pushed out to the sphere: its steps are not equal in angle.",
        ),
    ],
)
west = 3 * np.array([-0.5, np.sqrt(3) / 2])
fg.check.report(
    "along_the_sphere",
    tried="vectors of length 2 and 3 at an angle of 120°, in thirds",
    got=lambda: along_the_sphere(east, west, np.array([1 / 3, 2 / 3])),
    expected=[[1.1609801, 1.9283628], [-0.2212756, 2.9544233]],
    perhaps="the angle may be more than 90°: the arc cosine of a·b over both lengths, with its sign.",
)
longer = np.array([0.0, 3.0])
fg.check.report(
    "along_the_sphere",
    tried="vectors of length 2 and 3 at a right angle, the middle",
    got=lambda: along_the_sphere(east, longer, np.array([0.5])),
    expected=[np.sqrt(0.5) * (east + longer)],
    perhaps="divide by both lengths before you take the arc cosine, and leave a and b as long as they are.",
)

# %% [markdown]
# Two people, and the way between them: straight above, along the sphere below.

# %%
a, b = draw_latents(2, people.latent_dim, seed=20)
shares = np.linspace(0, 1, 8)
line = (1 - shares[:, None]) * a + shares[:, None] * b
sheet = np.concatenate([people.decode(line), people.decode(along_the_sphere(a, b, shares))])
fg.show.images(sheet, columns=8, rows=("straight", "sphere"));

# %% [markdown]
# ## 2. Truncation by drawing again
#
# Chapter 13 shortened vectors. Brock, Donahue and Simonyan do something else: every *number* beyond a limit is drawn
# again, until none is. Write it. `rng.standard_normal(n)` draws `n` numbers.


# %% tags=["solution"]
def drawn_again(z, limit, rng):
    """The latent vectors z (N, d), each number beyond ±limit replaced by a new one within."""
    ### BEGIN SOLUTION
    z = z.copy()
    while (beyond := np.abs(z) > limit).any():
        z[beyond] = rng.standard_normal(beyond.sum())
    return z
    ### END SOLUTION


# %% [markdown]
# A normal number that is known to lie within ±1 has a standard deviation of .540.

# %% tags=["check"]
many = np.random.default_rng(0).standard_normal((2_000, 100))
untouched = many.copy()
fg.check.report(
    "drawn_again",
    tried="200,000 numbers and the limit 1: their standard deviation",
    got=lambda: np.std(drawn_again(many.copy(), 1.0, np.random.default_rng(1))),
    expected=0.53956,
    perhaps=[
        (np.clip(many, -1, 1).std(), "you cut numbers off at the limit: many are now exactly ±1. Draw them again."),
        (1.0, "nothing has changed."),
        (np.where(np.abs(many) > 1, 0, many).std(), "what lay beyond has become 0; draw it again."),
        (many.std() / 2, "you shortened everything; only what lies beyond the limit is replaced."),
    ],
    tolerance=0.005,
)
fg.check.report(
    "drawn_again",
    tried="the same and the limit 0.5",
    got=lambda: np.std(drawn_again(many.copy(), 0.5, np.random.default_rng(1))),
    expected=0.28388,
    perhaps=[(0.53956, "the limit is given, and need not be 1.")],
    tolerance=0.005,
)
fg.check.report(
    "drawn_again",
    tried="the largest for the limit 1",
    got=lambda: np.abs(drawn_again(many.copy(), 1.0, np.random.default_rng(1))).max() <= 1,
    expected=True,
    perhaps="what is drawn again may lie beyond the limit again: repeat until none does.",
)
fg.check.report(
    "drawn_again",
    tried="how many different numbers there are for the limit 1",
    got=lambda: len(np.unique(drawn_again(many.copy(), 1.0, np.random.default_rng(1)))),
    expected=200_000,
    perhaps="a number of its own for each: no constant in place of what lay beyond.",
)
fg.check.report(
    "drawn_again",
    tried="numbers that lay within, before and after",
    got=lambda: np.array_equal(
        drawn_again(many.copy(), 1.0, np.random.default_rng(1))[np.abs(many) <= 1], many[np.abs(many) <= 1]
    ),
    expected=True,
    perhaps="what lay within the limit stays as it is.",
)
fg.check.report(
    "drawn_again",
    tried="the vectors that were given, after the call",
    got=lambda: (drawn_again(many, 1.0, np.random.default_rng(1)), np.array_equal(many, untouched))[1],
    expected=True,
    perhaps="`z` itself was changed: work on a copy.",
)

# %% [markdown]
# Both kinds of truncation on digits, with vectors of the same mean length:

# %%
digits, z = fg.pretrained("wgan-gp-mnist"), draw_latents(12, 32, seed=1)
sheet = digits.decode(np.concatenate([z, drawn_again(z, 1.0, np.random.default_rng(2)), 0.54 * z]))
fg.show.images(sheet, columns=12, rows=("all", "drawn again", "shortened"), zoom=2);

# %% [markdown]
# Shortened, about half of them stay the same digit. Drawn again, nearly all become others.
#
# ## 3. Cleaned of several
#
# In chapter 13 a direction of age was cleaned of one other direction, and something else came along. Clean it of all
# that you can name: take away everything of $n$ that lies in the space spanned by the directions
# $m_1, \dots, m_k$, and give the rest the length 1. Beware: the $m_i$ are not at right angles to each other, so that
# taking them away one after the other leaves something of the first behind. `np.linalg.lstsq(m.T, n)` finds the
# combination of the $m_i$ that comes nearest to $n$.


# %% tags=["solution"]
def cleaned(n, m):
    """The direction n (d,) without what it has in common with the directions m (k, d), of length 1."""
    ### BEGIN SOLUTION
    rest = n - np.linalg.lstsq(m.T, n)[0] @ m
    return rest / np.linalg.norm(rest)
    ### END SOLUTION


# %% [markdown]
# One direction in four dimensions, cleaned of two that are not at right angles; and one drawn at random, cleaned of
# three.

# %% tags=["check"]
n, m = np.array([1.0, 2.0, -2.0, 4.0]) / 5, np.array([[1.0, 0.0, 0.0, 0.0], [0.6, 0.8, 0.0, 0.0]])


def one_by_one(order):
    """The usual mistake: each direction taken away after the other."""
    rest = n
    for each in order:
        rest = rest - (rest @ each) * each
    return rest / np.linalg.norm(rest)


at_once = n - (m @ n) @ m
fg.check.report(
    "cleaned",
    tried="(1, 2, -2, 4)/5 without (1, 0, 0, 0) and (0.6, 0.8, 0, 0)",
    got=lambda: cleaned(n.copy(), m.copy()),
    expected=[0.0, 0.0, -0.4472136, 0.8944272],
    perhaps=[
        (one_by_one(m), "one after the other: the second step brings back some of the first."),
        (one_by_one(m[::-1]), "one after the other: the second step brings back some of the first."),
        (at_once / np.linalg.norm(at_once), "what both have in common is taken away twice."),
        (n - np.linalg.lstsq(m.T, n)[0] @ m, "the rest should have the length 1."),
    ],
)
rng = np.random.default_rng(3)
wish, several = rng.normal(size=20), rng.normal(size=(3, 20))
fg.check.report(
    "cleaned",
    tried="a direction in 20 dimensions without three others: its products with the three, and its length",
    got=lambda: [*(several @ cleaned(wish.copy(), several.copy())), np.linalg.norm(cleaned(wish, several))],
    expected=[0.0, 0.0, 0.0, 1.0],
    perhaps="what is left is at right angles to each of them, and of length 1.",
)

# %% [markdown]
# Now for the direction of age. The network that ships guesses age, gender and race, which gives seven directions: age,
# gender, and one for each of five labels of race. (The fifth of these follows from the other four, for their
# probabilities sum to 1; `lstsq` does not mind.)

# %%
z = draw_latents(3_000, people.latent_dim, seed=2)
features = features_of(people.decode(z))


def direction(values):
    """Unit vector along which the values of the samples grow fastest."""
    slope = np.linalg.lstsq(np.c_[z, np.ones(len(z))], values)[0][:-1]
    return slope / np.linalg.norm(slope)


age, gender, race = (shipped_probabilities(features, f"face.{label}")[1] for label in ("age", "gender", "race"))
older = direction(age @ np.arange(5))
rest = np.stack([direction(values) for values in (gender[:, 1], *race.T)])
only_older = cleaned(older, rest)
start = draw_latents(300, people.latent_dim, seed=10)
print(f"cosine of the cleaned direction with the old one: {older @ only_older:.2f}")
for name, way in (("age", older), ("age, cleaned", only_older)):
    for step in (-2, 0, 2):
        seen = features_of(people.decode(start + step * way))
        ages, genders, races = (shipped_probabilities(seen, f"face.{label}")[1] for label in ("age", "gender", "race"))
        labelled = np.bincount(races.argmax(axis=1), minlength=5) / len(seen)
        print(
            f"{name:13} {step:+d}: age level {(ages @ np.arange(5)).mean():.1f}, women {genders[:, 1].mean():.0%}, "
            f"White {labelled[0]:.0%}, Black {labelled[1]:.0%}, Asian {labelled[2]:.0%}, Indian {labelled[3]:.0%}"
        )

# %% [markdown]
# Age still changes, half as much, and the shares of the rest hardly do. (Shares: single persons still change.) What
# the network cannot name, such as hair or glasses, may still come along.
#
# ## 4. Inverted without a search
#
# For the generator of chapter 12, a mean and some directions, no search is needed: $x = m + zW$ is linear, and the $z$
# whose picture comes nearest to a given one is the answer to a least squares problem. Write it for several pictures.
# `mean` is $m$, `(d,)`; `ways` is $W$, `(k, d)`, whose rows are directions times standard deviations.


# %% tags=["solution"]
def latent_of(pictures, mean, ways):
    """The latent vectors (N, k) whose pictures mean + z @ ways come nearest to the given ones, (N, d)."""
    ### BEGIN SOLUTION
    return np.linalg.lstsq(ways.T, (pictures - mean).T)[0].T
    ### END SOLUTION


# %% [markdown]
# Pictures that this generator made, and one that it cannot make.

# %% tags=["check"]
rng = np.random.default_rng(4)
lengths = np.abs(rng.normal(size=3)) + 0.5
ways = lengths[:, None] * np.linalg.qr(rng.normal(size=(6, 6)))[0][:3]
mean, true = rng.normal(size=6), rng.normal(size=(5, 3))
outside = np.linalg.qr(np.c_[ways.T, rng.normal(size=6)])[0][:, 3]  # at right angles to all it can do
fg.check.report(
    "latent_of",
    tried="five pictures of six pixels that the generator made",
    got=lambda: latent_of(mean + true @ ways, mean, ways),
    expected=true,
    perhaps=[
        (np.linalg.lstsq(ways.T, (mean + true @ ways).T)[0].T, "take the mean away from the pictures first."),
        ((true @ ways) @ ways.T, "the rows of W are not of length 1: divide by their squared lengths, or use lstsq."),
        (true * lengths, "divide by the *squared* lengths of the rows of W, or use lstsq."),
        (true.T, "one row for each picture."),
    ],
)
fg.check.report(
    "latent_of",
    tried="the same, with something added that the generator cannot make",
    got=lambda: latent_of(mean + true @ ways + 2 * outside, mean, ways),
    expected=true,
    perhaps="the nearest picture it can make is still the old one.",
)

# %% [markdown]
# How near do eigenfaces of painted portraits come to portraits that they were not fitted to?

# %%
fitted = Eigenfaces(fg.load("portraits", size=32))
unseen = fg.load("portraits", size=32, split="held_out")[:200]
pixels = fg.data.to_float(unseen).reshape(len(unseen), -1)
ways = np.sqrt(fitted.pca.explained_variance_)[:, None] * fitted.pca.components_
COUNTS, made = (1, 4, 16, 64, 128), {}
for count in COUNTS:
    made[count] = fitted.pca.mean_ + latent_of(pixels, fitted.pca.mean_, ways[:count]) @ ways[:count]
errors = [np.mean((made[count] - pixels) ** 2) for count in COUNTS]
plt.plot(COUNTS, errors, "o-", color=style.FAKE)
plt.gca().set(xscale="log", xlabel="directions", title="error of portraits that were not seen", ylim=(0, None))
plt.xticks(COUNTS, COUNTS)
plt.minorticks_off()
sheet = np.concatenate([unseen[:8], *(fg.data.to_uint8(made[count][:8]).reshape(-1, 32, 32, 3) for count in (16, 128))])
fg.show.images(sheet, columns=8, rows=("portraits", "16 directions", "128"), zoom=2)
assert np.all(np.diff(errors) < 0)

# %% [markdown]
# What a search finds in seconds in a network, a matrix gives at once, with the certainty that nothing nearer exists.
