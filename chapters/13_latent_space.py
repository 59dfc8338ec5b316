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
# # 13 Latent space
#
# A generator makes a face out of 128 numbers. Here are four such vectors, each shortened and stretched: the number
# above a column is their length.

# %%
import facegen_lib as fg

import keras
import matplotlib.pyplot as plt
import numpy as np
import skimage
import tensorflow as tf
from PIL import Image

from facegen_lib.data.faces import face_square
from facegen_lib.evaluation import face_rate, features_of, precision_recall
from facegen_lib.evaluation.features import shipped_probabilities
from facegen_lib.models.generator import draw_latents
from facegen_lib.notebook import style

people = fg.pretrained("dcgan-utkface")
z = draw_latents(4, people.latent_dim, seed=4)
compass = z / np.linalg.norm(z, axis=1, keepdims=True)
LENGTHS = np.array([0, 3, 5, 7, 9, 11.3, 15, 24])
sheet = people.decode((LENGTHS[:, None] * compass[:, None]).reshape(-1, people.latent_dim))
fg.show.images(sheet, columns=8, heads=[f"{length:g}" for length in LENGTHS]);

# %% [markdown]
# In the middle of the space of all faces lives nobody. At a length of about five a face comes out of the pattern. Up
# to twice the length of a sample, 11.3, more length is more contrast and more colour on the same person; farther out
# paint is all that is left. It is the direction that says who, and the length how boldly.
#
# De Cid, Recio and Loyola (2019, §7) would have liked to play with the encoding space of their VAE, to combine faces
# and see what comes out, and to find out what the noise of a GAN means. This chapter does both with a GAN.
#
# ## What you will build
#
# A map of where faces are; a knob that trades variety for quality; a direction that makes people older, and what comes
# along with it; a rule for how many examples a direction needs; and a search that finds the vector behind a picture.
#
# ## What you will learn
#
# - **say** where samples live, and what is lost by leaving that place;
# - **trade** variety for quality, and read off what it costs;
# - **name** a direction by examples, and find out what comes along with it;
# - **find** the latent vector of a given picture, and say what that proves.
#
# ## What you need

# %%
fg.book.needs("13_latent_space")

# %% [markdown]
# ## 1 Where samples live
#
# The squared length of a latent vector is a sum of $d$ squares of independent normal numbers, each 1 on average. So
# the length is close to $\sqrt d$, and it scatters by $1/\sqrt 2$, however large $d$ is: samples live on a thin
# shell. The mean of two samples is $\sqrt 2$ times shorter, the mean of $n$ samples $\sqrt n$ times:

# %%
z = draw_latents(64_000, people.latent_dim)
means = {count: z.reshape(-1, count, people.latent_dim).mean(axis=1) for count in (1, 2, 4, 16, 64)}
for count, each in means.items():
    lengths, colour = np.linalg.norm(each, axis=1), style.REAL if count == 1 else style.FAKE
    heights, edges = np.histogram(lengths, bins=40)
    plt.bar(edges[:-1], heights / heights.max(), np.diff(edges), align="edge", color=colour)
    plt.text(lengths.mean(), 1.03, count, ha="center")
    assert abs(lengths.mean() - np.sqrt(people.latent_dim / count)) < 0.1
plt.gca().set(title="length of the mean of 1, 2, 4, 16, 64 latent vectors", xlabel="length", ylim=(0, 1.15), yticks=[])

# %% [markdown]
# Now ask for an average person, the mean of some vectors, in the upper row. In the lower row the same means are
# stretched to the length of a sample:

# %%
chosen = np.concatenate([each[:2] for each in means.values()])
stretched = chosen / np.linalg.norm(chosen, axis=1, keepdims=True) * np.sqrt(people.latent_dim)
heads = [name for count in means for name in (f"of {count}", "")]
sheet = np.concatenate([people.decode(chosen), people.decode(stretched)])
fg.show.images(sheet, columns=10, rows=("mean", "stretched"), heads=heads);

