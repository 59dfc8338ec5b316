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
# # Exercises for 03 Data
#
# Five short functions. Write each where it says so, run the cell, then run the check below it. A check that says *not
# yet* tells you what it tried, what came out and what may be wrong.

# %%
import facegen_lib as fg
from facegen_lib.data import augment, pipeline, portraits, prepare, to_float, to_uint8

import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 From network range to bytes
#
# A generator ends in a $\tanh$, so its values lie in [-1, 1], and its images have to become bytes. Write `to_bytes`:
# -1 becomes 0, 1 becomes 255, what lies between goes to the *nearest* byte, and what lies outside to the nearest end.


# %% tags=["solution"]
def to_bytes(images):
    """float array of any shape, about [-1, 1] → uint8 array of the same shape."""
    ### BEGIN SOLUTION
    return np.rint((images + 1) * 127.5).clip(0, 255).astype("uint8")
    ### END SOLUTION


# %% [markdown]
# The checks:

# %% tags=["check"]
fg.check.report(
    "to_bytes",
    tried="every byte there and back",
    got=lambda: int(np.sum(to_bytes(to_float(np.arange(256, dtype="uint8"))) != np.arange(256))),
    expected=0,
    perhaps="some bytes came back changed. −1 is black, 1 is white, and `astype` cuts off: round first.",
)
fg.check.report(
    "to_bytes",
    tried="-3, -1, 0.1, 1 and 1.1",
    got=lambda: to_bytes(np.array([-3, -1, 0.1, 1, 1.1])),
    expected=to_uint8(np.array([-3, -1, 0.1, 1, 1.1])),
    perhaps=[
        ([1, 0, 140, 255, 12], "1.1 wrapped around to a dark pixel: clip before converting to bytes."),
        ([0, 124, 193, 249, 255], "you stretched the values to fill the range; the mapping must not depend on them."),
    ],
)
fg.check.report(
    "to_bytes",
    tried="the type that comes out",
    got=lambda: np.asarray(to_bytes(np.array([0.1]))).dtype.name,
    expected="uint8",
    perhaps="the values are right; convert them to bytes, after rounding and clipping.",
)

# %% [markdown]
# ## 2 A split by person
#
# The pictures of a person are called `Ann_Lee_0001.jpg`, `Ann_Lee_0002.jpg` and so on. Write `held_out`, which says
# whether a picture belongs to the held-out tenth, and says the same for all pictures of a person.
# `prepare.is_held_out` decides this for any string.


# %% tags=["solution"]
def held_out(name):
    """True or False, the same for every picture of a person."""
    ### BEGIN SOLUTION
    return prepare.is_held_out(name.rpartition("_")[0])
    ### END SOLUTION


# %% [markdown]
# The checks:

# %% tags=["check"]
album = [[f"Person_{person}_{number:04}.jpg" for number in range(1, 6)] for person in range(500)]
fg.check.report(
    "held_out",
    tried="500 people with five pictures each: people whose pictures are on both sides",
    got=lambda: sum(len({held_out(name) for name in names}) > 1 for names in album),
    expected=0,
    perhaps="hash what the pictures of a person have in common: the name without its number and ending.",
)
fg.check.report(
    "held_out",
    tried="the same 500 people: is about a tenth of them held out?",
    got=lambda: bool(abs(np.mean([held_out(names[0]) for names in album]) - 0.1) < 0.04),
    expected=True,
    perhaps="nobody or everybody is held out: hash the whole name of the person, not only the first word.",
)

# %% [markdown]
# ## 3 Batch number 1,000,000
#
# In this book, epoch $e$ visits the images in the order `np.random.default_rng([seed, e]).permutation(count)`, in
# batches of consecutive entries; what is left over is dropped. Write `batch_number`: the indices of one batch, in that
# order, without drawing the batches before it.


