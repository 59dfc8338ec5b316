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
# # 10 Variational autoencoder
#
# Nobody played against anybody to make these people. One network squeezed photographs into 128 numbers each, another
# unfolded them again, and both were trained by a formula:

# %%
import facegen_lib as fg

import json
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
import skimage
import tensorflow as tf
from IPython.display import Markdown
from PIL import Image
from scipy.ndimage import gaussian_filter

from facegen_lib.data.faces import face_square
from facegen_lib.models.vae import VAE, Autoencoder, gaussian_kl, reparametrise, squared_error
from facegen_lib.networks import autoencoder
from facegen_lib.notebook import style

people = fg.pretrained("vae-utkface")
fg.show.samples(people, count=12, columns=6);
# %% [markdown]
# They are softer than the people of chapter 06, and there are no monsters among them. De Cid, Recio and Loyola (2019)
# built both kinds of model on the same photographs, and write that they would opt for this one: easier to train, good
# faces sooner. The distances to real images that they measured said the opposite (290 against 163, on UTKFace; lower
# is better). This chapter finds out where the softness comes from, and what the formula gives us in return.
#
# ## What you will build
#
# A plain autoencoder and a variational one, on the same portraits with the same layers; a collapse, on purpose; a walk
# between two photographs; and a study of how long a code should be.
#
# ## What you will learn
#
# - **say** why a plain autoencoder can copy faces and cannot invent one;
# - **derive** the loss of a VAE from a bound, and check its two terms against numbers that are known;
# - **see through** the choice between sum and mean, which is a choice of camera noise;
# - **provoke** a posterior collapse, measure it, and cure it;
# - **walk** from one photograph to another through their codes.
#
# ## What you need

# %%
fg.book.needs("10_vae")

# %% [markdown]
# ## 1 A bottleneck
#
# Train a network to give back what it was given: nothing could be easier, the identity does it. Now let the image
# pass through a *code* of 32 numbers on the way. A portrait of 32×32 pixels in three colours has 3,072. What comes
# out at the other end can only be what the code could carry, so the network has to find out what varies among
# portraits, and what goes without saying.
#
# The encoder is the discriminator of a DCGAN, more or less: 4×4 convolutions of stride 2. The decoder is its
# generator. (So it is in §3.2 of the FaceGen paper, for the same reasons as in chapter 06.) But the encoder gives
# *two* answers of 32 numbers each. The second becomes interesting in section 3.

# %%
portraits = fg.load("portraits", size=32)


def networks(code=32, width=12):
    """Encoder and decoder, from the same random weights every time."""
    keras.utils.set_random_seed(0)
    shape = portraits.image_shape
    return autoencoder.encoder(shape, code, width=width), autoencoder.decoder(shape, code, width=width)


encoder, decoder = networks()
images = next(iter(portraits.batches(64)))
mean, log_variance = encoder(images)
assert mean.shape == log_variance.shape == (64, 32)
assert decoder(mean).shape == images.shape == (64, 32, 32, 3)

# %% [markdown]
# A plain autoencoder uses one of the answers and minimises the squared difference between image and copy. The
# variational one has a longer loss, which we take on trust for a moment. Both see the same batches, in the same
# order.


# %%
def learn(model, steps, learning_rate=4e-3):
    """Trains on the portraits, ever more carefully; the metrics of every step."""
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, steps)))
    step, batches = tf.function(model.train_step, autograph=False), iter(portraits.batches(32))
    rows = [step(next(batches)) for _ in range(steps)]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


steps, short = fg.book.setting("10_vae", "steps"), fg.book.setting("10_vae", "short_steps")
plain = Autoencoder(keras.Model(encoder.input, encoder.outputs[0]), decoder)
plain_history = learn(plain, steps)
variational = VAE(*networks(), noise=0.5)
variational_history = learn(variational, steps)

# %% [markdown]
# On portraits that neither has seen:

