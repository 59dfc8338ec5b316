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
# # 04 Measuring
#
# Six painters were asked for portraits of people whom nobody has seen before. One does as asked. One copies the
# pictures that it learned from. One paints a single kind of person. One is short-sighted, one lets two people shine
# through each other, and one throws paint at the canvas. Here are five works by each, a row per painter, in no
# particular order:

# %%
import json

import facegen_lib as fg
import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown
from facegen_lib.data import portraits
from facegen_lib.evaluation import damage
from facegen_lib.evaluation.sensitivity import Sensitivity
from facegen_lib.notebook import quiz, style
from facegen_lib.shipped import shipped_path

count = fg.book.setting("04_measuring", "count")
pool = portraits.make(4 * count, size=64, seed=4)
parts = [(0, count), (count, 3 * count), (3 * count, 4 * count)]
training, real, new = (pool.subset(slice(*part)) for part in parts)
rng = np.random.default_rng(0)
painters = {
    "honest": new.images,
    "copier": training.images,
    "narrow": portraits.make(count, size=64, seed=5, hair_style="none").images,
    "short-sighted": damage.blur(new.images, 0.35, rng),
    "ghostly": damage.ghosts(new.images, 0.8, rng),
    "random": fg.evaluation.RandomGenerator(real.image_shape).sample(count),
}
hidden = np.random.default_rng(8).permutation(list(painters))
works = np.concatenate([painters[name][:5] for name in hidden])
fg.show.images(works, columns=5, rows=[f"painter {number}" for number in range(1, 7)]);

# %% [markdown]
# You will have found three of them at a glance. Did you find the copier? You cannot have: you have never seen what it
# copied from.
#
# Every yardstick of this chapter convicts some of the six and acquits others. None convicts every culprit.
#
# ## What you will build
#
# A critic that knows its data by heart, a distance between two clouds, a map of good against varied, a search for
# copies, a questionnaire that you can mail to your class, and one table in which all six painters are found out.
#
# ## What you will learn
#
# - **say** what a loss curve proves about the quality of images, and what it does not
# - **compute** the Fréchet distance, and **state** the three things without which it means nothing
# - **tell** good from varied, and varied from new
# - **read** an interval, and doubt a difference that is smaller
# - **choose** the measurement that would notice what you are afraid of
#
# ## What you need

# %%
fg.book.needs("04_measuring")

# %% [markdown]
# ## 1 Ask the loss?
#
# Training prints a number at every step, so it is tempting to read quality off it. Here are both losses of the run
# that opened this book, at the beginning and at the end of its training.

# %%
history = fg.zoo.history("dcgan-utkface")
few = 300 // history.steps_per_row
for loss in ("generator_loss", "discriminator_loss"):
    first, last = history[loss][:few].mean(), history[loss][-few:].mean()
    print(f"{loss:<18}  first 300 steps: {first:.2f}   last 300: {last:.2f}")
    assert (last < first) == (loss == "generator_loss")

# %% [markdown]
# The generator's loss fell and the discriminator's rose: progress, it seems. But how much? A loss says how one player
# fares against *the other*, and the other changes too. A quicker discriminator would have given the same faces a
# worse loss.
#
# Can anything be salvaged? For the *best possible* discriminator, chapter 01 found a loss of
# $\log 4 - 2\,\mathrm{JSD}$. Any other has a higher loss $L_D$, so turning the equation round gives a lower bound for
# the divergence between real and generated images:
#
# $$\mathrm{JSD} \;\ge\; \tfrac12 \left(\log 4 - L_D\right), \qquad 0 \le \mathrm{JSD} \le \log 2 .$$
#
# Two bell curves one apart test the formula: their best discriminator has a loss of 1.1634514. Then the bound along
# our run:

# %%
assert np.isclose(fg.evaluation.js_bound(1.1634514), 0.1114215, atol=1e-7)
bound = fg.show.smooth(fg.evaluation.js_bound(history["discriminator_loss"]), 200)
plt.plot(history.steps[-len(bound) :], bound, color=style.REAL, label="bound from the recorded loss")
plt.axhline(np.log(2), color=style.FAINT, linestyle=":", label="log 2, the most there is")
plt.axhline(0, color=style.FAINT)
plt.gca().set(xlabel="step", ylabel="nats")
plt.gca().xaxis.set_major_formatter("{x:,.0f}")
plt.legend()
distances = [report["Fréchet distance"].value for report in fg.zoo.progress("dcgan-utkface").values()]
assert 0.04 < bound.min() < 0.05 and bound[-1] > 3 * bound.min() and distances[-1] == min(distances)

