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
# # 00 The first face
#
# None of the people below exists. A small network made them from nothing but random numbers, in a second, on a
# processor like the one in your laptop. By the end of this book you will have built everything that this takes, and
# you will know what the result is worth.

# %%
import matplotlib.pyplot as plt
import numpy as np

import facegen_lib as fg

people = fg.pretrained("dcgan-utkface")
fg.show.samples(people, count=64);
# %% [markdown]
# Look at them for a moment before you read on. Nobody chose them: they are the first sixty-four that came out. Some
# would pass in a crowd. In others the two halves of the face disagree, or the hair dissolves into the background.
# Both kinds will keep us busy for the rest of the book: how do such pictures come about, and how do we say *how good*
# they are without fooling ourselves?
#
# ## What you will build
#
# A picture of sixty-four invented people, a walk from one of them to another, a knob that changes a face, and a
# generator of your own that learns to paint portraits while you watch.
#
# ## What you will learn
#
# - **make** images with a trained generator, and make the same ones again
# - **walk** between two faces, and say why a straight line is not the best way
# - **pull** on the numbers behind a face (its latent vector) and watch the face change
# - **train** a generator for half a minute, and read its curves
# - **judge** what a generated face may be used for, and what it may not
#
# ## What you need

# %%
fg.book.needs("00_first_face")

# %% [markdown]
# ## 1. Where do the faces come from?
#
# Out of noise. A *generator* is a function $G$ that turns a list of numbers $z$ into an image. The numbers are drawn
# at random, each from the same bell curve, of mean 0 and variance 1:
#
# $$ z \sim \mathcal{N}(0, I), \qquad x = G(z). $$
#
# Nothing else happens when a face is made. There is no database behind it, no collage, no search. The generator in
# front of us takes 128 numbers:

# %%
z = np.random.default_rng(7).standard_normal((1, people.latent_dim))
z.round(1)

# %% [markdown]
# Nothing in this list looks like a face. Give it to the generator, and it becomes one:

# %%
x = people.decode(z)
assert x.shape == (1, 64, 64, 3) and x.dtype == np.uint8
fg.show.images(x, columns=1);
# %% [markdown]
# An image is an array of 64 rows, 64 columns and three colours, each value between 0 and 255. So $G$ maps 128 numbers
# to 12,288. How much machinery does that take? Less than one might think:

# %%
people.generator.summary(line_length=80)

# %% [markdown]
# A *dense* layer turns the 128 numbers into a coarse map of sixteen positions, four by four. Four *transposed
# convolutions* follow, each of which doubles height and width: 4, 8, 16, 32, 64. The last one paints three colours.
# What these layers do, one by one, is the subject of the chapter *Building blocks*; here it is enough to see how few
# there are.

# %%
weights = people.generator.count_params()
print(f"{weights:,} weights, {people.about['data']['images']:,} photographs seen in training")
assert 4 * weights < 400 * 12288  # bytes: four for a weight, one for a colour of a pixel

# %% [markdown]
# Hold on to that comparison. A weight takes four bytes and one colour of one pixel takes one, so the generator takes
# up less room than four hundred of its images, and it has seen many thousands. It *cannot* have kept them. It must
# have turned whatever it knows about faces into rules: where eyes go, how light falls on a cheek. (Whether it still
# knows a few by heart is a fair question. The chapter *Measuring* asks it properly.)
#
# ## 2. A face is a point
#
# The list $z$ is called a *latent vector*, and the space it lives in is the *latent space*. A vector is a point in
# that space, and each point gives one face, always the same one:


# %%
def same(one, other) -> bool:
    return np.abs(one.astype(int) - other.astype(int)).max() <= 1  # grey levels


assert same(people.decode(z), people.decode(z))
assert same(people.sample(3, seed=1), people.sample(64, seed=1)[:3])

# %% [markdown]
# Why does the code allow one grey level of difference, instead of asking for equality? A processor may add the same
# numbers in a different order the next time, and sums of rounded numbers then differ in their seventh digit. Once in
# a while that tips a pixel over to the next level.
#
# The last line also says something about this book: a *seed* fixes what is drawn, and every figure, or the line that
# draws it, names its seed. You will get the same sixty-four faces on your own machine.
#
# Now take a small step away from a point. Does the face fall apart, or does it change a little?

