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
# # 01 Generative models
#
# ![A generator learning to put its points on a ring of eight clusters, filmed while it trains](images/01_ring.gif)
#
# The blue points are real. The vermilion ones are made up by a network that has never seen a blue point. Nobody tells
# it where the clusters are; it only hears, point by point, how real a second network finds its work. A few seconds
# later it has found all eight. This chapter explains that film, and ends with the fifteen lines that made it.
#
# ## What you will build
#
# A model that draws digits one pixel at a time, a bound on a probability, a discriminator that agrees with its own
# formula, two players who run in circles, and a generative adversarial network that learns while you watch.
#
# ## What you will learn
#
# - **say** what it means to learn a distribution, and measure whether it was learned or memorised;
# - **place** PixelRNN, the variational autoencoder and the GAN on one map;
# - **derive** the optimal discriminator and check it against a trained one;
# - **explain** why a generator is trained on $-\log D$ and not on $\log(1-D)$;
# - **recognise** why two players who both follow their gradient can circle for ever.
#
# ## What you need

# %%
import facegen_lib as fg
from facegen_lib.notebook import knobs, style

fg.book.needs("01_generative_models")

# %% [markdown]
# Besides the book's own library we need arrays, networks and pictures.

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import display
from keras import layers
from scipy.special import expit as sigmoid
from sklearn.datasets import load_digits

# %% [markdown]
# ## 1 What is there to learn?
#
# A camera takes pictures of faces. Behind the pictures stands a *distribution* $p(x)$: some images are likely, most
# are not. We never see $p$; we see samples from it. To *learn the distribution* is to build something that yields new
# samples, ones that $p$ might have yielded too.
#
# Take the smallest case: an image of one pixel. Its brightness $x$ comes from a $p$ with two bumps, and for once we
# know $p$. We are given sixty samples to learn from, and set two thousand more aside to judge with.


