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
# # 06 Deep convolutional GAN
#
# Twelve people whom a small convolutional network made up:

# %%
import facegen_lib as fg

import itertools
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import Markdown
from keras import layers
from scipy.ndimage import gaussian_filter

from facegen_lib.data import to_float, to_uint8
from facegen_lib.models.generator import draw_latents, images_from
from facegen_lib.networks import arithmetic, convolutional
from facegen_lib.notebook import style

people = fg.pretrained("dcgan-utkface")
fg.show.samples(people, count=12, seed=6, columns=6);

# %% [markdown]
# The game is still that of Goodfellow et al. (2014). Played with dense layers, it makes fog. Radford et al. (2016)
# changed little but the *networks*, and faces came out.
#
# ## What you will build
#
# A dense and a convolutional pair of networks that learn the same portraits while you wait; a picture of what a
# discriminator tells a generator; a generator with a memory and one without; the same training at three learning
# rates; and the scores of the run that made the people above.
#
# ## What you will learn
#
# - **count** the weights of dense and convolutional layers at face size, and say what each can paint;
# - **apply** the four rules of DCGAN, and say what breaks without each;
# - **read** a training step line by line, and prove that neither player moves the other;
# - **choose** a penalty and a learning rate by looking, not by hoping;
# - **judge** a run by its report, and not by an accuracy near one half.
#
# ## What you need

# %%
fg.book.needs("06_dcgan")

# %% [markdown]
# ## 1 The same game, twice
#
# Chen (2019) played it with both kinds of network. His vanilla GAN is dense all through (figs. 4-1 and 4-18: at 64×64
# pixels, four layers of 512 units); his DCGAN is convolutional (figs. 4-4 and 4-21). His Fréchet Inception Distances
# between generated and real images (lower is better), and how often people took a generated image for a real one
# (§4.1.5, 4.2.5, 4.3.5):
#
# | | digits, 10,000 to 30,000 steps | shapes, 10,000 to 30,000 | flowers, 10,000 to 40,000 | people fooled: digits, shapes, flowers |
# | --- | --- | --- | --- | --- |
# | dense | 114, 91, 85 | 346, 314, 314 | 331, 341, 345, 353 | 6 %, 0 %, 0 % |
# | convolutional | 10, 7, 8 | 269, 294, 242 | 144, 102, 90, 79 | 44 %, 14 %, 28 % |
#
# On flowers the dense network got *worse* with training. We repeat the comparison on portraits. Here is the dense
# pair, shaped like the dissertation's at a quarter of its width, and beside it this book's convolutional pair. Both
# play the game of the recipe `dcgan`, from the same seed. We have half a minute, so both must hurry: a quarter of the
# recipe's batch, twice its generator's learning rate (section 8 asks what a rate does).


# %%
def dense_pair(image_shape, latent_dim=128, width=128):
    """A generator and a discriminator of dense layers alone, four hidden ones each."""
    hidden = [layer for _ in range(4) for layer in (layers.Dense(width), layers.LeakyReLU(0.2))]
    picture = [layers.Dense(math.prod(image_shape), "tanh", name="paint"), layers.Reshape(image_shape)]
    generator = keras.Sequential([layers.Input((latent_dim,)), *hidden, *picture])
    hidden = [layer for _ in range(4) for layer in (layers.Dense(width), layers.LeakyReLU(0.2))]
    discriminator = keras.Sequential([layers.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1)])
    return {"generator": generator, "discriminator": discriminator}


def convolutional_pair(image_shape, width=24):
    """The networks of the recipe at three quarters of their width."""
    generator = convolutional.generator(image_shape, width=width)
    return {"generator": generator, "discriminator": convolutional.discriminator(image_shape, width=width)}


portraits = fg.load("portraits", size=32)
keras.utils.set_random_seed(0)
quick = fg.recipes.adam(1e-3, 0.5, 0.99)
haste = {"batch_size": 16, "generator_optimizer": quick, "discriminator_optimizer": quick}
conv = fg.recipe("dcgan", portraits, scale="laptop", **convolutional_pair(portraits.image_shape), **haste)
dense = fg.recipe("dcgan", portraits, scale="laptop", **dense_pair(portraits.image_shape), **haste)
for name, recipe in (("dense", dense), ("convolutional", conv)):
    print(f"{name:14} {recipe.generator.count_params():9,} and {recipe.discriminator.count_params():9,} weights")
assert conv.generator.count_params() < dense.generator.count_params()

# %% [markdown]
# Watch the convolutional one. A *callback* sees a run after every step; this one keeps an album that section 6 will
# open.


# %%
class Album(fg.training.Callback):
    """Every twentieth step, eight fixed latent vectors as the generator paints them, and as its average does."""

    def on_start(self, run):
        self.raw, self.averaged = [], []

    def on_step(self, run):
        if run.steps % 20 == 0:
            self.raw.append(to_uint8(run.model.generator(run.fixed_z[:8], training=False)))
            self.averaged.append(to_uint8(run.model.averaged_generator(run.fixed_z[:8], training=False)))


steps, album = fg.book.setting("06_dcgan", "steps"), Album()
run = fg.train(conv, portraits, steps=steps, resume=False, callbacks=[album])