# %% [markdown]
# The mean of sixteen people is nobody, and so is the mean of sixty-four. (A mean of *pictures* is a face, if a blurred
# one: chapter 12.) Stretched, every mean is somebody. This is why one walks from face to face along
# the sphere, as chapter 00 did, and not through the ball.

# %%
of_sixteen = means[16][:40]
rates = [face_rate(people.decode(each)) for each in (of_sixteen, of_sixteen * 4)]
print(f"faces found in means of sixteen: {rates[0]:.0%}; four times as long: {rates[1]:.0%}")
assert rates[0] < 0.1 and rates[1] > 0.85

# %% [markdown]
# ## 2 A knob for quality
#
# Between the pattern and the shell there is a useful place. Vectors a little shorter than usual give faces that are a
# little more usual. Brock, Donahue and Simonyan (2019) call it the *truncation trick*: they draw numbers that are too
# large anew. Karras, Laine and Aila (2019) shorten the way from the mean by a factor $\psi$ (they in a space behind
# the first layers, we in that of $z$ itself). What it buys and what it costs, in precision and recall (chapter 04,
# with five neighbours as in the book's reports), can be measured on digits, because real ones come with the book:

# %%
digits, real = fg.pretrained("wgan-gp-mnist"), features_of(fg.load("mnist-mini", size=28, split="all").images[::5])
z, PSI = draw_latents(800, digits.latent_dim, seed=1), np.array([0.25, 0.5, 0.75, 1.0, 1.5])
measured = np.array([precision_recall(real, features_of(digits.decode(psi * z)), 5) for psi in PSI])
for values, name, colour in zip(measured.T, ("precision", "recall"), (style.FAKE, style.THIRD), strict=True):
    plt.plot(PSI, values, "o-", color=colour, label=name)
plt.axvline(1, color=style.FAINT, linewidth=1)
plt.gca().set(title="digits of shortened and stretched vectors", xlabel="ψ", ylim=(0.3, 1.02))
plt.legend(loc="lower right")
precision, recall = measured.T
named = shipped_probabilities(features_of(digits.decode(0.25 * z)), "digit.digit")[1].argmax(axis=1)
usual = np.mean((named == 7) | (named == 9))
print(f"at ψ = 0.25 the network takes {usual:.0%} of the digits for a seven or a nine")
assert precision[0] > precision[3] > precision[-1] and recall[0] < 0.6 * recall[3] and usual > 0.6

# %% [markdown]
# And what it looks like:

# %%
sheet = digits.decode(np.concatenate([psi * z[:12] for psi in (0.25, 0.5, 1.0, 1.5)]))
fg.show.images(sheet, columns=12, rows=("ψ = 0.25", "0.5", "1", "1.5"), zoom=2);

# %% [markdown]
# At $\psi = 1$ each digit is by another hand. Towards 0 most become a nine or a seven, and by precision they are the
# best of all. Half the length costs a fifth of the recall and buys a hundredth or two of precision. The generator has
# not got better: what was strange is no longer shown. Whoever shows you a page of faces without a flaw owes you their
# $\psi$. Elsewhere in this book all samples have $\psi = 1$.
#
# ## 3 A direction with a name
#
# Numbers of $z$ have no meaning by themselves (chapter 00). But a *direction* may have one. Take something that can be
# measured in a picture, such as how much brighter its right half is than its left, and measure it in three thousand
# samples. If the answer is nearly a linear function of $z$, its slope is a direction:


# %%
drawn = draw_latents(3_000, people.latent_dim, seed=2)
faces = people.decode(drawn)
TAUGHT = 2_400  # of them; the rest tells how good the fit is

# %% [markdown]
# The slope comes from least squares:


