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
# # 05 Vanilla GAN
#
# ![Sixteen patches of noise turn into handwritten digits while a network learns](images/05_digits.gif)
#
# The film shows what a network made of the same sixteen points of noise while it learned from 4,497 handwritten
# digits, for 2,000 steps. The network is the plainest there is: four dense layers, and the game of chapter 01. People
# call it *vanilla*. A Keras textbook prints all of it on four pages of an appendix, and Chen's dissertation (2019)
# begins with it. On digits it works while you wait. On faces it fails, and everything in the chapters that follow is
# an answer to the way it fails.
#
# ## What you will build
#
# The textbook's GAN, from its two stacks of layers to its four curves; a discriminator's blind spot; a proof that
# this network does not know what a picture is; a digit taken apart into 512 pictures; and the same game on faces, its
# failure measured.
#
# ## What you will learn
#
# - **build** two dense networks and account for every weight in them;
# - **show** when it matters whether real and generated images share a batch;
# - **read** the curves of a run against the marks that a tossed coin would leave;
# - **see** which samples the minimax loss gives up, and why the other loss does not;
# - **measure** what a dense generator cannot do.
#
# ## What you need

# %%
import facegen_lib as fg

fg.book.needs("05_vanilla_gan")

# %% [markdown]
# And, from outside the book:

# %%
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from scipy.ndimage import uniform_filter
from sklearn.neighbors import KNeighborsClassifier

from facegen_lib.data import to_float
from facegen_lib.networks import arithmetic
from facegen_lib.notebook import style
from facegen_lib.training import samples as sheets

# %% [markdown]
# ## 1 Two stacks of layers
#
# MNIST's digits are 28×28 grey pixels. Five thousand of them come with the book; a tenth is held out.

# %%
digits = fg.load("mnist-mini", size=28)
mixed = digits[np.random.default_rng(0).permutation(len(digits))]  # the set has all zeros first, then all ones, …
assert digits.image_shape == (28, 28, 1) and len(digits) == 4_497
fg.show.images(mixed[:24], columns=12, title="real digits");
# %% [markdown]
# The recipe `appendix` is the textbook's listing A-1, layer by layer. The generator widens 100 numbers of noise to
# 784 pixels; the discriminator (the listing's "adversarial") is not its mirror image: from 784 pixels its layers
# widen in the same order, 128, 256, 512, and then drop to a single number. A batch has 256 images, as in the listing;
# in the quick profile a quarter of that.

# %%
batch_size = fg.book.setting("05_vanilla_gan", "batch_size")
recipe = fg.recipe("appendix", digits, batch_size=batch_size)
for network in (recipe.generator, recipe.discriminator):
    dense = [layer for layer in network.layers if isinstance(layer, layers.Dense)]
    widths = " → ".join(str(width) for width in [dense[0].input.shape[-1], *(layer.units for layer in dense)])
    print(f"{network.name:14} {widths:34} {network.count_params():8,} weights")

# %% [markdown]
# Keep the random weights that the networks start from; section 7 will ask what was learned on top of them.

# %%
at_first = recipe.generator.get_layer("paint").kernel.numpy()
templates_at_first = recipe.discriminator.layers[2].kernel.numpy()
assert at_first.shape == (512, 784) and templates_at_first.shape == (784, 128)

# %% [markdown]
# A dense layer from $n$ numbers to $m$ has $nm$ weights and $m$ biases. Batch normalisation, which the generator has
# after each hidden layer, keeps four numbers a unit; two of them are averages and are not trained.

# %%
hidden = [(100, 128), (128, 256), (256, 512)]
by_hand = sum(arithmetic.parameters(1, *pair) for pair in [*hidden, (512, 784)]) + 4 * (128 + 256 + 512)
assert recipe.generator.count_params() == by_hand == 583_312
hidden = [(784, 128), (128, 256), (256, 512), (512, 1)]
assert recipe.discriminator.count_params() == sum(arithmetic.parameters(1, *pair) for pair in hidden) == 265_601

# %% [markdown]
# ## 2 One batch or two?
#
# This is one step of the listing: draw 256 digits and make 256 fakes; put them into *one* batch with labels 1 and 0;
# move the discriminator down the cross-entropy
#
# $$L_D = -\frac{1}{512}\Big[\sum \log D(x) + \sum \log\big(1 - D(G(z))\big)\Big];$$
#
# then make fresh fakes, call them real, and move the generator down $L_G = -\frac{1}{256}\sum \log D(G(z))$. The
# library's step, which chapter 06 reads line by line, shows real and fake in *two* batches and adds the means. Is that
# the same game? Put both into code and compare the gradients.