# %% tags=["solution"]
def batch_number(number, count, batch_size, seed):
    """Indices of the images in batch `number` (from 0): int (batch_size,)."""
    ### BEGIN SOLUTION
    epoch, batch = divmod(number, count // batch_size)
    order = np.random.default_rng([seed, epoch]).permutation(count)
    return order[batch * batch_size : (batch + 1) * batch_size]
    ### END SOLUTION


# %% [markdown]
# The checks:

# %% tags=["check"]
for wanted, count, size in [(0, 10, 4), (7, 10, 4), (1_000_000, 10, 4), (7, 25, 8)]:
    per = count // size
    fg.check.report(
        "batch_number",
        tried=f"batch {wanted:,} of {size} images from a set of {count}, seed 1",
        got=lambda wanted=wanted, count=count, size=size: batch_number(wanted, count, size, seed=1),
        expected=next(pipeline.batch_indices(count, size, seed=1, start=wanted)),
        perhaps=f"an epoch has {per} full batches: number // {per} is the epoch, number % {per} the batch in it.",
    )

# %% [markdown]
# ## 4 A zoom is a matrix
#
# `augment.warp` takes a matrix that says where each pixel comes *from*: what is at $(x, y)$ of the new image was at
# `matrix · (x, y, 1)` of the old one; both axes run from -1 to 1. Write `zoom`: everything appears `factor` times as
# large, and the middle stays where it is.


# %% tags=["solution"]
def zoom(factor):
    """float (3, 3)."""
    ### BEGIN SOLUTION
    return np.diag([1 / factor, 1 / factor, 1])
    ### END SOLUTION


# %% [markdown]
# The check, then a look:

# %% tags=["check"]
def fetched_from(matrix):
    u, v, w = np.asarray(matrix) @ np.array([[1, 0, 0], [0, 1, 0], [1, 1, 1]])
    return np.stack([u / w, v / w], axis=1)


fg.check.report(
    "zoom",
    tried="four times as large: where do (1, 0), (0, 1) and the middle come from?",
    got=lambda: fetched_from(zoom(4.0)),
    expected=[[0.25, 0], [0, 0.25], [0, 0]],
    perhaps=[
        ([[4, 0], [0, 4], [0, 0]], "this makes everything a quarter as large: the matrix leads from new to old."),
        ([[1, 0], [0, 1], [0, 0]], "this changes nothing: a factor on all three rows divides out again."),
        ([[0.25, 0], [0, 1], [0, 0]], "along y nothing has changed."),
        ([[1, 0], [0, 0.25], [0, 0]], "along x nothing has changed."),
    ],
)
person = tf.constant(to_float(portraits.make(1, 96, seed=4).images))
matrices = tf.constant(np.stack([zoom(factor) for factor in (0.7, 1.0, 1.5, 2.5)]), tf.float32)
sheet = fg.show.images(to_uint8(augment.warp(tf.repeat(person, 4, axis=0), matrices)))

# %% [markdown]
# ## 5 What was lost?
#
# A careless generator makes portraits, and a classifier has named the hair style of each. Write `lost`, which lists
# the values whose *share* of the generated labels is less than a tenth of their share of the real ones. The two sets
# may differ in size.


# %% tags=["solution"]
def lost(real, made):
    """Values of `real` whose share in `made` is less than a tenth of their share in `real`: a sorted list."""
    ### BEGIN SOLUTION
    return [value for value in sorted(set(real.tolist())) if np.mean(made == value) < np.mean(real == value) / 10]
    ### END SOLUTION


# %% [markdown]
# The check:

# %% tags=["check"]
rng = np.random.default_rng(0)
styles = list(portraits.FACTORS["hair_style"].values)  # none, receding, cropped, side_part, curly, bob, long, bun
real_styles = rng.permutation(np.repeat(styles, [200, 500, 1200, 800, 400, 60, 600, 240]))
made_styles = rng.permutation(np.repeat(styles, [10, 4, 64, 2, 0, 2, 100, 18]))
fg.check.report(
    "lost",
    tried="4,000 real portraits, of which 800 have a side parting and 60 a bob, and 200 generated ones: two and two",
    got=lambda: lost(real_styles, made_styles),
    expected=["curly", "side_part"],
    perhaps=[
        (["curly"], "a style that occurs once or twice is as good as lost: compare shares, not presence."),
        (
            ["bob", "bun", "cropped", "curly", "none", "receding", "side_part"],
            "200 is a twentieth of 4,000: you compared counts. Divide each by the size of its set.",
        ),
        (["bob", "curly", "side_part"], "a tenth of *its own* real share: a bob is rare among real portraits as well."),
    ],
)

# %% [markdown]
# ## For the curious
#
# Take thirty photos of your own, run `preview.preview("faces:PATH")` on them, and write a data sheet: who is shown, who
# took the pictures, who was asked, who is missing, and what the set must not be used for.