# %%
def direction(values):
    """Unit vector along which the values of the samples grow fastest, and the share of their variance explained."""
    columns = np.c_[drawn, np.ones(len(drawn))]
    slope = np.linalg.lstsq(columns[:TAUGHT], values[:TAUGHT])[0]
    missed = values[TAUGHT:] - columns[TAUGHT:] @ slope
    return slope[:-1] / np.linalg.norm(slope[:-1]), 1 - np.mean(missed**2) / values[TAUGHT:].var()


# %% [markdown]
# Where does the light come from?

# %%
lit = faces[:, :, 32:].mean(axis=(1, 2, 3)) - faces[:, :, :32].mean(axis=(1, 2, 3))
light, explained = direction(lit)
print(f"{explained:.0%} of the variance of the light, in samples that it was not fitted to")
assert explained > 0.7

# %% [markdown]
# Four people, each moved along that direction, from three steps to the left to three to the right. A step is 1, a
# standard deviation of the prior.

# %%
STEPS, SIGNED = (-3, -1.5, 0, 1.5, 3), ("− 3", "− 1.5", "0", "+ 1.5", "+ 3")
some = draw_latents(4, people.latent_dim, seed=9)
sheet = people.decode(np.concatenate([each + np.outer(STEPS, light) for each in some]))
fg.show.images(sheet, columns=5, heads=SIGNED);

# %% [markdown]
# Nobody labelled a light for this generator, and nobody asked it to keep light apart from the rest. Light is something
# that changes many pixels at once, in a way that adds up. On a single person more than the light may change: look at
# the third row.
#
# ## 4 What comes along
#
# The extractor that ships with the book guesses ages, in five levels from below 20 to 50 and above, and how UTKFace
# would label gender and race. On photographs it agrees with the labels of age in six of ten, of gender in nine, of
# race in nearly eight (chapter 04); what people are, no network can see. Its guesses at the age of our samples give a
# direction in the same way.


# %%
def guesses(images):
    """Level of age from 0 to 4, and how probably the network would label it a woman: two arrays (N,)."""
    features = features_of(images)
    ages, genders = (shipped_probabilities(features, f"face.{label}")[1] for label in ("age", "gender"))
    return ages @ np.arange(5), genders[:, 1]


age, woman = guesses(faces)
older, explained = direction(age)
print(f"{explained:.0%} of the variance of the age")
sheet = people.decode(np.concatenate([each + np.outer(STEPS, older) for each in some]))
fg.show.images(sheet, columns=5, heads=SIGNED);

# %% [markdown]
# They grow older. Something else happens to them, above all in the second row and the fourth. Here it is for three
# hundred samples, as the same network labels them:


# %%
start = draw_latents(300, people.latent_dim, seed=10)


def along(way):
    """At every step along a direction: the mean level of age (steps,), and who is labelled a woman (steps, N)."""
    found = [guesses(people.decode(start + step * way)) for step in STEPS]
    return np.array([ages.mean() for ages, _ in found]), np.array([women > 0.5 for _, women in found])


ages_along, women_along = along(older)
shares = women_along.mean(axis=1)
print(f"labelled women, from {SIGNED[0]} to {SIGNED[-1]}: " + ", ".join(f"{share:.0%}" for share in shares))
assert np.all(np.diff(ages_along) > 0) and shares[0] > 0.6 and shares[-1] < 0.25

# %% [markdown]
# The direction of age turns people who are labelled women into people who are labelled men. Nobody taught it that on
# purpose. It is in the file names of UTKFace. Of those under 40 more than half are labelled female, of those from 40
# to 79 a third. (Of the few of 80 and older it is three in five, but a line cannot bend for them.)

# %%
LABELLED_FEMALE = {
    "under 10": (1_355, 2_582),
    "10 to 19": (736, 1_291),
    "20 to 39": (5_330, 9_969),
    "40 to 59": (1_167, 3_874),
    "60 to 79": (620, 1_705),
    "80 and older": (346, 579),
}  # of 20,000 file names
print(", ".join(f"{ages}: {women / everybody:.0%}" for ages, (women, everybody) in LABELLED_FEMALE.items()))