# %%
def gradient(discriminator, loss):
    with tf.GradientTape() as tape:
        value = loss(discriminator)
    return np.concatenate([part.numpy().ravel() for part in tape.gradient(value, discriminator.trainable_variables)])


def one_batch(discriminator):
    logits = discriminator(ops.concatenate([real, fake]), training=True)
    return ops.mean(ops.concatenate([ops.softplus(-logits[:64]), ops.softplus(logits[64:])]))


def two_batches(discriminator):
    real_logits, fake_logits = discriminator(real, training=True), discriminator(fake, training=True)
    return ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))


real = to_float(mixed[:64])
fake = recipe.generator(np.random.default_rng(0).standard_normal((64, 100), dtype="float32"))
together, apart = gradient(recipe.discriminator, one_batch), gradient(recipe.discriminator, two_batches)
assert np.allclose(2 * together, apart, atol=1e-5 * np.abs(apart).max())

# %% [markdown]
# They are the same up to a factor of two, and Adam divides every gradient by its own size: for this discriminator,
# one batch or two makes no difference. Now give it batch normalisation, which compares each image with its batch. In
# a mixed batch half of the company is fake. How does the verdict on *the same* real digits change with the company
# they keep?

# %%
keras.utils.set_random_seed(0)
normalising = keras.Sequential([layers.Flatten(), layers.Dense(64), layers.BatchNormalization(), layers.Dense(1)])
alone = normalising(real, training=True)
in_company = normalising(ops.concatenate([real, fake]), training=True)[:64]
plain_change = ops.abs(recipe.discriminator(real) - recipe.discriminator(ops.concatenate([real, fake]))[:64])
print(f"verdicts on real digits move by {float(ops.mean(ops.abs(alone - in_company))):.2f} logits in mixed company")
assert float(ops.max(plain_change)) < 1e-4 < 0.05 < float(ops.mean(ops.abs(alone - in_company)))

# %% [markdown]
# Whoever normalises the discriminator should therefore show it real and generated images in separate batches. De Cid
# et al. (2019, §3.3.2) made that one of their training rules.
#
# ## 3 A thousand steps
#
# The listing takes 2,000 steps; the quick profile stops at half of them. (A step is one batch. Patel and Chen call it
# an *epoch*: their 30,000 or 100,000 epochs are batches, not passes through the data.) Watch. (The run leaves a film
# in its folder, like the one at the top of this chapter.)

