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
# # 11 Genetic algorithm
#
# A network that has seen eighteen thousand photographs of faces was shown these two pictures and asked how much of a
# face each of them is, from 0 to 1:

# %%
import facegen_lib as fg

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from matplotlib import patheffects
from scipy.ndimage import gaussian_filter

from facegen_lib.evaluation import face_rate
from facegen_lib.models.genetic import GeneticAlgorithm, Latents
from facegen_lib.networks import judge as judges
from facegen_lib.notebook import style
from facegen_lib.notebook.breeding import Family
from facegen_lib.training import evolution

people, network = fg.pretrained("dcgan-utkface"), judges.load()
long_run = np.load(evolution.folder() / "judged.npz")
pair = np.stack([people.sample(1, seed=3)[0], long_run["frames"][-1]])
answers = judges.fitness(network)(pair).numpy()
fg.show.images(pair, columns=2, heads=[f"{answers[0]:.3f}", f"{answers[1]:.5f}"], zoom=3)
assert answers[1] > answers[0] > 0.9

# %% [markdown]
# It is surer of the one on the right. Nobody drew that picture: it was bred, in a hundred thousand generations, from
# noise, by choosing what the network liked. De Cid, Recio and Loyola (2019) tried to evolve faces in this way and
# got, as they say themselves, very noisy images. This chapter repeats their experiment, finds out why it had to end
# like this, and then hands evolution a job that it is good at.
#
# ## What you will build
#
# A genetic algorithm in twenty lines; the same on whole populations at once; a judge of faces; a hundred thousand
# generations that fool it; a judge that learns from being fooled; and a page on which you breed faces by clicking.
#
# ## What you will learn
#
# - **write** selection, crossover and mutation, and say what each of them contributes;
# - **measure** what a gradient knows that evolution has to guess;
# - **find** the blind spot of a network, and show it in a picture;
# - **explain** why teaching a judge its mistakes is half of a GAN;
# - **choose** a search space in which blind search works.
#
# ## What you need

# %%
fg.book.needs("11_genetic_algorithm")

# %% [markdown]
# ## 1 Evolution in twenty lines
#
# Holland (1975) took three ideas from biology. Keep a *population* of candidate solutions, written as strings of
# genes. Let the fitter ones have children: cut two strings at the same place and swap the tails (*crossover*). Change
# a gene here and there at random (*mutation*). That is all. In particular, nobody asks how fitness depends on the
# genes.
#
# The smallest picture worth evolving is a letter of 8×8 pixels. Fitness is the number of pixels that are right.

# %%
rng = np.random.default_rng(1)
letter = np.array([[1, 0, 0, 0, 0, 0, 0, 1]] * 3 + [[1] * 8] * 2 + [[1, 0, 0, 0, 0, 0, 0, 1]] * 3).ravel()


def fitness(genes):
    return (genes == letter).sum(axis=-1)


def child(mother, father):
    cut = rng.integers(1, 64)
    genes = np.concatenate([mother[:cut], father[cut:]])
    mutated = rng.random(64) < 1 / 64
    return np.where(mutated, rng.integers(0, 2, 64), genes)


# %% [markdown]
# Each generation keeps the best quarter, its *elite*, and fills the other places with their children. The best of
# every tenth generation is drawn below.

# %%
population = rng.integers(0, 2, (40, 64))
best, frames = [], []
for generation in range(81):
    population = population[np.argsort(-fitness(population))]
    best.append(fitness(population[0]))
    if generation % 10 == 0:
        frames.append(population[0].reshape(8, 8))
    elite = population[:10]
    parents = rng.integers(0, 10, (30, 2))
    population = np.concatenate([elite, [child(elite[a], elite[b]) for a, b in parents]])

panels = plt.subplots(1, len(frames), figsize=(7.5, 1.1))[1]
for axes, frame, generation in zip(panels, frames, range(0, 81, 10), strict=True):
    axes.imshow(frame, cmap="gray_r")
    axes.set(title=generation, xticks=[], yticks=[])
assert (np.diff(best) >= 0).all() and best[-1] > 58