# %% [markdown]
# Chen (2019) draws such curves for his models (figures 4-12, 4-30 and 4-43) and finds that the vanilla GAN's does not
# follow quality, while DCGAN's on flowers does. Ours rises in the last third, where the learning rates fall to zero
# and the faces become best. No wonder: "at least 0.04" leaves room for almost everything. The bound is only as good
# as its discriminator, and this one chases a generator that moves. Besides, its loss is measured on images from which
# it learns.
#
# Both faults can be mended. Freeze the painter, train a *fresh* critic on half of its works and half of the real
# ones, and ask it about the other halves.


# %%
def critic_of(painter):
    return fg.evaluation.fresh_critic(real.images[:250], painters[painter][:250], steps=50, batch_size=25)


verdicts = {painter: critic_of(painter) for painter in ("honest", "short-sighted")}
_, panels = plt.subplots(1, 2, sharey=True)
for axes, (painter, verdict) in zip(panels, verdicts.items(), strict=True):
    axes.plot(verdict.steps, verdict.seen, "--", color=style.FAINT, label="images that it learned from")
    axes.plot(verdict.steps, verdict.unseen, color=style.REAL, label="images that it never saw")
    axes.axhline(0, color=style.FAINT, linewidth=1)
    axes.set(title=f"the {painter} painter", xlabel="step of the critic", ylim=(-0.5, 0.75))
panels[0].set_ylabel("JSD is at least … (nats)")
panels[1].legend(loc="lower right");

# %% [markdown]
# On the left the critic finds a divergence where there is none, because it has learned a few hundred pictures by
# heart. On pictures that it has not seen, its loss is worse than guessing and the bound, rightly, says nothing. On
# the right the unseen pictures agree: these works can nearly always be told from portraits.

# %%
honest, blurred = verdicts["honest"], verdicts["short-sighted"]
assert honest.seen[-1] > 0.1 and honest.best < 0.05
assert blurred.best > 0.3

# %% [markdown]
# So a loss *can* prove that images are bad, if it is measured on unseen images, by a critic that had time to learn.
# It cannot prove that they are good.
#
# A Wasserstein critic (chapter 08) has a reading of its own: its negative loss $\mathbb{E} f(x) - \mathbb{E} f(G(z))$
# estimates how far probability has to be carried, in the units of the pixels, and never saturates. Chen draws that
# one too (figures 4-15, 4-32 and 4-45) and finds that it follows quality. Two bells again have a known answer: moved
# by 2 in each of four dimensions, one lies 4 away. Here is what a fresh critic with a gradient penalty
# ($\lambda = 10$) reads while it trains.

# %%
rng = np.random.default_rng(0)
bells = [rng.normal(place, 1, size=(2000, 4)).astype("float32") for place in (0, 2)]
keras.utils.set_random_seed(0)
layers = [keras.layers.Dense(width, activation) for width, activation in [(32, "relu"), (32, "relu"), (1, None)]]
small = keras.Sequential([keras.Input((4,)), *layers])
reading = fg.evaluation.fresh_critic(*bells, game="wasserstein", steps=600, network=small)
plt.plot(reading.steps, reading.unseen, "o-", color=style.REAL, label="reading on unseen points")
plt.axhline(4, color=style.FAINT, linestyle=":", label="the distance")
plt.ylim(0, 5.5)
plt.xlabel("step of the critic")
plt.ylabel("distance")
plt.legend(loc="lower right");

# %% [markdown]
# Early on the reading is too low: a curve over training shows the critic's progress as well as the generator's. And
# it ends too *high*. A penalty is not a fence: at a distance $W$, sloping by $s$ instead of 1 gains $(s - 1)\,W$ and
# costs $\lambda (s - 1)^2$, so the best critic slopes by $1 + W / 2\lambda$ and reads $4 \cdot 1.2$. With clipped
# weights the slope is some other constant: such a curve may fall as quality rises, but its height says nothing and
# cannot be compared with another critic's.

# %%
assert reading.unseen[0] < 3
assert np.isclose(reading.unseen[-1], 4 * (1 + 4 / 20), rtol=0.08)

# %% [markdown]
# ## 2 Pixels do not see
#
# The plainest comparison takes the images as they are, number by number. Here are a person, the stranger nearest in
# that sense, and the mean of all portraits, a smear that is nobody.

