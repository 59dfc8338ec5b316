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
# A generator makes a face of 128 numbers. Here are four such vectors, each shortened and stretched; above the columns
# stands how long they are then.

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
LENGTHS = np.array([0, 3, 6, 9, 11.3, 14, 18, 24])
sheet = people.decode((LENGTHS[:, None] * compass[:, None]).reshape(-1, people.latent_dim))
fg.show.images(sheet, columns=8, heads=[f"{length:g}" for length in LENGTHS]);

# %% [markdown]
# In the middle of the space of all faces lives nobody. At a length of about five a face comes out of the pattern, and
# whatever is added after that is paint: more contrast, more colour, the same person. It is the direction that says
# who, and the length how boldly.
#
# De Cid, Recio and Loyola (2019, §7) would have liked to play with the encoding space of their VAE, to combine faces
# and see what comes out, and to find out what the noise of a GAN means. This chapter does it for them.
#
# ## What you will build
#
# A map of where faces are; a knob that trades variety for quality; a direction that makes people older, and another
# that makes them only that; a rule for how many examples a direction needs; and a search that finds the vector behind
# a picture.
#
# ## What you will learn
#
# - **say** where samples live, and what is lost by leaving that place;
# - **trade** variety for quality, and read off what it costs;
# - **name** a direction by examples, and find out what comes along with it;
# - **find** the latent vector of a given picture, and tell a generator's own pictures from all others.
#
# ## What you need

# %%
fg.book.needs("13_latent_space")

# %% [markdown]
# ## 1 Where samples live
#
# The squared length of a latent vector is a sum of $d$ squares of independent normal numbers, each 1 on average. So
# the length is close to $\sqrt d$, and it scatters by $1/\sqrt 2$, however large $d$ is: samples live on a thin
# shell. The mean of two samples is shorter by $\sqrt 2$, the mean of $n$ by $\sqrt n$:

# %%
z = draw_latents(64_000, people.latent_dim)
means = {count: z.reshape(-1, count, people.latent_dim).mean(axis=1) for count in (1, 2, 4, 16, 64)}
for count, each in means.items():
    lengths, colour = np.linalg.norm(each, axis=1), style.REAL if count == 1 else style.FAKE
    plt.hist(lengths, bins=40, density=True, color=colour, alpha=0.8)
    plt.text(lengths.mean(), 0.06, count, ha="center", color=style.CARD, weight="bold")
    assert abs(lengths.mean() - np.sqrt(people.latent_dim / count)) < 0.1
plt.gca().set(title="length of the mean of 1, 2, 4, 16, 64 latent vectors", xlabel="length", ylim=(0, 2.5), yticks=[])
plt.axvline(np.sqrt(people.latent_dim), color=style.INK, linewidth=1);

# %% [markdown]
# Now ask for an average person, the mean of some vectors, in the upper row. In the lower row the same means are
# stretched to the length of a sample:

# %%
chosen = np.concatenate([each[:2] for each in means.values()])
stretched = chosen / np.linalg.norm(chosen, axis=1, keepdims=True) * np.sqrt(people.latent_dim)
heads = [name for count in means for name in (f"mean of {count}", "")]
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
# large anew; Karras, Laine and Aila (2019) shorten the way from the mean by a factor $\psi$, as we do here. What it
# buys and what it costs can be measured on digits, because real ones come with the book:

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
assert precision[0] > precision[3] > precision[-1] and recall[0] < 0.6 * recall[3]

# %% [markdown]
# And what it looks like:

# %%
sheet = digits.decode(np.concatenate([psi * z[:12] for psi in (0.25, 0.5, 1.0, 1.5)]))
fg.show.images(sheet, columns=12, rows=("ψ = 0.25", "0.5", "1", "1.5"), zoom=2);

