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
# # Exercises for 02 Building blocks
#
# Five short functions. Write each where it says so, run the cell, then run the check below it.

# %%
import facegen_lib as fg
from facegen_lib.networks import arithmetic

# %% [markdown]
# And what the checks compare your answers with:

# %%
import itertools

import keras
import numpy as np
from keras import layers

# %% [markdown]
# ## 1 The weights of a discriminator
#
# The discriminator with which Chen (2019, fig. 4-4) judged digits has four convolutions with kernels of 3: from 1
# channel to 32, 64, 128 and 256. Batch normalisation follows the last three; it keeps *four* numbers per channel. In
# the end 4×4 places of 256 channels go into one dense unit. Count the weights, biases included.


# %% tags=["solution"]
def discriminator_weights(channels):
    """All weights, for example for `channels = [1, 32, 64, 128, 256]`; the last map is 4×4."""
    ### BEGIN SOLUTION
    convolutions = sum(arithmetic.parameters(3, a, b) for a, b in itertools.pairwise(channels))
    normalisations = 4 * sum(channels[2:])
    return convolutions + normalisations + arithmetic.parameters(1, 4 * 4 * channels[-1], 1)
    ### END SOLUTION


# %% [markdown]
# The check, against the total that the dissertation prints:

# %% tags=["check"]
fg.check.report(
    "discriminator_weights",
    tried="channels 1, 32, 64, 128, 256",
    got=lambda: discriminator_weights([1, 32, 64, 128, 256]),
    expected=393_729,
    perhaps=[
        (
            391_937,
            "batch normalisation is missing: γ, β and two running averages for each of 64, 128 and 256 channels.",
        ),
        (
            392_833,
            "four numbers per channel, the running averages among them; and the channels are those of the last three "
            "convolutions.",
        ),
        (393_857, "the first convolution has no batch normalisation behind it."),
        (393_248, "the biases are missing."),
        (393_728, "the bias of the dense layer is missing."),
        (389_632, "the dense layer at the end is missing."),
    ],
)

# %% [markdown]
# ## 2 The same size, for any stride
#
# `padding="same"` pads until ⌈size / stride⌉ pixels come out. How many rows of zeros does that take, both sides
# together? The answer is never negative.


# %% tags=["solution"]
def same_padding(size, kernel, stride):
    """Rows of zeros, both sides together, that Keras adds for "same"."""
    ### BEGIN SOLUTION
    made = arithmetic.conv_output_size(size, kernel, stride, "same")
    return max((made - 1) * stride + kernel - size, 0)
    ### END SOLUTION


# %% [markdown]
# The check tries four layers, and one that needs no padding at all:

# %% tags=["check"]
for layer, expected, mistakes in [
    ((64, 3, 1), 2, [(1, "that is one side; both together are asked for.")]),
    ((64, 4, 2), 2, [(3, "kernel − 1 is right for stride 1 only."), (1, "that is one side.")]),
    ((28, 5, 2), 3, [(4, "kernel − 1 is right for stride 1 only.")]),
    (
        (7, 3, 2),
        2,
        [
            (0, "7 pixels at stride 2 make 4, not 3: round up."),
            (1, "that is one side; or kernel − stride, which is right where the stride divides the size."),
        ],
    ),
    ((9, 1, 3), 0, [(-2, "a kernel of 1 with stride 3 leaves pixels out; padding is never negative.")]),
]:
    fg.check.report(
        "same_padding",
        tried="{} pixels, kernel {}, stride {}".format(*layer),
        got=lambda layer=layer: same_padding(*layer),
        expected=expected,
        perhaps=mistakes,
    )

# %% [markdown]
# ## 3 How many stamps?
#
# A transposed convolution lays one kernel on the output for every input pixel, `stride` apart. Away from the edges
# the number of stamps on an output pixel depends only on its place within a stride. Return that number for each of
# the `stride` places, along one side. If they differ, there will be a checkerboard.


# %% tags=["solution"]
def stamps(kernel, stride):
    """Stamps on the output pixels at places 0, 1, …, stride − 1 of a stride, as a list."""
    ### BEGIN SOLUTION
    return [len(range(place, kernel, stride)) for place in range(stride)]
    ### END SOLUTION


# %% [markdown]
# The check:

# %% tags=["check"]
for kernel, stride, expected in [(3, 2, [2, 1]), (4, 2, [2, 2]), (5, 3, [2, 2, 1]), (2, 4, [1, 1, 0, 0])]:
    fg.check.report(
        "stamps",
        tried=f"kernel {kernel}, stride {stride}",
        got=lambda kernel=kernel, stride=stride: stamps(kernel, stride),
        expected=expected,
        perhaps=[
            ([kernel // stride] * stride, "some places get one more when the stride does not divide the kernel."),
            (expected[::-1], "count from the first place: it is the one that never gets fewer stamps."),
            (
                [-(-kernel // stride)] * stride,
                "the last places get one less when the stride does not divide the kernel.",
            ),
        ],
    )

# %% [markdown]
# ## 4 Batch normalisation that costs nothing
#
# After training, batch normalisation is a fixed scale and shift per channel, so it can be *folded* into the
# convolution before it. Return the kernel and the bias of one convolution that does what the two layers did. Keras
# adds `epsilon` = 0.001 to the variance.


# %% tags=["solution"]
def fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    """Kernel (k, k, in, out) and bias (out,) of the folded layer; `gamma` to `variance` have shape (out,)."""
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale, (bias - mean) * scale + beta
    ### END SOLUTION


# %% [markdown]
# The check builds both with random numbers and sends an image through:

# %% tags=["check"]
rng = np.random.default_rng(0)
image = rng.normal(size=(1, 6, 6, 3)).astype("float32")
kernel, bias = rng.normal(size=(3, 3, 3, 2)), rng.normal(size=2)
gamma, beta, mean, variance = rng.uniform(0.5, 2.0, size=(4, 2))
two = keras.Sequential([layers.Input((6, 6, 3)), layers.Conv2D(2, 3), layers.BatchNormalization()])
two.set_weights([kernel, bias, gamma, beta, mean, variance])


def through(kernel, bias):
    convolution = layers.Conv2D(2, 3)
    convolution.build((1, 6, 6, 3))
    convolution.set_weights([kernel, bias])
    return convolution(image).numpy()


scale = gamma / np.sqrt(variance + 1e-3)
fg.check.report(
    "fold",
    tried="a 3×3 convolution and its batch normalisation, on one image",
    got=lambda: through(*fold(kernel, bias, gamma, beta, mean, variance)),
    expected=two(image).numpy(),
    perhaps=[
        (through(kernel * scale, bias + beta - mean * scale), "the convolution's own bias is scaled as well."),
        (through(kernel * scale, bias * scale + beta), "the mean is subtracted before the scale."),
        (
            through(kernel * gamma / (variance + 1e-3), (bias - mean) * gamma / (variance + 1e-3) + beta),
            "the root is missing.",
        ),
    ],
    tolerance=1e-4,
)

# %% [markdown]
# ## 5 A sixth optimiser
#
# *Lion* (Chen et al., [Symbolic Discovery of Optimization Algorithms](https://arxiv.org/abs/2302.06675), 2023) was
# found by a search over programs and fits in three lines. It keeps one memory, `mean`, that starts at 0. The step is
# the rate times the *sign* of $b_1 \cdot \text{mean} + (1 - b_1) \cdot \text{slope}$; only then does the mean become
# $b_2 \cdot \text{mean} + (1 - b_2) \cdot \text{slope}$. Write it in the same form as the five of chapter 02.


# %% tags=["solution"]
def lion(w, slope, memory, rate, keep_now=0.9, keep_later=0.99):
    """The next `w`; `memory` is a dict that the function may write to and gets back with the next call."""
    ### BEGIN SOLUTION
    mean = memory.get("mean", 0 * slope)
    memory["mean"] = keep_later * mean + (1 - keep_later) * slope
    return w - rate * np.sign(keep_now * mean + (1 - keep_now) * slope)
    ### END SOLUTION


# %% [markdown]
# The check lets your Lion and Keras's walk down a bowl that is ten times steeper across than along:


# %% tags=["check"]
def walk(step):
    w, memory, path = np.array([2.0, -1.0]), {}, []
    for _ in range(60):
        w = step(w, w * [1.0, 10.0], memory, 1 / 32)
        path.append(np.array(w))
    return np.array(path)


def keras_lion(w, slope, memory, rate):
    if not memory:
        memory["w"], memory["lion"] = keras.Variable(w, dtype="float64"), keras.optimizers.Lion(rate)
    memory["lion"].apply([keras.ops.convert_to_tensor(slope, "float64")], [memory["w"]])
    return memory["w"].numpy()


fg.check.report(
    "lion",
    tried="sixty steps of 1/32 in a bowl, where Keras ends at about " + str(walk(keras_lion)[-1].round(2)),
    got=lambda: walk(lion),
    expected=walk(keras_lion),
    perhaps="step against the sign of the mix with keep_now; update the mean, with keep_later, only after it.",
)