# %%
def bell(x, mean, width):
    return np.exp(-(((x - mean) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))


x = np.linspace(-4, 4, 801)
truth = 0.6 * bell(x, -1.5, 0.6) + 0.4 * bell(x, 1.5, 0.4)
rng = np.random.default_rng(1)
samples = np.where(rng.random(2_060) < 0.6, rng.normal(-1.5, 0.6, 2_060), rng.normal(1.5, 0.4, 2_060))
training, held_out = samples[:60], samples[60:]
assert abs(np.trapezoid(truth, x) - 1) < 1e-4

# %% [markdown]
# One of the simplest models puts a small bell on every training sample and takes the mean of these bells as its guess
# at $p$ (a *kernel density estimate*; Silverman, 1986). It has one knob: the width of the bells.


# %%
def estimate(x, width):
    return np.mean([bell(x, sample, width) for sample in training], axis=0)


def mean_log(samples, width):
    return np.log(estimate(samples, width) + 1e-300).mean()


# %% [markdown]
# How probable does it find the samples it was built from, and how probable those it has never met? The score is the
# mean logarithm of the density (the *log-likelihood*), one for each of sixty widths:

# %%
widths = np.geomspace(0.01, 3, 60)
learned = np.array([mean_log(training, width) for width in widths])
judged = np.array([mean_log(held_out, width) for width in widths])
best = widths[judged.argmax()]
print(f"best width on held-out samples: {best:.2f}")
assert learned.argmax() == 0 and 0.1 < best < 0.6


# %% [markdown]
# Turn the knob.


# %%
def panels(height, left=1, right=1):
    return plt.subplots(1, 2, figsize=(9, height), width_ratios=(left, right))[1]


def density_and_score(width):
    left, right = panels(3.2, 3, 2)
    left.fill_between(x, truth, color=style.REAL, alpha=0.25, label="the truth $p$")
    left.plot(x, estimate(x, width), color=style.FAKE, label=f"bells of width {width:.2f}")
    left.plot(training, np.full(60, -0.03), "|", color=style.REAL, label="60 samples")
    left.set(title="What the model believes", xlabel="brightness x", ylim=(-0.07, 0.9))
    right.semilogx(widths, learned, "--", color=style.FAINT, label="training samples")
    right.semilogx(widths, judged, color=style.THIRD, label="held-out samples")
    right.plot(width, mean_log(held_out, width), "o", color=style.FAKE, markersize=9)
    right.set(title="Mean log-likelihood", xlabel="width of a bell", ylim=(-4, 1.5))
    left.legend(), right.legend()


fg.turn(density_and_score, width=(0.02, 2.0, 0.3, 0.02))

# %% [markdown]
# Narrow bells win on the training samples, the narrower the better: a spike on each sample is *memorising*. On the
# held-out samples their score falls without limit. Wide bells blur two bumps into one. The best width lies in
# between, and only samples that the model has not seen can find it. Remember this when a network's faces look
# perfect: chapter 04 asks whether it copied them.
#
# Why not do this with faces? Suppose that each of the three colours of 64×64 pixels were merely dark or bright. A
# table of $p$ would still have $2^{12288}$ cells, a number with 3,700 digits, and every training image would sit
# alone in its corner. A generative network is a bet that faces vary in far fewer ways than they have pixels, and that
# a network can find those ways.
#
# ## 2 Three roads, one map
#
# Goodfellow's tutorial (2016, §2) sorts generative models by one question: do they write $p(x)$ down? The three
# families that Chen (2019, §2.1) compares start from the same images and part ways at that question.

# %%
boxes = [  # where, what, in which colour, and the box it hangs from
    (5, 3.4, "learn $p(x)$ from images", style.INK, 0),
    (2.9, 2.4, "explicit: a formula for $p(x)$", style.INK, 0),
    (8.3, 2.4, "implicit: only samples from it", style.FAKE, 0),
    (1.1, 0.8, "exact\nPixelRNN, PixelCNN\n$\\prod p(x_i\\mid x_{<i})$\none pixel at a time", style.REAL, 1),
    (4.7, 0.8, "a lower bound\nvariational autoencoder\n$\\log p(x)\\geq$ ELBO\none pass", style.THIRD, 1),
    (8.3, 0.8, "a game\nGAN\n$G(z)$ against $D(x)$\none pass", style.FAKE, 2),
]
_, axes = plt.subplots(figsize=(9, 4))
for left, height, text, colour, parent in boxes:
    axes.plot([left, boxes[parent][0]], [height, boxes[parent][1]], color=style.FAINT, zorder=0)
    frame = {"boxstyle": "round,pad=0.5", "facecolor": style.CARD, "edgecolor": colour, "linewidth": 1.6}
    axes.text(left, height, text, ha="center", va="center", color=colour, fontsize=11, bbox=frame)
axes.set(xlim=(-0.6, 10.2), ylim=(0.1, 3.7))
axes.set_axis_off()

# %% [markdown]
# ### 2.1 One pixel at a time
#
# By the chain rule of probability, any distribution over images is a product of one-dimensional ones, one for each
# pixel given the pixels before it:
#
# $$p(x) = \prod_{i} p(x_i \mid x_1, \dots, x_{i-1}).$$
#
# PixelRNN (van den Oord et al., 2016) computes each factor with a recurrent network of twelve layers of memory cells
# (LSTM). They sweep the image row by row, seeing some of the pixels before; or along both diagonals, seeing all of
# them, and faster (Chen, 2019, §2.1.1). The idea works with far less: let every pixel be a logistic regression on the
# pixels before it (Frey et al., 1996). For 8×8 digits that is one matrix with zeros on and above its diagonal.

# %%
digits = np.random.default_rng(0).permutation(load_digits().images.reshape(-1, 64) > 7).astype("float32")
known, unknown = digits[:1500], digits[1500:]
earlier_only = np.tril(np.ones((64, 64), "float32"), -1)


# %% [markdown]
# Training is gradient ascent on the log-likelihood, whose gradient is the error times the input.

# %%
weights, bias = np.zeros((64, 64), "float32"), np.zeros(64, "float32")
for _ in range(400):
    error = known - sigmoid(known @ weights.T + bias)
    weights += earlier_only * (error.T @ known) / len(known)
    bias += error.mean(axis=0)

# %% [markdown]
# The likelihood of an image is now exact, and its formula is short. Here it is in bits per image (fewer is better),
# on digits the model has not seen, beside a model that takes the pixels as independent:


# %%
def log_likelihood(images, weights, bias):
    logits = images @ weights.T + bias
    return (images * logits - np.logaddexp(0, logits)).sum(axis=1)


ink = known.mean(axis=0).clip(0.001, 0.999)
independent = log_likelihood(unknown, np.zeros((64, 64)), np.log(ink / (1 - ink))).mean() / np.log(2)
in_order = log_likelihood(unknown, weights, bias).mean() / np.log(2)
print(f"bits for an unseen digit: independent pixels {-independent:.1f}, one pixel after the other {-in_order:.1f}")
assert in_order > independent + 5

# %% [markdown]
# *Exact* is a claim that can be checked. The first nine factors are a model of the first nine pixels, and nine pixels
# make only 512 pictures. The probabilities of these must sum to one.

# %%
every_picture = np.array(np.meshgrid(*[[0.0, 1.0]] * 9)).reshape(9, -1).T
total = np.exp(log_likelihood(every_picture, weights[:9, :9], bias[:9])).sum()
assert every_picture.shape == (512, 9) and abs(total - 1) < 1e-6

# %% [markdown]
# Sampling follows the product from left to right: one pixel, then the next.

# %%
rng = np.random.default_rng(3)
drawn = np.zeros((12, 64))
for i in range(64):
    drawn[:, i] = rng.random(12) < sigmoid(drawn @ weights[i] + bias[i])


# %% [markdown]
# Turn the knob to watch twelve digits appear, under twelve real ones.


# %%
def half_drawn(pixels):
    shown = np.where(np.arange(64) < pixels, drawn, 0.35)
    images = (255 - 255 * np.concatenate([known[:12], shown])).astype("uint8").reshape(-1, 8, 8, 1)  # black on white
    title = f"{pixels} of 64 pixels drawn, {pixels} passes through the model"
    fg.show.images(images, columns=12, zoom=6, title=title, rows=("real", "drawn"))


fg.turn(half_drawn, pixels=(0, 64, 52))

# %% [markdown]
# Digits, more or less, from one matrix. The price is on the knob: 64 passes for 64 pixels, one after the other. A face
# of 64×64×3 takes 12,288. That is why this book takes the other two roads. (PixelCNN, fifteen convolutions deep,
# computes all factors at once and so is the quickest to *train*; its images still come pixel by pixel: Chen, 2019,
# §2.1.1.)
#
# ### 2.2 A bound
#
# A variational autoencoder (Kingma and Welling, 2013) imagines that a hidden *code* $z$ came first and the image
# after it, from $p(x \mid z)$. Then $p(x) = \int p(x \mid z)\,p(z)\,dz$ is an integral over all codes, which nobody
# can compute. Instead one guesses, for each image, which codes may have caused it, as a distribution $q(z)$, and gets
# a lower bound called the ELBO (*evidence lower bound*):
#
# $$\log p(x) = \underbrace{\mathbb{E}_q[\log p(x \mid z)] - \mathrm{KL}(q \,\|\, p(z))}_{\text{ELBO}} +
#   \underbrace{\mathrm{KL}(q \,\|\, p(z \mid x))}_{\text{gap, never negative}}.$$
#
# The *Kullback–Leibler divergence* $\mathrm{KL}(q \,\|\, p) = \mathbb{E}_q[\log q - \log p]$ says how far $q$ is from
# $p$; it is zero only if they are equal, and never negative. With one pixel and one code, $z \sim \mathcal{N}(0, 1)$
# and $x = 2z + \mathcal{N}(0, 1)$, all of this can be computed, even the integral.

# %%
seen = 2.5  # the pixel
evidence = np.log(bell(seen, 0, np.sqrt(5)))  # log p(x): 2z and the noise add up to variance 5
posterior = (2 * seen / 5, 1 / np.sqrt(5))  # mean and width of p(z | x)


def kl(mean_a, width_a, mean_b, width_b):
    return np.log(width_b / width_a) + (width_a**2 + (mean_a - mean_b) ** 2) / (2 * width_b**2) - 0.5


def elbo(mean, width):
    return np.log(bell(seen, 2 * mean, 1)) - 2 * width**2 - kl(mean, width, 0, 1)


# %% [markdown]
# The identity holds for every guess, and the bound is tight when the guess is the posterior $p(z \mid x)$, the true
# distribution of codes for this image:

# %%
for guess in [(0, 1), (-1, 0.3), (2, 1.4)]:
    assert abs(evidence - elbo(*guess) - kl(*guess, *posterior)) < 1e-12
assert abs(elbo(*posterior) - evidence) < 1e-12


# %% [markdown]
# Turn the knobs until the gap closes.


# %%
def bound(mean, width):
    left, right = panels(3.2, 3, 2)
    z = np.linspace(-2, 3.5, 400)
    left.fill_between(z, bell(z, *posterior), color=style.REAL, alpha=0.25, label="$p(z\\mid x)$")
    left.plot(z, bell(z, mean, width), color=style.FAKE, label="guess $q(z)$")
    left.plot(z, bell(z, 0, 1), ":", color=style.FAINT, label="before seeing x: $p(z)$")
    left.set(title="Which code caused this pixel?", xlabel="code z", ylim=(0, 1.6))
    right.plot(z, elbo(z, width), color=style.FAKE, label="ELBO")
    right.axhline(evidence, color=style.REAL, label="log p(x)")
    right.plot([mean, mean], [elbo(mean, width), evidence], "o-", color=style.FAKE, linewidth=1)
    right.set(title=f"gap {evidence - elbo(mean, width):.2f} nats", xlabel="mean of q", ylim=(-8, 0))
    left.legend(), right.legend(loc="upper right")


fg.turn(bound, mean=(-1.0, 2.5, 0.2), width=(0.1, 1.5, 0.9))

# %% [markdown]
# Chapter 10 lets one network make the guess and another rebuild the image, and trains both by pushing this bound up.
#
# ### 2.3 No formula at all
#
# The third road writes down no density. A *generator* is any function $G$; feed it noise $z$, and $G(z)$ is a sample.
# Bend the function, and the distribution bends with it.

# %%
noise = np.sort(np.random.default_rng(4).normal(size=20_000))


def pushed(bend):
    generated = 0.6 * noise + bend * np.tanh(3 * noise)
    left, right = panels(3)
    left.plot(noise, generated, color=style.FAKE)
    left.set(title="The generator", xlabel="noise z", ylabel="G(z)", ylim=(-4, 4))
    right.hist(generated, 80, range=(-4, 4), density=True, color=style.FAKE, alpha=0.6, label="samples G(z)")
    right.fill_between(x, truth, color=style.REAL, alpha=0.3, label="the truth $p$")
    right.set(title="What it generates", xlabel="x", ylim=(0, 0.75))
    right.legend()


fg.turn(pushed, bend=(0.0, 2.0, 1.2))

# %% [markdown]
# Where $G$ is steep, it tears a hole in the distribution; where it is flat, samples pile up in a bump. You can match
# the blue hills by eye. The whole difficulty is to do by gradient what you did by eye, knowing neither $p$ nor the
# density of $G(z)$.
#
# ## 3 The game
#
# Goodfellow et al. (2014) give the eye's job to a second network. The *discriminator* is a classifier: $D(x)$ is the
# probability it gives to $x$ being real. The generator tries to have its samples mistaken for real. Both pull at one
# number,
#
# $$\min_G \max_D V(D, G) = \mathbb{E}_{x \sim p}[\log D(x)] + \mathbb{E}_{z}[\log(1 - D(G(z)))].$$
#
# Hold $G$ still, call the density of its samples $q$ (no longer the guess of section 2.2), and ask for the best $D$.
# The two expectations are one integral over $p(x)\log D(x) + q(x)\log(1 - D(x))$, and nothing ties $D$ at one $x$ to
# $D$ at another. So each $x$ can be settled alone. With $a = p(x)$ and $b = q(x)$, for which $y = D(x)$ is
# $a \log y + b \log(1-y)$ greatest? The derivative $a/y - b/(1-y)$ vanishes at $y = a/(a+b)$ and nowhere else, hence
#
# $$D^*(x) = \frac{p(x)}{p(x) + q(x)}.$$
#
# Where only real samples fall it says 1; where both are equally likely, ½.

# %%
y = np.linspace(0.001, 0.999, 999)
for a, b in [(1, 1), (3, 1), (0.2, 0.6)]:
    highest = y[np.argmax(a * np.log(y) + b * np.log(1 - y))]
    assert abs(highest - a / (a + b)) <= 0.001


# %% [markdown]
# That was calculus. Does a *trained* discriminator agree? Let the real samples come from $\mathcal{N}(0, 1)$ and the
# fakes from $\mathcal{N}(\text{gap}, 1)$. The network sees samples, never a density. Its loss is $-V$. The network
# puts out a *logit*, any real number, which the sigmoid turns into a probability, $D = \sigma(\text{logit})$. Then
# $-\log D$ is `softplus(-logit)` and $-\log(1-D)$ is `softplus(logit)`, where `softplus(a)` is $\log(1 + e^a)$,
# computed so that it never overflows.


# %%
def train_discriminator(gap, steps=400):
    keras.utils.set_random_seed(0)
    network = keras.Sequential([layers.Dense(32, "tanh"), layers.Dense(32, "tanh"), layers.Dense(1)])
    adam = keras.optimizers.Adam(0.01)

    @tf.function
    def step():
        real, fake = tf.random.normal((1024, 1)), gap + tf.random.normal((1024, 1))
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.softplus(-network(real)) + tf.nn.softplus(network(fake)))
        adam.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)

    for _ in range(steps):
        step()
    return network