# %%
steps = fg.book.setting("05_vanilla_gan", "steps")
run = fg.train(recipe, digits, steps=steps, sample_every=steps // 20, resume=False)

# %% [markdown]
# The listing keeps one sample from every hundredth step and prints the strip. Here are eight fixed points of noise at
# six moments; each column, from top to bottom, is one point.

# %%
fg.show.evolution(run);
# %% [markdown]
# Grains first, then a blob where ink tends to be, then strokes, and then, here and there, digits that one could read
# aloud. Now unselected samples from the last step:

# %%
fg.show.samples(run, count=48, columns=12);

# %% [markdown]
# After 10,000 to 30,000 steps on all of MNIST, Chen (2019, §4.1.1, fig. 4-3) still found white noise around the
# digits, incomplete shapes and rough edges. The first of these can be counted. Call a pixel *dust* if it is bright
# and its eight neighbours together are mostly dark; a pen hardly ever leaves such a pixel.


# %%
def dust(images):
    """Bright pixels in mostly dark surroundings, per image."""
    ink = images[..., 0] / 255.0
    around = (9 * uniform_filter(ink, (0, 3, 3), mode="constant") - ink) / 8
    return ((ink > 0.5) & (around < 0.15)).sum(axis=(1, 2)).mean()


fakes = run.sample(500)
print(f"specks of dust per image: real {dust(mixed[:500]):.2f}, generated {dust(fakes):.2f}")
assert dust(fakes) > 5 * dust(mixed[:500])

# %% [markdown]
# Which digits does it write? For each of five hundred samples, let the five nearest real digits vote. That vote is
# nearly always right about held-out digits, which does not make it right about scribbles, so read the bars as "looks
# most like".

# %%
reader = KNeighborsClassifier(5).fit(digits[:].reshape(-1, 784) / 255, digits.labels["digit"])
held_out = fg.load("mnist-mini", size=28, split="held_out")
accuracy = reader.score(held_out[:].reshape(-1, 784) / 255, held_out.labels["digit"])
written = np.bincount(reader.predict(fakes.reshape(-1, 784) / 255), minlength=10) / 500
plt.bar(range(10), written, color=style.FAKE)
plt.axhline(0.1, color=style.REAL, label="real digits: a tenth each")
plt.title(f"what 500 samples look most like, says a reader that is right {accuracy:.0%} of the time")
plt.legend(), plt.xticks(range(10)), plt.xlabel("digit"), plt.ylabel("share of the samples")
assert accuracy > 0.85

# %% [markdown]
# A generator is free to write whatever it gets away with. Nothing in the game asks for a tenth of each. When a bar is
# gone, a *mode* is lost; chapter 07 is about that.
#
# ## 4 Four curves
#
# The listing closes with four curves: the loss of each player, how often the discriminator is right, and how often a
# fake passes. In place of the last, this run records how real the discriminator thinks a fake is. Each curve has a
# mark that a tossed coin would make: a discriminator that knows nothing says ½ to everything, its loss is $2 \log 2$
# (with the listing's mean over one batch, $\log 2$), and the generator's is $\log 2$.


# %%
def curves(step):
    panels = plt.subplots(1, 4, figsize=(9, 2.6))[1]
    drawn = [("discriminator_loss", 2 * np.log(2), style.REAL), ("generator_loss", np.log(2), style.FAKE)]
    drawn += [("accuracy", 0.5, style.REAL), ("fake_score", 0.5, style.FAKE)]
    for axes, (column, coin, colour) in zip(panels, drawn, strict=True):
        axes.plot(run.history[column], color=colour, alpha=0.3, linewidth=0.8)
        axes.plot(fg.show.smooth(run.history[column], 25), color=colour)
        axes.axhline(coin, color=style.FAINT, linestyle=":")
        if step:
            axes.axvline(step, color=style.THIRD, linewidth=1)
        if "loss" in column:  # a spike may leave the panel
            axes.set_ylim(0, 1.3 * np.quantile(run.history[column], 0.99))
        axes.set(title=column.replace("_", " "), xlabel="step")


curves(step=0)

# %% [markdown]
# Turn the knob to see the same moment in the samples and in the curves.


# %%
def moment(step):
    sheet = sheets.read(run.folder / "samples" / f"step-{step:08d}.png")
    curves(step)
    figure = plt.gcf()
    figure.set_size_inches(9, 4.4)
    figure.get_layout_engine().set(rect=(0, 0, 1, 0.62))
    axes = figure.add_axes((0.02, 0.63, 0.96, 0.3))
    axes.set_title(f"step {step}")
    axes.imshow(np.concatenate([sheet[:58], np.full((58, 2), 255, "uint8"), sheet[60:118]], axis=1))
    axes.set_axis_off()


every = steps // 20
fg.turn(moment, step=(0, 20 * every, 4 * every, every))

# %% [markdown]
# At the start fakes are easy to spot: the discriminator's loss is near 0, its accuracy near 1. For some five hundred
# steps the loss *rises* and the accuracy falls towards the coin; then both turn round. The digits get better all
# along, and neither curve measures that. A loss is a score against an opponent who learns too: it says who is ahead,
# not how well anybody plays. Chen's curves on all of MNIST have the same shape on a longer axis: the discriminator's
# loss is steady after some 300 steps, the generator's peaks at 1.2 near step 1,500 and settles after 4,000 (fig. 4-2).

# %%
accuracy = fg.show.smooth(run.history["accuracy"], 50)  # of fifty steps each
lowest = accuracy.argmin()
print(f"accuracy of the discriminator: {accuracy[0]:.0%} at first, {accuracy[-1]:.0%} in the end")
print(f"and {accuracy[lowest]:.0%} at its lowest, from step {lowest} to {lowest + 50}")
assert 0.5 < accuracy[lowest] < accuracy[-1] < accuracy[0] - 0.1

# %% [markdown]
# ## 5 Whom a loss gives up
#
# The game was written down as *one* number that both players pull at, and the generator's share of it is
# $\log(1 - D(G(z)))$. Goodfellow et al. (2014, §3) replaced that with $-\log D(G(z))$ at once, and so does the
# listing when it calls fakes real. Chapter 01 (section 5) found that the first loss pulls on the logit of a fake with
# strength $D$, the second with $1 - D$, and that Adam hides the difference on a toy. Does it do so on digits too?
# Take the same networks and the same seed, and the loss as it was first written down:

# %%
fg.show.source(fg.objectives.Minimax)

# %% [markdown]
# A few hundred steps will do.

# %%
short = fg.book.setting("05_vanilla_gan", "short_steps")
minimax = fg.recipe("appendix", digits, batch_size=batch_size, objective=fg.objectives.Minimax())
saturated = fg.training.train(
    minimax, digits, steps=short, resume=False, folder="runs/minimax", sample_every=short // 10
)
title = f"minimax loss, {short} steps: the first 48 samples of seed 0, unselected"
fg.show.samples(saturated, count=48, columns=12, title=title);
# %% [markdown]
# Blobs on their way to digits, and among them something that the other run has none of: black scribbles on white.
# Such images are hopeless; a discriminator spots them at a glance. What does it say about each sample, and how hard
# does each loss pull?

# %%
z = np.random.default_rng(0).standard_normal((500, 100), dtype="float32")
painted = saturated.model.generator(z, training=False)
verdicts = ops.sigmoid(saturated.discriminator(painted)).numpy()[:, 0]
lost = painted.numpy().mean(axis=(1, 2, 3)) > 0
order = np.argsort(verdicts)
panels = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True)[1]
for axes, pull, title in zip(panels, (verdicts, 1 - verdicts), ("minimax: D", "non-saturating: 1 − D"), strict=True):
    axes.bar(np.arange(500)[~lost[order]], pull[order][~lost[order]], color=style.FAINT, width=1, label="samples")
    axes.bar(np.arange(500)[lost[order]], pull[order][lost[order]], color=style.FAKE, width=3, label="light ones")
    axes.set(title=f"pull of {title}", xlabel="samples, the least believed first")
