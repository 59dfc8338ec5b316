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
# # Workbook: the first face
#
# Four exercises on the generator of chapter 00. Write your answer where it says so and run the check below it: the
# check tells you what it tried, what came out, and what may be the matter. Nothing is marked until you hand it in.

# %%
import matplotlib.pyplot as plt
import numpy as np

import facegen_lib as fg

people = fg.pretrained("dcgan-utkface")

# %% [markdown]
# ## 1. The walk on the sphere
#
# Chapter 00 walks from face to face along the sphere. The angle between $a$ and $b$ is
# $\omega = \arccos \frac{a \cdot b}{\|a\|\,\|b\|}$, and a fraction $t$ of the way along stands the point
#
# $$ \frac{\sin((1-t)\,\omega)}{\sin \omega}\, a \;+\; \frac{\sin(t\,\omega)}{\sin \omega}\, b . $$
#
# Write `walk(a, b, count)`, which returns `count` points, the first of them $a$ and the last $b$, as an array of
# shape `(count, latent_dim)`.


# %%
def walk(a, b, count):
    """Points from a to b along the sphere, (count, latent_dim)."""
    ### BEGIN SOLUTION
    omega = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    t = np.linspace(0, 1, count)[:, None]
    return (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)
    ### END SOLUTION


# %% [markdown]
# The check walks a quarter of a circle in three points. The middle one must lie on the circle as well.

# %%
a, b = np.random.default_rng(21).standard_normal((2, people.latent_dim))
east, north, half = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.sqrt(0.5)
fg.check.report(
    "walk",
    tried="from (1, 0) to (0, 1) in three points",
    got=lambda: walk(east, north, 3),
    expected=[[1, 0], [half, half], [0, 1]],
    perhaps=[
        ([[1, 0], [0.5, 0.5], [0, 1]], "that is the straight line; its middle lies inside the circle."),
        ([[0, 1], [half, half], [1, 0]], "you walk from b to a: at t = 0 all the weight is on a."),
        ([[1, 0], [half, half]], "the walk ends before b: t runs from 0 to 1, both included."),
    ],
)
fg.check.report(
    "walk",
    tried="between two latent vectors of the generator, where sin ω is not 1",
    got=lambda: walk(a, b, 9),
    expected=fg.show.walk(a, b, 9),
    perhaps="divide both terms by sin ω; and take ω from the vectors divided by their lengths.",
    tolerance=1e-4,
)

# %% [markdown]
# Your walk, in six people:

# %%
fg.show.images(people.decode(walk(a, b, 6)), columns=6);

# %% [markdown]
# ## 2. Two average faces
#
# What does the average person look like? There are two ways of asking. Either average the *images* of many people,
# pixel by pixel; or average their *latent vectors* and look at the one face that their mean stands for. Write both.
# `mean_image` takes uint8 `(N, H, W, C)` and returns one uint8 image; remember that `astype` cuts off decimals.
# `face_of_the_mean` takes latent vectors `(N, latent_dim)` and returns the one image, uint8 `(64, 64, 3)`, of their
# mean.


# %%
def mean_image(images):
    """The pixelwise mean, rounded to the nearest: uint8 (N, H, W, C) → uint8 (H, W, C)."""
    ### BEGIN SOLUTION
    return np.rint(images.mean(axis=0, dtype="float64")).astype("uint8")
    ### END SOLUTION


def face_of_the_mean(z):
    """The face at the mean of some latent vectors: (N, latent_dim) → uint8 (H, W, C)."""
    ### BEGIN SOLUTION
    return people.decode(z.mean(axis=0, keepdims=True))[0]
    ### END SOLUTION


# %% [markdown]
# The check averages three images of two pixels each, then three people.