# %% [markdown]
# At $\psi = 1$ each digit is by another hand. Towards 0 most become the same nine or seven, and by precision they are
# the best of all.
# The generator has not got better: what was strange is no longer shown. Whoever shows you a page of faces without a
# flaw owes you their $\psi$. All samples in this book have $\psi = 1$.
#
# ## 3 A direction with a name
#
# Numbers of $z$ have no meaning by themselves (chapter 00). But a *direction* may have one. Take something that can be
# measured in a picture, such as how much brighter its right half is than its left, and measure it in three thousand
# samples. If the answer is nearly a linear function of $z$, its slope is a direction:


# %%
z = draw_latents(3_000, people.latent_dim, seed=2)
faces = people.decode(z)
TAUGHT = 2_400  # of them; the rest tells how good the fit is


def direction(values):
    """Unit vector along which the values of the samples grow fastest, and the share of their variance explained."""
    columns = np.c_[z, np.ones(len(z))]
    slope = np.linalg.lstsq(columns[:TAUGHT], values[:TAUGHT])[0]
    missed = values[TAUGHT:] - columns[TAUGHT:] @ slope
    return slope[:-1] / np.linalg.norm(slope[:-1]), 1 - missed.var() / values[TAUGHT:].var()


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
# Nobody labelled a light for this generator, and nobody asked it to keep light apart from the rest. Light is simply
# something that changes many pixels at once, in a way that adds up.
#
# ## 4 What comes along
#
# The extractor that ships with the book guesses ages, in five levels from below 20 to 50 and above (chapter 04; it is
# right about six in ten photographs). Its guesses at the samples give a direction in the same way.


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
# They grow older. Something else happens to them: follow a woman from left to right. Here it is for three hundred
# samples:


# %%
def along(way, count=300):
    """Mean age level and share of women, as guessed, at every step along a direction: two arrays (steps,)."""
    start = draw_latents(count, people.latent_dim, seed=10)
    found = [guesses(people.decode(start + step * way)) for step in STEPS]
    return np.array([[ages.mean(), np.mean(women > 0.5)] for ages, women in found]).T


ages_along, women_along = along(older)
print(f"labelled women, from {SIGNED[0]} to {SIGNED[-1]}: " + ", ".join(f"{share:.0%}" for share in women_along))
assert np.all(np.diff(ages_along) > 0) and women_along[0] > 0.6 and women_along[-1] < 0.25

# %% [markdown]
# The direction of age turns women into men. Nobody taught it that on purpose. In the file names of UTKFace more than
# half of the people from 20 to 39 are labelled female, and less than a third of those from 40 to 59. Whoever draws a
# line from young to old through such a set draws it from women to men as well:

# %%
FEMALE = {"20 to 39": (5_330, 9_969), "40 to 59": (1_167, 3_874), "60 to 79": (620, 1_705)}  # in 20,000 file names
print(", ".join(f"{ages}: {women / everybody:.0%} labelled female" for ages, (women, everybody) in FEMALE.items()))
womanly, _ = direction(woman)
print(f"angle between the directions of age and of women: {np.degrees(np.arccos(older @ womanly)):.0f}°")
assert older @ womanly < -0.3

# %% [markdown]
# Two directions with nothing to do with each other would stand at right angles. These do not, and that can be mended:
# take away from the one what it has of the other (Shen et al., 2020).
#
# $$n_\perp = n - (n \cdot m)\, m$$

# %%
only_older = older - (older @ womanly) * womanly
only_older /= np.linalg.norm(only_older)
mended = along(only_older)
left, right = plt.subplots(1, 2)[1]
for (ages, women), name, colour in (((ages_along, women_along), "n", style.FAKE), (mended, "n⊥", style.THIRD)):
    left.plot(STEPS, ages, "o-", color=colour, label=name)
    right.plot(STEPS, women, "o-", color=colour, label=name)
left.set(title="level of age", xlabel="steps", ylim=(0, 4))
right.set(title="share labelled women", xlabel="steps", ylim=(0, 1))
right.legend()
assert np.ptp(mended[1]) < 0.2 and np.all(np.diff(mended[0]) > 0) and np.ptp(mended[0]) > 0.9 * np.ptp(ages_along)

# %% [markdown]
# The people age as before, and women stay women. The same four:

# %%
sheet = people.decode(np.concatenate([each + np.outer(STEPS, only_older) for each in some]))
fg.show.images(sheet, columns=5, heads=SIGNED);