# %%
here = np.random.default_rng(3).standard_normal(people.latent_dim)
direction = np.random.default_rng(4).standard_normal(people.latent_dim)
steps = np.linspace(0, 0.7, 6)
nearby = here + steps[:, None] * direction
fg.show.images(people.decode(nearby), columns=6, title="the same point, and five steps away from it");

# %% [markdown]
# It changes a little, and then a little more. Nearby points are similar people. Nobody asked for this; it happens
# because $G$ is built from smooth pieces. We can measure it. How different are two images, on average over all
# pixels, when their latent vectors are a given distance apart?


# %%
def differences(distance: float, pairs: int = 100) -> np.ndarray:
    """Mean absolute difference, in grey levels, of each pair of images whose latent vectors are this far apart."""
    random = np.random.default_rng(5)
    one, step = random.standard_normal((2, pairs, people.latent_dim))
    step *= distance / np.linalg.norm(step, axis=1, keepdims=True)
    images = people.decode(np.concatenate([one, one + step])).astype(float)
    return np.abs(images[:pairs] - images[pairs:]).mean(axis=(1, 2, 3))


# %% [markdown]
# Two points drawn at random are about $\sqrt{2 \cdot 128} = 16$ apart, so there is no point in asking beyond that
# distance.

# %%
distances = np.array([0.25, 0.5, 1, 2, 4, 8, 16])
apart = np.array([differences(distance) for distance in distances])
plt.plot(distances, apart.max(axis=1), "o--", color=fg.show.style.FAINT, label="the pair that differs most")
plt.plot(distances, apart.mean(axis=1), "o-", label="mean of a hundred pairs")
plt.xlabel("distance between two latent vectors")
plt.ylabel("difference (grey levels)")
plt.legend();
# %% [markdown]
# No jump, no cliff: when two points are close, even the pair that differs most hardly differs. Everything that people
# do with generators rests on this property.

# %%
assert (np.diff(apart.mean(axis=1)) > 0).all() and apart[0].max() < 0.05 * apart[-1].max()

# %% [markdown]
# ## 3. From one face to another
#
# If nearby points are similar people, then a path through latent space is a film. The obvious path from $a$ to $b$ is
# a straight line, $(1 - t)\,a + t\,b$. Here it is, in the upper row:

# %%
a, b = np.random.default_rng(11).standard_normal((2, people.latent_dim))
line = np.linspace(a, b, 5)
sphere = fg.show.walk(a, b, count=5)
fg.show.images(people.decode(np.concatenate([line, sphere])), columns=5, rows=("straight line", "sphere"));
# %% [markdown]
# And the lower row? In 128 dimensions, random points all lie at nearly the same distance from the origin. The squared
# length of $z$ is a sum of 128 squares, each 1 on average, so $\|z\|$ is close to $\sqrt{128} \approx 11.3$ and
# hardly ever far from it. The points live in a thin shell, almost on a sphere, and a straight line cuts through the
# inside, where the generator was never trained. The lower row walks along the shell instead (White, 2016).

# %%
lengths = np.linalg.norm(np.random.default_rng(0).standard_normal((10_000, people.latent_dim)), axis=1)
plt.hist(lengths, bins=60, color=fg.show.style.FAINT, label="10,000 random points")
middle = np.linalg.norm(line, axis=1).min()
plt.axvline(middle, color=fg.show.style.FAKE, label="middle of the straight line")
shortest = np.linalg.norm(sphere, axis=1).min()
plt.axvline(shortest, color=fg.show.style.REAL, label="shortest point along the sphere")
plt.xlabel("‖z‖")
plt.yticks([])
plt.legend(loc=(0.07, 0.7));
# %% [markdown]
# Not one of ten thousand random points is as close to the origin as the middle of that line. If you look closely at
# the upper row, the face in its middle is a little plainer, smoother, more average than those at its ends; now you
# know why.

# %%
assert (lengths > middle).all()

# %% [markdown]
# ## 4. Pull one number
#
# What does a single one of the 128 numbers do? Turn it and see. The figure below shows one face with one number set to
# values from −3 to 3; in JupyterLab you can choose another face and another number.


# %%
def pull(person: int, number: int):
    z = np.repeat(np.random.default_rng(person).standard_normal((1, people.latent_dim)), 5, axis=0)
    z[:, number] = np.linspace(-3, 3, 5)
    title = f"person {person}, number {number} set to"
    return fg.show.images(people.decode(z), columns=5, title=title, heads=["−3", "−1.5", "0", "1.5", "3"])