panels[0].set_ylabel("pull")
panels[1].legend(loc="upper right");
# %% [markdown]
# Under the minimax loss a sample is pulled as hard as it is *believed*. The light ones are not believed at all, so
# hardly anything pulls at *them*: they are given up, and change only because they share their weights with samples
# that are pulled. Adam cannot help. It makes a small gradient large, but here the gradient of the batch is not small:
# the other samples supply it. Under the other loss those same images would be pulled the hardest of all. Here is the
# run of section 3 once more, to the same age. How many light samples does each of the two have left?

# %%
same_age = fg.recipe("appendix", digits, batch_size=batch_size)
pulled = fg.training.train(same_age, digits, steps=short, resume=False, folder="runs/same-age")
left = {
    name: (each.sample(500).mean(axis=(1, 2, 3)) > 127.5).mean()
    for name, each in (("−log D", pulled), ("log(1 − D)", saturated))
}
print(", ".join(f"{name}: {share:.1%} light samples" for name, share in left.items()))
assert left["−log D"] < 0.01 and left["log(1 − D)"] > left["−log D"]

# %% [markdown]
# ## 6 It does not know what a picture is
#
# Shuffle the pixels of all digits, every image in the same way. To you the data is gone. To a dense network nothing has
# happened.

# %%
shuffle = np.random.default_rng(1).permutation(784)
shuffled = mixed.reshape(-1, 784)[:, shuffle].reshape(-1, 28, 28, 1)
fg.show.images(np.concatenate([mixed[:12], shuffled[:12]]), columns=12, rows=("digits", "shuffled"));

# %% [markdown]
# That is a claim about training, and it can be proved by training. Take two copies of the GAN; in the second, move
# the weights along with the pixels (the rows of the discriminator's first layer, the columns of the generator's
# last). Let each take three steps on its own version of the same batches.


# %%
def follow(gan):
    """Moves a GAN's weights to where the shuffle moved their pixels."""
    first = gan.discriminator.layers[2]
    first.kernel.assign(ops.take(first.kernel, shuffle, axis=0))
    last = gan.generator.get_layer("paint")
    last.kernel.assign(ops.take(last.kernel, shuffle, axis=1))
    last.bias.assign(ops.take(last.bias, shuffle))


gans = [fg.recipe("appendix", digits).model() for _ in range(2)]
follow(gans[1])
for start in (0, 64, 128):
    for gan, images in zip(gans, (mixed, shuffled), strict=True):
        gan.train_step(tf.constant(to_float(images[start : start + 64])))