# %% [markdown]
# The dense pair takes as many steps, on the same batches, with the same noise. Unselected:

# %%
foggy = fg.training.train(dense, portraits, steps=steps, resume=False, sample_every=steps, folder="runs/dense")
assert foggy.steps == run.steps
sheet = np.concatenate([portraits[:6], foggy.sample(6, seed=2), run.sample(6, seed=2)])
rows = ("real", "dense", "convolutional")
fg.show.images(sheet, columns=6, title=f"after {steps:,} steps each", rows=rows);

# %% [markdown]
# Both have found where a head goes. The dense pair paints it as if seen through fog, and the fog is full of dust: no
# edge is clean, no pixel agrees with its neighbour. The convolutional pair has a coarser hand, but paints dark
# hair, and a sky. How well do neighbouring pixels agree, in each row?


# %%
def agreement(images):
    """Correlation of a pixel with its right-hand neighbour, the mean of each image taken off."""
    centred = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return np.corrcoef(centred[:, :, :-1].ravel(), centred[:, :, 1:].ravel())[0, 1]


agree = {"real": agreement(portraits[:256]), "dense": agreement(foggy.sample(256)), "conv": agreement(run.sample(256))}
print(", ".join(f"{name} {value:.2f}" for name, value in agree.items()))
assert agree["dense"] < min(agree["real"], agree["conv"]) - 0.03

# %% [markdown]
# ## 2 What a dense layer cannot say
#
# Count first. Take a layer from a 64×64 face to 32×32 positions of 32 channels, once dense, once a convolution with a
# 4×4 kernel; then the dissertation's whole dense generator, layer by layer:

# %%
as_dense = arithmetic.parameters(1, 64 * 64 * 3, 32 * 32 * 32)
as_convolution = arithmetic.parameters(4, 3, 32)
print(f"dense {as_dense:,} weights, convolution {as_convolution:,}")
assert as_convolution == convolutional.discriminator((64, 64, 3)).layers[1].count_params()

waist = arithmetic.parameters(1, 512, 64 * 64 * 3)
dense_total = arithmetic.parameters(1, 100, 512) + 3 * arithmetic.parameters(1, 512, 512) + waist
assert dense_total == 7_143_424  # Chen (2019), fig. 4-18
print(f"{waist / dense_total:.0%} of {dense_total:,} weights are the last layer's, {19_072_387:,} weights in its DCGAN")

# %% [markdown]
# A quarter of a million dense weights for each convolutional one. Nobody can afford that, so dense networks pass
# everything through a narrow waist, and nearly all their weights end up behind it, in the last layer. This layer owns
# 512 finished pictures, one per unit, adds them in varying proportions, and bends the sum with tanh. Its faces are
# mixtures of whole images. A convolutional last layer owns *stamps* of 4×4 pixels and may put each of them anywhere.
# Here are both sets of tools, from the generators just trained:

# %%
pictures = foggy.generator.get_layer("paint").kernel.numpy().reshape(-1, 32, 32, 3)[:10]
stamps = run.generator.get_layer("paint").kernel.numpy().transpose(3, 0, 1, 2)[:10]
panels = plt.subplots(2, 10, figsize=(7.5, 1.8))[1]
for axes, tool in zip(panels.flat, [*pictures, *stamps], strict=True):
    axes.imshow(np.clip(0.5 + tool / (6 * tool.std()), 0, 1))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
panels[0, 0].set_ylabel("dense", rotation=0, ha="right", va="center")
panels[1, 0].set_ylabel("stamps", rotation=0, ha="right", va="center");

# %% [markdown]
# In the upper row every pixel has weights of its own, learned from what happened at that pixel and nowhere else. An
# eye two pixels to the left must be learned again, and nothing tells a pixel to agree with its neighbour: hence the
# dust. In the lower row, what is learned about skin in one place is known everywhere. That is the bet: *a face is
# made of parts that may occur anywhere, and of a plan that says where.* The 4×4 map at the start of the generator is
# the plan. How far does one position of a map reach? Silence one, in the middle, and see what becomes of the face.
# Choose the size of the map:


# %%
stages = [layer.output for layer in people.generator.layers if isinstance(layer, layers.ReLU)]
until = keras.Model(people.generator.input, stages)
onwards = [keras.Model(stage, people.generator.output) for stage in stages]
reach = [46, 22, 10, 4]  # pixels: a stamp of n positions becomes one of 2n + 2