# %% [markdown]
# But we have mended what we thought of. In chapter 03 old people in this set were mostly White. Look at what else the
# mended direction does:

# %%
start = draw_latents(300, people.latent_dim, seed=10)
for step in (-3, 0, 3):
    seen = features_of(people.decode(start + step * only_older))
    answers = shipped_probabilities(seen, "face.race")[1].argmax(axis=1)
    shares = np.bincount(answers, minlength=5) / len(answers)
    print(f"{step:+d} steps: {shares[0]:.0%} labelled White, {shares[2]:.0%} Asian")
    assert (shares[0] > shares[2]) == (step > -3)

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
difference = z[old].mean(axis=0) - z[young].mean(axis=0)
delta_squared = difference @ difference - 2 * people.latent_dim / len(old)  # less the noise in it
rng, COUNTS = np.random.default_rng(0), (1, 3, 10, 30, 100, 300)


def cosine(count):
    """Of the direction from `count` old and `count` young examples with the fitted one, the mean of twenty draws."""
    drawn = [z[rng.choice(old, count)].mean(axis=0) - z[rng.choice(young, count)].mean(axis=0) for _ in range(20)]
    return np.mean([each @ older / np.linalg.norm(each) for each in drawn])


found = [cosine(count) for count in COUNTS]
predicted = np.sqrt(delta_squared / (delta_squared + 2 * people.latent_dim / np.array(COUNTS)))
plt.plot(COUNTS, predicted, color=style.FAINT, label="predicted")
plt.plot(COUNTS, found, "o", color=style.FAKE, label="found")
plt.gca().set(xscale="log", xlabel="examples of each", title="cosine with the direction of age", ylim=(0, 1))
plt.xticks(COUNTS, COUNTS)
plt.minorticks_off()
plt.legend()
assert np.abs(found - predicted).max() < 0.1 and found[1] < 0.3 < 0.75 < found[4]

# %% [markdown]
# With three examples the cosine is about a fifth: nearly everything that such a direction does is the private matter
# of six people. That it looks convincing all the same is no wonder, since *every* direction changes a face into
# another face. With a hundred of each it points mostly where it should.
#
# ## 6 The way back
#
# A GAN cannot read (chapter 10). But its generator can be differentiated, and so one can search: begin with some $z$,
# compare $G(z)$ with the picture, and go downhill (Zhu et al., 2016; Lipton and Tripathi, 2017).


# %%
def find(images, steps=400, start=0.3, seed=0):
    """Latent vectors (N, d) whose pictures come near to these, and the mean squared error of each in [-1, 1] units."""
    wanted = tf.constant(fg.data.to_float(images))
    found = tf.Variable(start * draw_latents(len(images), people.latent_dim, seed))
    optimizer = keras.optimizers.Adam(0.05)
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
true = draw_latents(12, people.latent_dim, seed=3)
own = people.decode(true)
recovered, errors = find(own)
fg.show.pairs(own, people.decode(recovered), ("wanted", "found"))
cosines = np.sum(recovered * true, axis=1) / np.linalg.norm(recovered, axis=1) / np.linalg.norm(true, axis=1)
angle = np.degrees(np.arccos(np.median(cosines)))
print(f"in the median, an error of {np.median(errors):.4f} and an angle of {angle:.0f}° to the true vector")
assert np.median(errors) < 0.005 and 15 < angle < 60

# %% [markdown]
# The pictures are found, the vectors are not quite. They are some thirty degrees apart and show the same face: of 128
# directions many hardly matter. (Remember that before you read a meaning into a number.)
#
# Now on pictures that this generator did not make, by WGAN-GP, which learned from the same photographs:

# %%
others = fg.pretrained("wgan-gp-utkface").sample(12, seed=3)
near, errors_of_others = find(others)
fg.show.pairs(others, people.decode(near), ("wanted", "found"))
print(f"its own: {errors.min():.4f} to {errors.max():.4f}; others: {errors_of_others.min():.4f} and more")
assert np.median(errors_of_others) > 4 * np.median(errors)