# %%
unseen = fg.data.to_float(fg.data.portraits.make(256, size=32, seed=99).images)
rebuilt = [fg.data.to_uint8(model(unseen[:6])) for model in (plain, variational)]
sheet = np.concatenate([fg.data.to_uint8(unseen[:6]), *rebuilt])
fg.show.images(sheet, columns=6, rows=("portraits", "plain", "variational"))
nothing = np.mean(np.var(unseen, axis=0))
for name, model in (("plain", plain), ("variational", variational)):
    error = np.mean((unseen - model(unseen)) ** 2)
    print(f"{name:12} squared error {error:.4f}, {error / nothing:.0%} of what the mean portrait would leave")
    assert error < 0.6 * nothing

# %% [markdown]
# Skin, light and a plain background come through; bright hair and a garden hardly, earrings and glasses not at all.
# Neither network is far ahead, although copying is all that the plain one has to do.
#
# ## 2 Ask for somebody new
#
# To *generate*, throw the encoder away and give the decoder a code. Which one? Let us try 32 random numbers, as for a
# GAN.

# %%
z = fg.models.generator.draw_latents(6, 32, seed=1)
painted = [fg.models.generator.images_from(model.decoder, z) for model in (plain, variational)]
fg.show.images(np.concatenate(painted), columns=6, title="random codes", rows=("plain", "variational"));
# %% [markdown]
# The plain decoder paints the same brown nobody six times; the variational one paints six people, if ghostly ones.
# Look where the codes of portraits lie, and where those lie that we drew:

# %%
codes = {name: np.asarray(model.code(unseen)) for name, model in (("plain", plain), ("variational", variational))}
panels = plt.subplots(1, 2, figsize=(7.5, 2.8))[1]
for axes, (name, code) in zip(panels, codes.items(), strict=True):
    axes.scatter(code[:, 0], code[:, 1], s=6, color=style.REAL, label="portraits")
    axes.scatter(
        *np.random.default_rng(0).normal(size=(2, 256)), s=6, color=style.FAKE, alpha=0.4, label="what we drew"
    )
    axes.set(title=name, xlabel="first number of the code", ylabel="second number")
    axes.set_aspect("equal", adjustable="datalim")
panels[0].legend()
spread = {name: code.std(axis=0).mean() for name, code in codes.items()}
print(", ".join(f"{name}: codes spread by {value:.2f}" for name, value in spread.items()))
assert spread["plain"] > 2 * spread["variational"] and 0.5 < spread["variational"] < 1.5

# %% [markdown]
# The plain encoder puts portraits where it likes. Nobody told it to gather them about the origin, so everything we
# drew falls into one small spot among them. Such an autoencoder is a good *index* of faces: it says where each one
# lies. To draw from it, we would have to know how its codes are distributed. Either one looks afterwards, and models
# what one finds; or one *decides* beforehand how they shall be distributed, and trains until they are.
#
# ## 3 A bound
#
# Kingma and Welling (2013) decide. The code of a portrait shall come from $p(z) = \mathcal{N}(0, I)$; the image
# arises from it through the decoder, with a little noise of variance $s^2$ on every number, as in a camera:
# $p(x \mid z) = \mathcal{N}(\hat{x}(z), s^2 I)$. The encoder does not name *the* code of an image but a Gaussian of
# codes that may have caused it, $q(z \mid x) = \mathcal{N}(\mu(x), \sigma^2(x))$: hence its two answers, $\mu$ and
# $\ln \sigma^2$. Chapter 01 (section 2.2) showed that then, whatever $q$ is,
#
# $$\log p(x) \;\geq\; \mathbb{E}_{q}\bigl[\log p(x \mid z)\bigr] - \mathrm{KL}\bigl(q(z \mid x) \,\|\, p(z)\bigr).$$
#
# Change the sign, and there are two costs to minimise: how badly the image is rebuilt, and how far the codes of this
# image differ from the codes of anybody. Both are measured in nats, and both have a formula.

# %%
fg.show.source(VAE.losses)

# %% [markdown]
# The second cost, for one number of the code, is $\frac12(\mu^2 + \sigma^2 - \ln \sigma^2 - 1)$. We check it against
# its definition, an average of $\ln q(z) - \ln p(z)$ over samples of $q$:

# %%
samples = np.random.default_rng(0).normal(1.5, 0.3, 100_000)
log_q = -0.5 * ((samples - 1.5) / 0.3) ** 2 - np.log(0.3)
log_p = -0.5 * samples**2
by_formula = float(gaussian_kl(np.float32(1.5), np.float32(np.log(0.3**2))))
print(f"KL by formula {by_formula:.4f}, by sampling {np.mean(log_q - log_p):.4f} nats")
assert abs(by_formula - np.mean(log_q - log_p)) < 0.01
assert float(gaussian_kl(np.float32(0), np.float32(0))) == 0

# %% [markdown]
# The first cost needs a sample of $z$, and a sample has no derivative: dice do not say how they would have fallen had
# $\mu$ been larger. The *reparametrisation* makes them say it. Throw the dice first,
# $\varepsilon \sim \mathcal{N}(0, 1)$, and compute $z = \mu + \sigma \varepsilon$ afterwards; now
# $\partial z / \partial \mu = 1$ and $\partial z / \partial \sigma = \varepsilon$.

# %%
fg.show.source(reparametrise)

# %% [markdown]
# Take $f(z) = z^2$. Its mean over $\mathcal{N}(\mu, \sigma^2)$ is $\mu^2 + \sigma^2$, so the gradients ought to be
# $2\mu$ and, with respect to $\ln \sigma^2$, $\sigma^2$:

# %%
mu, log_var = tf.Variable(0.7), tf.Variable(2 * np.log(0.5, dtype="float32"))
with tf.GradientTape() as tape:
    value = tf.reduce_mean(reparametrise(mu, log_var, tf.random.stateless_normal((200_000,), (0, 1))) ** 2)
towards_mu, towards_log_var = tape.gradient(value, [mu, log_var])
print(f"gradients {towards_mu:.3f} and {towards_log_var:.3f}, expected {2 * 0.7:.3f} and {0.5**2:.3f}")
assert abs(towards_mu - 1.4) < 0.02 and abs(towards_log_var - 0.25) < 0.02

# %% [markdown]
# ## 4 Sum or mean?
#
# People write this loss in two ways: the squared error *summed* over the pixels, or *averaged*. It looks like a
# matter of taste. But the KL stays what it is, so beside an averaged error it weighs 3,072 times as much as beside a
# summed one. Which is right? The formula knows neither sum nor mean; it knows $s$, the noise of the camera:
#
# $$-\log p(x \mid z) = \frac{\lVert x - \hat{x} \rVert^2}{2 s^2} + \text{const}.$$
#
# The plain sum is $s^2 = \frac12$. The mean over $D$ numbers is $s^2 = D/2$. So let us see what each of them believes
# about cameras. Here is a portrait, its values running from −1 to 1, with that much noise on it:

# %%
beliefs = {"0.1": 0.1, "0.3": 0.3, "sum: 0.71": 0.5**0.5, f"mean: {math.sqrt(1536):.0f}": math.sqrt(1536)}
snow = np.random.default_rng(0).normal(size=(4, *portraits.image_shape))
seen = np.stack([unseen[3] + noise * flakes for noise, flakes in zip(beliefs.values(), snow, strict=True)])
fg.show.images(fg.data.to_uint8(seen), columns=4, title="noise of the camera", heads=list(beliefs), zoom=4);
# %% [markdown]
# Anyone who believes in a camera like the last one has no reason to look at images at all. We train such a believer,
# and count how many numbers of its code still depend on the image (a number is *active* if its mean $\mu$ has a
# variance over images of more than 0.01; Burda et al., 2016):

# %%
believer = VAE(*networks(width=8), noise=math.sqrt(1536))
collapse = learn(believer, steps)
print(f"KL {collapse['kl'][-20:].mean():.4f} nats, {collapse['active_codes'][-1]:.0f} active numbers of 32")
sheet = np.concatenate([unseen[:6], believer(unseen[:6])])
fg.show.images(fg.data.to_uint8(sheet), columns=6, rows=("portraits", "rebuilt"))
assert collapse["active_codes"][-20:].mean() < 2 and collapse["kl"][-20:].mean() < 0.5