# %% [markdown]
# The best score never falls, because the elite survives unchanged. That is the only guarantee there is.
#
# ## 2 The same, for pictures
#
# FaceGen's chromosome is an image laid out flat: each gene is one channel of one pixel, a number from 0 to 255
# (§3.1.1). A population has $\mu = 100$ of them, an elite of $q = 20$, single-point crossover with a cut drawn from a
# normal distribution, and genes that mutate to any value (§3.1.2). For 64×64 pixels in colour that is 100 strings of
# 12,288 genes. A Python loop over children would be slow; but a population is one matrix, so a generation is a
# handful of matrix operations:

# %%
fg.show.source(GeneticAlgorithm.next_generation)

# %% [markdown]
# Only children are judged, since whoever survives keeps its score. The loop over generations is compiled as well. One
# operator deserves a look: to decide gene by gene which of them mutate would take a million dice per generation.
# Instead, a Poisson number of hits falls on random places, and only what is hit costs anything.

# %%
from facegen_lib.models import genetic

fg.show.source(genetic.mutate)

# %% [markdown]
# "Exactly", says its docstring. With $-\ln(1 - r)$ hits expected per gene, $r$ being the rate, the chance of none is
# $e^{\ln(1 - r)} = 1 - r$. Let us count.

# %%
blank = tf.fill((100, 12_288), 9.0)  # no latent gene is ever drawn as 9
touched = genetic.mutate(blank, 0.05, Latents(), tf.constant([0, 0])).numpy() != 9
print(f"{touched.mean():.4%} of {touched.size:,} genes changed, 5 % asked")
assert abs(touched.mean() - 0.05) < 5 * np.sqrt(0.05 * 0.95 / touched.size)

# %% [markdown]
# ## 3 A picture that is known
#
# Copying a known picture, the paper says, is easy for a genetic algorithm (§3.1.3): let fitness be how close an image
# comes to a given one. We take a portrait of nobody, at 32×32; fitness is minus the mean squared difference from it.

# %%
portrait = fg.data.portraits.make(1, size=32, seed=11).images[0]


def likeness(images):
    return -tf.reduce_mean((tf.cast(images, tf.float32) - portrait) ** 2, axis=(1, 2, 3))


copyists = GeneticAlgorithm(likeness, portrait.shape, mutation_rate=0.001)
moments = np.geomspace(30, fg.book.setting("11_genetic_algorithm", "copy_generations"), 6).astype(int)
stages = [copyists.best, *(copyists.evolve(moment - copyists.generation).best for moment in moments)]
heads = ["0", *(f"{moment:,}" for moment in moments), "the portrait"]
fg.show.images(np.stack([*stages, portrait]), title="the best of generation", heads=heads)
assert (np.diff(copyists.history["best"]) >= 0).all()

# %% [markdown]
# It works, and it goes on working, ever more slowly: the better the picture, the smaller the share of mutations that
# improve it. Here is the same at 64×64, from the files that ship, beside a rival that is allowed to look at the
# *gradient* of the very same fitness. Both start from noise.

# %%
copy = np.load(evolution.folder() / "target.npz")
target = fg.data.portraits.make(1, size=64, seed=11).images[0].astype("float32")
picture, climb = np.random.default_rng(0).integers(0, 256, target.shape).astype("float32"), []
for _ in range(60):
    climb.append(np.sqrt(np.mean((picture - target) ** 2)))
    picture += 0.1 * (target - picture)  # minus half the gradient of the squared difference, a tenth of the way
plt.loglog(1 + copy["generations"], np.sqrt(-copy["best"]), color=style.FAKE, label="evolution, generations")
plt.loglog(1 + np.arange(60), climb, color=style.REAL, label="gradient, steps")
plt.gca().set(title="how far from the portrait, in grey levels", xlabel="generations, or steps")
plt.legend()
assert climb[-1] < 1 < np.sqrt(-copy["best"][-1])