# %% [markdown]
# When you let go of the slider, a fresh network trains for four hundred steps. The number above the figure is its
# mean distance from $D^*$, with each $x$ weighted by how many samples fall there.

# %%
line = np.linspace(-4, 12, 801)


def optimal(gap):
    return bell(line, 0, 1) / (bell(line, 0, 1) + bell(line, gap, 1))


def hills(axes, gap):
    axes.fill_between(line, bell(line, 0, 1), color=style.REAL, alpha=0.25, label="real $p$")
    axes.fill_between(line, bell(line, gap, 1), color=style.FAKE, alpha=0.25, label="fake $q$")
    axes.set(xlabel="x", xlim=(-4, 9))


def discriminators(gap):
    trained = sigmoid(np.asarray(train_discriminator(gap)(line[:, None])))[:, 0]
    off = np.average(np.abs(trained - optimal(gap)), weights=bell(line, 0, 1) + bell(line, gap, 1))
    assert off <= 0.05
    _, axes = plt.subplots(figsize=(9, 3.4))
    hills(axes, gap)
    axes.plot(line, optimal(gap), color=style.INK, label="$D^*=p/(p+q)$")
    axes.plot(line, trained, "--", color=style.REAL, label="trained D")
    axes.set(title=f"mean |D − D*| = {off:.3f}", ylim=(0, 1.05))
    axes.legend(loc="center right")