# %%
pixels = real.images.reshape(len(real), -1).astype("float32")
smear = pixels.mean(axis=0)
nearest = np.argsort(np.linalg.norm(pixels - pixels[0], axis=1))[1]
trio = np.stack([pixels[0], pixels[nearest], smear]).reshape(3, *real.image_shape).round().astype("uint8")
fg.show.images(trio, columns=3, heads=("a person", "the nearest stranger", "the mean of all"));

# %% [markdown]
# Who is nearer to a person, the smear or other people? We ask fifty people.


# %%
def share_beyond(points, middle):
    people = points[:50]
    distances = np.stack([np.linalg.norm(points - person, axis=1) for person in people])
    return np.mean(distances > np.linalg.norm(people - middle, axis=1)[:, None])


in_pixels = share_beyond(pixels, smear)
print(f"in pixels, the smear is nearer to a person than {in_pixels:.0%} of all people are")
assert in_pixels > 0.8

# %% [markdown]
# A measure that prefers mush to people will not do, and this is no accident: no point has a smaller squared distance
# to all others than their mean, and in pixels that mean can be drawn. We need something that looks at pictures rather
# than at pixels, and that is a network trained to *say* something about them. Its last layer before the answers, a
# list of numbers called *features*, holds what it found worth knowing.
#
# The book ships such a network of less than 2 MB. Its card lists all that it was asked, how often it answers
# correctly, and how often the commonest answer alone would. Some of the questions:

# %%
lines = shipped_path("features/README.md").read_text("utf-8").splitlines()
card = [line.split("|")[1:-1] for line in lines if line.startswith("|")]
chosen = ["question", "kind", "face.age", "portrait.glasses", "portrait.hair_style", "digit.digit", "damage"]
rows = [f"|{'|'.join(row)}|" for row in card if row[0].strip() in chosen]
Markdown("\n".join([rows[0], "|---" * len(card[0]) + "|", *rows[1:]]))

# %% [markdown]
# It knows digits, glasses and damage well, and hairdos badly. It turns every picture into 128 numbers.

# %%
features = {name: fg.evaluation.features_of(images) for name, images in painters.items()}
of_real = fg.evaluation.features_of(real.images)
of_smear = fg.evaluation.features_of(trio[2:])[0]
in_features = share_beyond(of_real, of_smear)
print(f"in features, the smear is nearer to a person than {in_features:.0%} of all people are")
assert of_real.shape == (2 * count, 128) and in_features < 0.5 < in_pixels

# %% [markdown]
# Every number below is measured in these features unless it says otherwise. What this network overlooks, none of
# these numbers sees.
#
# ## 3 The distance between two clouds
#
# Each set of images is now a cloud of points in 128 dimensions. How far apart are two clouds? Fréchet's distance
# describes each by a Gaussian with its mean $\mu$ and covariance $\Sigma$, and compares these (Dowson and Landau,
# 1982; Heusel et al., 2017):
#
# $$d^2 = \|\mu_a - \mu_b\|^2 + \mathrm{tr}\!\left(\Sigma_a + \Sigma_b - 2\,(\Sigma_a \Sigma_b)^{1/2}\right).$$
#
# In one dimension that is $(\mu_a - \mu_b)^2 + (\sigma_a - \sigma_b)^2$. Turn mean and spread:


# %%
def two_bells(mean, spread):
    x = np.linspace(-6, 6, 400)
    for colour, centre, width in [(style.REAL, 0, 1), (style.FAKE, mean, spread)]:
        plt.fill_between(x, np.exp(-(((x - centre) / width) ** 2) / 2) / width, color=colour, alpha=0.4)
    distance = fg.evaluation.frechet_distance(0, 1, mean, spread**2)
    plt.title(f"squared Fréchet distance {distance:.2f}")
    plt.yticks([])
    assert np.isclose(distance, mean**2 + (spread - 1) ** 2)


fg.turn(two_bells, mean=(-3.0, 3.0, 1.5), spread=(0.2, 2.5, 0.6))

# %% [markdown]
# In many dimensions the last term needs a matrix square root, which is slow and, for covariances that are not of full
# rank, treacherous. Only its trace is needed, and that is a sum over eigenvalues:

# %%
fg.show.source(fg.evaluation.frechet_distance)

# %% [markdown]
# Two answers worked out by hand, the second with covariances of rank one:

# %%
ones = np.ones((16, 16))
assert fg.evaluation.frechet_distance(np.zeros(64), np.eye(64), np.ones(64), np.eye(64)) == 64
assert np.isclose(fg.evaluation.frechet_distance(ones[0], ones, 2 * ones[0], 2 * ones), 64 - 32 * np.sqrt(2))