# %% [markdown]
# A gradient step knows, for each of 12,288 genes, which way to move it. A generation of eighty children learns eighty
# numbers, and keeps of them only who was better than whom, not by how much. And evolution pays anew for every image
# (de Cid et al., §6), a network once. It is what one does when nothing better can be had: when the fitness has no
# gradient, or is a person.
#
# ## 4 A judge
#
# Copying is not creating. What is the fitness of a face that nobody has seen? FaceGen's answer is a network: a
# convolutional regression from an image to a number, 0 for no face, 1 for a face.
#
# Trained only on photographs of faces and of other things, such a network is useless here, they found (with CIFAR-10
# for the other things): a population begins as noise, and a network that has only seen photographs cannot say which
# noise is a little more of a face. So they made images *at every stage of being evolved*: a share $p$ of the pixels is
# replaced by noise, and the right answer is $1 - p$ for a face, and a number in $[0, 0.2]$ for anything else.

# %%
from facegen_lib.data.noised import add_noise

shares = np.linspace(0, 1, 6)
stages = add_noise(np.repeat(people.sample(1, seed=5), 6, axis=0), shares, np.random.default_rng(0))
answers = judges.fitness(network)(stages).numpy()
heads = [f"wanted {1 - share:.1f}\ngiven {answer:.2f}" for share, answer in zip(shares, answers, strict=True)]
fg.show.images(stages, columns=6, heads=heads)
assert np.abs(answers - (1 - shares)).mean() < 0.1

# %% [markdown]
# The judge that ships answers well on a person whom it has never seen. It was taught on 18,000 photographs, and on
# flowers, boxes, digits and patches without a face. (Theirs was taught for half an hour, with early stopping.) Let us
# teach one ourselves, for seconds, on what is at hand: faces that our GAN makes up, and scikit-image's hundred patches
# that are not faces, each shifted a little.

# %%
from facegen_lib.training import judge as teaching

patches = fg.load("lfw-mini", size=64, split="all")
others = np.repeat(patches.images[patches.labels["face"] == 0], 3, axis=-1)
others = np.concatenate([np.roll(others, shift, axis=(1, 2)) for shift in range(-12, 13, 4)])
faces = people.sample(len(others), seed=7)
images, worth = np.concatenate([faces, others]), np.repeat([1.0, 0.2], len(faces))
keras.utils.set_random_seed(0)
pupil = judges.judge()
losses = teaching.teach(pupil, images, worth, steps=fg.book.setting("11_genetic_algorithm", "lessons"))

# %% [markdown]
# How well do both judge the share of noise on faces that they were not taught? Each dot is an image, the line is the
# truth.

# %%
shares = np.random.default_rng(1).random(300)
unseen = add_noise(people.sample(300, seed=8), shares, np.random.default_rng(2))
plt.plot([0, 1], [1, 0], color=style.FAINT)
for who, colour, label in ((pupil, style.THIRD, "taught for seconds"), (network, style.REAL, "the judge that ships")):
    given = judges.fitness(who)(unseen).numpy()
    plt.plot(
        shares, given, ".", color=colour, label=f"{label}: off by {np.abs(given - 1 + shares).mean():.3f} on average"
    )
plt.xlabel("share of noise")
plt.ylabel("score")
plt.legend()
assert np.abs(given - 1 + shares).mean() < 0.06

# %% [markdown]
# By any ordinary standard the judge that ships is a good network: on images that it has never met it is off by a few
# hundredths.
#
# ## 5 Evolution before the judge
#
# Now let it judge.

# %%
generations = fg.book.setting("11_genetic_algorithm", "generations")
bred = GeneticAlgorithm(judges.fitness(network), (64, 64, 3), mutation_rate=0.002)
bred.evolve(generations)
plt.plot(bred.history["best"], color=style.FAKE, label="the fittest")
plt.plot(bred.history["mean"], color=style.FAKE, alpha=0.4, label="mean of the population")
plt.axhline(judges.fitness(network)(faces).numpy().mean(), color=style.REAL, linestyle="--", label="mean of 700 faces")
plt.xlabel("generation")
plt.title("what the judge says")
plt.legend()
assert bred.history["best"][-1] > 0.9

# %% [markdown]
# In the paper every run came to a halt sooner or later (§5.2). Ours does not: within a few hundred generations the
# fittest score as faces do, and then better. Look at the fittest, and at the run of a hundred thousand generations,
# which ships with the book:

# %%
stages = [*long_run["frames"], bred.best]
heads = ["generation 0", "100", "1,000", "10,000", "100,000", "just bred"]
fg.show.images(np.stack(stages), columns=6, heads=heads);

# %% [markdown]
# Noise. In theirs the authors could make out at least a sketch, dark places for eyes, nose and mouth (§5.2). Half
# close your eyes, and they are here too. A computer half closes its eyes by blurring, and then turns up the contrast:


# %%
def squint(images, contrast=3):
    """Images, blurred over three pixels or so, and their contrast raised."""
    blurred = gaussian_filter(np.stack(images).astype(float), (0, 2.5, 2.5, 0))
    middle = blurred.mean(axis=(1, 2), keepdims=True)
    return np.clip(128 + contrast * (blurred - middle), 0, 255).astype("uint8")


fg.show.images(squint(stages), columns=6, title="the same, seen with half-closed eyes", heads=heads)
blurred = judges.fitness(network)(squint(stages[-2:])).numpy()
print(f"seen like this, the last two still score {blurred[0]:.2f} and {blurred[1]:.2f}")

# %% [markdown]
# Two dark places where eyes belong, bright cheeks on either side of something like a nose, a dark mouth, a chin: the
# ghost of a face behind a snowstorm. The judge sees the ghost and is content. Why does it not mind the storm?
#
# ## 6 The blind spot
#
# A first test. The judge was taught to score noise, and here is a picture without any: a uniform grey.

# %%
grey = np.full((1, 64, 64, 3), 128, "uint8")
shifted = np.roll(bred.best[None], 1, axis=2)
questions = {"black": np.zeros_like(grey), "uniform grey": grey, "white": np.full_like(grey, 255)}
questions |= {"our winner": bred.best[None], "our winner, one pixel to the right": shifted}
questions["a face, one pixel to the right"] = np.roll(faces[:1], 1, axis=2)
scores = {name: float(judges.fitness(network)(image)[0]) for name, image in questions.items()}
for name, score in scores.items():
    print(f"{name:36} {score:.3f}")
assert scores["uniform grey"] > 0.5 > max(scores["black"], scores["white"])
assert scores["our winner"] - scores["our winner, one pixel to the right"] > 0.1

# %% [markdown]
# To this judge grey paper is a face, if it is a middle grey. And the winner is not a *picture* of anything: moved by
# a single pixel, it loses much of its score, while a face does not care. The judge's first layer looks at every
# fourth pixel position only, like a comb; evolution has found patterns that fit between its teeth.
#
# Neither is a bug in the judge. It has been asked one question only, *how far along the way from noise to a
# picture?*, and only on the lines that lead to noise from faces and from a few kinds of other things. Everywhere else
# it may say what it likes. Cut a plane through the space of images: noise at the origin, a face one step to the
# right, our winner one step up.

# %%
origin = np.random.default_rng(4).integers(0, 256, (64, 64, 3)).astype("float32")
right, up = faces[1] - origin, bred.best - origin
ticks = np.linspace(-0.3, 1.3, 33, dtype="float32")
plane = [origin + a * right + b * up for b in ticks for a in ticks]
heights = network.predict(np.stack(plane) / 127.5 - 1, batch_size=128, verbose=0).reshape(33, 33)
figure, axes = plt.subplots(figsize=(5.2, 4.2))
figure.colorbar(axes.contourf(ticks, ticks, heights, 20, cmap="cividis"), label="score")
outline = [patheffects.withStroke(linewidth=4, foreground=style.INK)]
axes.plot([0, 1], [0, 0], "o-", color="white", path_effects=outline)
axes.plot([0, 0], [0, 1], "o--", color="white", path_effects=outline)
for x, y, name in ((0, -0.15, "noise"), (1, -0.15, "face"), (0, 1.07, "winner")):
    axes.text(x, y, name, color="white", ha="center", fontsize=11, path_effects=outline)
axes.set(xlabel="towards a face", ylabel="towards the winner");

