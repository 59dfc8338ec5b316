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
# # 02 Building blocks
#
# ![Five optimisers leave the same point of a winding valley at the same moment](images/02_race.gif)
#
# Five optimisers, each of at most five lines of code, leave the same point at the same moment. Which one would you
# have bet on? Before they can run, there must be something to train. This chapter takes every layer of this book's
# networks apart, computes it by hand, and puts it together again until a network of 2019 stands there with all its
# 856,193 weights.
#
# ## What you will build
#
# A convolution in four lines, its transpose from a matrix, the checkerboards that plague generated faces, a batch
# normalisation that agrees with Keras, five optimisers that do so to six digits, and the arithmetic to price a
# network before building it.
#
# ## What you will learn
#
# - **compute** the size, the weights and the cost of any layer in your head or in one line;
# - **choose** between pooling and strides on the way down, and between two ways of growing on the way up;
# - **predict** what dropout and batch normalisation do in training, and what they do afterwards;
# - **write** SGD, momentum, Adagrad, RMSprop and Adam, and see what each is for;
# - **find** units that have died, and say why a discriminator uses leaky ones.
#
# ## What you need

# %%
import facegen_lib as fg
from facegen_lib.data import portraits, to_float, to_uint8
from facegen_lib.networks import arithmetic
from facegen_lib.notebook import knobs, style

fg.book.needs("02_building_blocks")

# %% [markdown]
# The faces are nobody's; chapter 03 shows how they are painted. Here they are just something to push through layers.

# %%
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.special import expit as sigmoid

keras.utils.set_random_seed(2)
people = portraits.make(16, size=64, seed=2)
fg.show.images(people);
# %% [markdown]
# ## 1 Dense, after flattening
#
# A *dense* layer is a matrix and a vector, $y = xW + b$. It takes a vector, so an image is *flattened* first, row
# after row: 64·64·3 = 12,288 numbers.

# %%
faces = to_float(people.images)  # (16, 64, 64, 3) in [-1, 1]
flat = layers.Flatten()(faces).numpy()
dense = layers.Dense(16, dtype="float64")
assert np.allclose(dense(flat), flat @ dense.kernel.numpy() + dense.bias.numpy())
assert dense.count_params() == arithmetic.parameters(kernel=1, channels_in=12_288, channels_out=16) == 196_624

# %% [markdown]
# Sixteen units (numbers that come out), and 196,624 weights already. The vanilla discriminator of Chen (2019, fig.
# 4-1) goes 784 → 512 → 256 → 1 for digits and holds 533,505. And a dense layer does not know what an image is.
# Shuffle the pixels of all images in the same way, shuffle the rows of $W$ to match, and it computes what it did
# before:

# %%
assert sum(arithmetic.parameters(1, a, b) for a, b in [(784, 512), (512, 256), (256, 1)]) == 533_505
order = np.random.default_rng(0).permutation(12_288)
assert np.allclose(flat[:, order] @ dense.kernel.numpy()[order], flat @ dense.kernel.numpy())


# %% [markdown]
# Turn the knob to see what a dense layer cannot see. On the right is the difference between each pixel and its
# neighbour, which grows with the shuffling.