# %%
pixels = np.array([[190, 10, 0, 255, 7, 90], [251, 10, 0, 255, 7, 20], [161, 11, 1, 254, 9, 40]], "uint8")
pixels = pixels.reshape(3, 1, 2, 3)
fg.check.report(
    "mean_image",
    tried="three images of 1×2 pixels; the first red values are 190, 251 and 161",
    got=lambda: mean_image(pixels),
    expected=np.array([[[201, 10, 0], [255, 8, 50]]]),
    perhaps=[
        (pixels.mean(axis=0).astype("uint8"), "the first mean is 200.67, and `astype` cuts it off: round first."),
        (87, "one mean for all pixels of all images: average over axis 0 only."),
        (pixels.mean(axis=0), "round it and make bytes of it."),
    ],
)
fg.check.report(
    "mean_image",
    tried="the type of the same mean",
    got=lambda: np.asarray(mean_image(pixels)).dtype.name,
    expected="uint8",
    perhaps="an image is made of bytes: after rounding, `astype` to uint8.",
)
z = np.random.default_rng(22).standard_normal((3, people.latent_dim))
mean = z.mean(axis=0, keepdims=True)
fg.check.report(
    "face_of_the_mean",
    tried="three latent vectors",
    got=lambda: face_of_the_mean(z),
    expected=people.decode(mean)[0],
    perhaps=[
        (people.decode(mean), "that is a batch of one image; take the image out of it."),
        (mean_image(people.decode(z)), "you averaged the images, not the latent vectors."),
        (people.decode(3 * mean)[0], "that is the sum of the latent vectors; the mean is a third of it."),
    ],
)

# %% [markdown]
# Here are both averages of 500 people. Before you run the cell, guess which of the two will be sharp.

# %%
z = np.random.default_rng(23).standard_normal((500, people.latent_dim))
averages = np.stack([mean_image(people.decode(z)), face_of_the_mean(z)])
fg.show.images(averages, columns=2, heads=("mean of the images", "image of the mean"));

# %% [markdown]
# The first is a blur, and yet a face: eyes and mouth are where most people have them. The second is nobody at all.
# The mean of many latent vectors lies near the origin, and at the origin this generator has nothing to say: its first
# layer has no bias, so $z = 0$ gives every position of its first, coarse map the same numbers. A face needs a plan of
# what goes where, and the plan is made of $z$ alone. (Chapter 06 looks at that map.) This also explains the middle of
# the straight line in chapter 00: on the way through the inside, faces fade towards this second image.
#
# ## 3. Twins
#
# A generator that has lost variety repeats itself. So look for the two most similar people among many. Write
# `twins(vectors)`, which takes points `(N, d)` and returns the pair `(i, j)`, $i < j$, whose distance is smallest. To
# get all squared distances at once, use $\|p - q\|^2 = \|p\|^2 - 2\,p \cdot q + \|q\|^2$; an array `(N, N, d)` of
# differences would not fit into memory.


# %%
def twins(vectors):
    """The two nearest points among (N, d): their numbers, the smaller first."""
    ### BEGIN SOLUTION
    squares = (vectors**2).sum(axis=1)
    distances = squares[:, None] - 2 * vectors @ vectors.T + squares
    np.fill_diagonal(distances, np.inf)
    i, j = np.unravel_index(distances.argmin(), distances.shape)
    return (int(min(i, j)), int(max(i, j)))
    ### END SOLUTION


# %% [markdown]
# The check hides a pair among twenty points that are far apart.

# %%
crowd = np.random.default_rng(24).normal(scale=10, size=(20, 5))
crowd[17] = crowd[4] + 0.1
fg.check.report(
    "twins",
    tried="twenty points, of which 4 and 17 nearly coincide",
    got=lambda: twins(crowd),
    expected=(4, 17),
    perhaps=[
        ((17, 4), "the smaller number comes first."),
        *(((k, k), "every point is its own nearest: the diagonal must not count.") for k in range(20)),
    ],
)

# %% [markdown]
# Now search among 2,000 people, on images shrunk to 16×16 so that single pixels do not decide. How far apart are the
# latent vectors of the two, when those of strangers are about $\sqrt{2 \cdot 128} = 16$ apart?