# %% [markdown]
# The solid line is what the judge was taught: a steady slope from noise to face, and it has learned it well. But the
# bright ground does not *end* at the face, nor beside the line; the judge has cut the space in two, a dark side with
# the noise on it and a bright side that holds far more than faces (far beyond both, top right, it darkens again;
# those are no longer images). From any point of the dark side it is a small step to the light, and no such step leads
# towards a face in particular. There are incomparably more bright images that are not faces than ones that are;
# evolution, which takes the first that comes, will find one that is not.
#
# Goodfellow et al. (2015) explain with this picture why tiny changes fool classifiers. And where in an image does the
# evidence come from? Grad-CAM (Selvaraju et al., 2017) weighs the channels of a layer by their gradients.

# %%
fg.show.source(judges.grad_cam)

# %% [markdown]
# Two faces, and the winner: where did the judge find what it liked?

# %%
asked = np.stack([faces[1], faces[2], bred.best])
maps = judges.grad_cam(network, fg.data.to_float(asked))
panels = plt.subplots(1, 3, figsize=(7.5, 2.6))[1]
for axes, image, heat, score in zip(panels, asked, maps, judges.fitness(network)(asked).numpy(), strict=True):
    axes.imshow(image)
    axes.imshow(heat, extent=(0, 64, 64, 0), cmap="inferno", alpha=0.55, interpolation="bicubic")
    axes.set(title=f"score {score:.3f}", xticks=[], yticks=[])

# %% [markdown]
# In faces it looks at skin: cheeks, forehead, chin, the smooth and bright places. Eyes are not what tells a face from a
# noised face; smoothness is. A heat map shows where a network looks, not whether it is right: for the winner it points
# somewhere too, with the same confidence.
#
# ## 7 Teach the judge
#
# The obvious remedy is to tell it. We take the whole population that fooled it, declare it worth nothing, and let the
# judge go on learning, faces and other things included.

# %%
wiser = fg.networks.copy_of(network)
fooled = np.concatenate([images, np.repeat(bred.chromosomes, 10, axis=0)])
value = np.concatenate([worth, np.zeros(1000)])
teaching.teach(wiser, fooled, value, steps=fg.book.setting("11_genetic_algorithm", "lessons"), learning_rate=5e-4)
before, after = (judges.fitness(who)(bred.chromosomes).numpy().mean() for who in (network, wiser))
still = judges.fitness(wiser)(faces).numpy().mean()
print(f"the population that scored {before:.3f} now scores {after:.3f}; faces score {still:.3f}")
assert after < 0.5 < before

# %% [markdown]
# It has learned the lesson within seconds, and still knows a face. So, once more from the start:

# %%
again = GeneticAlgorithm(judges.fitness(wiser), (64, 64, 3), mutation_rate=0.002, seed=1).evolve(generations)
fg.show.images(np.stack([bred.best, again.best]), columns=2, heads=("the first winner", "the second"))
elsewhere = judges.fitness(network)(again.best[None])[0]
print(f"the second winner scores {again.scores[0]:.3f}; the judge without the lesson gives it {elsewhere:.3f}")

# %% [markdown]
# A different noise. (FaceGen's authors would try something else next, §7: breed towards given pictures, and teach the
# judge with whatever comes up on the way, labelled by its distance from them.) Six rounds of breeding and teaching
# ship with the book; after each, the judge was taught the winners of all rounds so far. Read the table below row by
# row: it shows the crowd of round *n* before each judge in turn.

# %%
race = np.load(evolution.folder() / "arms_race.npz")
figure, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.2), width_ratios=(1.1, 1))
left.imshow(race["scores"], vmin=0, vmax=1, cmap="cividis")
for (row, column), score in np.ndenumerate(race["scores"]):
    left.text(
        column, row, f"{score:.2f}", ha="center", va="center", fontsize=8, color="white" if score < 0.6 else "black"
    )
left.set(title="score of a crowd", xlabel="judge after so many lessons", ylabel="crowd of round", xticks=range(7))
left.set_yticks(range(len(race["scores"])), range(1, len(race["scores"]) + 1))
for curve in race["best"][1:-1]:
    right.plot(curve, color=style.FAINT, linewidth=1)