fg.turn(discriminators, gap=(0.0, 4.0, 2.0, 0.25))

# %% [markdown]
# In this mean they agree to within 0.05 wherever the slider stands; the cell asserts it. Far out, where no sample
# falls, the dashed line is free to say anything, and sometimes does.
#
# ## 4 What the game measures
#
# Put $D^*$ back into $V$. With the mixture $m = (p + q)/2$ we have $D^* = p/2m$ and $1 - D^* = q/2m$, and a $\log 2$
# comes out of each logarithm:
#
# $$V(D^*, G) = -2\log 2 + \mathrm{KL}(p \,\|\, m) + \mathrm{KL}(q \,\|\, m)
#   = -2 \log 2 + 2\,\mathrm{JSD}(p \,\|\, q).$$
#
# So a generator that plays against a perfect discriminator minimises the *Jensen–Shannon divergence* between real and
# fake, the mean of these two KL divergences. It is zero only for $p = q$, and never more than $\log 2$. Now compute
# both sides, each by its own definition; for the right-hand side take the one by entropies, $H(p) = -\int p \log p$:
# $\mathrm{JSD} = H(m) - \frac12 H(p) - \frac12 H(q)$.

# %%
wide = np.linspace(-10, 20, 30_001)


def value(gap):
    p, q = bell(wide, 0, 1), bell(wide, gap, 1)
    logit = gap**2 / 2 - gap * wide  # of D*: log p − log q
    return -np.trapezoid(p * np.logaddexp(0, -logit) + q * np.logaddexp(0, logit), wide)