fg.turn(pull, person=(0, 40, 7), number=(0, 127, 60))

# %% [markdown]
# Usually not much, and what it does has no name: a bit of light here, a bit of hair there. Nothing in training
# required number 60 to mean anything. The meaning is spread over *directions*, combinations of all the numbers, and
# the directions that change the image most can be read off the generator's first layer (Shen and Zhou, 2021):

# %%
fg.explore(people)

# %% [markdown]
# With the directions, one slider moves many things at once, and some of them have names after all: turn, light,
# background. That they do not come one to a slider is called *entanglement*. Nothing in this generator's training
# rewards it for avoiding that. (The explorer's other two parts walk between two faces and do arithmetic with three.)
#
# ## 5. Whose faces are these?
#
# Every generator comes with its papers. These say what it was trained on, for how long, and where:

# %%
about = people.about
print(f"recipe   {about['recipe']['name']}, scale {about['recipe']['scale']}: {about['recipe']['source']}")
print(f"data     {about['data']['name']}, {about['data']['images']:,} photographs")
print(f"training {about['steps']:,} steps in {about['minutes']:.0f} minutes")
print(f"machine  {', '.join(about['machine']['devices'])}")

# %% [markdown]
# The photographs were collected from the web, and the people in them were not asked. The book therefore shows none of
# them, ships none of them, and says so wherever they were used. Every data set has a sheet that states its licence,
# whether its people consented, and its known bias:

# %%
fg.data.SHEETS["utkface"]

# %% [markdown]
# A generator gives back what it was given, and often less. If young adults and White people are the largest groups in
# the data, they will be the largest groups in the samples, and small groups may vanish altogether. Chapter 12 counts
# that instead of guessing.
#
# However good they are, there are three ways in which generated faces must not be used:
#
# - to **deceive**: no false profiles, no invented witnesses, no reviews by people who do not exist;
# - to **imitate** a living person without their consent;
# - to **decide** about people: a model of faces says nothing about character, health or trustworthiness.
#
# What are they for, then? Chen (2019, §1.1) names three uses: large portraits of nobody (Karras et al., 2018),
# pictures turned into others, such as horses into zebras (CycleGAN; Zhu et al., 2017), and an app that puts a smile on
# your own photograph (FaceApp). And they are good for learning how such machines work, and where they fail. That is
# what we do here.
#
# ## 6. Teach one yourself
#
# Half a minute is not enough to learn photographs, but it is enough to see a generator *begin*. The book brings its
# own sitters, painted by a program, with every property known:

# %%
portraits = fg.load("portraits", size=32)
fg.show.images(portraits[:16], title="portraits of nobody, painted by a program");
# %% [markdown]
# The recipe is the one that made the faces above, a DCGAN (deep convolutional generative adversarial network). Two
# networks play against each other. The *discriminator* looks at an image and says whether it is real or made up; the
# *generator* wants its images to be called real. Each learns from the other's mistakes. Part I of this book takes the
# idea apart; Part II builds it four times.

# %%
recipe = fg.recipe("dcgan", portraits, scale="laptop")
run = fg.train(recipe, portraits, steps=fg.book.setting("00_first_face", "steps"), resume=False)

# %% [markdown]
# You have just trained a generative adversarial network. What did it learn? Each row below shows the same eight
# latent vectors, later and later in the run:

# %%
fg.show.evolution(run);
# %% [markdown]
# First grey, then a coloured lattice (the footprint of the transposed convolutions), then patches of skin with
# something dark around them, and in the end heads with hair against a sky. Nobody told the network that there is such
# a thing as skin. It found the colours because the discriminator did, and the discriminator found them because
# forgeries without them were easy to spot. Eyes come later; in the `laptop` profile (see the table under *What you
# need*), which trains for minutes, you can watch them open.
#
# If you know other kinds of training, the curves of such a run look strange, because they do not show the progress
# that you have just seen:

# %%
fg.show.losses(run);
# %% [markdown]
# On the left are the *losses*, the numbers that the two networks are trained to make small. They move apart while
# everything is still grey, come closer when skin appears, and hardly move while heads take shape. On the right is the
# discriminator's mean opinion of real images (blue) and of generated ones (vermilion). If it could not tell them
# apart, both curves would be at one half. They are apart, and yet the images improve: when both players get better,
# neither wins. A loss curve that says nothing about quality is the first difficulty of this field, and the reason why
# a whole chapter is about measuring.