# %% [markdown]
# So the direction of age and that of gender are not at right angles:

# %%
womanly, _ = direction(woman)
print(f"angle between the directions of age and of women: {np.degrees(np.arccos(older @ womanly)):.0f}°")
assert older @ womanly < -0.3

# %% [markdown]
# That can be mended: take away from the one what it has of the other (Shen et al., 2020).
#
# $$n_\perp = n - (n \cdot m)\, m$$

# %%
only_older = older - (older @ womanly) * womanly
only_older /= np.linalg.norm(only_older)
mended = along(only_older)
left, right = plt.subplots(1, 2)[1]
WAYS = {"age": (ages_along, women_along, style.FAKE), "age without gender": (*mended, style.THIRD)}
for name, (ages, women, colour) in WAYS.items():
    left.plot(STEPS, ages, "o-", color=colour, label=name)
    right.plot(STEPS, women.mean(axis=1), "o-", color=colour)
left.set(title="level of age", xlabel="steps", ylim=(0, 4))
right.set(title="share labelled women", xlabel="steps", ylim=(0, 1))
left.legend(loc="upper left")
assert np.all(np.diff(mended[0]) > 0) and np.ptp(mended[0]) > 0.9 * np.ptp(ages_along)

# %% [markdown]
# The people age as before. Towards old age the share of those labelled women stands still; towards childhood it falls
# to a third, instead of rising. A projection mends the straight part of a dependence, and what is bent stays. And a
# share is not a person. Of those who are labelled women in the middle, so many still are at the ends, beside a
# direction that was drawn at random:

# %%
chance = draw_latents(1, people.latent_dim, seed=11)[0]
stay = {name: women for name, (_, women, _) in WAYS.items()} | {"at random": along(chance / np.linalg.norm(chance))[1]}
for name, women in stay.items():
    kept = women[[0, -1]][:, women[2]].mean(axis=1)
    print(f"{name:19} {SIGNED[0]}: {kept[0]:.0%}, {SIGNED[-1]}: {kept[1]:.0%}")
after = mended[1].mean(axis=1)
assert abs(after[-1] - after[2]) < 0.08 and after[0] < after[2] - 0.05 and shares[0] > shares[2]
assert women_along[-1][women_along[2]].mean() < 0.4 < 0.7 < mended[1][-1][mended[1][2]].mean()

# %% [markdown]
# Three steps in *any* direction make somebody else of some people. The same four as above, with the mended direction:

# %%
sheet = people.decode(np.concatenate([each + np.outer(STEPS, only_older) for each in some]))
fg.show.images(sheet, columns=5, heads=SIGNED);

# %% [markdown]
# But we have mended what we thought of. In this set old people are mostly labelled White (chapter 03), and of the
# children under ten, twice as many are labelled Asian as of all. Look at what else the mended direction does:

# %%
for step in (-3, 0, 3):
    seen = features_of(people.decode(start + step * only_older))
    answers = shipped_probabilities(seen, "face.race")[1].argmax(axis=1)
    shares = np.bincount(answers, minlength=5) / len(answers)
    print(f"{step:+d} steps: {shares[0]:.0%} labelled White, {shares[2]:.0%} Asian")
    assert (shares[0] > shares[2]) == (step > -3)
ASIAN_UNDER_TEN, ASIAN = 781 / 2_582, 2_910 / 19_997  # in the same file names
assert ASIAN_UNDER_TEN > 2 * ASIAN