# %% [markdown]
# Close, and not quite the same people. What a generator can make is a thin sheet in the space of pictures, 128 numbers
# wide among 12,288, and what it did not make lies beside it. This tells a generator's own pictures from all others:

# %%
for name, values, colour in (("its own", errors, style.FAKE), ("WGAN-GP's", errors_of_others, style.GAMES["wgan-gp"])):
    plt.plot(np.sort(values), np.arange(1, 13), "o", color=colour, label=name)
plt.gca().set(xscale="log", xlabel="error after 400 steps", ylabel="pictures found so well", yticks=[1, 6, 12])
plt.title("who made it?")
plt.legend();

# %% [markdown]
# A court would want more than twelve. But it is a fair question to put to a picture, and who trained the model can
# always answer it.
#
# ## 7 A photograph
#
# Eileen Collins, photographed by NASA in 1993 (public domain), from chapter 10. From left to right: the photograph,
# what the autoencoder makes of it, and what the search finds in this generator.

# %%
astronaut = Image.fromarray(skimage.data.astronaut())
roomy = np.asarray(astronaut.crop(face_square(astronaut)).resize((92, 92), Image.Resampling.LANCZOS))
photo = roomy[None, 18:82, 14:78]
vae = fg.pretrained("vae-utkface")
hers, error = find(photo)
sheet = np.concatenate([photo, vae.decode(vae.encode(photo)), people.decode(hers)])
fg.show.images(sheet, columns=3, heads=("photograph", "VAE", "found"), zoom=3)
assert error[0] > 2 * errors.max()

# %% [markdown]
# The encoder answers at once, the search takes seconds and comes closer to her. But she does not lie on the sheet
# either: the error is many times that of the generator's own. And now her vector can do what all others can. Here the
# light moves about her, which no photographer did:

# %%
sheet = people.decode(hers + np.outer(STEPS, light))
fg.show.images(sheet, columns=5, heads=SIGNED);

# %% [markdown]
# It is a little frightening how little this took: a generator that never saw her, some seconds of a processor, and a
# direction from three thousand samples. We moved the light, and nothing else, because light says nothing about
# anybody. With the direction of section 4 she would look old, with another she would do something that she never did.
# **Do not do that to people who have not asked for it**; and if you have done it to yourself, say so beside the
# picture.
#
# ## What went wrong
#
# **A search from the middle.** The first version of `find` began near the origin, the most neutral place there is, and
# for one face in four it never left. You have seen why at the head of this chapter. Around the origin the picture is
# the same everywhere: of the 4,096 units that read $z$, not one is awake, and the slope is nought.

# %%
first = keras.Model(people.generator.input, people.generator.get_layer("re_lu").output)
print(f"awake at the origin: {np.count_nonzero(first(np.zeros((1, people.latent_dim), 'float32')))} of 4,096 units")
shares = []
for start_at in (0.01, 0.1, 0.3):
    shares.append(np.mean(find(own[:8], steps=150, start=start_at)[1] > 0.05))
    print(f"begun at a length of {start_at * np.sqrt(people.latent_dim):.1f}: {shares[-1]:.0%} never left")
assert shares[0] == 1 and shares[0] > shares[1] >= shares[2] == 0

# %% [markdown]
# **The same eyes twice.** The direction of age comes from a network's guesses, and the curve that shows it works comes
# from the guesses of the same network. Whatever fools it, moves the curve (chapter 11). For age you have eyes of your
# own: look at the sheets. Where you have none, ask a second network.
#
# ## Recap
#
# - Samples live on a thin shell of radius $\sqrt d$. The middle is empty, and means have to be stretched.
# - Shorter vectors are better and more alike. Quality without its $\psi$ is half a number.
# - A direction is fitted to examples, and takes along what they have in common besides. Projection removes what you
#   can name, and nothing else.
# - Three examples are an anecdote: a direction in $d$ dimensions needs about as many as there are dimensions.
# - A generator's own pictures can be found again, others only nearly. That tells who made a picture; and it lets a
#   stranger's face be moved.
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