def poke(size, person=3):
    """A face, the face with one position of a map silenced, and where the two differ."""
    level = [4, 8, 16, 32].index(size)
    maps = until(np.random.default_rng(person).standard_normal((1, people.latent_dim), dtype="float32"))[level].numpy()
    before = onwards[level](maps).numpy()[0]
    maps[:, size // 2, size // 2] = 0
    after = onwards[level](maps).numpy()[0]
    return before, after, np.abs(after - before).max(axis=-1)


def draw_poke(size):
    before, after, change = poke(size)
    panels = plt.subplots(1, 3, figsize=(7.5, 2.6))[1]
    titles = ["the face", f"one of {size}×{size} positions silent", "what changed"]
    for axes, picture, title in zip(panels, (before / 2 + 0.5, after / 2 + 0.5, change), titles, strict=True):
        axes.imshow(picture)
        axes.set(title=title)
        axes.set_axis_off()


fg.turn(draw_poke, size=[4, 8, 16, 32])

# %% [markdown]
# A position of the 4×4 map speaks for a cheek and half a mouth, one of the 32×32 map for a square of 4×4 pixels.
# Coarse to fine: plan, parts, paint.

# %%
for size, pixels in zip((4, 8, 16, 32), reach, strict=True):
    changed = poke(size)[2] > 1e-6
    rows, columns = changed.any(axis=1).sum(), changed.any(axis=0).sum()
    print(f"{size:2}×{size:<2} map: {rows} rows and {columns} columns changed, at most {pixels} can")
    assert max(rows, columns) <= pixels

# %% [markdown]
# ## 3 Four rules
#
# Convolutions alone do not make a GAN train. Radford et al. (2016, section 3) searched long for what does, and give
# five guidelines. Two concern activations, so we count four.
#
# **One: strides, no pooling.** Pooling fixes once and for all how to shrink; a stride leaves that to the weights.
# Likewise on the way up: transposed convolutions of stride 2 in place of fixed enlargement. At face size:

# %%
face = fg.recipe("dcgan", (64, 64, 3), scale="laptop")
up = [layer.output.shape[1:] for layer in face.generator.layers if isinstance(layer, layers.Conv2DTranspose)]
down = [layer.output.shape[1:] for layer in face.discriminator.layers if isinstance(layer, layers.Conv2D)]
assert up == [(8, 8, 128), (16, 16, 64), (32, 32, 32), (64, 64, 3)]
assert down == [(32, 32, 32), (16, 16, 64), (8, 8, 128), (4, 4, 256)]

# %% [markdown]
# **Two: batch normalisation.** Without it every layer passes on less than it was given, or more. With Keras's usual
# initial weights (those of He et al., 2015, are made for ReLU) it is less, and after a few layers the signal is gone.
# What arrives at each depth of an untrained generator?


# %%
def spreads(with_rule, seed=0):
    """Standard deviation of what enters each ReLU of an untrained generator for 64×64 faces."""
    keras.utils.set_random_seed(seed)
    x, found = np.random.default_rng(seed).standard_normal((64, 128), dtype="float32"), []
    for layer in convolutional.generator((64, 64, 3)).layers[1:]:
        if isinstance(layer, layers.ReLU):
            found.append(float(np.std(x)))
        if with_rule or not isinstance(layer, layers.BatchNormalization):
            x = layer(x, training=True)
    return [*found, float(np.std(x))]


with_rule, without = spreads(True), spreads(False)
places = ["4×4", "8×8", "16×16", "32×32", "picture"]
plt.plot(places, with_rule, "o-", label="with batch normalisation")
plt.plot(places, without, "o-", color=style.FAINT, label="without")
plt.yscale("log")
plt.title("spread of the activations in an untrained generator")
plt.legend()
assert without[3] < with_rule[3] / 5

# %% [markdown]
# Without the rule the first picture is a uniform grey. The paper normalises both networks, except the generator's
# last layer and the discriminator's first: with the rule there, samples oscillated. Our recipe normalises the
# generator only: its discriminator is charged for its gradient at *each image* (section 7), and normalisation would
# make that depend on all the others.
#
# **Three: no hidden dense layers.** One dense layer makes the plan out of $z$, and one reads the verdict off the last
# map. Everything between is convolution.

# %%
for network in (face.generator, face.discriminator):
    weights = {layer.name: layer.count_params() for layer in network.layers if isinstance(layer, layers.Dense)}
    print(f"{network.name}: {network.count_params():,} weights, dense: {weights}")
    assert len(weights) == 1

# %% [markdown]
# De Cid et al. (2019, §5.4) did better without even these two. Their recipe is `facegen`; its weights fill the files
# whose sizes they print, 14.107 and 10.937 MB:

# %%
theirs = fg.recipe("facegen", (128, 128, 3))
for network, megabytes in ((theirs.generator, 14.107), (theirs.discriminator, 10.937)):
    assert not any(isinstance(layer, layers.Dense) for layer in network.layers)
    assert math.isclose(4 * network.count_params() / 1_024_000, megabytes, rel_tol=0.001)

# %% [markdown]
# **Four: ReLU up, leaky ReLU down, tanh at the very end.** All that a generator ever learns comes back to it through
# the discriminator, and a ReLU that is off lets nothing back. Here is what enters the leaky units of section 1's
# discriminator when it sees real portraits:

# %%
felt = [layer.input for layer in run.discriminator.layers if isinstance(layer, layers.LeakyReLU)]
feelings = keras.Model(run.discriminator.input, felt)(to_float(portraits[:64]))
panels = plt.subplots(1, 3, figsize=(7.5, 2.4))[1]
for axes, feeling in zip(panels, feelings, strict=True):
    feeling = feeling.numpy()
    below = np.mean(feeling < 0)
    axes.hist(feeling.ravel(), bins=60, range=np.quantile(feeling, [0.005, 0.995]), color=style.REAL)
    axes.axvline(0, color=style.INK, linewidth=1)
    axes.set(title=f"{feeling.shape[1]}×{feeling.shape[2]}: {below:.0%} below 0", yticks=[])
    assert 0.01 < below < 0.99
panels[1].set_xlabel("what a leaky unit is given");

# %% [markdown]
# A ReLU would have thrown away whatever lies left of the line, and with it what the generator might have been told
# there. A leaky unit passes a fifth of it on.
#
# And the ends: tanh keeps pixels in $[-1, 1]$, where the real ones are. The discriminator ends in no activation. It
# returns a *logit*; the sigmoid becomes part of the loss, where no digits are lost.
#
# ## 4 The game
#
# With $\sigma(a) = 1/(1 + e^{-a})$ and $D$ the logit, the discriminator minimises
#
# $$L_D = -\,\mathbb{E}\,\log \sigma(D(x)) \;-\; \mathbb{E}\,\log\bigl(1 - \sigma(D(G(z)))\bigr),$$
#
# and the generator $L_G = -\,\mathbb{E}\,\log \sigma(D(G(z)))$. Chapter 01 says why not $+\log(1 - \sigma)$. In code,
# with $-\log \sigma(a) = \mathrm{softplus}(-a)$:

# %%
fg.show.source(fg.objectives.NonSaturating)

# %% [markdown]
# A discriminator that can only guess returns 0. Then each player pays $\log 2$ per image, and the discriminator for
# two:

# %%
game, guess = fg.objectives.NonSaturating(), np.zeros((4, 1), "float32")
guessing = float(game.discriminator_loss(guess, guess)), float(game.generator_loss(guess, guess))
assert np.allclose(guessing, (2 * np.log(2), np.log(2)))

# %% [markdown]
# ## 5 One step
#
# A step has two halves. The first trains the discriminator on a real batch and a generated one, in separate passes, so
# that no layer can compare the two. `stop_gradient` cuts the generator off.

# %%
fg.show.source(fg.models.GAN.discriminator_step)

# %% [markdown]
# Do not believe it; look at the weights. Take a small GAN, paint one batch, and copy every weight of both networks,
# running averages included. Then train the discriminator:

# %%
small = fg.ImageSet("small portraits", portraits.images.reshape(-1, 16, 2, 16, 2, 3).mean((2, 4)).astype("uint8"))
gan = fg.recipe("dcgan", small, scale="laptop").model()
real_images, noise = next(iter(small.batches(64))), gan.noise(64, turn=0)
with tf.GradientTape(persistent=True) as painting:
    fake_images = gan.generator(noise, training=True)


def weights_of(network):
    return np.concatenate([weight.numpy().ravel() for weight in network.weights])


generator_before, discriminator_before = weights_of(gan.generator), weights_of(gan.discriminator)
_, real_logits = gan.discriminator_step(real_images, fake_images)
assert np.array_equal(weights_of(gan.generator), generator_before)
assert not np.array_equal(weights_of(gan.discriminator), discriminator_before)

# %% [markdown]
# The second half trains the generator, through a discriminator that must hold still:

# %%
fg.show.source(fg.models.GAN.generator_step)

# %% [markdown]
# The generator never sees a real face. What it gets is `wanted_change`: for each pixel of its own image, which way the
# loss rises, and so which way not to go. From there the tape `painting`, which saw the image being made, carries this
# back to the weights. This is the chain rule cut in two, and equals one tape through both networks:

# %%
with tf.GradientTape(persistent=True) as whole:
    painted = gan.generator(noise, training=True)
    loss = game.generator_loss(None, gan.discriminator(painted, training=True))
weights = gan.generator.trainable_variables
at_once = whole.gradient(loss, weights)
in_two = painting.gradient(fake_images, weights, output_gradients=whole.gradient(loss, painted))
assert all(np.allclose(one, two, rtol=1e-3, atol=1e-6) for one, two in zip(at_once, in_two, strict=True))

# %% [markdown]
# Why cut it, then? So that the same `fake_images` serve both halves; a second batch would cost one more pass through
# the generator and buy only fresh noise. Now the generator's half, checked likewise:

# %%
generator_before, discriminator_before = weights_of(gan.generator), weights_of(gan.discriminator)
gan.generator_step(painting, fake_images, real_logits)
assert np.array_equal(weights_of(gan.discriminator), discriminator_before)
assert not np.array_equal(weights_of(gan.generator), generator_before)

# %% [markdown]
# Turned round, this is a wish: how should each pixel change? We ask section 1's discriminator, and then grant its
# wishes, pixel by pixel, twenty times over.

# %%
def wish(images):
    """For each pixel, which way the generator's loss falls."""
    with tf.GradientTape() as judging:
        judging.watch(images)
        loss = game.generator_loss(None, run.discriminator(images, training=True))
    return -judging.gradient(loss, images)


painted = granted = tf.constant(run.generator(run.fixed_z[:6], training=False))
for _ in range(20):
    change = wish(granted)
    granted = tf.clip_by_value(granted + 0.03 * change / tf.reduce_mean(tf.abs(change)), -1, 1)
wishes = wish(painted) / (4 * tf.math.reduce_std(wish(painted)))
assert run.discriminator(granted).numpy().mean() > run.discriminator(painted).numpy().mean()
sheet = to_uint8(np.concatenate([painted, wishes, granted]))
fg.show.images(sheet, columns=6, rows=("painted", "wished for", "granted"));

# %% [markdown]
# To our eyes the wishes are noise. Granted literally, they darken the rim of a head, and speckle all the rest. The
# generator makes sense of them: it has only a plan and stamps, and can grant only wishes that many places in many
# images share.
#
# ## 6 A generator with a memory
#
# Two players who answer each other keep moving, even when on average they stand still (chapter 01, section 6). So do
# the faces: which ones you get depends on the step at which you stop. The way out is a second generator, its weights a
# *moving average* of the first one's (Karras et al., 2018); the share of an old weight halves after a fixed number of
# images:

# %%
fg.show.source(fg.models.GAN.update_average)

# %% [markdown]
# The album from section 1 has both. Here is one latent vector around the middle of the run, every twenty steps, and by
# how many grey levels a pixel changes each time:

# %%
middle = len(album.raw) // 2
both = [np.stack([page[0] for page in pages[middle - 3 : middle + 3]]) for pages in (album.raw, album.averaged)]


def jump(pages):
    """Mean change of a pixel, in grey levels, from one page of an album to the next."""
    return np.abs(np.diff(np.stack(pages[middle - 4 :]).astype(float), axis=0)).mean()


print(f"as it is {jump(album.raw):.1f}, averaged {jump(album.averaged):.1f}")
assert jump(album.averaged) < jump(album.raw)
fg.show.pairs(*both, ("as it is", "averaged"));

# %% [markdown]
# Above, the portrait jumps; below, it drifts. The average is what a run shows, keeps and ships. It costs no
# training, only a copy of the weights.
#
# ## 7 A fence around the discriminator
#
# Let the real data be the single point 0, the generated data a single point $\theta$, and the discriminator a
# straight line, $D(x) = \psi x$. On this *Dirac-GAN*, Mescheder et al. (2018) show, the game of section 4 circles its
# goal and approaches it ever more slowly: when $\theta$ passes 0 the line still slopes, and pushes $\theta$ out
# again. Their cure is to charge the discriminator for sloping at *real* images, where it should ask for no change:
#
# $$R_1 = \frac{r_1}{2}\; \mathbb{E}\, \lVert \nabla_x D(x) \rVert^2 .$$
#
# Vary $r_1$. Grey is the game without it.


# %%
def dirac(r1, rate=0.2, steps=400):
    """The path of (θ, ψ), the two players taking turns."""
    theta, psi, path = 1.0, 0.0, [(1.0, 0.0)]
    for _ in range(steps):
        psi -= rate * (theta / (1 + np.exp(-psi * theta)) + r1 * psi)
        theta += rate * psi / (1 + np.exp(psi * theta))
        path.append((theta, psi))
    return np.array(path)


def draw_dirac(r1):
    left, right = plt.subplots(1, 2, figsize=(7.5, 3), width_ratios=(1, 1.4))[1]
    for weight, colour in ((0, style.FAINT), (r1, style.THIRD)):
        path = dirac(weight)
        left.plot(*path.T, color=colour, linewidth=1.2)
        right.plot(np.abs(path[:, 0]), color=colour, linewidth=1.2, label=f"r1 = {weight:.1f}")
    left.plot(0, 0, "*", color=style.INK, markersize=11)
    left.set(xlabel="the fake point θ", ylabel="the slope ψ", aspect="equal")
    right.set(xlabel="step", title="distance of the fake point from the real one")
    right.legend()


fg.turn(draw_dirac, r1=(0.0, 2.0, 0.3, 0.1))

# %% [markdown]
# A little penalty, and the swing is damped. Too much flattens the slope before it can pull. Distances from the goal
# after 50 steps:

# %%
distance = {r1: np.hypot(*dirac(r1, steps=50)[-1]) for r1 in (0.0, 0.3, 1.0, 2.0)}
print(", ".join(f"r1 = {r1}: {value:.2f}" for r1, value in distance.items()))
assert distance[1.0] < distance[0.3] < distance[0.0] / 2 and distance[2.0] > 2 * distance[1.0]

# %% [markdown]
# Does a real network behave like the line? We need a small laboratory: portraits of 16×16 pixels, and trainings with
# the same first weights, batches and noise, which differ only in what we change.


# %%
def laboratory(r1):
    """A function that trains a small GAN, always from the same start, and returns what was measured and painted."""
    game = fg.objectives.NonSaturating(r1=r1)
    keras.utils.set_random_seed(0)
    pair = convolutional_pair(small.image_shape, width=16)
    gan = fg.recipe("dcgan", small, scale="laptop", objective=game, **pair).model()
    step, probe = tf.function(gan.train_step, autograph=False), next(iter(small.batches(64, seed=9)))
    slope = tf.function(lambda: tf.sqrt(fg.objectives.squared_gradient_norm(gan.discriminator, probe)))
    optimizers = gan.generator_optimizer, gan.discriminator_optimizer
    state = [*gan.variables, *optimizers[0].variables, *optimizers[1].variables]
    start = [variable.numpy() for variable in state]

    def train(steps, generator_rate, discriminator_rate):
        for variable, value in zip(state, start, strict=True):
            variable.assign(value)
        for optimizer, rate in zip(optimizers, (generator_rate, discriminator_rate), strict=True):
            optimizer.learning_rate.assign(rate)
        records, slopes = [], []
        for number, batch in enumerate(itertools.islice(small.batches(16), steps)):
            records.append(step(batch))
            if number % 10 == 0:
                slopes.append(slope().numpy().mean())
        measured = {name: np.array([float(record[name]) for record in records]) for name in records[0]}
        painted = images_from(gan.averaged_generator, latents)
        return measured | {"slope": np.array(slopes), "samples": painted}

    return train


# %% [markdown]
# Two laboratories, without the penalty and with it. We watch the slope of the discriminator at 64 real portraits.

# %%
latents = draw_latents(64, 128, seed=1)
short = fg.book.setting("06_dcgan", "short_steps")
free_laboratory, fenced_laboratory = laboratory(r1=0.0), laboratory(r1=1.0)
free, fenced = free_laboratory(short, 0.002, 0.002), fenced_laboratory(short, 0.002, 0.002)

left, right = plt.subplots(1, 2)[1]
for trial, label, colour in ((free, "r1 = 0", style.FAINT), (fenced, "r1 = 1", style.THIRD)):
    left.plot(np.arange(len(trial["slope"])) * 10, trial["slope"], color=colour, label=label)
    right.plot(fg.show.smooth(trial["accuracy"], 20), color=colour, label=label)
left.set(title="slope of D at real portraits", xlabel="step", ylim=(0, None))
right.set(title="accuracy of D", xlabel="step", ylim=(0.4, 1))
left.legend()
assert fenced["accuracy"].mean() > free["accuracy"].mean() - 0.05
assert fenced["slope"][-5:].mean() < free["slope"][-5:].mean() / 1.5

# %% [markdown]
# Without the penalty the slope grows severalfold within a few dozen steps; with it, the slope stays low. And the
# discriminator is right no less often: what the penalty takes away was not needed. Our recipe takes the mean over
# eight images of each batch. That is cheap (compare Karras et al., 2020, section 3.1), and right on average if the
# eight are drawn like the rest; in section 9's run they were not (chapter 03, *What went wrong*).
#
# ## 8 Three stages, and a factor of ten
#
# Patel (2017) trained a DCGAN on 41,000 pictures of celebrities, in three stages. His *simple* pair has two
# convolutions each and made nothing like a face: after 500 steps the discriminator's loss was about 8, the generator's
# anywhere from 2 to 14. The *improved* one has four in the discriminator and came down to 2 and 3. But its
# discriminator was right nearly always after 20 or 30 steps, which sent the generator's loss up for long. The
# *refined* one adds dropout against that, and batch normalisation in both networks. All three are recipes of this
# book. On portraits of 16×16 pixels, in batches of eight:

# %%
stage_steps = fg.book.setting("06_dcgan", "stage_steps")
stages_of_patel = {}
for name in ("simple", "improved", "refined"):
    gan = fg.recipe(f"patel-{name}", small, batch_size=8).model()
    step = tf.function(gan.train_step, autograph=False)
    records = [step(batch) for batch in itertools.islice(small.batches(8), stage_steps)]
    late = records[len(records) // 3 :]
    means = {key: np.mean([float(record[key]) for record in late]) for key in ("accuracy", "generator_loss")}
    stages_of_patel[name] = means["generator_loss"]
    print(f"{name:9}" + "  ".join(f"{key} {value:.2f}" for key, value in means.items()))

assert stages_of_patel["improved"] > max(stages_of_patel["simple"], stages_of_patel["refined"])

# %% [markdown]
# We see the start of a run as he saw it: with more layers the discriminator is right most often, and the generator's
# loss is highest. Dropout silences a quarter or more of the discriminator's units, so that it can lean on no single
# trait. That makes it worse at its job, which is the point: from a discriminator that is always right a generator
# learns nothing (chapter 01).
#
# One number remained. At a learning rate of 0.02 the generator's loss would not come down from 2.4; over 10,000 steps
# it was 3.43 on average, the discriminator's 0.89 (by its size a mean of two halves; ours is their sum). He started
# again at 0.002 and got 1.169 and 0.728. Does our laboratory agree? Three rates, his two and a tenth of the lower,
# with no penalty, for he had none:

# %%
RATES = (0.02, 0.002, 0.0002)
trials = [free_laboratory(short, 0.02, 0.02), free, free_laboratory(short, 0.0002, 0.0002)]
for rate, trial in zip(RATES, trials, strict=True):
    means = {name: trial[name].mean() for name in ("generator_loss", "discriminator_loss", "accuracy")}
    print(f"rate {rate:<6}  " + "  ".join(f"{name} {value:.2f}" for name, value in means.items()))

assert trials[0]["generator_loss"].mean() > 1.5 * trials[1]["generator_loss"].mean()
assert trials[2]["accuracy"].mean() > 0.6
assert people.about["recipe"]["generator_optimizer"]["learning_rate"] == 0.0005
sheets = np.concatenate([small[:8], *(trial["samples"][:8] for trial in trials)])
names = ("real", *(f"rate {rate}" for rate in RATES))
fg.show.images(sheets, title=f"after {short:,} steps", rows=names, zoom=5);

# %% [markdown]
# Patel's lesson repeats itself. At 0.02 the generator's loss is a multiple of what it is at 0.002, and most of each
# picture is one flat tone. At 0.002 heads begin to form. But the lowest loss of all belongs to 0.0002, whose pictures
# (in the quick profile) are noise: its generator has hardly moved. *The loss did not choose the rate; the pictures
# did.* The people at the head of this chapter were trained with 0.0005, for many thousand steps: a rate suits a length
# of training.
#
# ### What an accuracy near one half does not mean
#
# Patel trained on for 100,000 steps at 0.002. Near step 20,000 his generator's loss reached 14 and the discriminator's
# almost 0, then both settled. The means were 0.84404 and 0.707, near the $\log 2 = 0.693$ of a guess, and the
# discriminator was right 48.19 % of the time, which he takes for the sign of a well-trained GAN. At the equilibrium no
# discriminator can do better than one half. But is the converse true? Train a generator against a discriminator that
# learns *nothing*, at a rate of zero:

# %%
asleep = free_laboratory(short, 0.002, 0.0)
late = {name: asleep[name][-50:].mean() for name in ("accuracy", "real_score", "fake_score")}
print(", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in late.items()))
assert late["accuracy"] < 0.5 and late["fake_score"] > late["real_score"]
fg.show.images(asleep["samples"][:8], title="painted for a discriminator that sleeps", zoom=5);

# %% [markdown]
# These pass for real more easily than portraits do. For exactly one half it takes even less: a discriminator that
# always says the same. Chen (2019, §4.2.1) met that in earnest: his dense GAN painted one uniform grey, at an
# accuracy of 50 %. Accuracy compares the players with *each other*, not with the data.
#
# ## 9 The run that ships
#
# The recipe `dcgan` at its laptop scale, on photographs of 64×64 pixels. Patel judged his faces by eye. He found hair,
# skin, glasses and hats of many kinds, but blur and noisy backgrounds; HyperGAN's, after eight hours, had more of
# both. Our run left files to read:

# %%
about, history, report = people.about, fg.zoo.history("dcgan-utkface"), fg.zoo.report("dcgan-utkface")
assert history.steps[-1] == about["steps"]
Markdown(
    f"{about['steps']:,} steps of batch 64 on {about['data']['images']:,} photographs: every photograph was seen about "
    f"{64 * about['steps'] / about['data']['images']:.0f} times, in {about['minutes']:.0f} minutes of a graphics "
    f"processor ({about['machine']['devices'][0]}). "
    f"The generator has {people.generator.count_params():,} weights; Chen's for this size has 19,072,387, Patel's "
    "8,328,003."
)

# %% [markdown]
# Eight latent vectors, from the first step to the last, the moments ever further apart:

# %%
fg.show.evolution(fg.zoo.folder("dcgan-utkface"));

# %% [markdown]
# By step 1,500 the heads are where they stay; who they are changes to the end. The curves:

# %%
fg.show.losses(history);

# %% [markdown]
# When did the faces become good? The curves bend once, at two thirds, where both learning rates begin to fall to
# zero. After it the Fréchet distance (chapter 04) halves, and yet the losses move as if the generator were losing.
# Nobody has won:

# %%
on_the_way = {steps: each["Fréchet distance"].value for steps, each in fg.zoo.progress("dcgan-utkface").items()}
plt.figure(figsize=(7.5, 2.4))
plt.plot(list(on_the_way), list(on_the_way.values()), "o-", color=style.FAKE)
plt.gca().set(title="Fréchet distance", xlabel="step", xlim=(0, None), ylim=(0, 0.6))
plt.gca().xaxis.set_major_formatter("{x:,.0f}")
*_, before, _, last = on_the_way.values()
assert last < 0.6 * before
third = len(history) // 3
scores = {name: history[name][-third:].mean() for name in ("real_score", "fake_score", "accuracy")}
assert 0.5 < scores["accuracy"] < 0.95 and scores["fake_score"] > 0.05
Markdown(
    f"Over the last third of the run, the discriminator was right {scores['accuracy']:.0%} of the time. It gave real "
    f"photographs a probability of {scores['real_score']:.2f} on average, generated ones {scores['fake_score']:.2f}."
)

# %% [markdown]
# The discriminator is mostly right, never sure: the penalty keeps slopes small, and with them logits. Its accuracy is
# nowhere near one half, and yet these are the best faces in the chapter. Quality is measured on samples:

# %%
report

# %% [markdown]
# Three of its rows in words (chapter 04 explains each):

# %%
rate, precision, coverage = (report[name] for name in ("face rate", "precision", "coverage"))
assert rate.value >= 0.95 and coverage.high < coverage.floor
Markdown(
    f"A detector that never heard of this book finds a face in {rate.value:.1%} of {rate.count} unselected samples, "
    f"and in {rate.floor:.1%} of as many photographs. {precision.value:.0%} of the samples lie where photographs lie "
    f"(photographs: {precision.floor:.0%}). Of the places where photographs lie, {coverage.value:.0%} have a sample in "
    f"them (photographs: {coverage.floor:.0%})."
)

# %% [markdown]
# ## What went wrong
#
# **Less variety than the data.** Some places stay empty (the last number above), although our discriminator is shown
# how much a batch varies (`MinibatchStd`). Chapter 07 counts modes.
#
# **Checkerboards.** A 4×4 stamp at stride 2 touches every pixel equally often (chapter 02), but nothing says that the
# stamp must be even. On a face the unevenness hides. So ask the generator for nobody: at $z = 0$ the plan is the same
# everywhere, and whatever still shows is the stamps' own doing.

# %%
nobody = people.decode(np.zeros((1, people.latent_dim)))[0]
amplified = np.clip(128 + 6 * (nobody - nobody.mean(axis=(0, 1))), 0, 255).astype("uint8")
assert np.array_equal(nobody[16:32, 16:32], nobody[32:48, 32:48])
assert np.ptp(nobody[16:32, 16:32].astype(int), axis=(0, 1)).max() > 3
fg.show.images(np.stack([nobody, amplified]), columns=2, heads=("nobody", "its contrast, six times"), zoom=4);

# %% [markdown]
# A wallpaper. It repeats exactly every 16 pixels, one step of the 4×4 map, and nearly every 8, one step of the next
# map.
#
# **Halves that disagree.** Out of 500 faces, *selected*: the eight whose right eye is least like the mirror image of
# the left.

# %%
faces = people.sample(500, seed=6)
grey = faces.mean(axis=-1)
detail = grey - gaussian_filter(grey, (0, 8, 8))
one, other = detail[:, 20:36, 8:30].reshape(500, -1), detail[:, 20:36, ::-1][:, :, 8:30].reshape(500, -1)
likeness = np.array([np.corrcoef(pair)[0, 1] for pair in zip(one, other, strict=True)])
print(f"correlation of one eye with the other: {np.median(likeness):.2f} in the median face")
selected = faces[np.argsort(likeness)[:8]]
fg.show.images(selected, title="eight of 500, selected for eyes that disagree", columns=4, zoom=2);

# %% [markdown]
# Some merely turn their heads, or are lit from one side. In others two people seem to share a face (Patel's
# *morphing*). Section 2 has the reason: from the 8×8 map on, the two sides are painted apart, and each settles for
# itself what the plan leaves open. A unit of the discriminator's last map sees 46 pixels, room for two eyes, so it
# could object; nothing forces it to. Later networks add *attention*, so that distant parts can look at each other
# (Zhang et al., 2019).

# %% [markdown]
# ## Recap
#
# - A dense last layer mixes finished pictures; a convolution puts stamps where a plan says. Same game, different
#   faces.
# - Strides, a normalised generator, no hidden dense layers, and leaky units wherever a gradient must come back.
# - A step is two halves that share one generated batch; each moves one player.
# - Show the average of the generator.
# - R1 turns a spiral that hardly closes into one that does: it flattens the discriminator where the data is.
# - An accuracy of one half belongs to an equilibrium, and also to a discriminator that always says the same.
#
# ## Exercises
#
# [The workbook](exercises/06_dcgan.ipynb) has five: the weights of a generator before it is built; both losses, safe
# from overflow; the moving average; a game of least squares; and a training step with a bug that no error reports.
#
# ## Sources and further reading
#
# - T.-Y. Chen, *Synthesising Images by Imagination*, MSc dissertation, University of Strathclyde, 2019, §2.2.2,
#   §4.1.2, §4.2.2, §4.3.2, tables 4-1, 4-3, 4-5: DCGAN and dense GAN on three data sets.
# - R. Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks*, 2017: stages, learning
#   rates, losses and accuracy.
# - A. Radford, L. Metz, S. Chintala, [Unsupervised Representation Learning with Deep Convolutional Generative
#   Adversarial Networks](https://arxiv.org/abs/1511.06434), 2016, section 3.
# - I. Goodfellow et al., [Generative Adversarial Networks](https://arxiv.org/abs/1406.2661), 2014, section 3 and
#   algorithm 1.
# - K. He et al., [Delving Deep into Rectifiers](https://arxiv.org/abs/1502.01852), 2015: first weights for ReLU.
# - L. Mescheder, A. Geiger, S. Nowozin, [Which Training Methods for GANs do actually
#   Converge?](https://arxiv.org/abs/1801.04406), 2018: the Dirac-GAN, R1.
# - T. Karras et al., [Progressive Growing of GANs](https://arxiv.org/abs/1710.10196), 2018: the average, the spread of
#   the batch. T. Karras et al., [Analyzing and Improving the Image Quality of
#   StyleGAN](https://arxiv.org/abs/1912.04958), 2020, section 3.1: penalties now and then.
# - H. Zhang et al., [Self-Attention Generative Adversarial Networks](https://arxiv.org/abs/1805.08318), 2019.
# - A. Odena, V. Dumoulin, C. Olah, [Deconvolution and Checkerboard
#   Artifacts](https://distill.pub/2016/deconv-checkerboard/), 2016.