# %%
history = run.history
assert len(history) == run.steps
assert history["real_score"][-50:].mean() > history["fake_score"][-50:].mean()

# %% [markdown]
# How far would it have got with more time? The run that ships with the book had that time. Here is its evolution,
# from the same kind of noise to the faces at the head of this chapter:

# %%
fg.show.evolution(fg.zoo.folder("dcgan-utkface"), count=5);
# %% [markdown]
# The recipe is the same. What differs is the data, the size of the images, and above all the number of steps: a
# graphics processor took minutes for as many as two cores of a laptop manage in a long night.
#
# ## 7. What this book is
#
# Each chapter asks one question and answers it with running code.
#
# - **Foundations**: what it means to learn a distribution, what the layers do, where the data comes from, how to
#   measure the result.
# - **Adversaries**: the game of generator and discriminator, from the vanilla form that breaks to the Wasserstein forms
#   that hold, and all the ways of failing in between.
# - **Other roads**: autoencoders, which compress; evolution, which guesses and keeps what it likes.
#
# The chapters share one small library, `facegen_lib`. It has no secrets: whatever a chapter uses, it can show.

# %%
fg.show.source(fg.models.GAN.train_step)

# %% [markdown]
# That is the order of the moves, in the very lines that ran a minute ago: fakes are painted, the discriminator
# learns, then the generator learns. The two steps that these lines call are about as short. You need not understand
# them yet. Come back after the chapter *Deep convolutional GAN*, and they will read like a sentence.
#
# ## What went wrong
#
# Look again at the sixty-four faces. Teeth melt into lips. Glasses may lose a rim. Ears are rare. There are reasons
# for all of this, and they will come up in turn: a discriminator that looks at patches forgives a face whose halves
# do not match; what is rare in the data is rarer in the samples; a generator of a million weights has a small memory.
#
# And one thing went wrong in *how we looked*: sixty-four faces are far too few to judge by. People see faces
# everywhere, even in power sockets, and are generous to anything with two eyes. How often does an impartial machine
# agree that there is a face at all? For the generator above and for real photographs, the answer is in a file that
# came with the generator:

# %%
face_rate = fg.zoo.report("dcgan-utkface")["face rate"]
print(f"a face in {face_rate.value:.1%} of {face_rate.count} unselected samples, says {face_rate.extractor}")
print(f"a face in {face_rate.floor:.1%} of as many real photographs")
assert face_rate.value >= 0.95

# %% [markdown]
# Good news, and a trap: a face detector says *that* there is a face, not how good it is. We will need better
# yardsticks.
#
# ## Recap
#
# - A generator is a function from random numbers to images: one point, one face, always the same.
# - Nearby points are similar people, so paths are films. Walk along the sphere, where the points live.
# - Single latent numbers mean little; directions mean more.
# - Two networks that play against each other can learn this from examples alone. Their losses do not say how well.
# - Treat faces as people, even when they are nobody's.
#
# ## Exercises
#
# The [workbook of this chapter](exercises/00_first_face.ipynb) lets you write the walk on the sphere yourself, find the
# average face, look for the twins among two thousand people, and give the generator numbers that it has never seen.
#
# ## Sources and further reading
#
# - I. Goodfellow et al., *Generative Adversarial Nets*, 2014: the game of two networks.
# - A. Radford, L. Metz and S. Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative
#   Adversarial Networks*, 2016: the recipe of this chapter.
# - T. White, *Sampling Generative Networks*, 2016, section 2.1: why to walk on the sphere.
# - Y. Shen and B. Zhou, *Closed-Form Factorization of Latent Semantics in GANs*, 2021: directions from a layer's
#   weights.
# - R. Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks*, 2017, and J. de Cid,
#   G. Recio and F. Loyola, *FaceGen*, 2019: two of the works that this book is built on.
# - T.-Y. Chen, *Synthesising Images by Imagination*, MSc dissertation, University of Strathclyde, 2019, §1.1: uses.
# - Z. Zhang, Y. Song and H. Qi, *Age Progression/Regression by Conditional Adversarial Autoencoder*, 2017: the
#   UTKFace data.
