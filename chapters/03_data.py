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
# # 03 Data
#
# ![Five painted people turn their heads while a lamp goes round them](images/03_turning.gif)
#
# None of these five exists. A formula painted them, and it knows everything about them: how far each head is turned,
# where the lamp stands, who wears glasses. A generator learns from images alone and is told none of that. But we know
# it, so we can ask afterwards what the generator has learned, and what it has lost. This chapter is about everything
# that happens before a network sees an image. That is where most projects go wrong, silently.
#
# ## What you will build
#
# An image set with twenty-five known factors, a path from the bytes of a photo to an array, a train/held-out split
# that does not leak, batches that any run can find again, augmentation on the fly, and faces half eaten by noise for
# the genetic algorithm of chapter 11.
#
# ## What you will learn
#
# - **load** any image set of this book, and your own photos, in one line;
# - **say** what cropping, shrinking and compressing do to an image, and which ways of doing it are wrong;
# - **split** data so that the held-out part tells the truth;
# - **augment** images without inventing faces that cannot exist;
# - **read** a data sheet: who is in the set, who was asked, who is missing.
#
# ## What you need

# %%
import facegen_lib as fg
from facegen_lib.data import augment, noised, portraits, preview, to_float, to_uint8
from facegen_lib.notebook import style

fg.book.needs("03_data")

# %% [markdown]
# Everything here works offline: the faces are painted on your machine.

# %%
import io
import itertools
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import Markdown
from PIL import Image

# %% [markdown]
# ## 1 An image set
#
# `fg.load` takes a name and returns an *image set*: the pixels, what is known about each image, and where they came
# from. The first call paints five thousand portraits, a tenth of which are held out (section 5), and writes them to a
# cache; from then on the file is mapped into memory instead of being read.

# %%
faces = fg.load("portraits", size=64)
faces

# %% [markdown]
# Images are `uint8` at rest: one byte per colour, height before width, channels last. They become `float32` in
# [-1, 1] only in flight, on their way into a network, because that is the range of the $\tanh$ at a generator's end.
# One function converts each way, and a round trip loses nothing.

# %%
assert faces.images.dtype == np.uint8 and faces.image_shape == (64, 64, 3)
floats = to_float(faces.images[:100])
assert floats.min() >= -1 and floats.max() <= 1
assert np.array_equal(to_uint8(floats), faces.images[:100])

# %% [markdown]
# Why so strict? Bytes are a quarter of the size. The 23,707 faces of UTKFace at 64×64 are 291 MB as bytes and 1.2 GB
# as floats; CelebA's 202,599 would be 2.5 GB against 10. A memory-mapped file needs neither: the operating system
# reads only what a batch asks for.

# %%
for name, count in {"UTKFace": 23_707, "CelebA": 202_599}.items():
    print(f"{name}: {count * 64 * 64 * 3 / 1e6:,.0f} MB as bytes, {count * 64 * 64 * 3 * 4 / 1e6:,.0f} MB as floats")
assert isinstance(faces.images, np.memmap)

# %% [markdown]
# Sixty-four of them, unselected:

# %%
sheet = fg.show.images(faces[:64])

# %% [markdown]
# ## 2 Everything is known
#
# Each portrait is drawn from twenty-five *factors*. Below, each factor has a row: the same person eight times, with
# all other factors fixed, while this one runs from its smallest to its largest value or through its names. Where only
# the face can change, only the face is shown.