def entropy(density):
    return -np.trapezoid(density * np.log(density + 1e-300), wide)


def jsd(gap):
    p, q = bell(wide, 0, 1), bell(wide, gap, 1)
    return entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2


# %% [markdown]
# The two sides agree, and so does an estimate from what training would see, a million samples of each kind and no
# density:

# %%
for gap in (0.0, 0.5, 1.0, 2.0, 4.0):
    assert abs(value(gap) - (-2 * np.log(2) + 2 * jsd(gap))) < 1e-3
rng = np.random.default_rng(5)
real, fake = rng.normal(0, 1, 1_000_000), rng.normal(1, 1, 1_000_000)
sampled = np.log(sigmoid(0.5 - real)).mean() + np.log(1 - sigmoid(0.5 - fake)).mean()
print(f"gap 1: integral {value(1):.4f}, from the JSD {2 * jsd(1) - 2 * np.log(2):.4f}, from samples {sampled:.4f}")
assert abs(sampled - value(1)) < 5e-3


# %% [markdown]
# Now pull the two distributions apart and watch the value.


# %%
def divergence(gap):
    gaps = np.linspace(0, 8, 81)
    left, right = panels(3)
    hills(left, gap)
    left.set(title="Two distributions", xlim=(-4, 12))
    left.legend()
    right.plot(gaps, [value(each) for each in gaps], color=style.INK)
    right.plot(gap, value(gap), "o", color=style.FAKE, markersize=9)
    for height, name in [(0, "0: never mistaken"), (-2 * np.log(2), "−2 log 2: one and the same")]:
        right.axhline(height, color=style.FAINT, linestyle=":", linewidth=1)
        right.text(8, height, name, ha="right", va="bottom", color=style.QUIET)
    right.set(title=f"V(D*, G) = {value(gap):.3f}".replace("-", "−"), xlabel="gap", ylim=(-1.5, 0.2))


fg.turn(divergence, gap=(0.0, 8.0, 3.0))

# %% [markdown]
# Near a gap of zero the curve is a valley and shows the way. From a gap of five on it is a plateau: the two
# distributions no longer touch, $D^*$ is right every time, and moving the fakes a little closer changes nothing. A
# generator that starts with noise starts on that plateau. One way off it is a different loss for the generator
# (next); another is a different measure altogether (chapter 08).
#
# ## 5 Two losses for one generator
#
# The game asks the generator to minimise $\log(1 - D(G(z)))$. The same paper advises minimising $-\log D(G(z))$
# instead. Both want $D$ fooled, but at the start, when $D$ sees through everything, they pull with very different
# force. Ask automatic differentiation how different, with $a$ the logit of a fake and $D = \sigma(a)$:


# %%
def pulls(logits):
    """Minus the slopes of log(1 − D) and of −log D against the logit."""
    logits = tf.Variable(logits)
    with tf.GradientTape(persistent=True) as tape:
        losses = -tf.nn.softplus(logits), tf.nn.softplus(-logits)
    return [-tape.gradient(loss, logits).numpy() for loss in losses]


# %% [markdown]
# The pull on a fake's logit is $D$ for the first loss and $1 - D$ for the second. As $D(G(z)) \to 0$, one vanishes
# and the other becomes 1:

# %%
logits = np.array([-2.0, -5.0, -10.0])
D, (saturating, non_saturating) = sigmoid(logits), pulls(logits)
assert np.allclose(saturating, D) and np.allclose(non_saturating, 1 - D)
for row in zip(D, saturating, non_saturating, strict=True):
    print("D = {:.6f}: log(1 − D) pulls with {:.6f}, −log D with {:.6f}".format(*row))
assert saturating[-1] < 1e-4 and non_saturating[-1] > 0.9999


# %% [markdown]
# Back to the two bells. The logit of $D^*$ is $\log p - \log q$, a straight line that falls by the gap with every
# unit of $x$. So, by the chain rule, the first loss pushes a fake towards the real samples with force gap · $D$, the
# second with gap · $(1 - D)$.

# %%
GAPS = np.linspace(0, 6, 31)
some_noise = np.random.default_rng(0).normal(size=4_000)


def mean_push(gap, pull):
    fakes = gap + some_noise
    return gap * pull(sigmoid(gap**2 / 2 - gap * fakes)).mean()


# %% [markdown]
# Turn up the gap. Green is the loss of the game, vermilion the one that replaced it; each arrow is the push on one
# fake.


# %%
def pushes(gap):
    left, right = panels(3.4, 3, 2)
    hills(left, gap)
    left.plot(line, optimal(gap), color=style.INK, label="$D^*$")
    fakes = gap + np.array([-1.5, 0, 1.5])
    losses = [(0.6, "$\\log(1-D)$", style.THIRD, lambda D: D), (0.8, "$-\\log D$", style.FAKE, lambda D: 1 - D)]
    for height, name, colour, pull in losses:
        ends = fakes - 0.25 * gap * pull(np.interp(fakes, line, optimal(gap)))
        left.plot([fakes, ends], [[height] * 3] * 2, color=colour)
        left.plot(fakes, [height] * 3, "o", color=colour, markersize=4)
        left.plot(ends[fakes - ends > 0.05], [height] * sum(fakes - ends > 0.05), "<", color=colour)
        right.plot(GAPS, [mean_push(each, pull) for each in GAPS], color=colour, label=name)
        right.plot(gap, mean_push(gap, pull), "o", color=colour, markersize=9)
    left.set(title="Where each fake is pushed", ylim=(0, 1.05))
    left.legend(loc="center right")
    right.set(title="Mean push towards the real", xlabel="gap")
    right.legend()