# %% [markdown]
# If the claim holds, the second GAN paints what the first one paints, shuffled.

# %%
straight, moved = (gan.generator(z[:8], training=False).numpy().reshape(8, 784) for gan in gans)
print(f"largest difference in any pixel: {np.abs(straight[:, shuffle] - moved).max():.1e}, in a range of 2")
assert np.allclose(straight[:, shuffle], moved, atol=1e-3)

# %% [markdown]
# The two agree to rounding, and would go on agreeing. What makes a picture a picture is that neighbours tend to
# agree, and that a stroke two pixels further left is still the same stroke. This network has to find that out pixel
# by pixel, from the data alone. With 784 pixels and digits in the middle, it can. That is also where the dust comes
# from: to this network, every other pixel is as near as a neighbour.
#
# ## 7 A digit is a sum of 512 pictures
#
# What has it found out? The last layer of the generator multiplies 512 hidden units $h$ by a matrix $W$ of 512 rows
# and 784 columns: every unit owns one *picture*, a row of $W$, and a digit is $\tanh(b + \sum_u h_u W_u)$. The
# discriminator's first layer works the other way round: each of its 128 units lays a *template*, its 784 weights,
# over the image and adds up the products. Much of every weight is still the random number that it began as; here is
# what training added to sixteen pictures and sixteen templates:

# %%
paint = run.generator.get_layer("paint")
pictures = (paint.kernel.numpy() - at_first).reshape(512, 28, 28)
templates = (run.discriminator.layers[2].kernel.numpy() - templates_at_first).T.reshape(128, 28, 28)
tools = np.concatenate([pictures[:16], templates[:16]])
coloured = plt.get_cmap("PuOr")(0.5 + tools / tools.std(axis=(1, 2), keepdims=True) / 6, bytes=True)[..., :3]
title = "what training added in both networks: violet lighter, orange darker"
fg.show.images(coloured, zoom=3, title=title, rows=("pictures", "templates"));

# %% [markdown]
# These are speckled pictures of the whole image: a middle against a margin, here and there the ghost of a digit. A
# pixel tells little about its neighbour, and there is nothing that could be called a stroke. Which of the generator's
# pictures make up one digit? Order the units by how much ink, light or dark, each of them adds, and turn the knob.

# %%
until = keras.Model(run.generator.input, paint.input)
shares = until(z[:12], training=False).numpy()[:, :, None] * paint.kernel.numpy()


def sum_of(units, digit):
    each = shares[digit]
    order = np.argsort(-np.abs(each).sum(axis=1))[:units]
    total = np.tanh(paint.bias.numpy() + each[order].sum(axis=0))
    whole = np.tanh(paint.bias.numpy() + each.sum(axis=0))
    panels = plt.subplots(1, 3, figsize=(7.5, 2.7))[1]
    titles = ("the last one added", f"{units} of 512", "all of them")
    for axes, picture, title in zip(panels, (each[order[-1]], total, whole), titles, strict=True):
        limit = 1 if title != titles[0] else np.abs(picture).max()
        axes.imshow(picture.reshape(28, 28), vmin=-limit, vmax=limit)
        axes.set(title=title)
        axes.set_axis_off()


fg.turn(sum_of, units=(1, 512, 128), digit=(0, 11, 0))

# %% [markdown]
# A digit is what is left when hundreds of half-digits cancel each other; no single unit shows it. And this sum does
# not illustrate the network, it *is* the network:

# %%
as_sum = np.tanh(paint.bias.numpy() + shares.sum(axis=1)).reshape(12, 28, 28, 1)
assert np.allclose(as_sum, run.generator(z[:12], training=False), atol=1e-4)

# %% [markdown]
# ## 8 The same game on faces
#
# Chen (2019, §4.2.1 and §4.3.1) played the same game at 64×64 in colour, with four hidden layers of 512 units (fig.
# 4-18). On boxes of coloured shapes the generator painted one grey image, whatever the noise; on flowers it grew worse
# as it trained. On shapes the losses stood still early, the discriminator's at 8 after 60 steps (fig. 4-19); on
# flowers the generator's turned round after 7,000 and grew without end (fig. 4-35). Here are its Fréchet Inception
# Distances, where lower is better (chapter 04; his tables 4-1, 4-3 and 4-5):
#
# | after so many steps | 10,000 | 20,000 | 30,000 | 40,000 |
# | --- | --- | --- | --- | --- |
# | digits | 114 | 91 | 85 | |
# | shapes | 346 | 314 | 314 | |
# | flowers | 331 | 341 | 345 | 353 |
#
# What happens with faces? We play the same game with a quarter of the width, for a few hundred steps, on portraits
# (of 32×32 in the quick profile).