right.plot(race["best"][0], color=style.CYCLE[3], label="first round")
right.plot(race["best"][-1], color=style.CYCLE[2], label="last round")
right.set(title="the fittest", xlabel="generation", ylim=(0, 1.02))
right.legend(loc="lower right")
print("off on held-out images:", ", ".join(f"{error:.3f}" for error in race["error"]))
assert race["scores"].diagonal().min() > 0.9 and race["scores"].diagonal(1).max() < 0.1
first, *_, last = [int((curve >= 0.8).argmax()) for curve in race["best"]]
print(f"generations to a score of 0.8: {first} in the first round, {last} in the last")
assert last > 2 * first > 0

# %% [markdown]
# Every lesson is learned: right of the diagonal all is dark. No lesson is the last: on the diagonal, where a crowd
# stands before the judge that it was bred for, all is bright. On the whole it does get harder: the last round takes
# more than twice as long as the first to reach 0.8. What you have just watched is familiar: one player makes images
# that the other takes for real, the other learns to tell them apart, and so on in turn. That is the game of chapter
# 01, with a discriminator trained as usual and a *generator* replaced by blind search. A GAN's generator sees the
# gradient of its judge, takes one step, and goes on from where it is. Evolution begins with noise in every round, and
# forgets everything it found when the search is over.
#
# ## 8 What evolution is good at
#
# The trouble was not the algorithm, it was the space. Among images of 12,288 genes nearly all are noise. Among the
# latent vectors of a trained generator nearly all are *faces*: 128 genes, and they cannot spell snow.


# %%
def liking(z):
    return network(people.generator(z, training=False), training=False)[:, 0]


beauties = GeneticAlgorithm(liking, (people.latent_dim,), Latents(), mutation_rate=0.05, seed=1)
first, before = people.decode(beauties.chromosomes[:5]), beauties.scores
beauties.evolve(fg.book.setting("11_genetic_algorithm", "latent_generations"))
sheet = np.concatenate([first, people.decode(beauties.chromosomes[:5])])
fg.show.images(sheet, columns=5, title="the fittest of a generation", rows=("the first", "the last"))
print(f"mean score {before.mean():.3f}, then {beauties.scores.mean():.3f}")
assert beauties.scores.mean() > before.mean()

# %% [markdown]
# The same judge, the same operators, a few dozen generations, and every individual still looks like somebody. The
# crowd even shows what the judge likes best: a bright, smooth, evenly lit face, all cheek. And it shows what evolution
# does to variety: by the end everybody is related to everybody. Crossover can only mix what is there.

# %%
spread = [
    np.std(people.decode(z).astype(float), axis=0).mean()
    for z in (fg.models.generator.draw_latents(100, people.latent_dim), beauties.chromosomes)
]
print(
    f"standard deviation of a pixel over 100 people: {spread[0]:.0f} grey levels at first, {spread[1]:.0f} at the end"
)
assert spread[1] < spread[0]

# %% [markdown]
# ## 9 You are the fitness
#
# One judge has no blind spot for noise, cannot be taught by gradients, and knows exactly what it likes: you. Below
# are nine people who do not exist. Click those that you like, one or several, and press *Breed*. Those you like stay;
# the others make room for their children. *Undo* takes a generation back, and *mutation* says how far children may
# fall from the tree, which is drawn below as it grows.

# %%
family = fg.breed(people, seed=2)

# %% [markdown]
# What you see on paper or on GitHub is only the first generation. In JupyterLab, try to breed towards a goal: an
# older man, a child that laughs, somebody who looks like you. Ten generations are enough to surprise you with how far
# selection gets in a space where everything is a face. Dawkins (1986) did this with drawings of nine branching
# figures, Sims (1991) with pictures made of formulas. `family.latents` holds your nine people, and `fg.explore` takes
# it from there.
#
# The same works in code, without clicking. Here a rule clicks for you: it likes the three brightest of nine.

# %%
bright = Family(people, seed=2)
for _ in range(4):
    bright.breed(np.argsort(bright.faces.mean(axis=(1, 2, 3)))[-3:], mutation_rate=0.1)
fg.show.images(bright.tree()[None], columns=1, zoom=1)
assert bright.faces.mean() > bright.generations[0].faces.mean()