fg.turn(pushes, gap=(0.0, 6.0, 3.0))

# %% [markdown]
# The green arrows shrink to nothing just when there is most to learn; the vermilion ones grow. From here on "the
# generator's loss" is $-\log D$, called *non-saturating*.
#
# Two fine points. Drawn against $D$ itself (Chen, 2019, fig. 2-4, and most textbooks), the curve of $\log(1-D)$ is
# *not* flat at $D = 0$: its slope there is $-1$. What vanishes is the slope against the logit, because the sigmoid in
# between is flat. And with the new loss it is no longer the same game, for $D$ and $G$ no longer pull at one number;
# but the point where both rest stays where it was (Goodfellow et al., 2014, §3).
#
# ## 6 Two players, running in circles
#
# A *Nash equilibrium* is a pair of moves such that neither player can gain by changing their own alone. In a minimax
# game it is a saddle. Take the simplest one, $V(x, y) = x\,y$: the generator owns $x$ and wants $V$ small, the
# discriminator owns $y$ and wants it large. The equilibrium is $(0, 0)$. Let both follow their gradient.


# %%
def field(x, y, game):
    """Each player's direction: down V for x, up V for y."""
    return (-y, x) if game == "x·y" else (-2 * x, -2 * y)  # V = x·y or V = x² − y²


def play(rate, method, game, steps=100):
    x, y = 1.0, 0.0
    path = [(x, y)]
    for _ in range(steps):
        dx, dy = field(x, y, game)
        if method == "alternating":  # the second player answers the first one's new move
            dy = field(x + rate * dx, y, game)[1]
        if method == "extragradient":  # look one step ahead, and use the gradient found there
            dx, dy = field(x + rate * dx, y + rate * dy, game)
        x, y = x + rate * dx, y + rate * dy
        path.append((x, y))
    return np.array(path)


# %% [markdown]
# Turn the learning rate down as far as you like; then let them take turns, or look ahead; then try the other saddle.


# %%
def duel(rate, method, game):
    path = play(rate, method, game)
    left, right = panels(3.8, 2, 3)
    X, Y = np.meshgrid(*[np.linspace(-2.2, 2.2, 45)] * 2)
    lines = left.contour(X, Y, X * Y if game == "x·y" else X**2 - Y**2, 14, colors=style.FAINT, linewidths=0.8)
    left.clabel(lines, lines.levels[1::4], fontsize=8, colors=style.QUIET)
    left.plot(*path.T, color=style.INK, linewidth=1.4)
    left.plot(*path[0], "o", color=style.FAKE)
    left.plot(0, 0, "*", color=style.THIRD, markersize=13)
    left.set(title=f"V = {game}", xlabel="x, the generator", ylabel="y, the discriminator")
    left.set(aspect="equal", xlim=(-2.2, 2.2), ylim=(-2.2, 2.2))
    distance = np.hypot(*path.T)
    right.semilogy(distance, color=style.INK)
    right.axhline(1, color=style.FAINT, linestyle=":")
    right.set(
        title="Distance from the equilibrium", xlabel="step", ylim=(min(0.1, min(distance)), max(10, max(distance)))
    )


METHODS = ["simultaneous", "alternating", "extragradient"]
fg.turn(duel, rate=(0.01, 0.5, 0.1, 0.01), method=METHODS, game=["x·y", "x² − y²"])

# %% [markdown]
# With simultaneous steps the path spirals outwards at every learning rate $\eta$. The distance grows by a factor of
# exactly $\sqrt{1 + \eta^2}$ a step, because each step is at right angles to the way home.

# %%
for rate in (0.01, 0.1, 0.5):
    distance = np.hypot(*play(rate, "simultaneous", "x·y").T)
    assert np.allclose(distance, (1 + rate**2) ** (np.arange(101) / 2), rtol=1e-9)


# %% [markdown]
# Players who take turns, as in most GAN training, stay on a closed orbit around the goal. Players who look ahead
# (Korpelevich, 1976) converge. So does even the plainest method on the other saddle, $x^2 - y^2$, the one that Chen
# (2019, fig. 2-5) draws: there each player has a valley of its own. Whether training settles depends on how much of
# the game is valley and how much is whirl. The R1 penalty of chapters 06 and 07, a price on the discriminator's
# slope, adds valley (Mescheder et al., 2018).


# %%
def final_distance(method, game):
    return np.hypot(*play(0.1, method, game)[-1])


assert 0.9 < final_distance("alternating", "x·y") < 1.1
assert final_distance("extragradient", "x·y") < 0.7 < 1.6 < final_distance("simultaneous", "x·y")
assert np.isclose(final_distance("simultaneous", "x² − y²"), (1 - 2 * 0.1) ** 100)

# %% [markdown]
# ## 7 A GAN in fifteen lines
#
# Eight clusters on a circle: the test on which Metz et al. (2017) showed GANs failing. It is a picture of what can go
# wrong with faces, where a cluster may be "people with glasses". A generator that forgets one leaves a hole that you
# can see.