# %% [markdown]
# So it goes with every correlation that nobody thought of. (The workbook cleans the direction of all that the network
# can name.) A direction is not a cause. It is a line through a set of pictures, and takes along whatever lay on it.
#
# ## 5 How many examples?
#
# Radford, Metz and Chintala (2016, §6.3.2) did arithmetic: the mean vector of three men with glasses, minus that of
# three men without, plus that of three women, gave women with glasses. One example each was not stable, they say; so
# they took three. How good is a direction from three?
#
# Let $\delta$ be how far the true means of the two groups lie from each other. The difference of two means of $n$
# examples has that, and noise of variance $2/n$ in each of $d$ numbers. Its cosine with the true direction is then
# about
#
# $$\cos = \frac{\delta}{\sqrt{\delta^2 + 2d/n}}$$

# %%
old, young = np.flatnonzero(age > np.quantile(age, 0.8)), np.flatnonzero(age < np.quantile(age, 0.2))
apart = drawn[old].mean(axis=0) - drawn[young].mean(axis=0)
delta = np.sqrt(apart @ apart - 2 * people.latent_dim / len(old))  # less the noise in it
rng, COUNTS, TIMES = np.random.default_rng(0), (1, 3, 10, 30, 100, 300), 20


def from_examples(count):
    """Differences of the means of `count` old and `count` young samples, twenty times: (20, d)."""
    means = [drawn[rng.choice(group, (TIMES, count))].mean(axis=1) for group in (old, young)]
    return means[0] - means[1]


differences = {count: from_examples(count) for count in COUNTS}

# %% [markdown]
# Their cosines with the direction that was fitted to all:

# %%
found = [np.mean(each @ older / np.linalg.norm(each, axis=1)) for each in differences.values()]
predicted = delta / np.sqrt(delta**2 + 2 * people.latent_dim / np.array(COUNTS))
plt.plot(COUNTS, predicted, color=style.FAINT, label="predicted")
plt.plot(COUNTS, found, "o", color=style.FAKE, label="found")
plt.gca().set(xscale="log", xlabel="examples of each", title="cosine with the fitted direction of age", ylim=(0, 1))
plt.xticks(COUNTS, COUNTS)
plt.minorticks_off()
plt.legend()
assert np.abs(found - predicted).max() < 0.1 and found[1] < 0.3 < 0.7 < found[4]

# %% [markdown]
# With three examples the cosine is about a fifth. Does the sum then fail? Add differences of three to faces, and
# beside them $\delta$ times the fitted direction, which has hardly any noise:

# %%
some = draw_latents(TIMES, people.latent_dim, seed=12)
added = {"nothing": 0, "δ times the direction": delta * older, "differences of three": differences[3]}
levels = {name: guesses(people.decode(some + way))[0].mean() for name, way in added.items()}
for name, way in added.items():
    length = np.mean(np.linalg.norm(np.broadcast_to(way, some.shape), axis=1))
    print(f"{name:22} of length {length:4.1f}: age level {levels[name]:.1f}")
assert levels["differences of three"] > levels["nothing"] + 0.5

# %% [markdown]
# Eight of the twenty people:

# %%
sheet = np.concatenate([people.decode(some[:8] + (way[:8] if np.ndim(way) == 2 else way)) for way in added.values()])
fg.show.images(sheet, columns=8, rows=("as they are", "+ δ n", "+ of three"));

# %% [markdown]
# It does not fail: all of $\delta$ is in every difference, however few its examples, and the people grow nearly as
# old. But beside it stands noise of length $\sqrt{2d/3}$, about nine, and it makes somebody else of everybody. Whoever
# wants *a* woman with glasses need not mind. Whoever wants *this* woman with glasses needs a hundred examples.
#
# ## 6 The way back
#
# A GAN has no encoder (chapter 10). But its generator can be differentiated, and so one can search: begin with some
# $z$, compare $G(z)$ with the picture, and go downhill (Zhu et al., 2016; Lipton and Tripathi, 2017).