# %%
portraits = fg.load("portraits", size=fg.book.setting("05_vanilla_gan", "face_size"))
quick = fg.recipes.adam(1e-3, 0.5)
haste = {"generator_optimizer": quick, "discriminator_optimizer": quick}
face_steps = fg.book.setting("05_vanilla_gan", "face_steps")
hasty = fg.recipe("vanilla", portraits, scale="laptop", batch_size=32, **haste)
foggy = fg.training.train(hasty, portraits, steps=face_steps, resume=False, folder="runs/foggy")
fg.show.images(np.concatenate([portraits[:20], foggy.sample(20)]), columns=10, rows=("real", "generated"));
# %% [markdown]
# Heads in a fog. The light is right, and so are the place of the head and the tint of the sky, but there is no nose
# that anybody could point to. How did they come about?

# %%
fg.show.evolution(foggy);

# %% [markdown]
# The generator begins with the grey of a tanh that has learned nothing. (Chen's shapes, fig. 4-20, *ended* in grey,
# but that is another grey: the background of the boxes, which he blames for it, §4.2.5.) Then it adds what pays most,
# a large soft head. What pays less comes later or never. Two numbers show this. Average the images over a grid of
# 16×16 blocks, so that dust does not disturb, and ask in how many directions (principal components) they differ from
# each other: how many does it take to hold nine tenths of all variation? And how well does a pixel agree with its
# right-hand neighbour?


# %%
def directions(images):
    """Principal components that hold nine tenths of the variance of images averaged over 16×16 blocks."""
    side = images.shape[1] // 16
    blocks = images.reshape(len(images), 16, side, 16, side, 3).mean(axis=(2, 4)).reshape(len(images), -1)
    variances = np.linalg.svd(blocks - blocks.mean(axis=0), compute_uv=False) ** 2
    return int((np.cumsum(variances) < 0.9 * variances.sum()).sum()) + 1


def agreement(images):
    """Correlation of a pixel with its right-hand neighbour, the mean of each image taken off."""
    centred = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return np.corrcoef(centred[:, :, :-1].ravel(), centred[:, :, 1:].ravel())[0, 1]


heads = foggy.sample(250)
found = {
    name: (directions(images), agreement(images)) for name, images in (("real", portraits[:250]), ("dense", heads))
}
for name, (count, agree) in found.items():
    print(f"{name:6} {count:3} directions, neighbours agree to {agree:.2f}")
assert found["dense"][0] < found["real"][0] / 2 and found["dense"][1] < found["real"][1]

# %% [markdown]
# The samples differ in a few directions where the portraits have more than two dozen: light, skin and background, and
# every sample is a mixture of these. The reason is in section 7: a mixture of whole pictures can be darker, redder or
# bluer, but to turn a head it would need a picture of every pose. And it is in section 6: nothing says that an edge is
# an edge, so each pixel errs by itself. The dissertation's own network, four times as wide, has the same two faults,
# and most of its weights sit in one place:

# %%
cited = fg.recipe("vanilla", (64, 64, 3))
waist = cited.generator.get_layer("paint").count_params()
assert cited.generator.count_params() == 7_143_424 and cited.discriminator.count_params() == 7_080_449
print(
    f"{waist / cited.generator.count_params():.0%} of {cited.generator.count_params():,} weights are in the last layer"
)

# %% [markdown]
# ## 9 Longer, on a machine that has time
#
# Trained pairs of this kind ship with the book: the dissertation's for digits (fig. 4-1) and for colour images (fig.
# 4-18), a quarter as wide, each trained for as many minutes as the other GANs on the same data. That was enough time
# for more than a hundred thousand steps.

# %%
shipped = [name for name in fg.zoo.names() if name.startswith("vanilla-")]
for name in shipped:
    fg.show.samples(fg.pretrained(name), count=12, columns=6)
    plt.show()

# %% [markdown]
# Digits with dust; faces in a fog that differs from face to face; and for flowers and for shapes, one single pattern
# of specks each. Whoever looks for that collapse in the curves finds that in these two runs the discriminator is
# right all the time. In numbers, on two to five thousand images and in the features of chapter 04, each with its floor
# in brackets:

# %%
for name in shipped:
    measured = fg.zoo.report(name)
    numbers = [measured[measure] for measure in ("Fréchet distance", "precision", "recall")]
    parts = [f"{each.name} {each.value:.3g} ({each.floor:.2g})" for each in numbers]
    right = fg.zoo.history(name)["accuracy"][-100:].mean()
    print(f"{name:<16} {', '.join(parts)}; D was right {right:.0%} of the time")
    assert (right > 0.99) == (name in ("vanilla-flowers", "vanilla-nlvr"))
    assert fg.pretrained(name).about["steps"] > 100_000

# %% [markdown]
# Here is the full report on digits, where the vanilla GAN does best:

# %%
fg.zoo.report("vanilla-mnist")

# %% [markdown]
# ## What went wrong
#
# **The printed pattern does not train any more.** The listing compiles the discriminator, then sets
# `trainable = False` and stacks it behind the generator. In the Keras of 2017 a model remembered what was trainable
# when it was compiled, so the discriminator by itself went on learning. Keras 3 looks at the flag each time:

# %%
judge = keras.Sequential([layers.Input((2,)), layers.Dense(8, "relu"), layers.Dense(1)])
judge.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
judge.trainable = False
before = [weight.copy() for weight in judge.get_weights()]
with warnings.catch_warnings(record=True) as said:
    judge.train_on_batch(np.ones((8, 2), "float32"), np.ones((8, 1), "float32"))
print(*{str(warning.message) for warning in said})
assert all(np.array_equal(old, new) for old, new in zip(before, judge.get_weights(), strict=True))

# %% [markdown]
# One warning among many lines, and a discriminator that never moves. The generator soon pleases it, the losses look
# calm, and the samples stay noise. Chen's code (§3.4.2) is built in this way. (Patel, 2017, turns the flag on and off
# around every step, and his would still train.) This is why the book's GAN writes out its own step
# (`fg.models.GAN.train_step`, chapter 06).
#
# **A loss over what?** In the listing, the discriminator's loss is a mean over one batch of both kinds; in the
# library it is a sum of two means, twice as much. Draw the coin's mark for the one, $\log 2$, into the curve of the
# other, and the discriminator seems to be worse than a coin. Before you compare a loss with anybody's figure, ask
# what it is a mean over.
#
# **A failure that takes its time.** How many light images section 5 finds depends on how the first few dozen steps
# went. Nor are they lost for ever: when we let that run go on, the weights that they share with the other samples
# took more than half of them along within a thousand steps. That is no cure: with the other loss, none of them was
# left to begin with.
#
# ## Recap
#
# - Two dense networks, one loss, one optimiser each: a GAN fits on a page, and writes digits in half a minute.
# - One batch or two makes no difference, unless the discriminator normalises.
# - The curves tell you who is ahead. The coin's marks: $2\log 2$, $\log 2$, ½.
# - $\log(1-D)$ gives up the samples that nobody believes; $-\log D$ cares for them most.
# - A dense network is the same network on shuffled pixels. It adds up whole pictures: hence the dust on digits and
#   the fog on faces.
#
# ## Exercises
#
# [The workbook](exercises/05_vanilla_gan.ipynb) has four: the weights of a dense GAN; the marks of a biased coin; a
# step that trains the discriminator and nothing else; and a measure that notices a collapse.
#
# ## Sources and further reading
#
# - *Generative Adversarial Networks*, appendix of a Keras textbook, listing A-1: networks, batch, optimiser, 2,000
#   steps, the strip and the four curves.
# - T.-Y. Chen, *Synthesising Images by Imagination*, MSc dissertation, University of Strathclyde, 2019, §3.4, §4.1.1,
#   §4.2.1, §4.3.1; figures 4-1 to 4-3, 4-18 to 4-20, tables 4-1, 4-3, 4-5.
# - R. Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks*, 2017.
# - J. de Cid, G. Recio, F. Loyola, *FaceGen*, 2019, §3.3.2: separate batches.
# - I. Goodfellow et al., [Generative Adversarial Networks](https://arxiv.org/abs/1406.2661), 2014, §3: both losses.
# - T. Salimans et al., [Improved Techniques for Training GANs](https://arxiv.org/abs/1606.03498), 2016: what a batch
#   can tell a discriminator.
# - F. Chollet et al., [Keras 3](https://keras.io/keras_3/), 2023: what changed.