# %% [markdown]
# ## What went wrong
#
# Four ways to make evolution stand still, each of which cost us an afternoon:
#
# - **Mutation too strong.** At a rate of 0.01 every child has 123 new genes. Early on that is quick; later it breaks
#   more than it mends, and the curve flattens far below the top. If mutation is too weak, everybody waits for one
#   lucky child.
# - **An elite of one.** The population becomes its clones within a few generations, and crossover of clones does
#   nothing.
# - **A fitness with chance in it**, such as dropout left on in the judge. A mediocre image draws a lucky score once,
#   enters the elite, and never leaves: the best "never falls", but what it is the best at is luck.
# - **Believing the score.** Our judge could not have praised the picture at the head of this chapter more, and it
#   meant nothing. A measure that is optimised stops being a measure (Goodhart's law). For this reason chapter 04
#   keeps the judge of quality apart from whatever was trained on it.
#
# The last is the one to remember. To put it to the test, breed a second crowd like that of section 8, from another
# seed:

# %%
others = GeneticAlgorithm(liking, (people.latent_dim,), Latents(), mutation_rate=0.05, seed=3)
others.evolve(fg.book.setting("11_genetic_algorithm", "latent_generations"));

# %% [markdown]
# Then ask somebody who had no part in it: MTCNN, the face detector of chapter 04.

# %%
crowds = {"bred noise": bred.chromosomes[:20], "people as they come": people.sample(20, seed=1)}
crowds["people bred for the judge"] = people.decode(beauties.chromosomes[:20])
crowds["the same from another seed"] = people.decode(others.chromosomes[:20])
for name, crowd in crowds.items():
    score = judges.fitness(network)(crowd).numpy().mean()
    print(f"{name:26} the judge says {score:.2f}, MTCNN finds a face in {face_rate(crowd):.0%}")

# %% [markdown]
# It finds nobody in the noise, and few among those whom our judge likes best: even where every genome is a face, a
# score that is pushed far enough may leave the faces behind, towards pale masks without shadows. It need not: of
# those bred from another seed, to the same score, nearly all are still faces. The score cannot tell you which of the
# two has happened. *You* could have.


# %% [markdown]
# ## Recap
#
# - A genetic algorithm needs a score and nothing else. The elite keeps the best from ever falling; crossover
#   recombines, mutation invents, and between them they learn a handful of comparisons per generation where a gradient
#   learns every pixel.
# - A judge that is excellent on its data may be absurd everywhere else, and search goes everywhere else. Evolution
#   found noise that pleases, because nearly everything that pleases is noise.
# - Teaching the judge its mistakes is one half of a GAN. Six rounds did not get us to a face.
# - Search where everything is admissible, in the latent space of a generator, and even blind search, even you with
#   nine faces at a time, will get somewhere soon.
#
# ## Exercises
#
# The [workbook](exercises/11_genetic_algorithm.ipynb) has four: crossover with two cuts, selection by tournament, a
# judge that cannot be fooled by moving one pixel, and how many children a gradient is worth.
#
# ## Sources and further reading
#
# - J. de Cid, G. Recio, F. Loyola, *FaceGen: Generating synthetic realistic human faces using Computational
#   Intelligence methods*, 2019, §3.1, 5.2, 6, 7: the experiment of this chapter, on a GPU, at 128×128. What ran for
#   about an hour there (100,000 generations) takes minutes here, at a quarter of the pixels.
# - J. Holland, *Adaptation in Natural and Artificial Systems*, 1975; D. Goldberg, *Genetic Algorithms in Search,
#   Optimization and Machine Learning*, 1989.
# - I. Goodfellow, J. Shlens, C. Szegedy, *Explaining and Harnessing Adversarial Examples*, 2015; A. Nguyen, J.
#   Yosinski, J. Clune, *Deep Neural Networks are Easily Fooled*, 2015, who evolved images that fool a classifier of
#   ImageNet.
# - R. Selvaraju et al., *Grad-CAM*, 2017.
# - R. Dawkins, *The Blind Watchmaker*, 1986; K. Sims, *Artificial Evolution for Computer Graphics*, 1991; P.
#   Bontrager et al., *Deep Interactive Evolution*, 2018, who bred the latent vectors of a GAN.