# %%
def find(images, steps=400, start=0.3, seed=0):
    """Latent vectors (N, d) whose pictures come near to these, and the mean squared error of each in [-1, 1] units."""
    wanted = tf.constant(fg.data.to_float(images))
    found = tf.Variable(start * draw_latents(len(images), people.latent_dim, seed))
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.2, steps))
    optimizer.build([found])

    @tf.function(autograph=False)
    def step():
        with tf.GradientTape() as tape:
            errors = tf.reduce_mean((people.generator(found, training=False) - wanted) ** 2, axis=(1, 2, 3))
        optimizer.apply(tape.gradient(errors, [found]), [found])
        return errors

    for _ in range(steps):
        errors = step()
    return found.numpy(), errors.numpy()


# %% [markdown]
# First on pictures whose vector is known, because the same generator made them:

# %%
true = draw_latents(8, people.latent_dim, seed=3)
own = people.decode(true)
angles = {}
for steps in (400, 1_200):
    recovered, errors = find(own, steps)
    cosines = np.sum(recovered * true, axis=1) / np.linalg.norm(recovered, axis=1) / np.linalg.norm(true, axis=1)
    angles[steps] = np.median(np.degrees(np.arccos(np.minimum(cosines, 1))))
    print(f"{steps:5,} steps: error {np.median(errors):.5f}, {angles[steps]:.0f}° off the true vector (medians)")
fg.show.pairs(own, people.decode(recovered), ("wanted", "found"))
assert angles[400] > 10 and angles[1_200] < 0.5 * angles[400]

# %% [markdown]
# After 400 steps the pictures can hardly be told apart, and the vectors are still far from the true ones. With more
# steps they come near. So a picture does hold its vector, but the last part of the way changes almost nothing that you
# see.
#
# Can a picture say who made it, then? Four questions to this generator: its own pictures, the same in a mirror, those
# of WGAN-GP, which learned from the same photographs, and a blank page.

# %%
asked = {"its own": own, "its own, mirrored": own[:, :, ::-1], "WGAN-GP's": fg.pretrained("wgan-gp-utkface").sample(8)}
asked["a blank page"] = np.full_like(own[:1], 255)
errors = np.split(find(np.concatenate(list(asked.values())))[1], [8, 16, 24])

# %% [markdown]
# How near it comes to each:

# %%
for row, (values, colour) in enumerate(zip(errors, (style.FAKE, *style.CYCLE), strict=False)):
    plt.plot(values, np.full(len(values), row), "o", color=colour, alpha=0.7)
plt.yticks(range(4), asked)
plt.gca().set(xscale="log", xlabel="error after 400 steps", ylim=(3.5, -0.5))
plt.gca().xaxis.set_major_formatter("{x:g}")
assert errors[0].max() < min(errors[1].min(), errors[2].min()) and errors[3][0] < errors[0].max()

# %% [markdown]
# What a generator can make is a thin sheet in the space of pictures, 128 numbers wide among 12,288. Its own pictures
# lie on it, as they left the generator, and WGAN-GP's lie beside it. But mirror one of its own, and the answer is no.
# A blank page, which nobody made, gets a yes, since smooth pictures are easy to come near. It is a fair question to
# put to a picture, and no proof.
#
# ## 7 A photograph
#
# Eileen Collins, photographed by NASA in 1993 (public domain), cropped as in chapter 10. From left to right: the
# photograph, what the autoencoder makes of it, and what the search finds in this generator.

# %%
astronaut = Image.fromarray(skimage.data.astronaut())
roomy = np.asarray(astronaut.crop(face_square(astronaut)).resize((92, 92), Image.Resampling.LANCZOS))
photo = roomy[None, 18:82, 14:78]
vae = fg.pretrained("vae-utkface")
hers, error = find(photo)
rebuilt = vae.decode(vae.encode(photo))
sheet = np.concatenate([photo, rebuilt, people.decode(hers)])
fg.show.images(sheet, columns=3, heads=("photograph", "VAE", "found"), zoom=3)
blurred = np.mean((fg.data.to_float(rebuilt) - fg.data.to_float(photo)) ** 2)
print(f"error of the VAE {blurred:.3f}, of the search {error[0]:.3f}")
assert error[0] > 3 * errors[0].max() and abs(blurred - error[0]) < 0.01