# %% [markdown]
# This is *posterior collapse*: $q(z \mid x)$ has become $p(z)$ for every $x$, the code says nothing, and the decoder
# paints one picture for everybody, on its way to the mean of all portraits. No bug, no bad luck: under that belief
# nothing better can be done. Between the extremes lies a range of bargains, each with its own $s$: how many nats of
# code for how much error?

# %%
levels = [0.1, 0.5, 2.0, 8.0]
bargains = {noise: learn(VAE(*networks(width=8), noise=noise), short) for noise in levels}
kl, error, active = (
    [history[name][-20:].mean() for history in bargains.values()] for name in ("kl", "squared_error", "active_codes")
)
figure, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3))
left.plot(kl, error, "o-", color=style.REAL)
for level, x, y in zip(levels, kl, error, strict=True):
    left.annotate(f"noise {level:g}", (x, y), xytext=(7, 5), textcoords="offset points", fontsize=9.5)
left.margins(x=0.2, y=0.1)
left.set(xlabel="nats of code per portrait (KL)", title="squared error, at each noise")
right.semilogx(levels, active, "o-", color=style.THIRD)
right.set(xlabel="noise", title="active numbers of 32", ylim=(0, 33))
assert kl[0] > kl[-1] and error[0] < error[-1]

# %% [markdown]
# A *rate-distortion* curve, as in the compression of films: more nats, less error. The paper does not say whether it
# took sum or mean; its authors' code takes the sum, and so does the model that ships (section 6). Some turn a second
# knob: they write $\beta$ before the KL (Higgins et al., 2017). As far as this trade is concerned, $\beta$ is $s^2$
# under another name. But only at $\beta = 1$ is the loss the bound of section 3; a larger $\beta$ makes it a looser
# bound, and a smaller one no bound at all.
#
# A gentler cure than another $s$ is patience. At the start the decoder cannot use the code, so the KL is a cost
# without a return, and the encoder may give up before the decoder has learned to listen. A *warm-up* starts at
# $\beta = 0$ and raises it over the first steps (Bowman et al., 2016):