# %%
def values_of(factor, count=8):
    """From one end of a factor's range to the other, through its names, or first without and then with."""
    if hasattr(factor, "low"):
        return np.linspace(factor.low, factor.high, count)
    names = getattr(factor, "values", (False, True))
    return np.array([names[index * len(names) // count] for index in range(count)])


OUTSIDE = ["yaw", "pitch", "tilt", "light_azimuth", "light_elevation"]  # what shows outside the face
OUTSIDE += ["hair_style", "hair_colour", "shirt", "background"]


def rows(names):
    """A row of eight pictures for each factor: the whole portrait where the factor shows there, else only the face."""
    strips = []
    for name in names:
        chosen = PERSON | {name: values_of(portraits.FACTORS[name])}
        painted = portraits.make(8, 80 if name in OUTSIDE else 112, seed=5, **chosen).images
        strips.append(painted if name in OUTSIDE else painted[:, 20:100, 16:96])
    fg.show.images(np.concatenate(strips), rows=[name.replace("_", " ") for name in names])


# %% [markdown]
# Here are the person who lends their face to all rows, and the first twelve factors: pose, light, the head and its
# skin.

# %%
PERSON = {name: values[0] for name, values in portraits.make(1, 64, seed=5).labels.items()}
PERSON |= {"yaw": 0.0, "pitch": 0.0, "tilt": 0.0, "light_azimuth": 25.0, "skin_tone": 0.35, "age_lines": 0.2}
PERSON |= {"hair_style": "side_part", "hair_colour": "brown", "beard": "none", "glasses": False, "freckles": False}
PERSON |= {"smile": 0.4, "mouth_open": 0.1, "brow_raise": 0.0, "gaze": 0.0, "background": "studio"}
factors = list(portraits.FACTORS)
rows(factors[:12])

# %% [markdown]
# The other thirteen: hair, eyes, glasses, beard, mouth, clothes and background.

# %%
rows(factors[12:])


# %% [markdown]
# Turn the knobs and paint your own.


# %%
def paint(yaw, light_azimuth, skin_tone, smile, hair_style, beard, glasses):
    chosen = {"yaw": yaw, "light_azimuth": light_azimuth, "skin_tone": skin_tone, "smile": smile}
    chosen |= {"hair_style": hair_style, "beard": beard, "glasses": glasses}
    fg.show.images(portraits.make(1, 128, seed=5, **(PERSON | chosen)), zoom=4)


fg.turn(
    paint,
    yaw=(-30.0, 30.0, 12.0),
    light_azimuth=(-60.0, 60.0, -30.0),
    skin_tone=(0.0, 1.0, 0.6),
    smile=(-0.25, 1.0, 0.8),
    hair_style=list(portraits.FACTORS["hair_style"].values)[::-1],
    beard=list(portraits.FACTORS["beard"].values),
    glasses=True,
)

# %% [markdown]
# The next cell makes the film at the top of the chapter, five people, each a little further round the same circle,
# and leaves yours in `runs/turning.gif`.

# %%
CAST = {"hair_style": ["curly", "long", "bun", "side_part", "bob"], "skin_tone": [0.9, 0.15, 0.5, 0.05, 0.7]}
CAST |= {"hair_colour": ["black", "auburn", "silver", "brown", "blond"], "glasses": np.arange(5) == 1}
CAST |= {"beard": ["none", "none", "full", "moustache", "none"], "age_lines": [0.1, 0.0, 0.9, 0.5, 0.2]}
CAST |= {"background": ["dusk", "garden", "sky", "studio", "lights"], "freckles": np.arange(5) == 1}
CAST |= {"smile": [0.8, 0.5, 0.2, 0.6, 0.9], "mouth_open": [0.5, 0.1, 0.1, 0.1, 0.4], "brow_raise": 0.2, "tilt": 0.0}
CAST |= {"shirt": ["mustard", "navy", "red", "green", "white"]}
film = []
for turn in np.linspace(0, 2 * np.pi, 28, endpoint=False):
    where = turn + np.arange(5) * 2 * np.pi / 5
    pose = {"yaw": 28 * np.sin(where), "pitch": 8 * np.cos(where), "gaze": np.sin(where + 0.6)}
    five = portraits.make(5, 96, seed=3, **CAST, **pose, light_azimuth=55 * np.cos(where))
    film.append(Image.fromarray(np.concatenate(five.images, axis=1)).quantize(128))
Path("runs").mkdir(exist_ok=True)
film[0].save("runs/turning.gif", save_all=True, append_images=film[1:], duration=90, loop=0)

# %% [markdown]
# Every factor is drawn on its own: skin says nothing about hair, age nothing about glasses. No population of people
# is like that, but here it is the point: what occurs in 30 % of the set has to occur in 30 % of what a generator
# makes, and a generator that makes no glasses at all has lost a *mode*. With labels, a lost mode can be counted
# instead of guessed.

# %%
glasses, freckles = faces.labels["glasses"], faces.labels["freckles"]
print(f"glasses {glasses.mean():.1%}, freckles {freckles.mean():.1%}, both {np.mean(glasses & freckles):.1%}")
assert abs(glasses.mean() - 0.3) < 0.02
assert abs(np.corrcoef(glasses, freckles)[0, 1]) < 0.05

# %% [markdown]
# ## 3 From a photo to an array
#
# Real images come as files, and a file is not an array. Let us make a photo the way a phone makes one: a landscape
# picture with a person off-centre, stored on its side with a note (an *EXIF tag*) that says how to turn it, and
# compressed as JPEG.

# %%
scene = Image.fromarray(portraits.make(1, 128, seed=9, background="sky").images[0]).resize((300, 300))
landscape = Image.new("RGB", (500, 300), (150, 190, 230))
landscape.paste(scene, (90, 0))
tag = Image.Exif()
tag[0x0112] = 6  # "turn me a quarter clockwise"
file = io.BytesIO()
landscape.transpose(Image.Transpose.ROTATE_90).save(file, "JPEG", quality=85, exif=tag)
photo = file.getvalue()
print(f"{len(photo):,} bytes for {500 * 300 * 3:,} numbers, beginning {photo[:4].hex(' ')}")
assert photo[:2] == b"\xff\xd8"

# %% [markdown]
# First a helper for this chapter, which shows images side by side:


# %%
def row(images, titles):
    _, panels = plt.subplots(1, len(images), figsize=(7.5, 0.4 + 7.5 / len(images)))
    for axes, image, title in zip(panels, images, titles, strict=True):
        axes.imshow(image)
        axes.set_title(title)
        axes.set_axis_off()


# %% [markdown]
# Four things have to happen, in this order: decode, turn upright, cut out a square, shrink. `decode` does them all;
# beside its result are three ways to get it wrong. If the tag is ignored, the person lies down. Without the crop, the
# face is squeezed. If the image is shrunk by picking every $n$-th pixel, edges fray.

# %%
from facegen_lib.data.decode import Item, decode

right = decode(Item("photo.jpg", photo), size=64, channels=3)
lying = np.asarray(Image.open(io.BytesIO(photo)).crop((0, 100, 300, 400)).resize((64, 64)))
squeezed = np.asarray(landscape.resize((64, 64)))
frayed = np.asarray(landscape.crop((100, 0, 400, 300)).resize((64, 64), Image.Resampling.NEAREST))
row([right, lying, squeezed, frayed], ["right", "lying", "squeezed", "frayed"])
assert right.shape == (64, 64, 3)


# %% [markdown]
# "Frayed" looks harmless here. It is not: a fine pattern does not become blurred, it turns into another pattern, one
# that was never there. The camera saw about a hundred stripes; on the left are a dozen of them. Shrink the photo: picking
# invents new stripes (in the middle), averaging gives grey, and that is true.


# %%
def stripes(pixels):
    line = (127.5 + 127.5 * np.sin(np.arange(512) * 1.25)).astype("uint8")
    fine = Image.fromarray(line[None].repeat(512, 0)).convert("RGB")
    picked, averaged = (fine.resize((pixels, pixels), Image.Resampling[way]) for way in ("NEAREST", "BICUBIC"))
    titles = ["a corner of the photo", f"picked: {pixels} pixels", "averaged first"]
    row([fine.crop((0, 0, 64, 64)), picked, averaged], titles)


fg.turn(stripes, pixels=[96, 80, 64, 48, 32])

# %% [markdown]
# A discriminator notices such patterns at once, and a generator then learns to draw them. Parmar, Zhang and Zhu
# (2022) found that the choice of resizing alone moves published Fréchet distances (a measure of quality; chapter 04),
# in several libraries by enough to reorder a table of results. This book shrinks with an antialiasing filter,
# everywhere, in one function.
#
# ## 4 A folder of your own
#
# Real folders hold more than photos. Let us fill one with faces, and with the things that creep in: a download that
# was cut off, a text with the wrong ending, a speck of one pixel.

# %%
folder = Path(tempfile.mkdtemp()) / "holiday"
folder.mkdir()
for number, face in enumerate(portraits.make(20, 128, seed=7).images):
    Image.fromarray(face).save(folder / f"snap {number:02}.jpg", quality=90)
(folder / "cut off.jpg").write_bytes((folder / "snap 00.jpg").read_bytes()[:900])
(folder / "letter.png").write_text("Dear all, the weather is fine.")
Image.new("CMYK", (1, 1)).save(folder / "speck.jpg")
(folder / "notes.txt").write_text("not a picture, and does not pretend to be one")
holiday = fg.load(f"folder:{folder}", size=64, split="all")

# %% [markdown]
# One bad file must not stop the whole set from loading, but it must not vanish silently either. What was skipped is
# counted, with the reason:

# %%
for name, reason in holiday.provenance["skipped"].items():
    print(f"{name}: it {reason}")
assert len(holiday) == 20 and len(holiday.provenance["skipped"]) == 3

# %% [markdown]
# Your photos were not taken to be data, and the face is rarely in the middle. `faces:PATH` in place of `folder:PATH`
# looks for the face with MTCNN (Zhang et al., 2016), an independent face detector whose weights come with its
# package. A preview shows each original with the square that would be kept, and counts what can be used.

# %%
album = Path(tempfile.mkdtemp()) / "album"
album.mkdir()
places = [(20, 10), (330, 150), (200, 60), (60, 120), (250, 20), (0, 192)]
for number, (place, face) in enumerate(zip(places, portraits.make(6, 128, seed=23).images, strict=True)):
    postcard = Image.new("RGB", (480, 320), (214, 206, 190))
    postcard.paste(Image.fromarray(face), place)
    postcard.save(album / f"postcard {number}.png")
landscape.resize((50, 30)).save(album / "thumbnail.png")
Image.new("RGB", (480, 320), "olive").save(album / "wall.png")
look = preview.preview(f"faces:{album}", size=64)
print(look)
look

# %% [markdown]
# The detector is a judge with opinions of its own. Trained on photographs, it may miss a painted face; another
# detector misses dark skin, or children. Whom it misses in *your* photos decides who is in your set: look at what was
# skipped.

# %%
assert "wall.png" in look.skipped and len(look.images) == 8
assert sum(image is not None for image in look.images) >= 5

# %% [markdown]
# ## 5 What is held out
#
# A generator that copies its training images looks perfect when compared with them. Only images that it has not seen
# can expose it, so a tenth is held out. Which tenth? Not "the last two thousand": add one file and everything moves.
# This book lets the *name* of each file decide: turn the name into a number with a hash function, and hold the file
# out if that number is in the lowest tenth.

# %%
from facegen_lib.data.prepare import is_held_out

names = [f"face_{number}.jpg" for number in range(5_000)]
held_out = {name for name in names if is_held_out(name)}
print(f"{len(held_out)} of {len(names)} held out, the first: {sorted(held_out)[:3]}")
assert held_out == {name for name in reversed(names) if is_held_out(name)}
assert abs(len(held_out) / len(names) - 0.1) < 0.015

# %% [markdown]
# Now the trap. Suppose your set shows each of a hundred people five times, as sets of real faces do. Split it by
# image, and almost every held-out face has a twin in training: the same person, turned a little.

# %%
people = {name: labels.repeat(5) for name, labels in portraits.make(100, 32, seed=3).labels.items() if name != "yaw"}
pictures = portraits.make(500, 32, seed=3, **people, yaw=np.tile(np.linspace(-12, 12, 5), 100))
person = np.arange(500) // 5
by_image = np.array([is_held_out(f"{number}.jpg") for number in range(500)])
by_person = np.array([is_held_out(f"person {number}") for number in person])


# %% [markdown]
# How far is each held-out face from the nearest face in training?


# %%
def nearest(out):
    flat = to_float(pictures.images).reshape(500, -1)
    distances = np.linalg.norm(flat[out][:, None] - flat[~out][None], axis=2)
    twin = person[~out][distances.argmin(axis=1)] == person[out]
    return distances.min(axis=1), twin.mean()


(leaky, twins), (honest, none) = nearest(by_image), nearest(by_person)
for distances, colour, name in ((leaky, style.FAKE, "split by image"), (honest, style.REAL, "split by person")):
    plt.hist(distances, bins=np.arange(0, 27, 1.5), density=True, alpha=0.6, color=colour, label=name)
plt.gca().set(xlabel="distance to the nearest training face", yticks=[])
plt.legend()
print(f"nearest training face is the same person: split by image {twins:.0%}, split by person {none:.0%}")
assert twins > 0.8 and none == 0 and np.median(leaky) < np.median(honest)

# %% [markdown]
# With a split by image, everything that we measure, memorisation above all (chapter 04), would be measured on twins.
# So this book keeps *families* on one side: all pictures of a person in LFW and Olivetti, and in NLVR all scenes that
# were shown together, since they hold the same boxes in a different order. The publishers of NLVR warn of exactly
# this.
#
# ## 6 Batches that can be found again
#
# Training takes images in *batches*, and in a new order in every *epoch*, one pass through the set. If the order
# comes from a random-number generator that remembers where it was, a run that is interrupted cannot go on as if
# nothing had happened. So batch $k$ of epoch $e$ is a function of the seed, $e$ and $k$, and of nothing else.

# %%
from facegen_lib.data import pipeline

first_twelve = list(itertools.islice(pipeline.batch_indices(10, 3, seed=1), 12))
resumed = list(itertools.islice(pipeline.batch_indices(10, 3, seed=1, start=7), 5))
for number, batch in enumerate(first_twelve[:6]):
    print(f"epoch {number // 3}, batch {number % 3}: images {batch}")
assert all(np.array_equal(a, b) for a, b in zip(first_twelve[7:], resumed, strict=True))

# %% [markdown]
# Ten images in batches of three leave one over in each epoch, a different one each time. `faces.batches` does the
# same with pixels, converts to floats at the last moment, and keeps every batch the same size, so that TensorFlow
# compiles a training step only once.

# %%
batches = faces.batches(64, seed=0)
batch = next(iter(batches))
assert batch.shape == (64, 64, 64, 3) and batch.dtype == tf.float32

# %% [markdown]
# ## 7 Augmentation
#
# A face in a mirror is a face. So is a face a little closer, a little turned, seen a little from the side. FaceGen
# (de Cid, Recio and Loyola, 2019, §4.1) makes these four changes *on the fly*, each with its own small probability:
# the set on disk stays as it is, and every epoch shows a different version of it.

# %%
middle = tf.constant(to_float(portraits.make(1, 96, seed=11, **PERSON).images))
one = tf.ones(1)
changes = {
    "as it is": middle,
    "flip": augment.flip(middle, tf.constant([True])),
    "crop": augment.warp(middle, augment.crops(0.75 * one, 0.5 * one, 0 * one)),
    "rotation": augment.warp(middle, augment.rotations(15 * one)),
    "perspective": augment.warp(middle, augment.perspectives(0.2 * one, 0 * one)),
}
row([to_uint8(image[0]) for image in changes.values()], changes)

# %% [markdown]
# Each of the last three is a 3×3 matrix that says where each pixel comes from. Matrices multiply, so crop, rotation
# and perspective become one matrix, and pixels are interpolated once, not three times. And what should change nothing
# must change exactly nothing:

# %%
some = tf.constant(to_float(faces[:8]))
everyone = tf.fill([8], True)
assert np.array_equal(augment.flip(augment.flip(some, everyone), everyone), some)
assert np.array_equal(augment.warp(some, augment.rotations(tf.zeros(8))), some)

# %% [markdown]
# Now all changes together, as a batch gets them. The same person six times: in the first row with the probabilities
# of this book, in the second with crop, rotation and perspective made certain.

# %%
same = tf.repeat(middle, 6, axis=0)
often = augment.Augmentation(flip=0.5, crop=1, rotation=1, perspective=1)
augmented = tf.concat([augment.Augmentation()(same, [0, 1]), often(same, [0, 1])], axis=0)
sheet = fg.show.images(to_uint8(augmented), columns=6, rows=("as trained", "made certain"))
# %% [markdown]
# What is *not* here matters as much. There is no vertical flip: faces do not hang from the ceiling, and a generator
# would learn that they do. Whatever augmentation can make, the generator will make.
#
# ### Augmenting what the generator makes
#
# If images are few, the discriminator learns them by heart. Augmenting only the real ones does not help: the
# generator copies the augmentation. DiffAugment (Zhao et al., 2020) changes *both* real and generated images, just
# before the discriminator sees them, and lets the gradient pass through the change. Here are two of its changes,
# colour and translation. DiffAugment is a remedy against memorising. Where the set is large and training short,
# nothing has been memorised yet, and it only makes both players' tasks harder.

# %%
changed = augment.diff_augment(tf.constant(to_float(faces[:5])), [0, 2])
sheet = fg.show.images(np.concatenate([faces[:5], to_uint8(changed)]), columns=5, rows=("before", "after"))
# %% [markdown]
# The gradient must reach the generator. Shift an image by a random pixel or two, ask for the gradient of one pixel of
# the result, and it has to point at the pixel that moved there: one entry is 1, and the rest are zero.

# %%
image = tf.Variable(tf.random.stateless_normal((1, 16, 16, 3), [0, 0]))
with tf.GradientTape() as tape:
    moved = augment.translate(image, [0, 1])[0, 8, 8, 0]
gradient = tape.gradient(moved, image).numpy()[0, :, :, 0]
top, left = np.argwhere(gradient)[0]
print(f"the pixel at (8, 8) came from ({top}, {left})")
assert np.count_nonzero(gradient) == 1 and gradient.sum() == 1

# %% [markdown]
# ## 8 Faces and noise
#
# Chapter 11 breeds faces by evolution, and needs a judge that says how much of a face there is in an image. A judge
# trained on photographs alone is lost: a population starts as noise, and noise looks like no photograph. So FaceGen
# (§3.1.3) shows the judge every stage on the way. A share $p$ of the pixels is replaced by noise, and the right
# answer is $1 - p$. Things that are not faces score at most 0.2.

# %%
share = np.linspace(0, 1, 8)
eight = portraits.make(1, 64, seed=11, **PERSON).images.repeat(8, axis=0)
fading = noised.add_noise(eight, share, np.random.default_rng(0))
row(fading, [f"{1 - p:.2f}" for p in share])
assert np.array_equal(fading[0], eight[0])

# %% [markdown]
# For non-faces the paper gives only a range, [0, 0.2]; ours is $0.2\,(1 - p)$, so that a clean thing scores higher
# than a noisy one, and at equal noise a face scores five times as high as anything else.

# %%
others = fg.load("shapes", size=64)
judged = noised.noised_set(faces.subset(slice(0, 500)), others.subset(slice(0, 500)), seed=0)
plt.scatter(
    judged.labels["noise"], judged.labels["score"], s=6, c=np.where(judged.labels["face"], style.REAL, style.FAINT)
)
plt.gca().set(
    xlabel="share of noise p", ylabel="what the judge should say", title="faces in blue, boxes of shapes in grey"
)
assert judged.labels["score"][judged.labels["face"] == 0].max() <= 0.2

# %% [markdown]
# ## 9 Who is in the set?
#
# Every set in this book has a sheet: who made it, under which terms, whether the people in it were asked, and who is
# missing. Read it before you train. For most sets of faces, the answer to the third question is *no*.

# %%
fg.data.sheet("utkface")

# %% [markdown]
# Here are all the sets at a glance. Those without an archive come with the book; for the others, name the folder that
# holds your archives in the environment variable `FACEGEN_DATA`, or let `facegen data fetch NAME` get them where the
# publisher allows it.

# %%
assert {"utkface", "celeba", "mnist", "nlvr", "flowers"} <= set(fg.data.SHEETS)
table = "| set | archive | what is in it |\n| --- | --- | --- |\n"
for name, sheet in fg.data.SHEETS.items():
    table += f"| {name} | {sheet.archives[0] if sheet.archives else 'comes with the book'} | {sheet.size} |\n"
Markdown(table)

# %% [markdown]
# A sheet says what its makers knew. The rest you have to look for. Here is how often each age occurs in the file
# names of 20,000 of UTKFace's images, from 18 to 40 years. Nothing in people's lives explains the bar at 26.

# %%
counted = "214 83 244 282 323 359 739 623 1849 516 751 471 607 296 548 120 335 755 399 252 277 223 456"
AGES = [int(number) for number in counted.split()]
plt.bar(range(18, 41), AGES, color=[style.FAKE if age == 26 else style.REAL for age in range(18, 41)])
plt.gca().set(xlabel="age in the file name", ylabel="images", title="UTKFace: how old are you if a program guesses?")
assert AGES[26 - 18] > 2.5 * max(AGES[25 - 18], AGES[27 - 18])
LABELLED = {"White": 8_487, "Black": 3_821, "Asian": 2_910, "Indian": 3_366, "Others": 1_413}  # in the same file names
AT_LEAST_60 = {"White": 1_533, "Black": 299, "Asian": 235, "Indian": 199, "Others": 16}
for label, old in AT_LEAST_60.items():
    print(f"labelled {label:6} {old / LABELLED[label]:4.0%} are 60 or older")
of_all, of_old = (counts["White"] / sum(counts.values()) for counts in (LABELLED, AT_LEAST_60))
print(f"labelled White: {of_all:.0%} of all, {of_old:.0%} of those of 60 or older")

# %% [markdown]
# The ages are a program's guesses, checked by people, and two and a half to four times as many people are 26 as are 25
# or 27. A network that predicts age from this set will learn to say 26. And labels depend on each other: of everybody,
# two in five are labelled White; of those aged 60 or older, two in three. A generator does not know that age and label
# are two things. It learns that old people are mostly white. (Who is missing from its samples: chapter 12; what happens
# to somebody who is made older: chapter 13.)

# %% [markdown]
# ## What went wrong
#
# **A border that bled.** Our first loader cut squares out of pictures by handing the rectangle to the resizing
# function. Its filter reaches three pixels beyond the rectangle. In a photo nobody sees that, but a box cut out of an
# NLVR scene takes on the grey of the bar beside it. Crop first, then shrink. A test now fills a box with one colour
# and asks for that colour back.
#
# **One name, two sides.** File systems spell é in two ways, as one letter or as e and an accent. The same photo,
# copied from one computer to another, has a different hash and may change sides, from training to held out. So names
# are brought to one spelling before they are hashed.
#
# **A guard that was taken off.** Pillow warns of pictures that are suspiciously large, and we turned that warning
# into an error while a picture was opened. Python keeps such settings for the whole process, not for one thread: with
# a picture being opened on every core, one thread put the old setting back while another still relied on it. Whatever
# has to hold in every thread is now checked by hand.
#
# **Blue people, and half a range.** OpenCV hands out colours as blue, green, red. Patel (2017) turns them round;
# whoever forgets trains on blue people. He then divides by 255, into [0, 1], for a generator that ends in tanh: half
# of what it can say is never right. Hence one function each way (section 1).
#
# **An archive read a thousand times.** The files in a `.tgz` can only be reached from its beginning. Reading them in
# the order of their names, when the archive holds them in another order, unpacks it anew for almost every picture. It
# is now unpacked once.
#
# **Batches in the order of files.** Each batch was drawn at random and then sorted, since a file is read faster from
# front to back. In most of this book's games the order inside a batch means nothing. But a Wasserstein critic
# (chapter 08) that takes two steps gets half of the batch for each, and the names of UTKFace begin with an age: its
# first step always saw the young, its second the old. DCGAN's penalty, which looks at an eighth of a batch, looked at
# hardly anybody but children. We found this after the runs that ship with the book had been trained; those on flowers
# and faces were trained this way. Now every part of a batch is a sample of the whole set. Here is the mean of each
# part, with the numbers of files in place of ages, and a batch of 64 in four parts:

# %%
batch = next(pipeline.batch_indices(20_000, 64, seed=0))
both = {"drawn": batch, "sorted": np.sort(batch)}
means = {name: [part.mean() for part in np.split(each, 4)] for name, each in both.items()}
for name, of_parts in means.items():
    print(f"{name}: " + ", ".join(f"{mean:,.0f}" for mean in of_parts))
assert max(means["sorted"]) - min(means["sorted"]) > 2 * (max(means["drawn"]) - min(means["drawn"]))

# %% [markdown]
# ## Recap
#
# - Bytes at rest, floats in [-1, 1] in flight, one function each way.
# - Upright, square, averaged before shrinking. What a resizing function invents, a generator will learn.
# - What cannot be read is counted with its reason, and the rest is used.
# - The file name decides what is held out, and what belongs together stays together.
# - A batch is a function of the seed, the epoch and its number.
# - Augmentation happens on the fly, interpolates once, and changes faces only in ways that real faces change.
# - A set of faces is a set of people. Most of them were not asked.
#
# ## Exercises
#
# [The workbook](exercises/03_data.ipynb) has five: a round trip between bytes and floats; a split by person; batches
# that resume; a zoom as a matrix; and a count of what a careless generator has lost.
#
# ## Sources and further reading
#
# - J. de Cid, G. Recio, F. Loyola, *FaceGen: Generating synthetic realistic human faces using Computational
#   Intelligence methods*, 2019, §3.1.3, §4 and §4.1: the noised faces, UTKFace, CelebA and CIFAR-10, the four
#   augmentations.
# - T.-Y. Chen, *Synthesising Images by Imagination*, MSc dissertation, University of Strathclyde, 2019, §3.2: MNIST,
#   NLVR cut into boxes (9,306 of them), Oxford-102.
# - R. Patel, *Generating human faces using Deep Convolutional Generative Adversarial Networks*, 2017, "Data
#   Preprocessing": 41,000 of CelebA's 202,599 faces, shrunk to 64×64 one by one.
# - *Generative Adversarial Networks*, appendix of a Keras textbook: MNIST, scaled to [-1, 1] in one line.
# - G. Parmar, R. Zhang, J.-Y. Zhu, [On Aliased Resizing and Surprising Subtleties in GAN
#   Evaluation](https://arxiv.org/abs/2104.11222), 2022.
# - S. Zhao, Z. Liu, J. Lin, J.-Y. Zhu, S. Han, [Differentiable Augmentation for Data-Efficient GAN
#   Training](https://arxiv.org/abs/2006.10738), 2020.
# - K. Zhang, Z. Zhang, Z. Li, Y. Qiao, [Joint Face Detection and Alignment using Multi-task Cascaded Convolutional
#   Networks](https://arxiv.org/abs/1604.02878), 2016.
# - T. Gebru et al., [Datasheets for Datasets](https://arxiv.org/abs/1803.09010), 2018.
# - A. Birhane, V. U. Prabhu, [Large image datasets: A pyrrhic win for computer
#   vision?](https://arxiv.org/abs/2006.16923), 2021.
# - A. Suhr, M. Lewis, J. Yeh, Y. Artzi, *A Corpus of Natural Language for Visual Reasoning*, 2017. Z. Zhang, Y. Song,
#   H. Qi, *Age Progression/Regression by Conditional Adversarial Autoencoder*, 2017. Z. Liu, P. Luo, X. Wang, X. Tang,
#   *Deep Learning Face Attributes in the Wild*, 2015. M.-E. Nilsback, A. Zisserman, *Automated Flower Classification
#   over a Large Number of Classes*, 2008.