# %% [markdown]
# In features of one particular network, the Inception of 2015, this distance is called FID (*Fréchet Inception
# Distance*). In ours it is not: a distance of 20 here and a FID of 20 are as comparable as 20 metres and 20 miles.
# `features="inception"` measures the real FID if you have that network's weights.
#
# ### N is part of the number
#
# Compare real portraits with other real portraits. The true distance is zero. What do we measure, with more and more
# images?

# %%
sizes = np.linspace(20, count, 8).astype(int)


def real_against_real(size):
    order = rng.permutation(len(of_real))
    a, b = of_real[order[:size]], of_real[order[size : 2 * size]]
    clouds = fg.evaluation.mean_and_covariance(a), fg.evaluation.mean_and_covariance(b)
    return fg.evaluation.frechet_distance(*clouds[0], *clouds[1]), fg.evaluation.kid(a, b)


draws = np.array([[real_against_real(size) for size in sizes] for _ in range(10)])
frechet, kernel = draws.mean(axis=0).T
_, panels = plt.subplots(1, 2)
for axes, distances, name in zip(panels, draws.T, ("Fréchet distance", "kernel distance"), strict=True):
    axes.plot(sizes, distances, ".", color=style.FAINT, label=["ten draws"] + 9 * [None])
    axes.plot(sizes, distances.mean(axis=1), "o-", color=style.REAL, label="their mean")
    axes.axhline(0, color=style.FAINT, linewidth=1)
    axes.axvline(128, color=style.FAINT, linestyle=":")
    axes.set(title=name, xlabel="images in each set")
panels[0].text(132, frechet[0] / 2, "128 features", color=style.QUIET)
panels[1].legend();

# %% [markdown]
# Not zero, and not even constant: with few images the Fréchet distance is mostly *bias*, because a covariance is
# guessed from too few points. Halve the images and you double the bias. Two models measured at different $N$ cannot
# be compared, and to the left of the dotted line, with fewer images than features, there is nothing to measure.

# %%
assert frechet[0] > 5 * frechet[-1]
assert np.abs(kernel).max() < 0.05 * frechet[0]

# %% [markdown]
# The *kernel distance* (Bińkowski et al., 2018), called KID in Inception's features, has no such bias. It asks how
# similar two generated images are to each other, two real ones, and one of each, with the similarity
# $(x^\top y / d + 1)^3$, and never compares an image with itself. It scatters around the truth, so near zero it may
# be negative.
#
# A third distance needs no network: the *sliced Wasserstein* distance projects raw pixels onto many random
# directions, sorts both sets along each and compares them rank by rank.
#
# Hence the rule of this book. A number is printed with its *extractor* (what made the features), its *N*, and its
# *floor*: the same number for other real images in place of the generated ones. `fg.evaluate` prints nothing without
# them.

# %%
def report_on(name):
    return fg.evaluate(painters[name], real, training=training, label="hair_style", face_images=40, name=name)


reports = {"narrow": report_on("narrow")}
reports["narrow"]["Fréchet distance"]

# %% [markdown]
# The interval comes from drawing the images again, with replacement, a hundred times (that of a share, from Wilson's
# formula). This book does not call two values different if their intervals overlap: a cautious rule.
#
# ## 4 Good, or varied?
#
# One distance mixes two questions. The narrow painter's pictures are good; there are just too few kinds. The
# short-sighted painter's are of all kinds, and none is good. Kynkäänniemi et al. (2019) separate the two. Around each
# real point draw a ball that reaches to its $k$-th neighbour (here the third, in reports the fifth); the balls
# together are the *region* of the real images. **Precision** is the share of generated points inside. Then swap the
# roles: **recall** is the share of real points inside the region of the generated ones. In two dimensions we can
# watch:


# %%
def balls(spread, shift):
    random = np.random.default_rng(2)
    one, other = random.normal(size=(40, 2)), spread * random.normal(size=(40, 2)) + (shift, 0)
    _, panels = plt.subplots(1, 2, figsize=(7.5, 3.6), sharex=True, sharey=True)
    for axes, middle, inside, colour in [(panels[0], one, other, style.REAL), (panels[1], other, one, style.FAKE)]:
        radii = np.sort(np.linalg.norm(middle[:, None] - middle, axis=2), axis=1)[:, 3]
        for point, radius in zip(middle, radii, strict=True):
            axes.add_patch(plt.Circle(point, radius, color=colour, alpha=0.12, linewidth=0))
        axes.plot(*inside.T, ".", color=style.FAKE if colour == style.REAL else style.REAL)
        axes.set(aspect="equal", xlim=(-4, 6), ylim=(-4, 4), xticks=[], yticks=[])
    precision, recall = fg.evaluation.precision_recall(one, other, k=3)
    panels[0].set_title(f"precision {precision:.2f}")
    panels[1].set_title(f"recall {recall:.2f}")