# %%
def row(images, titles, height=3.2):
    """Images side by side: colours from [-1, 1], single channels from their own darkest to their own lightest."""
    for number, (image, title) in enumerate(zip(images, titles, strict=True)):
        axes = plt.gcf().add_subplot(1, len(images), number + 1)
        axes.imshow(np.clip(image / 2 + 0.5, 0, 1) if image.ndim == 3 else image)
        axes.set(title=title, xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    plt.gcf().set_size_inches(height * len(images), height)


face = faces[11]
grey = face.mean(axis=2)


def shuffled(share):
    rng = np.random.default_rng(0)
    image, moved = face.reshape(4096, 3).copy(), np.flatnonzero(rng.random(4096) < share)
    image[moved] = image[rng.permutation(moved)]
    image = image.reshape(64, 64, 3)
    difference = np.abs(np.diff(image, axis=1)).mean(axis=2)
    row([image, difference], ["to a dense layer all the same", f"neighbours differ by {difference.mean():.2f}"])


fg.turn(shuffled, share=(0.0, 1.0, 0.2))

# %% [markdown]
# Pixels that lie side by side resemble each other. That is what makes an image an image, and a layer for images
# should start from that.
#
# ## 2 Convolution
#
# A *convolution* looks through a small window. One set of weights, the *kernel*, is laid on every place of the image
# in turn, and each place gives one number, the sum of weights times pixels. (Mathematicians call this
# cross-correlation, and flip the kernel for a convolution; a network that learns its kernel does not care.) The
# *stride* is the step from one place to the next.


# %%
def convolve(image, kernel, stride=1):
    size = kernel.shape[0]
    tops, lefts = (range(0, length - size + 1, stride) for length in image.shape[:2])
    return np.array([[np.sum(image[top : top + size, left : left + size] * kernel) for left in lefts] for top in tops])


# %% [markdown]
# That is all of it. Keras agrees:

# %%
conv = layers.Conv2D(1, 5, strides=2, padding="valid", dtype="float64")
by_keras = conv(face[None])[0, :, :, 0]
assert np.allclose(by_keras, convolve(face, conv.kernel.numpy()[..., 0], stride=2))


# %% [markdown]
# Turn the kind, the size and the stride. Three of the kernels are classics of image processing; a network starts from
# the fourth kind and learns what it needs.


# %%
def make_kernel(kind, size):
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    hill = np.exp(-(x**2 + y**2) / size)
    noise = np.random.default_rng(1).normal(size=(size, size))
    kernel = {"upright edges": x * hill, "level edges": y * hill, "blur": hill, "random": noise}[kind]
    return kernel / np.abs(kernel).sum()


def filtered(kind, size, stride):
    kernel = make_kernel(kind, size)
    result = convolve(grey, kernel, stride)
    row([grey, kernel, result], ["64×64 pixels", f"kernel {size}×{size}", f"result {len(result)}×{len(result)}"])


fg.turn(filtered, kind=["upright edges", "level edges", "blur", "random"], size=(3, 15, 5, 2), stride=[1, 2, 4])

# %% [markdown]
# How large is the result? The window must still fit into the image at its last place. With *padding*, rows of zeros
# around the image, there is room for more places. The book's library keeps the rule in one function:

# %%
fg.show.source(arithmetic.conv_output_size)


# %% [markdown]
# One row of pixels is enough to see it. Each black bar is one place of the window; above it stands the pixel it
# makes; grey pixels are padding.


# %%
def places(pixels, kernel, stride, padding):
    made = arithmetic.conv_output_size(pixels, kernel, stride, padding)
    axes = plt.subplots(figsize=(9, 2.2))[1]
    inputs = np.arange(-padding, pixels + padding)
    axes.bar(inputs, 0.9, color=[style.REAL if 0 <= pixel < pixels else style.FAINT for pixel in inputs], alpha=0.6)
    for place in range(made):
        left, height = place * stride - padding, 1.4 + 0.35 * (place % 4)
        axes.plot([left - 0.4, left + kernel - 0.6], [height, height], color=style.INK, linewidth=3)
        axes.bar(left + (kernel - 1) / 2, 0.9, bottom=3, color=style.FAKE)
    axes.set(xlim=(-4, 18), ylim=(0, 4.2), title=f"{pixels} pixels in, {made} out", aspect="equal")
    axes.set_axis_off()


fg.turn(places, pixels=(7, 16, 14), kernel=(1, 7, 4), stride=(1, 4, 2), padding=(0, 3, 1))

# %% [markdown]
# Weights and cost follow. A *channel* is one number per pixel; a colour image has three. A kernel of side $k$ from
# $c$ channels to $d$ has $k^2cd + d$ weights, however large the image. It multiplies $k^2cd$ times at each place, so
# the cost grows with the pixels of the *result*. Here is one layer from 64×64×3 to 64×64×3, once as a window of five
# and once dense:

# %%
window, window_cost = arithmetic.parameters(5, 3, 3), arithmetic.multiply_adds(64, 5, 3, 3)
everything, everything_cost = arithmetic.parameters(1, 12_288, 12_288), arithmetic.multiply_adds(1, 1, 12_288, 12_288)
print(f"window of five: {window:>11,} weights, {window_cost:>11,} multiplications")
print(f"dense:          {everything:>11,} weights, {everything_cost:>11,} multiplications")
assert everything > 600_000 * window and everything_cost > 160 * window_cost

# %% [markdown]
# ## 3 The way down: pooling or strides
#
# A discriminator turns 4,096 pixels into one number, so its images shrink on the way. *Pooling* keeps the largest or
# the mean of every block. A *stride* of two lays the window on every second place only: the same as convolving
# everywhere and throwing three quarters away, at a quarter of the cost.

# %%
blur = make_kernel("blur", 5)
assert np.allclose(convolve(grey, blur, stride=2), convolve(grey, blur)[::2, ::2])
assert arithmetic.multiply_adds(64, 5, 32, 32) == 4 * arithmetic.multiply_adds(32, 5, 32, 32)


# %% [markdown]
# What does each keep? Shrink a face and a striped fence, and push both sideways by a pixel.


# %%
def shrink(image, factor):
    """Every n-th pixel, the mean and the largest of each n×n block of a single-channel image."""
    blocks = image.reshape(64 // factor, factor, 64 // factor, factor)
    return [image[::factor, ::factor], blocks.mean(axis=(1, 3)), blocks.max(axis=(1, 3))]


def shrunk(factor, pushed):
    shown = []
    for image in (grey, np.tile([-1.0, 1.0], (64, 32))):  # the fence
        moved = np.roll(image, pushed, axis=1)
        shown += [moved, *(np.kron(small, np.ones((factor, factor))) for small in shrink(moved, factor))]
    names = ["before", f"1 pixel in {factor}", "mean of a block", "largest of a block"]
    fg.show.images(to_uint8(np.stack(shown)[..., None]), columns=4, heads=names)
    plt.gca().spines[:].set(visible=True, color=style.FAINT, linewidth=2)  # part of the fence is white


fg.turn(shrunk, factor=[2, 4, 8], pushed=(0, 3, 0))

# %% [markdown]
# The fence is the finest pattern there is. Bare striding sees it all black or all white, depending on where it
# stands; the mean sees grey, the largest always white. None of these is always right, so DCGAN lets the network
# choose: like the all-convolutional net (Springenberg et al., 2014), it has no pooling at all and learns the kernel
# that strides.

# %%
fence = np.tile([0.0, 1.0], (64, 32))
here, pushed = shrink(fence, 2), shrink(np.roll(fence, 1, axis=1), 2)
assert here[0].max() == 0 and pushed[0].min() == 1
assert np.all(here[1] == 0.5) and np.all(pushed[1] == 0.5) and here[2].min() == pushed[2].min() == 1

# %% [markdown]
# ## 4 The way up
#
# A generator goes from 4×4 to 64×64. How can a convolution *grow* an image? Write one, in one dimension, as a matrix:
# each row is the kernel, laid on one place.

# %%
kernel = np.array([1.0, 2.0, 3.0, 4.0])
matrix = np.zeros((5, 12))
for place in range(5):
    matrix[place, 2 * place : 2 * place + 4] = kernel  # stride 2
signal = np.random.default_rng(0).normal(size=12)
by_keras = keras.ops.conv(signal[None, :, None], kernel[:, None, None], strides=2, padding="valid")
assert np.allclose(matrix @ signal, by_keras[0, :, 0])

# %% [markdown]
# The matrix makes 5 numbers out of 12. Its transpose makes 12 out of 5, and that is a *transposed convolution*: every
# input pixel stamps the whole kernel on the output, one stride apart, and where stamps overlap they add up. (The
# sources call it fractionally-strided; it undoes the size of a convolution, not its effect.)

# %%
small = np.random.default_rng(1).normal(size=5)
stamped = keras.ops.conv_transpose(small[None, :, None], kernel[:, None, None], strides=2, padding="valid")
assert np.allclose(matrix.T @ small, stamped[0, :, 0])
assert arithmetic.transposed_conv_output_size(5, 4, 2, "valid") == 12


# %% [markdown]
# The other way up is to repeat every pixel and then convolve. Here are both, with the simplest kernel there is, all
# weights equal. Turn its size.


# %%
def grow(image, kernel, stride):
    grown = np.zeros([(length - 1) * stride + len(kernel) for length in image.shape])
    for top, left in np.ndindex(image.shape):
        grown[top * stride : top * stride + len(kernel), left * stride : left * stride + len(kernel)] += (
            image[top, left] * kernel
        )
    return grown


def grown(kernel, stride):
    equal = np.ones((kernel, kernel)) / kernel**2
    overlaps = grow(np.ones((6, 6)), np.ones((kernel, kernel)), stride)
    repeated = np.kron(grey[::4, ::4], np.ones((stride, stride)))
    images = [overlaps, grow(grey[::4, ::4] + 1, equal, stride), convolve(repeated + 1, equal)]
    row(images, ["stamps on each pixel", "transposed convolution", "repeat, then convolve"])
    for (y, x), count in np.ndenumerate(overlaps):
        ink = style.INK if count > overlaps.max() / 2 else style.CARD
        plt.gcf().axes[0].text(x, y, f"{count:.0f}", ha="center", va="center", color=ink, fontsize=100 / len(overlaps))


fg.turn(grown, kernel=(2, 7, 3), stride=[2, 3, 4])

# %% [markdown]
# With a kernel of 3 and a stride of 2, some pixels get four stamps, some two, some one: a *checkerboard* (Odena et
# al., 2016). It is gone whenever the stride divides the kernel, which is why this book's generators use a kernel of 4
# with a stride of 2. Gone for equal weights, that is. A network is free to learn unequal ones, and you will meet
# checkerboards again.


# %%
def stamps(kernel, stride):
    return np.unique(grow(np.ones((9, 9)), np.ones((kernel, kernel)), stride)[kernel:-kernel, kernel:-kernel])


assert list(stamps(3, 2)) == [1, 2, 4] and list(stamps(5, 2)) == [4, 6, 9]
assert list(stamps(4, 2)) == [4] and list(stamps(6, 3)) == [4]

# %% [markdown]
# Why not always repeat and convolve? Because it convolves at the larger size. Here is what that costs, by arithmetic
# and by the clock of the machine that this runs on:

# %%
stamp = keras.Sequential([layers.Input((16, 16, 64)), layers.Conv2DTranspose(64, 4, strides=2, padding="same")])
repeat = keras.Sequential([layers.Input((16, 16, 64)), layers.UpSampling2D(), layers.Conv2D(64, 5, padding="same")])
costs = arithmetic.multiply_adds(16, 4, 64, 64), arithmetic.multiply_adds(32, 5, 64, 64)
images = tf.random.normal((32, 16, 16, 64))
for name, network, cost in zip(("stamp 4×4", "repeat, convolve 5×5"), (stamp, repeat), costs, strict=True):
    call, seconds = tf.function(network), []
    for _ in range(6):
        began = time.perf_counter()
        call(images)
        seconds.append(time.perf_counter() - began)
    print(f"{name:20}  {cost / 1e6:6.1f} million multiplications, {min(seconds) / 32 * 1e3:.2f} ms an image")
assert costs[1] == 6.25 * costs[0] and arithmetic.multiply_adds(32, 3, 64, 64) == 2.25 * costs[0]

# %% [markdown]
# ## 5 Dropout
#
# *Dropout* sets a random share of its inputs to zero and enlarges the rest, so that the expected sum stays the same.
# Then nothing downstream can rely on a single unit. Patel (2017) put it into a discriminator that had become too sure
# of itself, dropping a quarter after the first layer and 40 % after the others; here it is on pixels.


# %%
def dropped(rate):
    once, again = (layers.Dropout(rate, seed=seed)(face + 1, training=True).numpy() - 1 for seed in (1, 2))
    row([face, once, again], ["before", f"rate {rate:.2f}", "the next step"])


fg.turn(dropped, rate=(0.0, 0.9, 0.25, 0.05))

# %% [markdown]
# In training the mean stays the same, up to chance; afterwards the layer does nothing at all. Which of the two
# happens is decided by one word, `training`.

# %%
dropout = layers.Dropout(0.4, seed=3)
ones = np.ones((1000, 1000), "float32")
kept = dropout(ones, training=True).numpy()
assert abs(kept.mean() - 1) < 0.01 and set(np.unique(kept)) == {np.float32(0), np.float32(1 / 0.6)}
assert np.all(dropout(ones) == ones)

# %% [markdown]
# ## 6 Batch normalisation
#
# *Batch normalisation* (Ioffe and Szegedy, 2015) brings each channel, over all pixels of all images in the batch, to
# mean 0 and variance 1, then gives it a new mean $\beta$ and a new scale $\gamma$ that are learned:
#
# $$y = \gamma\,\frac{x - \mu_{\text{batch}}}{\sqrt{\sigma^2_{\text{batch}} + \varepsilon}} + \beta.$$
#
# For use after training, when there is no batch, it keeps running averages of $\mu$ and $\sigma^2$; a number called
# *momentum* says how slowly they forget. The sources use 0.8: after 21 batches the mean 0 and variance 1 that the
# averages start from weigh less than a hundredth. With Keras's default of 0.99 that takes 459 batches, and whoever
# samples from a generator before then sees grey mist for which the generator is not to blame.

# %%
normalise = layers.BatchNormalization(momentum=0.8)
mean, variance = faces.mean(axis=(0, 1, 2)), faces.var(axis=(0, 1, 2))
assert np.allclose(normalise(faces, training=True), (faces - mean) / np.sqrt(variance + 1e-3), atol=1e-4)
assert np.allclose(normalise.moving_mean, 0.8 * 0 + 0.2 * mean, atol=1e-5)
assert np.allclose(normalise.moving_variance, 0.8 * 1 + 0.2 * variance, atol=1e-5)
assert 0.8**21 < 0.01 < 0.8**20 and 0.99**459 < 0.01 < 0.99**458


# %% [markdown]
# Mean and variance are those of the *batch*. So what comes out for one face depends on who else is there. Change the
# light on the other five, and watch the one whose pixels nobody touched:


# %%
def companions(light):
    batch = np.concatenate([face[None], np.clip(faces[3:8] + light, -1, 1)])
    after = layers.BatchNormalization()(batch, training=True).numpy() / 2
    row([batch[1], batch[2], batch[0], after[0]], ["a companion", "another", "the face", "the face, normalised"], 2.3)


fg.turn(companions, light=(-1.0, 1.0, -0.6, 0.1))

# %% [markdown]
# For a generator that is a blessing: no sample can run off alone. For a discriminator it is a leak. Fed with real and
# fake images in one batch, it judges each image by its distance from a company that is half fake, and the same image
# gets a different verdict in different company (chapter 05). And a penalty on the gradient of each single image
# (chapter 09) loses its meaning.
#
# ## 7 Five optimisers in five lines
#
# Training is walking downhill. Our landscape is a winding valley: steep across, nearly flat along, as loss landscapes
# tend to be.


# %%
def height(x, y):
    return 0.05 * (x - 2) ** 2 + 1.5 * (y - np.sin(x)) ** 2


def gradient(w):
    across = 3 * (w[1] - np.sin(w[0]))
    return np.array([0.1 * (w[0] - 2) - across * np.cos(w[0]), across])


START = np.array([-4.5, 2.0])


# %% [markdown]
# Each optimiser takes where we are, the slope there and what it remembers, and says where to go. *SGD* (stochastic
# gradient descent) follows the slope. *Momentum* rolls on like a heavy ball. *Adagrad* (Duchi et al., 2011) shortens
# the step in each coordinate by all the slope it has ever seen there, *RMSprop* (Tieleman and Hinton, 2012) only by
# the recent slope. *Adam* (Kingma and Ba, 2014) is a heavy ball with RMSprop's steps, corrected for having started
# from nothing.


# %%
def sgd(w, slope, memory, rate):
    return w - rate * slope


def momentum(w, slope, memory, rate, keep=0.9):
    memory["speed"] = keep * memory.get("speed", 0) - rate * slope
    return w + memory["speed"]


def adagrad(w, slope, memory, rate, tiny=1e-7):
    memory["squares"] = memory.get("squares", 0.1) + slope**2
    return w - rate * slope / np.sqrt(memory["squares"] + tiny)


def rmsprop(w, slope, memory, rate, keep=0.9, tiny=1e-7):
    memory["squares"] = keep * memory.get("squares", 0) + (1 - keep) * slope**2
    return w - rate * slope / np.sqrt(memory["squares"] + tiny)


def adam(w, slope, memory, rate, keep=0.9, keep_squares=0.999, tiny=1e-7):
    memory["step"] = memory.get("step", 0) + 1
    memory["mean"] = keep * memory.get("mean", 0) + (1 - keep) * slope
    memory["squares"] = keep_squares * memory.get("squares", 0) + (1 - keep_squares) * slope**2
    correct = np.sqrt(1 - keep_squares ** memory["step"]) / (1 - keep ** memory["step"])
    return w - rate * correct * memory["mean"] / (np.sqrt(memory["squares"]) + tiny)


# %% [markdown]
# A walk is a loop. Keras's own optimisers can take the same walk.


# %%
def walk(optimiser, rate, steps=100, **numbers):
    w, memory, path = START, {}, [START]
    for _ in range(steps):
        w = optimiser(w, gradient(w), memory, rate, **numbers)
        path.append(w)
    return np.array(path)


def walk_by_keras(optimiser, steps=100):
    w, path = keras.Variable(START, dtype="float64"), [START]
    for _ in range(steps):
        optimiser.apply([tf.constant(gradient(w.numpy()))], [w])
        path.append(w.numpy())
    return np.array(path)


# %% [markdown]
# Over a hundred steps, none of ours is ever a millionth away from Keras's:

# %%
rate, keep, keep_squares = 1 / 16, 7 / 8, 1 - 1 / 512
walks = [
    (walk(sgd, rate), keras.optimizers.SGD(rate)),
    (walk(momentum, rate, keep=keep), keras.optimizers.SGD(rate, momentum=keep, name="momentum")),
    (walk(adagrad, rate), keras.optimizers.Adagrad(rate)),
    (walk(rmsprop, rate, keep=keep), keras.optimizers.RMSprop(rate, rho=keep, name="rmsprop")),
    (walk(adam, rate, keep=keep, keep_squares=keep_squares), keras.optimizers.Adam(rate, keep, keep_squares)),
]
for path, by_keras in walks:
    apart = np.abs(path - walk_by_keras(by_keras)).max()
    print(f"{by_keras.name:8} at most {apart:.1g} apart over 100 steps")
    assert apart < 1e-6

# %% [markdown]
# Why sixteenths and eighths in that cell? Because a computer holds them exactly. Keras keeps 0.9 and 0.999 in 32 bits
# even where all else has 64, and $1 - 0.999$ is then off by 13 parts in a million. And three of the five divide by a
# root, which has to be kept from zero: Keras adds `tiny` inside the root for Adagrad and RMSprop and outside for
# Adam, Chen (2019, §2.3.2) inside for all three. Adagrad's sum starts at 0.1 in Keras, at 0 in the paper. None of
# this belongs to the idea; all of it shows in the sixth digit.
#
# Now race. Turn the rate.


# %%
def race(rate, step=100):
    left, right = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=(3, 2))[1]
    X, Y = np.meshgrid(np.linspace(-6, 4, 121), np.linspace(-2.6, 2.6, 81))
    left.contour(X, Y, np.log(height(X, Y) + 0.02), 14, colors=style.FAINT, linewidths=0.6, linestyles="solid")
    left.plot(2, np.sin(2), "*", color=style.INK, markersize=13)
    for optimiser in (sgd, momentum, adagrad, rmsprop, adam):
        path = walk(optimiser, rate)[: step + 1].clip(-1e6, 1e6)
        (drawn,) = left.plot(*path.T, linewidth=1.3, label=optimiser.__name__)
        left.plot(*path[-1], "o", color=drawn.get_color())
        right.semilogy(height(*path.T), color=drawn.get_color(), linewidth=1.6)
    left.set(title=f"learning rate {rate:.3g}, step {step}", xlim=(-6, 4), ylim=(-2.6, 2.6))
    right.set(title="Height", xlabel="step", xlim=(0, 100), ylim=(1e-4, 30))
    left.legend(ncols=2, loc="lower left")


fg.turn(race, rate=[0.05, 0.001, 0.01, 0.1, 0.2, 0.6, 1.0], step=(0, 100, 100))

# %% [markdown]
# At 0.01 SGD crawls and momentum overtakes it. At 1 SGD is thrown out of the valley: across the valley, the slope
# steepens by 3 to 6 per unit of distance, so a rate above 2/6 overshoots by more than it gains in some places, above
# 2/3 everywhere. The three that divide by the slope's size take steps of about the size of the rate, whatever the
# landscape's scale; of these only Adagrad tires. That is one reason why GANs, whose slopes change scale all the time,
# are trained with Adam or RMSprop. The rate still matters: Patel's generator loss stayed around 2.4 at a rate of
# 0.02; at 0.002, started afresh, its mean fell from 3.43 to 1.17.

# %%
assert height(*walk(sgd, 1.0)[-1]) > 1e6 and height(*walk(adam, 1.0)[-1]) < 1e-3
assert height(*walk(momentum, 0.01)[-1]) < height(*walk(sgd, 0.01)[-1])

# %% [markdown]
# The next cell makes the film at the top of the chapter and leaves yours in `runs/race.gif`.

# %%
knobs.film(race, [{"rate": 0.05, "step": step} for step in range(0, 101, 4)], "runs/race.gif", width=825)

# %% [markdown]
# ## 8 Activations, and units that die
#
# Without a bend (an *activation function*) between them, two dense layers amount to one. Here are the four bends of
# this book, and their slopes:

# %%
BENDS = {  # the function and its slope
    "sigmoid": (sigmoid, lambda a: sigmoid(a) * (1 - sigmoid(a))),
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "ReLU": (lambda a: np.maximum(a, 0), lambda a: 1.0 * (a > 0)),
    "leaky ReLU": (lambda a: np.maximum(a, 0.2 * a), lambda a: np.where(a > 0, 1.0, 0.2)),
}
a = np.linspace(-4, 4, 400)
assert all(np.allclose((f(a + 1e-6) - f(a - 1e-6)) / 2e-6, slope(a), atol=1e-5) for f, slope in BENDS.values())

# %% [markdown]
# On its way back, a gradient is multiplied by such a slope once per layer. Send one through a deep random network and
# measure it at every layer:


# %%
def gradient_sizes(bend, slope, depth, scale):
    rng = np.random.default_rng(0)
    matrices = [rng.normal(0, scale / 8, (64, 64)) for _ in range(depth)]
    x, slopes = rng.normal(size=(100, 64)), []
    for matrix in matrices:
        slopes.append(slope(x @ matrix))
        x = bend(x @ matrix)
    back, sizes = np.ones_like(x), []
    for matrix, each in zip(reversed(matrices), reversed(slopes), strict=True):
        back = (back * each) @ matrix.T
        sizes.append(np.abs(back).mean())
    return sizes[::-1]


# %% [markdown]
# Turn the depth.


# %%
def bends(depth):
    left, right = plt.subplots(1, 2, figsize=(9, 3.2))[1]
    for name, (bend, slope) in BENDS.items():
        (drawn,) = left.plot(a, bend(a), label=name)
        left.plot(a, slope(a), ":", color=drawn.get_color())
        marks = "o-" if name == "ReLU" else ".-"  # leaky ReLU lies on it
        scale = np.sqrt(2) if "ReLU" in name else 1  # He's rule for those with a flat half
        right.semilogy(range(1, depth + 1), gradient_sizes(bend, slope, depth, scale), marks, color=drawn.get_color())
    left.set(title="Four bends, and their slopes dotted", ylim=(-1.2, 2.2))
    right.set(title="Size of the gradient at each layer", xlabel="layer", ylim=(1e-12, 10))
    left.legend()


fg.turn(bends, depth=(2, 30, 12))

# %% [markdown]
# A sigmoid's slope is never above a quarter, and twelve of them leave less than a ten-millionth. So sigmoid and tanh
# are kept in two places only, the very last layer of a discriminator and of a generator, where they give a
# probability and pixels in $[-1, 1]$.
#
# ReLU passes the gradient on whole where its input is positive, about half of the time, and drops it elsewhere. A unit
# that is negative for *every* input gets no gradient from anyone, so it stays as it is: it is *dead*. Push 32 units
# down, as one bad step can, and let them learn a sine wave.

# %%
inputs, target = np.linspace(-2, 2, 100)[:, None], np.sin(3 * np.linspace(-2, 2, 100))[:, None]


def learn(leak, push, steps=400, seed=0):
    """Alive units and loss at every step of a layer of 32 whose biases start at `-push`."""
    rng, history = np.random.default_rng(seed), []
    weights = [rng.normal(0, 1, (1, 32)), np.full(32, -push), rng.normal(0, 0.25, (32, 1)), np.zeros(1)]
    memories = [{}, {}, {}, {}]
    for _ in range(steps):
        raw = inputs @ weights[0] + weights[1]
        hidden = np.where(raw > 0, raw, leak * raw)
        error = hidden @ weights[2] + weights[3] - target
        history.append(((raw > 0).any(axis=0).sum(), np.mean(error**2)))
        back = error @ weights[2].T * np.where(raw > 0, 1, leak)
        slopes = [inputs.T @ back / 100, back.mean(axis=0), hidden.T @ error / 100, error.mean(axis=0)]
        weights = [adam(w, slope, memory, 0.02) for w, slope, memory in zip(weights, slopes, memories, strict=True)]
    return np.array(history).T


# %% [markdown]
# Turn the push.


# %%
def revival(push):
    left, right = plt.subplots(1, 2, figsize=(9, 3))[1]
    for leak, name, colour in [(0.0, "ReLU", style.CYCLE[2]), (0.2, "leaky ReLU", style.CYCLE[3])]:
        alive, loss = learn(leak, push)
        left.plot(alive, color=colour, label=name)
        right.semilogy(loss, color=colour)
    left.set(title="Units alive, of 32", xlabel="step", ylim=(-1, 33))
    right.set(title="Loss", xlabel="step")
    left.legend()


fg.turn(revival, push=(0.0, 3.0, 1.5))

# %% [markdown]
# The leak, a slope of a fifth below zero, undoes a push of 1.5 in one or two hundred steps, and mostly a push of 2 as
# well. The further down, the longer the way, and some networks do not come back in time, such as the one with this
# seed at 2: a leak is a way back, not a guarantee. Below, ten seeds say how often it works. DCGAN uses leaky units
# throughout its discriminator: whatever dies there is lost to the generator as well, since all that the generator
# ever learns comes through those slopes.

# %%
(alive, loss), (alive_leaky, loss_leaky) = learn(leak=0.0, push=1.5), learn(leak=0.2, push=1.5)
assert alive[-1] <= alive[0] < alive_leaky[100] / 2 and loss_leaky[-1] < loss[-1] / 10
last = {leak: np.array([learn(leak, push=2.0, seed=seed)[1][-1] for seed in range(10)]) for leak in (0.0, 0.2)}
for leak, losses in last.items():
    print(f"leak {leak}: {(losses < 0.02).sum()} of 10 networks learn the wave after a push of 2")
assert (last[0.2] < 0.02).sum() > 6 and last[0.2][0] > 0.2 and (last[0.0] > 0.2).all()
assert 0.25**12 < 1e-7 and gradient_sizes(*BENDS["sigmoid"], depth=12, scale=1)[0] < 1e-6

# %% [markdown]
# ## 9 All of it, at once
#
# Here is the generator with which Chen (2019, fig. 4-4) drew digits. Every line of it is a section of this chapter.

# %%
generator = keras.Sequential(
    [
        layers.Input((100,)),
        layers.Dense(7 * 7 * 128, "relu"),
        layers.Reshape((7, 7, 128)),
        layers.UpSampling2D(),
        layers.Conv2D(128, 3, padding="same"),
        layers.BatchNormalization(momentum=0.8),
        layers.Activation("relu"),
        layers.UpSampling2D(),
        layers.Conv2D(64, 3, padding="same"),
        layers.BatchNormalization(momentum=0.8),
        layers.Activation("relu"),
        layers.Conv2D(1, 3, padding="same", activation="tanh"),
    ]
)
assert generator.output_shape == (None, 28, 28, 1)

# %% [markdown]
# Here is its price, worked out before a single weight is drawn, and compared with the total that the dissertation
# prints:

# %%
layers_of_weights = [
    arithmetic.parameters(1, 100, 6272),
    arithmetic.parameters(3, 128, 128) + 4 * 128,  # batch normalisation: γ, β and two running averages per channel
    arithmetic.parameters(3, 128, 64) + 4 * 64,
    arithmetic.parameters(3, 64, 1),
]
assert sum(layers_of_weights) == generator.count_params() == 856_193

whole, at_64 = (arithmetic.parameters(1, 100, height * width * 256) for height, width in ((54, 43), (16, 16)))
assert whole - at_64 == 61_746_499 - 8_328_003

# %% [markdown]
# The last two lines are why Patel (2017) shrank his faces: at 172×218, CelebA's size as he gives it, his generator
# would have had 61,746,499 weights to train, at 64×64 it has 8,328,003, and all of the difference is in its dense
# layer.
#
# Where do the weights sit, and where does the time go? Not in the same place. Turn the side of the first, smallest
# map: the dense layer grows with it, the convolutions keep their weights and only cost more.


# %%
def price(side):
    names = ["dense", "conv 128", "conv 64", "conv 1"]
    weights = [arithmetic.parameters(1, 100, side**2 * 128), *layers_of_weights[1:]]
    costs = [100 * side**2 * 128] + [
        arithmetic.multiply_adds(size, 3, a, b)
        for size, a, b in [(2 * side, 128, 128), (4 * side, 128, 64), (4 * side, 64, 1)]
    ]
    panels = plt.subplots(1, 2, figsize=(9, 2.6), sharey=True)[1]
    titles = f"{sum(weights):,} weights, for {4 * side}×{4 * side} pixels", f"{sum(costs):,} multiplications an image"
    for axes, numbers, title in zip(panels, (weights, costs), titles, strict=True):
        axes.bar_label(axes.barh(names, numbers, color=style.FAKE), fmt="{:,.0f}", padding=3)
        axes.set(title=title, xticks=[], xlim=(0, 1.35 * max(numbers)))
    panels[0].invert_yaxis()


fg.turn(price, side=(7, 32, 7))

# %% [markdown]
# ## What went wrong
#
# **A layer that slept through training.** `model(x)` means `model(x, training=False)`: dropout does nothing, and
# batch normalisation uses running averages that nobody has updated. There is no error and no warning, only training
# that goes badly. The flag must be given:

# %%
noise = tf.random.normal((256, 100), seed=1)
asleep, awake = generator(noise).numpy(), generator(noise, training=True).numpy()
print(f"pixels spread by {asleep.std():.4f} asleep and by {awake.std():.4f} awake")
assert awake.std() > 3 * asleep.std()

# %% [markdown]
# **Half a layer lost, unnoticed.** While this chapter was written, plain gradient steps at a rate of 0.2 killed half
# of 64 ReLU units like those of section 8, and the loss went on falling. The same steps sent the leaky network to
# infinity. Dead units are silent; count them.
#
# **A cost that is not a time.** Section 4 promises a factor of 6.25, and the clock seldom shows exactly that: memory,
# threads and the libraries' favourite shapes have their say. Arithmetic tells you what cannot be cheap. Only the
# clock tells you what is.
#
# ## Recap
#
# - A dense layer sees a list of numbers; a convolution sees neighbours, with less than a hundred-thousandth of the
#   weights.
# - Size: what fits, in steps of the stride. Weights: $k^2cd + d$. Cost: the pixels of the result times $k^2cd$.
# - Down by strides, up by stamps of a size that the stride divides, or by repeating and convolving at twice (3×3) to
#   six times (5×5) the price.
# - Dropout and batch normalisation behave differently in training and after it, and batch normalisation ties the
#   images of a batch together.
# - Momentum remembers a direction, Adagrad and RMSprop remember a size, Adam both.
# - Sigmoid and tanh at the very end, ReLU or leaky ReLU before; leaky where a gradient must get through.
#
# ## Exercises
#
# [The workbook](exercises/02_building_blocks.ipynb) has five: the weights of a discriminator; the same size for any
# stride; how many stamps; batch normalisation that costs nothing; a sixth optimiser.
#
# ## Sources and further reading
#
# - T.-Y. Chen, *Synthesising Images by Imagination*, MSc dissertation, University of Strathclyde, 2019, §2.2.2 and
#   §2.3: DCGAN's layers, ReLU and leaky ReLU, Adagrad, RMSprop, Adam; figures 4-1 and 4-4: the layer tables.
# - R. Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks*, 2017: the layers of a
#   face DCGAN in words, dropout against an overfitting discriminator, the learning-rate lesson.
# - *Generative Adversarial Networks*, appendix of a Keras textbook: batch normalisation with momentum 0.8.
# - V. Dumoulin, F. Visin, [A guide to convolution arithmetic for deep learning](https://arxiv.org/abs/1603.07285),
#   2016.
# - A. Odena, V. Dumoulin, C. Olah, [Deconvolution and Checkerboard
#   Artifacts](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - J. Springenberg et al., [Striving for Simplicity: The All Convolutional Net](https://arxiv.org/abs/1412.6806),
#   2014.
# - A. Radford, L. Metz, S. Chintala, [Unsupervised Representation Learning with Deep Convolutional Generative
#   Adversarial Networks](https://arxiv.org/abs/1511.06434), 2016.
# - N. Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, 2014. S. Ioffe, C.
#   Szegedy, [Batch Normalization](https://arxiv.org/abs/1502.03167), 2015.
# - V. Nair, G. Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines*, 2010. A. Maas et al.,
#   *Rectifier Nonlinearities Improve Neural Network Acoustic Models*, 2013. K. He et al., [Delving Deep into
#   Rectifiers](https://arxiv.org/abs/1502.01852), 2015.
# - J. Duchi, E. Hazan, Y. Singer, *Adaptive Subgradient Methods*, 2011. T. Tieleman, G. Hinton, *RMSProp*, lecture
#   6.5 of *Neural Networks for Machine Learning*, 2012. D. Kingma, J. Ba, [Adam](https://arxiv.org/abs/1412.6980),
#   2014.