# %%
angles = 2 * np.pi * np.arange(8) / 8
CENTRES, SPREAD = np.stack([np.cos(angles), np.sin(angles)], axis=1), 0.08


def ring(n, rng):
    return (CENTRES[rng.integers(8, size=n)] + SPREAD * rng.normal(size=(n, 2))).astype("float32")


# %% [markdown]
# And here is the GAN: two networks, two optimisers, one step that moves both. Fifteen lines, and every idea above is
# in them.


# %%
def make_gan(generator_rate=0.001):
    generator = keras.Sequential([layers.Dense(64, "relu"), layers.Dense(64, "relu"), layers.Dense(2)])
    discriminator = keras.Sequential([layers.Dense(64, "relu"), layers.Dense(64, "relu"), layers.Dense(1)])
    generator_adam = keras.optimizers.Adam(generator_rate, beta_1=0.0)
    discriminator_adam = keras.optimizers.Adam(0.002, beta_1=0.0)

    @tf.function
    def step(real):
        with tf.GradientTape(persistent=True) as tape:
            fake = generator(tf.random.normal((256, 2)))
            real_logits, fake_logits = discriminator(real), discriminator(fake)
            discriminator_loss = tf.reduce_mean(tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits))
            generator_loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
        ours, theirs = discriminator.trainable_variables, generator.trainable_variables
        discriminator_adam.apply(tape.gradient(discriminator_loss, ours), ours)
        generator_adam.apply(tape.gradient(generator_loss, theirs), theirs)

    return generator, discriminator, step


# %% [markdown]
# The rest is for looking. Every fifty steps we ask both networks what they think: where the generator puts two
# thousand points, and what the discriminator says all over the plane.


# %%
def train(steps, screen=None, seed=7, **rates):
    """One training as a list of frames for `stage`, one every fifty steps; each is shown on `screen` at once."""
    keras.utils.set_random_seed(seed)
    generator, discriminator, step = make_gan(**rates)
    rng, frames = np.random.default_rng(seed), []
    for number in range(steps + 1):
        if number % 50 == 0:
            judged = sigmoid(discriminator(everywhere).numpy()).reshape(64, 64)
            frames.append({"points": generator(fixed_noise).numpy(), "judged": judged, "step": number})
            if screen:
                screen.update(knobs.picture(stage, frames[-1]))
        step(ring(256, rng))
    return frames


# %% [markdown]
# The ground is blue where the discriminator believes a point to be real, vermilion where it does not. Run the cell
# and watch the picture below it.

# %%
everywhere = np.stack(np.meshgrid(*[np.linspace(-1.6, 1.6, 64, dtype="float32")] * 2), axis=-1).reshape(-1, 2)
fixed_noise = np.random.default_rng(0).normal(size=(2_000, 2)).astype("float32")
some_real = ring(500, np.random.default_rng(1))


def scene(axes, points, judged, step):
    axes.imshow(judged, extent=(-1.6, 1.6) * 2, origin="lower", cmap=style.FAKE_TO_REAL, vmin=0, vmax=1, alpha=0.6)
    axes.plot(*some_real.T, ".", color=style.REAL, markersize=3, alpha=0.5)
    axes.plot(*points.T, ".", color=style.FAKE, markersize=2, alpha=0.5)
    axes.set(title=f"step {step}", xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), xticks=[], yticks=[])


def stage(**frame):
    scene(plt.subplots(figsize=(4.4, 4.6))[1], **frame)


steps = fg.book.setting("01_generative_models", "ring_steps")
frames = train(steps, screen=display("The curtain rises.", display_id=True))

# %% [markdown]
# The discriminator paints the ring blue, the generator runs into the blue, the blue fades there, and the chase goes on
# until there is hardly anything on the ring that the discriminator can tell apart: the ground takes the colour of
# paper, $D \approx \frac12$, as section 3 predicted. That is what *this* discriminator says, at least. Turn the knob
# to see it again.