# %%
impatient = bargains[2.0]["kl"]
patient = learn(VAE(*networks(width=8), noise=2.0, warm_up=short // 2), short)["kl"]
plt.plot(impatient, color=style.FAINT, label="β = 1 from the start")
plt.plot(patient, color=style.THIRD, label=f"β rises over {short // 2} steps")
plt.yscale("log")
plt.xlabel("step")
plt.title("KL at noise 2, in nats")
plt.legend()
assert impatient.min() < patient.min() and patient[-20:].mean() > 1.4 * impatient[-20:].mean()

# %% [markdown]
# The impatient one throws most of its code away within a few dozen steps, and then has to win it back. Given time it
# does so here (try the profile `laptop`), for our decoder has no other way to make a portrait than to listen.
# Bowman's decoder wrote sentences word by word. Since each word tells much about the next, such a decoder can do
# without a code, and what has been thrown away is not won back.
#
# ## 5 How long is a code?
#
# FaceGen's authors call the length of the code one of the most important choices (§5.3): too short, and the code
# cannot tell what is in the image; too long, and the model may fit what it has seen and fail on what it has not. They
# settled on 150, having tuned all their models by *random search*: draw every setting at random, train, keep the best.
# Where only a few settings matter, this tries more values of those than a grid does (Bergstra and Bengio, 2012).


# %%
def of_length(length):
    """Squared errors of a VAE with a code of that length, on portraits seen and unseen."""
    model = VAE(*networks(length, width=8), noise=0.2)
    learn(model, short)
    return [np.mean((images - model(images)) ** 2) for images in (fg.data.to_float(portraits[:256]), unseen)]


lengths = [4, 16, 64]
errors = np.array([of_length(length) for length in lengths])
plt.semilogx(lengths, errors[:, 0], "o-", base=2, color=style.FAINT, label="portraits that were seen")
plt.semilogx(lengths, errors[:, 1], "o-", base=2, color=style.REAL, label="portraits that were not")
plt.gca().set(title="squared error", xlabel="numbers in the code", ylim=(0, 1.1 * errors.max()))
plt.xticks(lengths, lengths)
plt.legend()
assert errors[0, 1] > errors[1, 1] > errors[2, 1]

# %% [markdown]
# Each step of this curve costs four times the numbers, and both steps pay, the second more. A portrait of ours is
# drawn from 25 factors, and yet the curve does not end at 25: nothing says that a network finds *our* numbers. A head
# that turns moves hundreds of pixels in a way that no single number of a small decoder can follow, so it spends
# several. The curves for seen and unseen portraits lie together as long as training is as short as here.
#
# Now the same question about photographs. We gave the recipe that ships five minutes of one core for each length, and
# measured, on photographs not seen, what share of the differences from person to person is lost:

# %%
study = json.loads((fg.zoo.folder("vae-utkface").parent / "latent_sizes" / "results.json").read_text())
lost = {each["latent_dim"]: each["share"] for each in study}
plt.semilogx(list(lost), list(lost.values()), "o-", base=2, color=style.REAL)
plt.gca().set(title="squared error, as a share of the mean face's", xlabel="numbers in the code", ylim=(0, 0.25))
plt.xticks(list(lost), list(lost))
assert lost[16] > 1.2 * lost[32] > 1.2 * lost[64] > 1.2 * lost[128] and lost[256] > lost[128]
assert all(each["active"] == each["latent_dim"] for each in study)
Markdown(
    ", ".join(f"{each['latent_dim']}: {each['share']:.1%} after {each['steps']:,} steps" for each in study)
    + f". On photographs seen, the longest code loses {study[-1]['training_error'] / study[-1]['mean_face']:.1%}."
)

# %% [markdown]
# Up to 128 numbers each doubling pays. Beyond, in so short a time, it does not: a longer code must first be learned.
# All the numbers are active at every length, and still nothing is learned by heart; for the second half of the
# authors' warning to come true takes more training than five minutes. (What they would try next, §7: a longer code
# that is kept sparse, and VQ-VAE, whose code is not continuous.)
#
# ## 6 Photographs
#
# The networks of the paper, for images of 128×128, are the recipe `vae` at the scale `source`. The paper gives no
# table of layers, but it gives the size of its file, 27.1 MB. With four bytes to a weight and $2^{20}$ bytes to a
# megabyte:

# %%
paper = fg.recipe("vae", (128, 128, 3), scale="source")
weights = paper.encoder.count_params() + paper.generator.count_params()
print(f"{weights:,} weights, {4 * weights / 2**20:.2f} MB")
assert abs(4 * weights / 2**20 - 27.1) < 0.1

# %% [markdown]
# What ships is its smaller brother, `laptop`: 64×64 pixels, the same blocks but fewer, a code of 128. The loss is
# that of the authors' code, plain sum and $\beta = 1$.

# %%
about, history = people.about, fg.zoo.history("vae-utkface")
fg.show.losses(history)
Markdown(
    f"{about['steps']:,} steps of 64 photographs in {about['core_minutes']:.0f} minutes of one core. In the end the "
    f"code carries {history['kl'][-500:].mean():.0f} nats per photograph, and {history['active_codes'][-1]:.0f} of its "
    f"{people.latent_dim} numbers are active."
)

# %% [markdown]
# No game, no seesaw. The KL settles early: that is what the code may cost. The error goes on falling: the same nats
# are spent ever better. How good are copies of photographs that it has not seen? The yardstick is somebody who paints
# the mean face for everybody.

# %%
kept = json.loads((fg.zoo.folder("vae-utkface") / "reconstruction.json").read_text())
assert kept["share"] < 0.4
Markdown(
    f"Squared error {kept['error']:.4f} per number on held-out photographs; for the mean face {kept['mean_face']:.4f}. "
    f"So {1 - kept['share']:.0%} of what differs from person to person comes through {people.latent_dim} numbers. On "
    f"photographs it has learned from, the error is {kept['training_error']:.4f}."
)

# %% [markdown]
# We may not print photographs of UTKFace, whose people never asked to be in a book. But chapter 06 has made people
# who do not mind. Here are five of them, and below each what the autoencoder, which knows nothing about that GAN,
# makes of them:

# %%
strangers = fg.pretrained("dcgan-utkface").sample(5, seed=10)
copies = people.decode(people.encode(strangers))
fg.show.pairs(strangers, copies, ("chapter 06", "copies"))
assert np.mean((strangers / 1.0 - copies) ** 2) < np.mean((strangers / 1.0 - strangers.mean(axis=0)) ** 2)

# %% [markdown]
# Who it is, where the light comes from, the colours: kept. Pores, single hairs, the rim of a pair of glasses: gone. The
# authors saw the same, and found that people came out looking younger (§5.3). Wrinkles are small.
#
# ### Where the softness comes from
#
# Not from the code alone. Suppose that, for all the code says, an eyebrow may equally well sit here or one pixel
# higher. A GAN's generator puts it somewhere. A decoder trained by squared error does what minimises squared error:
# it paints the *mean*, a smear over both places. What it leaves out it takes for camera noise. We can put that noise
# back, as much of it as the model would add had it measured it:

# %%
z = fg.models.generator.draw_latents(5, people.latent_dim, seed=4)
smooth = fg.data.to_float(people.decode(z))
grain = np.random.default_rng(0).normal(scale=np.sqrt(kept["error"]), size=smooth.shape)
fg.show.pairs(fg.data.to_uint8(smooth), fg.data.to_uint8(smooth + grain), ("means", "with noise"));

# %% [markdown]
# The lower row is what a VAE that knows its noise really says about photographs. Nobody shows it, because we see at
# once that it is wrong: what the model calls noise is hair and skin, and comes in strands and patches, not in
# independent dots. The upper row is the polite half of the truth. How much finer are the people of the GAN? Subtract
# a blurred copy from each image, and measure what is left.


# %%
def detail(images):
    """Standard deviation of what a small blur would take away, in grey levels."""
    grey = images.mean(axis=-1)
    return np.std(grey - gaussian_filter(grey, (0, 1.5, 1.5)))


fine = {"GAN": detail(fg.pretrained("dcgan-utkface").sample(200)), "VAE": detail(people.sample(200))}
print(", ".join(f"{name} {value:.1f} grey levels" for name, value in fine.items()))
assert fine["VAE"] < fine["GAN"]

# %% [markdown]
# ## 7 From one photograph to another
#
# The GAN of chapter 06 makes people, but it cannot take in yours. An autoencoder can, if they sit where those sat
# that it learned from: UTKFace is cropped closely, with the eyes well above the middle. So we cut a close-up out of a
# photo with some air around the face. As examples we take a photograph by NASA that comes with scikit-image (Eileen
# Collins, 1993, public domain) and one of the small grey faces of `lfw-mini`.


# %%
def close_up(photos, down=4):
    """The middle 64×64, or a little below it, of photos with room around the face, uint8 (N, 92, 92, 3)."""
    return photos[:, 14 + down : 78 + down, 14:78]


astronaut = Image.fromarray(skimage.data.astronaut())
roomy = np.asarray(astronaut.crop(face_square(astronaut)).resize((92, 92), Image.Resampling.LANCZOS))[None]
patches = fg.load("lfw-mini", size=64, split="all")
other = np.repeat(patches[patches.labels["face"] == 1][[18]], 3, axis=-1)
photos = np.concatenate([close_up(roomy), other])
codes = people.encode(photos)
assert photos.shape == (2, 64, 64, 3) and codes.shape == (2, people.latent_dim)

# %% [markdown]
# For your own: put two photographs into a folder, and replace the third line from the end by
# `photos = close_up(fg.load("faces:that/folder", size=92, split="all")[:2])`.
#
# Between two codes there is a straight line, and every point of it is a code. The upper row begins and ends with the
# photographs themselves. The lower row is what one gets without a code, by fading one photograph into the other. The
# heads say how much of each there is.

# %%
shares = np.linspace(0, 1, 4)[:, None]
way = people.decode((1 - shares) * codes[0] + shares * codes[1])
fade = ((1 - shares[..., None, None]) * photos[0] + shares[..., None, None] * photos[1]).astype("uint8")
sheet = np.concatenate([photos[:1], way, photos[1:], photos[:1], fade, photos[1:]])
heads = ["photograph", *(f"{1 - share:.0%}, {share:.0%}" for share in shares[:, 0]), "photograph"]
fg.show.images(sheet, columns=6, heads=heads);

# %% [markdown]
# A cross-fade shows two people at once, a code shows one, if a soft one. (The second photograph is hardly reached:
# its own code paints somebody else.) One person at every step is what the KL has bought: because each photograph
# claims a whole cloud of codes and all clouds are pressed about one origin, no room is left between them where the
# decoder would not know what to paint.
#
# ## 8 The verdict
#
# The same photographs, the same measures, the same number of samples: the GAN of chapter 06 and the VAE of this one.
# First ten samples of each, unselected:

# %%
both = [fg.pretrained("dcgan-utkface").sample(10), people.sample(10)]
fg.show.images(np.concatenate(both), columns=5, rows=("GAN", "VAE"));

# %% [markdown]
# Then the numbers:

# %%
gan_report, vae_report = fg.zoo.report("dcgan-utkface"), fg.zoo.report("vae-utkface")
fg.evaluation.compare([gan_report, vae_report])

# %% [markdown]
# Three of these rows in words:

# %%
rows = ("face rate", "Fréchet distance", "coverage")
vae, gan = ([report[row] for row in rows] for report in (vae_report, gan_report))
game = fg.pretrained("dcgan-utkface").about
assert vae[0].value >= 0.9 and vae[1].low > gan[1].high and vae[2].high < gan[2].low
Markdown(
    f"A detector finds a face in {vae[0].value:.1%} of the VAE's samples and in {gan[0].value:.1%} of the GAN's. The "
    f"Fréchet distance to photographs, through the book's own extractor, is {vae[1].value:.1f} against "
    f"{gan[1].value:.1f} (other photographs: {gan[1].floor:.1f}). Of the places where photographs lie, the VAE's "
    f"samples reach {vae[2].value:.0%}, the GAN's {gan[2].value:.0%}. The GAN had {game['minutes']:.0f} minutes of a "
    f"graphics processor, the VAE {about['core_minutes']:.0f} of a processor core."
)

# %% [markdown]
# So it was in the paper: FIDs of 290.08 against 163.17 on UTKFace, of 314.47 against 140.99 on CelebA, and a
# preference for the VAE all the same, because at first glance, they say, its pictures look better (§6). Both verdicts
# are right. Nearly every sample is a flawless face, and for the detector that is enough. But no photograph is that
# smooth, and photographs are more varied: what is rare is costly to code, and a mean leaves it out first. Their two
# sets showed it too: on CelebA, whose faces are smaller, the VAE's faces were good and hair, shoulders and background
# a blur; their GAN painted those, and people of every age, but some of its samples failed (§5.3, 5.4). One can have
# both: a VAE whose copies a discriminator judges (Larsen et al., 2016), which Patel (2017) knew and left for later. And
# there is a rival without any network that beats our VAE (chapter 12).

# %% [markdown]
# ## What went wrong
#
# **A mean where a sum should be.** This is the trap of section 4, and it does not look like a bug.
# `keras.losses.MeanSquaredError` takes the mean over *everything*; so does its counterpart in every other library.
# Beside a KL that is summed over the code, that is a factor of thousands:

# %%
two = unseen[:64], np.zeros_like(unseen[:64])
per_image = float(tf.reduce_mean(squared_error(*two)))
library = float(keras.losses.MeanSquaredError()(*two))
print(f"summed over an image {per_image:.1f}, the library's {library:.4f}, ratio {per_image / library:.0f}")
assert round(per_image / library) == math.prod(portraits.image_shape)

# %% [markdown]
# **A variance that is no logarithm.** If the second answer of the encoder is taken for $\sigma$ itself, nothing keeps
# it above zero, and $\ln \sigma$ of the first negative one is not a number. With $\ln \sigma^2$ every answer is
# allowed. Watch out for large ones, though: in float32 the exponential overflows at 89. Chen's equations (2019, 2-3
# and 2-4) show how easily it slips: the code is $\mu + e^{\sigma}\varepsilon$ in one, which makes $e^\sigma$ the
# deviation, and the cost $\sum (e^{\sigma} - (1 + \sigma) + \mu^2)$ in the other, which is twice the KL if $e^\sigma$
# is the *variance*.
#
# **Samples that are worse than reconstructions.** Training decodes codes of *photographs*; sampling decodes codes of
# $p(z)$. The two agree only as far as the KL has been obeyed. For the shipped model:

# %%
Markdown(
    f"The means of held-out photographs spread by {kept['spread']:.2f} in an active number of the code, to which each "
    "photograph adds its own cloud. Together they ought to spread by 1."
)

# %% [markdown]
# **A face four pixels too low.** Nothing in this network knows that a face may sit elsewhere. The astronaut as above,
# and the same photograph with the window moved up by four and by eight pixels:

# %%
moved = np.concatenate([close_up(roomy, down) for down in (4, 0, -4)])
rebuilt = people.decode(people.encode(moved))
heads = ("as above", "4 pixels up", "8 pixels up")
fg.show.images(np.concatenate([moved, rebuilt]), columns=3, rows=("photograph", "rebuilt"), heads=heads)
worse = [np.mean((rebuilt[i] / 127.5 - moved[i] / 127.5) ** 2) for i in range(3)]
assert worse[0] < worse[1]

# %% [markdown]
# Where it expects eyes it finds a fringe, and makes the best of it. If your own photographs come out strange, look at
# them beside a few samples first.
#
# **Admiring the softness.** Blurred faces have no flaws, as fog has none. A face detector forgives blur, and so do
# people at first glance. It takes a distance between distributions, or a second glance, to notice what is missing.
#
# ## Recap
#
# - A bottleneck makes a code. A plain autoencoder's codes can be read off images, but not drawn at random.
# - The bound has two costs: nats for the image, nats for the code. Both are formulas; a sample passes on its
#   gradients when the dice are thrown first.
# - Sum or mean is a belief about noise. A wrong one collapses the posterior, and the number of active codes shows it.
# - Squared error paints means: hence soft faces, and no monsters.
# - A VAE can read photographs. A GAN cannot, but paints more sharply.
#
# ## Exercises
#
# [The workbook](exercises/10_vae.ipynb) has four: the KL between two Gaussians; the noise that fits the data; free
# bits, which cure a collapse; and an image repaired through its code.
#
# ## Sources and further reading
#
# - J. de Cid, G. Recio, F. Loyola, *FaceGen: Generating synthetic realistic human faces using Computational
#   Intelligence methods*, 2019, §3.2, 5.3, 6 and table 3; and what it leaves open, from its authors' repository,
#   josepdecid/FaceGen.
# - T.-Y. Chen, *Synthesising Images by Imagination*, MSc dissertation, University of Strathclyde, 2019, §2.1.2: the
#   autoencoder, undercomplete and variational. He takes the former's history from G. Hinton, R. Salakhutdinov,
#   *Reducing the Dimensionality of Data with Neural Networks*, 2006, and before.
# - R. Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks*, 2017.
# - D. Kingma, M. Welling, [Auto-Encoding Variational Bayes](https://arxiv.org/abs/1312.6114), 2013: the bound, the
#   reparametrisation, appendix B for the KL.
# - I. Higgins et al., [β-VAE](https://openreview.net/forum?id=Sy2fzU9gl), 2017.
# - S. Bowman et al., [Generating Sentences from a Continuous Space](https://arxiv.org/abs/1511.06349), 2016: warm-up.
# - Y. Burda, R. Grosse, R. Salakhutdinov, [Importance Weighted Autoencoders](https://arxiv.org/abs/1509.00519), 2016,
#   section 5.2: active numbers.
# - J. Lucas et al., [Don't Blame the ELBO!](https://arxiv.org/abs/1911.02469), 2019: where a linear VAE collapses, and
#   that it is the noise that decides.
# - J. Bergstra, Y. Bengio, *Random Search for Hyper-Parameter Optimization*, 2012.
# - A. Larsen et al., [Autoencoding beyond pixels using a learned similarity
#   metric](https://arxiv.org/abs/1512.09300), 2016.
# - M. Tipping, C. Bishop, *Probabilistic Principal Component Analysis*, 1999.