# %%
z = np.random.default_rng(25).standard_normal((2000, people.latent_dim), dtype="float32")
crowd = people.decode(z)
coarse = crowd.reshape(2000, 16, 4, 16, 4, 3).mean(axis=(2, 4)).reshape(2000, -1) / 255
pair = list(twins(coarse))
print(f"people {pair[0]} and {pair[1]}: their latent vectors are {np.linalg.norm(z[pair[0]] - z[pair[1]]):.1f} apart")
fg.show.images(crowd[pair], columns=2)
assert np.linalg.norm(z[pair[0]] - z[pair[1]]) < 14

# %% [markdown]
# The two are alike in light, colour and pose. Their latent vectors are closer together than those of all but one in a
# thousand pairs of strangers, but still much too far apart for small steps to lead from one to the other. Distance
# between pixels sees light and background first and a person last. Chapter 04 measures with better eyes, and asks the
# question that matters more: is one of the *training* photographs a twin?
#
# ## 4. Numbers that it has never seen
#
# In training, every $z$ came from $\mathcal{N}(0, I)$. Nothing forbids other numbers. Stretch the latent vectors by a
# factor, and two things change that your function should measure: how *varied* the images are, and how *burnt* they
# are, that is, what share of all values is fully black or fully white. Write `varied_and_burnt(images)`. Variety is
# the standard deviation of each pixel over the images, in grey levels, averaged over all pixels.


# %%
def varied_and_burnt(images):
    """Mean over pixels of the standard deviation over images; share of values that are 0 or 255."""
    ### BEGIN SOLUTION
    variety = images.std(axis=0, dtype="float64").mean()
    burnt = np.mean((images == 0) | (images == 255))
    return float(variety), float(burnt)
    ### END SOLUTION


# %% [markdown]
# The check has four images of one pixel: its red is 0, 0, 150, 150, its green always 255, its blue always 7.

# %%
four = np.array([[0, 255, 7], [0, 255, 7], [150, 255, 7], [150, 255, 7]], "uint8").reshape(4, 1, 1, 3)
fg.check.report(
    "varied_and_burnt",
    tried="red values of 0, 0, 150, 150, beside green ones of 255 and blue ones of 7",
    got=lambda: varied_and_burnt(four),
    expected=(25.0, 0.5),
    perhaps=[
        (
            (four.std(), 0.5),
            "one standard deviation over everything: take it over axis 0, then average over the pixels.",
        ),
        ((25.0, 1 / 3), "black counts as burnt as well, and so does white: 0 or 255."),
        ((25.0, 0.0), "each colour counts by itself; the others of its pixel need not be burnt."),
        ((25.0, 6.0), "a share lies between 0 and 1: divide by the number of values."),
    ],
)

# %% [markdown]
# The same five people at five factors, one row each:

# %%
z = np.random.default_rng(26).standard_normal((64, people.latent_dim))
factors = [0.0, 0.5, 1.0, 2.0, 3.0]
rows = ("z times 0", "½", "1", "2", "3")
fg.show.images(np.concatenate([people.decode(factor * z[:5]) for factor in factors]), columns=5, rows=rows);
# %% [markdown]
# And your two measures. Read the first panel together with the faces.

# %%
measured = np.array([varied_and_burnt(people.decode(factor * z)) for factor in factors])
figure, panels = plt.subplots(1, 2, figsize=(7.5, 2.6))
for axes, values, title in zip(panels, measured.T, ("variety (grey levels)", "share of burnt values"), strict=True):
    axes.plot(factors, values, "o-")
    axes.set(title=title, xlabel="factor")

# %% [markdown]
# At ½ people fade towards the second image of exercise 2: safe, alike, a little dull. At 3 they are posters of
# themselves: still the same people, but dipped in ink. What grew was contrast, not the number of different people,
# although the number on the left cannot tell the one from the other. Practitioners turn this knob on purpose: a
# factor below 1 trades variety for well-behaved samples (the *truncation trick*; Brock et al., *Large Scale GAN
# Training for High Fidelity Natural Image Synthesis*, 2019).