fg.turn(balls, spread=(0.1, 3.0, 0.3), shift=(0.0, 5.0, 0.5))

# %% [markdown]
# Squeeze the vermilion cloud and precision rises while recall falls: that is mode collapse in two numbers. Now the
# other five painters:

# %%
reports = {name: reports.get(name) or report_on(name) for name in painters}
assert all(measurement.count in (40, 500, count) for report in reports.values() for measurement in report.measurements)

# %% [markdown]
# Good points up, varied to the right:

# %%
for (name, report), marker in zip(reports.items(), "osD^v*", strict=True):
    good, varied = report["precision"], report["recall"]
    across, up = (np.abs([[one.value - one.low], [one.high - one.value]]) for one in (varied, good))
    plt.errorbar(varied.value, good.value, xerr=across, yerr=up, fmt=marker)
    aside = (8, -15 if name in ("honest", "ghostly") else 6)
    plt.annotate(name, (varied.value, good.value), xytext=aside, textcoords="offset points")
plt.axhline(good.floor, color=style.FAINT, linestyle=":")
plt.axvline(varied.floor, color=style.FAINT, linestyle=":")
plt.xlabel("recall: varied")
plt.ylabel("precision: good");

# %% [markdown]
# The dotted lines are the floor, where other real portraits land. The honest painter stands where they cross, and so
# does the copier. The narrow one is as good and much less varied. The ghostly one lands beside it, though every
# picture is spoiled: to these features, two portraits in one look like one of a middling kind. The map says where a
# failure shows, not what caused it. The short-sighted and the random painter are nowhere near.

# %%
narrow, honest = reports["narrow"], reports["honest"]
assert narrow["precision"].value > 0.85 and narrow["recall"].high < honest["recall"].low
assert reports["copier"]["precision"].value > 0.9 and reports["copier"]["recall"].value > 0.9
assert abs(reports["ghostly"]["recall"].value - narrow["recall"].value) < 0.1

# %% [markdown]
# Precision and recall share a weakness: a single odd point, far from all others, has an enormous ball. *Density*
# counts how many balls hold a generated image, not whether any does; *coverage* asks how many real balls hold one
# (Naeem et al., 2020).
#
# ## 5 What is missing?
#
# Recall says *that* something is missing. If the set has labels, we can say *what*. A small classifier learns the label
# from real features and then names the hair of every generated person:


# %%
def bars(name):
    shares = np.array(list(reports[name].classes.values()))
    places = np.arange(len(shares))
    plt.bar(places - 0.2, shares[:, 0], 0.4, color=style.REAL, label="real")
    plt.bar(places + 0.2, shares[:, 1], 0.4, color=style.FAKE, label=f"{name} painter")
    plt.xticks(places, [label.removeprefix("hair_style ") for label in reports[name].classes])
    plt.ylabel("share of the pictures")
    measured = reports[name]["class histogram distance"]
    plt.title(f"distance {measured.value:.2f}, floor {measured.floor:.2f} ({measured.note.replace('_', ' ')})")
    plt.legend()


fg.turn(bars, name=["narrow", "honest", "copier", "ghostly"])

# %% [markdown]
# The distance is the share of pictures that would have to change class for the bars to agree. Two honest samples of
# 250 differ by about a tenth: that is the floor. The classifier names few of the eight hairdos correctly, as the card
# foretold, so not all of the bald are found.
#
# The oldest number of this kind is the *Inception Score* (Salimans et al., 2016): a classifier's answers
# $p(y \mid x)$ should be sure for each image, and their mean $p(y)$ spread over the classes,
#
# $$\exp \mathbb{E}_x\, \mathrm{KL}\bigl(p(y \mid x) \,\|\, p(y)\bigr).$$
#
# It needs no real images at all, and that is its undoing. (Chen, 2019, §2.4, lists further limits, from Barratt and
# Sharma, 2018.) One good picture per class, repeated for ever, has the highest score there is:

# %%
ten_pictures = np.tile(np.eye(10), (500, 1))  # answers to ten pictures, each shown five hundred times
assert np.isclose(fg.evaluation.class_score(ten_pictures), 10)