# %%
def moment(step):
    stage(**frames[step // 50])


fg.turn(moment, step=(0, steps, 200, 50))

# %% [markdown]
# Do not believe the eye; count. A point is good if it lies within three spreads (standard deviations) of a centre. A
# cluster is found if it gets at least a quarter of its fair share of the points. And how wide are the clusters?


# %%
def score(points):
    distances = np.linalg.norm(points[:, None] - CENTRES, axis=2)
    good = distances.min(axis=1) < 3 * SPREAD
    shares = np.bincount(distances.argmin(axis=1)[good], minlength=8) / len(points)
    return good.mean(), np.sum(shares > 1 / 8 / 4)


def spread(points):
    distances = np.linalg.norm(points[:, None] - CENTRES, axis=2)
    good, nearest = distances.min(axis=1) < 3 * SPREAD, distances.argmin(axis=1)
    return np.mean([points[good & (nearest == each)].std(axis=0).mean() for each in np.unique(nearest[good])])


painted = frames[-1]["points"]
good, found = score(painted)
print(f"after {steps} steps: {good:.0%} good points (of real ones {score(some_real)[0]:.0%}), {found} of 8 clusters")
print(f"spread of the good points inside a cluster: {spread(painted):.3f}, of real ones {spread(some_real):.3f}")
assert good > 0.75 and found >= 7 and spread(painted) < 0.9 * spread(some_real)

# %% [markdown]
# All clusters are there, and each of them is too narrow: $q$ is not $p$, whatever $D$ says. Training ends when *this*
# discriminator is at its wits' end; a fresh one still sees a difference (chapter 04 turns that into a measurement).
#
# The film at the top of the chapter is this training. The next cell made it, and leaves yours in `runs/ring.gif`.

# %%
knobs.film(stage, frames[::2], "runs/ring.gif", width=330)


# %% [markdown]
# ## What went wrong
#
# **A generator that is too quick.** In the fifteen lines the discriminator learns twice as fast as the generator.
# That is no accident. Give the generator four times the pace:


# %%
def pace(generator_rate, seed):
    frames = train(600, seed=seed, generator_rate=float(generator_rate))
    for cell, frame in zip(plt.subplots(1, 5, figsize=(9, 2.3))[1], frames[4::2], strict=True):
        scene(cell, **frame)
    plt.suptitle(f"{score(frames[-1]['points'])[1]} of 8 clusters in the end", fontsize=11)


fg.turn(pace, generator_rate=["0.004", "0.002", "0.001"], seed=[7, 8, 9])

# %% [markdown]
# The generator runs to the best cluster with everything it has; the discriminator learns to distrust that one; the
# generator runs to the next, and sometimes past the ring altogether. (Not every seed fails.) This is *mode collapse*,
# the whirl of section 6 in earnest. On faces it looks like one face, over and over. Chapter 07 takes it apart.
#
# **A failure that did not come.** We expected the saturating loss, $\log(1-D)$, to fail on this ring. It does not:
# make the generator's loss `-tf.reduce_mean(tf.nn.softplus(fake_logits))` and see. Adam divides each gradient by its
# own size, so it makes up for a pull a thousand times too small, as long as that is not lost in rounding. The
# argument of section 5 still holds; the optimiser hides it. Exercise 4 brings the failure back.
#
# **A discriminator that guesses.** The dashed line of section 3 may be far from $D^*$ where no sample falls. A
# generator that strays there takes advice from a network that has never been there.
#
# ## Recap
#
# - To learn a distribution is to score well on samples you have not seen. Memorising scores well only on those you
#   have.
# - Models that go pixel by pixel (*autoregressive* ones) compute $p(x)$ and pay with one pass a pixel; autoencoders
#   bound it; GANs never write it down.
# - The best discriminator is $p/(p+q)$. Against it the generator minimises a Jensen–Shannon divergence, which is flat
#   once real and fake no longer touch.
# - $-\log D$ pulls hardest where $\log(1-D)$ gives up.
# - Two players who follow their gradients on a saddle may circle. It helps to take turns, to look ahead, and to give
#   each player a valley.
#
# ## Exercises
#
# [The workbook](exercises/01_generative_models.ipynb) has five: the width of a bell; more real than fake; a
# divergence over empty boxes; a generator that saturates; a saddle with momentum.
#
# ## Sources and further reading
#
# - T.-Y. Chen, *Synthesising Images by Imagination*, MSc dissertation, University of Strathclyde, 2019, §2.1–2.2: the
#   three families, the derivation of $D^*$, figures 2-4 and 2-5.
# - R. Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks*, 2017: the game stated
#   for faces.
# - *Generative Adversarial Networks*, appendix of a Keras textbook: the smallest GAN on digits, 2,000 steps.
# - I. Goodfellow et al., [Generative Adversarial Networks](https://arxiv.org/abs/1406.2661), 2014: the game,
#   proposition 1, theorem 1, the non-saturating loss.
# - I. Goodfellow, [NIPS 2016 Tutorial: Generative Adversarial Networks](https://arxiv.org/abs/1701.00160), 2016: the
#   map of section 2.
# - B. Frey, G. Hinton, P. Dayan, *Does the wake-sleep algorithm produce good density estimators?*, 1996: pixels as
#   logistic regressions on the pixels before.
# - A. van den Oord, N. Kalchbrenner, K. Kavukcuoglu, [Pixel Recurrent Neural
#   Networks](https://arxiv.org/abs/1601.06759), 2016.
# - D. Kingma, M. Welling, [Auto-Encoding Variational Bayes](https://arxiv.org/abs/1312.6114), 2013.
# - M. Arjovsky, L. Bottou, [Towards Principled Methods for Training Generative Adversarial
#   Networks](https://arxiv.org/abs/1701.04862), 2017: why the plateau of section 4 is the usual case.
# - L. Metz et al., [Unrolled Generative Adversarial Networks](https://arxiv.org/abs/1611.02163), 2017: the ring of
#   eight.
# - G. Gidel et al., [A Variational Inequality Perspective on Generative Adversarial
#   Networks](https://arxiv.org/abs/1802.10551), 2019: averaging and extragradient for GANs.
# - L. Mescheder, A. Geiger, S. Nowozin, [Which Training Methods for GANs do actually
#   Converge?](https://arxiv.org/abs/1801.04406), 2018.
# - G. Korpelevich, *The extragradient method for finding saddle points and other problems*, 1976. B. Silverman,
#   *Density Estimation for Statistics and Data Analysis*, 1986.