# %% [markdown]
# The encoder answers at once, the search takes seconds. In pixels they are equally far from her, the one blurred, the
# other sharp and a little wrong; and she lies much farther from the sheet than the generator's own.
#
# With her vector one could now do all that this chapter has done: move the light, make her old, take the direction of
# somebody else's smile. We leave it. She has not been asked. And nothing that was moved would be *her* light or *her*
# age: section 4 has shown how much comes along from other people. **Do not do it to anybody who has not agreed**; and
# if you have done it to yourself, say so beside the picture.
#
# ## What went wrong
#
# **A search from the middle.** The first version of `find` began near the origin, the most neutral place there is, and
# some faces never left it. You have seen why at the head of this chapter. At the origin, of the 4,096 units that read
# $z$, not one is awake. So the slope is exactly nought, and a vector stays where it was put.

# %%
first = keras.Model(people.generator.input, people.generator.get_layer("re_lu").output)
print(f"awake at the origin: {np.count_nonzero(first(np.zeros((1, people.latent_dim), 'float32')))} of 4,096 units")

# %% [markdown]
# How many of eight searches never move, by where they begin:

# %%
stuck = []
for start_at in (0.01, 0.1, 0.3):
    begun = start_at * draw_latents(len(own), people.latent_dim)
    stuck.append(np.mean(np.all(find(own, steps=50, start=start_at)[0] == begun, axis=1)))
    print(f"begun at a length of {start_at * np.sqrt(people.latent_dim):.1f}: {stuck[-1]:.0%} never moved")
assert stuck[0] == 1 and stuck[-1] == 0

# %% [markdown]
# **The same eyes twice.** The directions of age and of gender come from a network's guesses, and so do the curves that
# show what they do. Whatever fools that network moves the curves (chapter 11). For age you have eyes of your own: look
# at the sheets. For a trait that you cannot judge by eye, measure with another network than the one that gave the
# direction.
#
# ## Recap
#
# - Samples live on a thin shell of radius $\sqrt d$. The middle is empty, and means have to be stretched.
# - Shorter vectors are better and more alike. Nobody can judge a quality without its $\psi$.
# - A direction is fitted to examples, and takes along what they have in common besides. Projection removes the straight
#   part of what you can name, and nothing else.
# - The noise in a direction falls with the examples and grows with the dimensions: hold $2d/n$ against $\delta^2$.
# - A picture holds its vector, and a search finds it. A small error alone does not prove who made a picture.
#
# ## Exercises
#
# The [workbook](exercises/13_latent_space.ipynb) has four: the walk on the sphere, truncation by drawing again, a
# direction cleaned of several others, and a generator that can be inverted without a search.
#
# ## Sources and further reading
#
# - J. de Cid, G. Recio, F. Loyola, *FaceGen*, 2019, §7.
# - A. Radford, L. Metz, S. Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative
#   Adversarial Networks*, 2016, §6.3.2; T. White, *Sampling Generative Networks*, 2016.
# - A. Brock, J. Donahue, K. Simonyan, *Large Scale GAN Training for High Fidelity Natural Image Synthesis*, 2019;
#   T. Karras, S. Laine, T. Aila, *A Style-Based Generator Architecture for Generative Adversarial Networks*, 2019.
# - Y. Shen et al., *Interpreting the Latent Space of GANs for Semantic Face Editing*, 2020; Y. Shen, B. Zhou,
#   *Closed-Form Factorization of Latent Semantics in GANs*, 2021; E. Härkönen et al., *GANSpace*, 2020.
# - J.-Y. Zhu et al., *Generative Visual Manipulation on the Natural Image Manifold*, 2016; Z. Lipton, S. Tripathi,
#   *Precise Recovery of Latent Vectors from Generative Adversarial Networks*, 2017.