# %% [markdown]
# ## 6 New, or copied?
#
# So far the copier is as innocent as the honest painter: copies of real pictures *are* real pictures. No distance
# between sets of images can notice. We must look at single images, and at what the painter learned from. Chen (2019,
# figures 4-13, 4-14, 4-16 and 4-17) puts generated images beside their nearest training images. Here are five of the
# honest painter's above theirs:

# %%
found = fg.evaluation.nearest_images(painters["honest"][:5], training.images, k=1)
fg.show.pairs(found.generated, found.nearest[:, 0], ("generated", "nearest"));

# %% [markdown]
# Similar, but clearly other people. Now the copier's:

# %%
copied = fg.evaluation.nearest_images(painters["copier"][:5], training.images, k=1)
fg.show.pairs(copied.generated, copied.nearest[:, 0], ("generated", "nearest"))
assert copied.distances.max() == 0 < found.distances.min();

# %% [markdown]
# Looking does not scale, so we need a number: how far is a generated image from the nearest training image, and how
# far from the nearest real image that was *not* trained on, mirror images included? The median of the quotient is the
# **memorisation ratio**. Near 0, at least half of the pictures are copies of training images; a median does not see a
# third. With equally many of both kinds an innocent painter has 1; otherwise the floor says what innocence looks
# like.

# %%
for name, report in reports.items():
    ratio = report["memorisation ratio"]
    print(f"{name:>14}  {ratio.value:.2f}  [{ratio.low:.2f}, {ratio.high:.2f}]  floor {ratio.floor:.2f}")
ratios = {name: report["memorisation ratio"] for name, report in reports.items()}
assert ratios.pop("copier").high < 0.1
assert all(each.low > each.floor - 0.1 for each in ratios.values())

# %% [markdown]
# This is the only number that convicts the copier, and it acquits all others.
#
# ## 7 Ask somebody else
#
# Somebody who has never heard of our network, say. *MTCNN* (Zhang et al., 2016) finds faces in photographs. Does it
# work at all? Ask it about a hundred real faces and a hundred pieces of background:

# %%
patches = fg.load("lfw-mini", size=25, split="all")
is_face = np.asarray(patches.labels["face"]) == 1
rates = [fg.evaluation.face_rate(patches.images[kind]) for kind in (is_face, ~is_face)]
print(f"a face in {rates[0]:.0%} of the faces and in {rates[1]:.0%} of the rest")
assert rates[0] > 0.9 and rates[1] < 0.1

# %% [markdown]
# And about our painters:

# %%
for name, report in reports.items():
    rate = report["face rate"]
    print(f"{name:>14}  {rate.value:.0%}  [{rate.low:.0%}, {rate.high:.0%}]   real portraits: {rate.floor:.0%}")
assert reports["random"]["face rate"].value < 0.1 < reports["short-sighted"]["face rate"].value

# %% [markdown]
# A lenient judge: it says *that* there is a face, not how good it is, nor that all are the same one.
#
# The last judge is a person. Chen (2019) showed two real and two generated images and asked which two a computer had
# made. You are invited; the generated ones are the ghostly painter's.

# %%
questionnaire = fg.evaluation.Questionnaire({"ghostly": painters["ghostly"]}, real, questions=4, seed=3)
quiz.take(questionnaire, "runs/answers.csv", participant="me")

# %% [markdown]
# `facegen quiz export` writes the same questions as one web page that can be mailed to a class; `facegen quiz score`
# reads what comes back. A score is an *error rate*: 0 if everybody always knows, one half if everybody guesses. Here
# are the dissertation's twelve against FID, all multiples of 1/36. We read that as eighteen participants with two
# choices each (Chen gives no number), and add what they lack, an interval.

# %%
chen = json.loads(shipped_path("results/chen-2019.json").read_text("utf-8"))
for name, marker, colour in zip(["mnist", "nlvr", "flowers"], "os^", style.CYCLE[:3], strict=True):
    fids = [chen[name]["fid"][model][-1] for model in chen[name]["people_fooled"]]
    rates = chen[name]["people_fooled"]
    for fid, (model, rate) in zip(fids, rates.items(), strict=True):
        fid *= 1.04 if model == "wgan-gp" else 1  # beside WGAN's, which is as large for digits
        wrong = round(rate * 36)
        assert abs(wrong / 36 - rate) < 1e-4
        plt.plot([fid, fid], fg.evaluation.wilson(wrong, 36), color=style.FAINT, linewidth=1)
        plt.plot(fid, rate, marker, color=colour, label=name if model == "vanilla" else None)
        plt.annotate(model if rate > 0.1 else "", (fid, rate), xytext=(6, 3), textcoords="offset points", fontsize=8)
plt.axhline(0.5, color=style.FAINT, linestyle=":")
plt.xscale("log")
plt.xticks([10, 100], ["10", "100"])
plt.xlabel("FID")
plt.ylabel("people's error rate")
plt.legend();

# %% [markdown]
# The two yardsticks agree about the order, and that is the sources' best evidence for FID. But look at the whiskers:
# most neighbours cannot be told apart. WGAN-GP's digits stand out: 72 %, an interval wholly above one half. People
# took them for real *more* often than the real ones. But each rate is about one question with two generated pictures:
# the whiskers say what other people might have answered, not how other digits would have fared.

# %%
low, high = fg.evaluation.wilson(26, 36)
assert low > 0.5

# %% [markdown]
# ## 8 The verdict
#
# All painters, all measurements, a table for each pair of eyes:

# %%
fg.evaluation.compare(list(reports.values()))

# %% [markdown]
# Read it by column. The honest painter is close to the floor everywhere but in the face rate, for which forty pictures
# are too few. Every other column has at least one number far from its floor. The same distances convict narrow and
# ghostly, but only the ghosts fall short in density. Read it by row as well: sliced Wasserstein, on pixels, hardly
# minds the short-sighted one.
#
# The last painter is the benchmark of Patel (2017), a generator that draws every pixel at random. Shown to a network
# trained on real images, his had "6% accuracy": that many, we think, were taken for real. Ours takes none, yet it
# calls a blurred portrait a portrait. The painters of the first figure were:

# %%
taken = {name: report["taken for portrait"].value for name, report in reports.items()}
print(", ".join(f"{number} {name}" for number, name in enumerate(hidden, start=1)))
assert taken["random"] < 0.06 and taken["short-sighted"] > 0.9
assert reports["short-sighted"]["sliced Wasserstein"].value < 0.5 * reports["random"]["sliced Wasserstein"].value

# %% [markdown]
# ## 9 Who is blind to what
#
# These were painted portraits. Is it the same for real faces? `python -m facegen_lib.evaluation.sensitivity` took
# photographs of UTKFace that nobody trained on, damaged one half by degrees, and measured it against the other half.
# The modes here are six age groups, which go missing one after the other; duplicates leave one picture in fifty in
# the end. A curve that moves has noticed; one that stays level has not.

# %%
faces = Sensitivity.from_json(shipped_path("results/sensitivity.json"))
HURT, POORER = ["noise", "blur", "saturation", "ghosts"], ["missing modes", "duplicates"]
LINES = dict.fromkeys(HURT, "-") | dict.fromkeys(POORER, "--") | {"copies": ":"}
METRICS = ["Fréchet distance", "kernel distance", "sliced Wasserstein", "precision", "recall", "coverage"]
METRICS += ["class histogram distance", "memorisation ratio", "face rate"]
figure, panels = plt.subplots(3, 3, figsize=(7.5, 7.5), sharex=True)
for axes, metric in zip(panels.flat, METRICS, strict=True):
    for name, dashes in LINES.items():
        axes.plot(faces.strengths, faces.values_of(metric)[name], dashes, label=name)
    axes.set_title(metric)
    axes.set_ylim(bottom=0)
figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
panels[2, 1].set_xlabel(f"strength ({faces.image_set}, N = {faces.count:,}, extractor {faces.extractor})");

# %% [markdown]
# Solid: pictures that were hurt; dashed: sets that became poorer; dotted: copying.
#
# | measurement | notices | is blind to |
# | --- | --- | --- |
# | Fréchet, kernel distance | hurt pictures, missing modes, ghosts (less) | copies; duplicates, until few are left |
# | sliced Wasserstein | colours, ghosts and whatever is missing | copies; duplicates, until few are left; slight blur and noise |
# | precision | hurt pictures | missing modes, duplicates, copies, ghosts |
# | recall, coverage | hurt pictures and poorer sets alike | copies, and which of the two it was |
# | class histogram | which modes are missing | ghosts, copies; duplicates, until few are left; hurt pictures mislead it |
# | memorisation ratio | copies, once they are half of the pictures | fewer copies; everything else |
# | face rate | that there is no face | duplicates, copies, ghosts; it forgives blur |
#
# Look at the ghosts: two people shine through each other in every picture, and precision and the detector hardly
# mind. Recall, coverage and the yardstick that looks at bare pixels mind most. In numbers:

# %%
start, late, end = 0, 3, -1  # strengths 0, 0.75 and 1
frechet, recall, rate = (faces.values_of(metric) for metric in ("Fréchet distance", "recall", "face rate"))
assert frechet["copies"][end] < 2 * frechet["copies"][start] < 0.1 * frechet["missing modes"][end]
assert frechet["duplicates"][late] < 0.1 * frechet["missing modes"][late] and recall["duplicates"][late] < 0.7
assert faces.values_of("precision")["duplicates"][late] > 0.9 and rate["ghosts"][end] > 0.9
pixels, precision = faces.values_of("sliced Wasserstein"), faces.values_of("precision")
assert pixels["ghosts"][end] > 3 * pixels["ghosts"][start] and precision["ghosts"][end] > 0.85
copied = faces.values_of("memorisation ratio")["copies"]
assert copied[end] < 0.1 < 0.9 < copied[1]  # a quarter of copies goes unseen

# %% [markdown]
# ## What went wrong
#
# **A divergence of 1.1.** In Chen's figure 4-12 the Jensen–Shannon divergence of the vanilla GAN rises to 1.1. No such
# divergence exceeds $\log 2 \approx 0.69$. It must be a loss, or twice a divergence; its *shape* can be discussed, its
# height cannot.
#
# **Two FIDs, two rulers.** FaceGen's FID of 163 for its GAN on UTKFace (de Cid et al., 2019) is by PyTorch's port of
# Inception, with no $N$; the dissertation's are of 5,000 images (§3.5.2), by a port that it does not name. Such
# numbers must not share a column.
#
# **Our own eyes.** The shipped network was trained on these very portraits and kinds of damage, and judges unfamiliar
# pictures worse.
#
# **A copier that was noticed.** In our first version of the last figure every metric saw the copies. The copier had
# taken the first photographs of the training set, whose names begin with an age: infants. Order is a label too: draw
# at random.
#
# ## Recap
#
# - Losses compare two players, not images with reality. A fresh critic, asked about unseen images, proves a lower
#   bound.
# - A distance between images is measured in features, and belongs to the network that made them.
# - Fréchet distances shrink with $N$. Print extractor, $N$ and the floor, or print nothing.
# - Precision asks whether images are good, recall and coverage whether they are varied, a class histogram what is
#   missing, a memorisation ratio whether they are new.
# - Detectors see *that* there is a face. People see the rest, but there are never enough of them: print the interval.
#
# ## Exercises
#
# [The workbook](exercises/04_measuring.ipynb) has five: Fréchet in one dimension, precision from distances, the
# memorisation ratio, what a loss can prove, and the interval of an error rate.
#
# ## Sources and further reading
#
# - T.-Y. Chen, *Synthesising Images by Imagination*, MSc dissertation, University of Strathclyde, 2019, sections 2.4
#   and 3.5, chapter 4 and appendix A: scores, curves, neighbours, questionnaire.
# - R. Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks*, 2017: the random
#   generator as a benchmark, and losses as the measure of success.
# - J. de Cid, G. Recio and F. Loyola, *FaceGen*, 2019, section 5.1: why a FID is not sufficient by itself.
# - D. Dowson and B. Landau, *The Fréchet distance between multivariate normal distributions*, 1982.
# - M. Heusel et al., [GANs trained by a two time-scale update rule](https://arxiv.org/abs/1706.08500), 2017: FID.
# - M. Bińkowski et al., [Demystifying MMD GANs](https://arxiv.org/abs/1801.01401), 2018: KID, and the bias of FID.
# - T. Salimans et al., [Improved techniques for training GANs](https://arxiv.org/abs/1606.03498), 2016: the Inception
#   Score, and asking people.
# - T. Kynkäänniemi et al., [Improved precision and recall metric](https://arxiv.org/abs/1904.06991), 2019.
# - M. Naeem et al., [Reliable fidelity and diversity metrics](https://arxiv.org/abs/2002.09797), 2020: density,
#   coverage.
# - G. Parmar, R. Zhang and J.-Y. Zhu, [On aliased resizing](https://arxiv.org/abs/2104.11222), 2022: why resizing is
#   part of a FID.
# - K. Zhang et al., [Joint face detection and alignment](https://arxiv.org/abs/1604.02878), 2016: MTCNN.
# - E. Wilson, *Probable inference, the law of succession, and statistical inference*, 1927.
