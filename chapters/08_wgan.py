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
# # 08 Wasserstein GAN
#
# ![A heap of sand walks to where a face is drawn, every grain to its own place](images/08_sand.gif)
#
# Eight hundred grains of sand lie in a heap. They are carried to where a face is drawn, each grain to a place of its
# own, so that together they walk as little as possible. How far do they walk? That number is a distance between a
# heap and a face. It knows what the divergence of chapter 01 does not: whether a heap that is nowhere right is at
# least *nearer* than it was.
#
# ## What you will build
#
# A planner that moves earth as cheaply as possible, and a dealer whose prices prove it; a critic with a fence around
# its weights; and a generator that learns to draw the face above while you watch.
#
# ## What you will learn
#
# - **show** why a divergence has nothing to say about two distributions that do not touch;
# - **compute** an earth mover's distance, on a line, in the plane and between sets of images;
# - **read** the dual problem as a price list, and a critic as a network that guesses it;
# - **predict** what clipping does to a critic's weights, its slope and its gradients;
# - **follow** the estimate of a Wasserstein critic, and say in what unit it is.
#
# ## What you need

# %%
import facegen_lib as fg

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import Markdown, display
from keras import layers

from facegen_lib.data import sand, to_float
from facegen_lib.evaluation import transport
from facegen_lib.networks import convolutional
from facegen_lib.notebook import knobs, style

fg.book.needs("08_wgan")

# %% [markdown]
# ## 1 Where likeness has no slope
#
# Real samples form a narrow hill around 0, generated ones an equally narrow hill some gap away. How different are the
# two? The Jensen–Shannon divergence of chapter 01 compares them place by place. The *earth mover's distance* $W$ asks
# how far the one must be moved to become the other, and for two equal hills that is the gap itself.

# %%
line = np.linspace(-2, 5, 7_001)
step = line[1] - line[0]


def hill(centre):
    """A density of width 0.2 around `centre`."""
    return np.exp(-(((line - centre) / 0.2) ** 2) / 2) / (0.2 * np.sqrt(2 * np.pi))


def jsd(p, q):
    """Jensen–Shannon divergence of two densities, nats."""
    mixture = (p + q) / 2 + 1e-300
    return sum(0.5 * (side * np.log(side / mixture + 1e-300)).sum() * step for side in (p, q))


def area_between(p, q):
    """The area between the two cumulative curves; section 3 says why this is W."""
    return np.abs(np.cumsum(p - q)).sum() * step**2


# %% [markdown]
# Vary the gap. On the left stand the two hills and what the best discriminator says, $D^* = p/(p+q)$. On the right,
# both measures for every gap.

# %%
GAPS = np.linspace(0, 3, 61)
BOTH = np.array([(jsd(hill(0), hill(gap)), area_between(hill(0), hill(gap))) for gap in GAPS])


def pull_apart(gap):
    left, right = plt.subplots(1, 2, width_ratios=(3, 2))[1]
    p, q = hill(0), hill(gap)
    left.fill_between(line, p, color=style.REAL, alpha=0.4, label="real")
    left.fill_between(line, q, color=style.FAKE, alpha=0.4, label="generated")
    left.plot(line, (p + 1e-300) / (p + q + 2e-300), color=style.INK, linewidth=1.2, label="$D^*$")
    left.set(title=f"JSD {jsd(p, q):.4f}, W {area_between(p, q):.2f}", xlim=(-1, 4), xlabel="x")
    left.legend()
    right.plot(GAPS, BOTH, label=["JSD", "W"])
    right.plot([gap, gap], [jsd(p, q), area_between(p, q)], "o", color=style.INK)
    right.axhline(np.log(2), color=style.FAINT, linestyle=":", linewidth=1, label="log 2")
    right.set(xlabel="gap", title="two measures")
    right.legend()


fg.turn(pull_apart, gap=(0.0, 3.0, 1.5))

# %% [markdown]
# From a gap of about 1.5 on the divergence is $\log 2$ and stays there. The best discriminator is right about every
# sample, whether the hills are near or far; its slope under the generated hill is zero, so a generator that asks
# which way to go gets no answer. $W$ keeps falling with the gap, one for one.

# %%
far = GAPS >= 1.5
assert np.allclose(BOTH[far, 0], np.log(2), atol=1e-3) and np.allclose(BOTH[:, 1], GAPS, atol=1e-3)
slope_of_jsd, slope_of_distance = np.diff(BOTH[far], axis=0).mean(axis=0) / np.diff(GAPS)[0]
print(f"slope beyond 1.5: of JSD {slope_of_jsd:.6f}, of W {slope_of_distance:.3f}")
assert abs(slope_of_jsd) < 1e-3 < 0.99 < slope_of_distance

# %% [markdown]
# Hills on a line need not be narrow. With images they must be: real ones fill a thin sheet in a space of thousands of
# dimensions, a generator's samples fill another, and two thin sheets hardly ever touch (Arjovsky and Bottou, 2017,
# section 2). For faces the plateau at $\log 2$ is the rule.
#
# ## 2 The earth mover
#
# Chen (2019, figs. 2-7 and 2-8) explains the distance with five boxes of earth, and so shall we, with other numbers.
# A *plan* says how much to carry from each box to each other one. Its rows add up to what is there, its columns to
# what is wanted. Its cost is every amount times the way it is carried, added up.

# %%
supply, demand = np.array([1, 3, 0, 0, 2]), np.array([2, 0, 1, 3, 0])
ways = np.abs(np.arange(5)[:, None] - np.arange(5))


def from_both_ends(supply, demand):
    """Serve the last box first, and take from the first box first: what is far apart gets paired."""
    plan = np.zeros((5, 5))
    for there in reversed(range(5)):
        for here in range(5):
            plan[here, there] = min(supply[here] - plan[here].sum(), demand[there] - plan[:, there].sum())
    return plan


PLANS = {
    "cheapest": transport.cheapest_plan(ways, supply, demand),
    "in proportion": np.outer(supply, demand) / 6,
    "from both ends": from_both_ends(supply, demand),
}

# %% [markdown]
# All three deliver. They do not cost the same:

# %%
for name, plan in PLANS.items():
    assert np.allclose(plan.sum(axis=1), supply) and np.allclose(plan.sum(axis=0), demand)
    print(f"{name:15} {(plan * ways).sum():5.2f}")
assert (PLANS["cheapest"] * ways).sum() == min((plan * ways).sum() for plan in PLANS.values())

# %% [markdown]
# Choose a plan and look at it: as carts on their way, broad where much is carried, and as a table.


# %%
def draw_plan(plan):
    left, right = plt.subplots(1, 2, width_ratios=(3, 2))[1]
    carried = PLANS[plan]
    left.bar(np.arange(5), supply, bottom=3, color=style.FAKE, alpha=0.5, width=0.5)
    left.bar(np.arange(5), -demand, color=style.REAL, alpha=0.5, width=0.5)
    for here, there in np.argwhere(carried > 1e-9):
        left.plot([here, there], [3, 0], color=style.INK, linewidth=2 * carried[here, there], solid_capstyle="butt")
        right.text(there, here, f"{carried[here, there]:.2g}", ha="center", va="center")
    left.set(title="above what is there, below what is wanted", xticks=range(5), yticks=[], xlabel="box")
    right.imshow(carried, cmap="Greens", vmin=0, vmax=4)
    right.spines[:].set(visible=True, color=style.FAINT)
    right.set(title=f"cost {(carried * ways).sum():.3g}", xlabel="to", ylabel="from")


fg.turn(draw_plan, plan=list(PLANS))

# %% [markdown]
# The cheapest plan was found by linear programming: the cost is linear in the plan, and so is every condition. With
# shares in place of shovelfuls, and $\gamma$ running over all plans that deliver, that is the definition:
#
# $$W(p, q) = \min_{\gamma} \sum_{x, y} \gamma(x, y)\, \lVert x - y \rVert .$$
#
# ## 3 On a line: the area between two staircases
#
# On a line there is a short cut. Stand between two boxes. Any surplus on your left has to be carried past you; any
# shortage there must be met from your right. So the traffic at each place is the difference of the two cumulative
# sums, and the cost is its total:

# %%
passing = np.abs(np.cumsum(supply - demand))
print(f"passing each place: {passing}, together {passing.sum()}")
assert passing.sum() == (PLANS["cheapest"] * ways).sum()

# %% [markdown]
# For samples the sums become staircases, $F(x)$ being the share of samples up to $x$. Here are forty real samples and
# forty generated ones. Shift and spread the generated ones:

# %%
rng = np.random.default_rng(3)
forty, noise = rng.normal(size=40), rng.normal(size=40)
SHARE = np.arange(1, 41) / 40


def staircases(shift, spread):
    generated = shift + spread * noise
    axes = plt.subplots(figsize=(7.5, 2.8))[1]
    for samples, colour, name in ((forty, style.REAL, "real"), (generated, style.FAKE, "generated")):
        corners = np.sort(np.append(samples, [-9, 9]))
        axes.step(corners, np.append(0, np.append(SHARE, 1)), where="post", color=colour, label=name)
    axes.fill_betweenx(
        np.repeat(SHARE, 2) - np.tile([1 / 40, 0], 40),
        np.repeat(np.sort(forty), 2),
        np.repeat(np.sort(generated), 2),
        color=style.THIRD,
        alpha=0.3,
    )
    area = np.abs(np.sort(forty) - np.sort(generated)).mean()
    axes.set(title=f"area between the staircases: W = {area:.3f}", xlim=(-4, 6), xlabel="x", ylabel="share up to x")
    axes.legend()


fg.turn(staircases, shift=(-2.0, 4.0, 1.5), spread=(0.0, 2.0, 0.6))

# %% [markdown]
# Sliced horizontally, the same area is the mean distance between the samples in order: the first real one from the
# first generated one, and so on. Sorting *is* the best plan. The linear program, which knows nothing of sorting,
# agrees:

# %%
generated = 1.5 + 0.6 * noise
by_sorting = np.abs(np.sort(forty) - np.sort(generated)).mean()
by_planning = transport.earth_movers_distance(forty[:, None], generated[:, None])
assert np.isclose(by_sorting, by_planning)

# %% [markdown]
# ## 4 In the plane, and among images
#
# In the plane nothing can be sorted, and the plan has to be searched for. With equally many grains of equal weight it
# is a pairing: each grain of the heap gets a place in the face.

# %%
rng = np.random.default_rng(0)
heap, drawing = 0.35 * rng.normal(size=(800, 2)), sand.face(800, rng)
pairing = transport.cheapest_plan(transport.distances(heap, drawing)).argmax(axis=1)
goals = drawing[pairing]
assert len(set(pairing)) == 800


def carry(moved):
    """The sand after a share `moved` of its way."""
    axes = plt.subplots(figsize=(4.2, 4.2))[1]
    axes.plot(*np.stack([heap, goals])[:, :100].transpose(2, 0, 1), color=style.FAINT, linewidth=0.4)
    axes.plot(*drawing.T, ".", color=style.REAL, markersize=3, alpha=0.5)
    axes.plot(*((1 - moved) * heap + moved * goals).T, ".", color=style.FAKE, markersize=4)
    axes.set(title=f"{moved:.0%} of the way", xlim=(-1.3, 1.3), ylim=(-1.3, 1.3))
    axes.set_axis_off()


fg.turn(carry, moved=(0.0, 1.0, 0.4))

# %% [markdown]
# The grey lines are the ways of the first hundred grains. Look for two that cross: there are none, for at a crossing
# two grains could swap their goals and together walk less. And a heap that has gone a share of its way is just that
# much nearer, which is why this distance has a slope everywhere:

# %%
whole = transport.earth_movers_distance(heap[:300], goals[:300])
for moved in (0.25, 0.5, 0.75):
    rest = transport.earth_movers_distance((1 - moved) * heap[:300] + moved * goals[:300], goals[:300])
    assert np.isclose(rest, (1 - moved) * whole)
knobs.film(carry, [{"moved": moved} for moved in (*np.linspace(0, 1, 16), 1, 1, 1)], "runs/sand.gif", width=330)

# %% [markdown]
# An image is a point too, with as many coordinates as it has numbers. Here are two hundred portraits of 16×16 pixels,
# and how far it is from them to other sets of two hundred:

# %%
portraits = fg.load("portraits", size=32)
tiny = to_float(portraits.images[:400].reshape(-1, 16, 2, 16, 2, 3).mean((2, 4)))
one, other = tiny[:200], tiny[200:]
sets = {
    "other portraits": other,
    "other portraits, a little brighter": other + 0.1,
    "other portraits, much brighter": other + 0.4,
    "one average portrait, 200 times": np.repeat(other.mean(axis=0, keepdims=True), 200, axis=0),
    "noise": np.random.default_rng(1).uniform(-1, 1, other.shape),
}
far_off = {name: transport.earth_movers_distance(one, images) for name, images in sets.items()}
print("\n".join(f"{name:36}{distance:6.2f}" for name, distance in far_off.items()))
assert far_off["other portraits"] < far_off["other portraits, much brighter"] < far_off["noise"]

# %% [markdown]
# Two lessons. Even other *real* portraits are not at distance zero, since two samples of two hundred in 768 dimensions
# never coincide: such a number means something only beside its floor, the first row. And two hundred copies of one
# blurred face, which no eye would accept, come out *nearer* than two hundred sharp and different people in too bright a
# light. A distance between sets is no better than the distance between two images that it is built on.

# %%
assert far_off["one average portrait, 200 times"] < far_off["other portraits, much brighter"]

# %% [markdown]
# ## 5 The same problem, seen by a dealer
#
# Planning grows hopeless with thousands of images, and a generator needs a slope, not a plan. Help with both comes
# from the other side of the bargain. A dealer names a price $f(x)$ for sand at every place, buys where the heap lies
# and sells where sand is wanted. Nobody will deal if two prices differ by more than the way between them, for then
# carrying it oneself is cheaper. What can the dealer earn?
#
# $$W(p, q) = \max_{f} \;\mathbb{E}_{x \sim p} f(x) - \mathbb{E}_{x \sim q} f(x) \quad\text{over all } f \text{ with }
# |f(x) - f(y)| \leq \lVert x - y \rVert .$$
#
# As much as the best plan costs, to the penny (Kantorovich and Rubinstein, 1958). An $f$ that keeps this rule is
# called *1-Lipschitz*: nowhere steeper than 1. First along a line, where the best price list is easily guessed: rise
# with slope 1 wherever earth has to pass to the right, fall where it passes to the left.

# %%
places = np.linspace(-4, 6, 60)
apart = np.abs(places[:, None] - places)


def shares(samples):
    """Samples on a line as shares of the 60 places."""
    return np.histogram(samples, 60, (-4.08, 6.08))[0] / len(samples)


def prices(shift, spread):
    mass = shares(forty) - shares(shift + spread * noise)
    values = transport.best_critic(apart, mass)
    above, below = plt.subplots(2, 1, figsize=(7.5, 3.6), sharex=True)[1]
    above.bar(places, mass, width=0.14, color=np.where(mass > 0, style.REAL, style.FAKE))
    above.set(title="wanted (blue) and to be had (vermilion)")
    below.plot(places, values - values.min(), color=style.INK)
    below.set(title=f"prices; the dealer earns {mass @ values:.3f}", xlabel="x")


fg.turn(prices, shift=(-2.0, 3.0, 0.5), spread=(0.0, 1.5, 0.3))

# %% [markdown]
# Now in the plane, with thirty grains and thirty places. Along every line of the cheapest plan the price climbs as
# steeply as it is allowed to: the price at its end is the price at its beginning plus its length. This is the proof
# that no plan is cheaper, written on the plan itself.

# %%
few, wanted = heap[:30], drawing[:30]
everyone, mass = np.concatenate([wanted, few]), np.repeat([1 / 30, -1 / 30], 30)
values = transport.best_critic(transport.distances(everyone, everyone), mass)
ways = transport.distances(few, wanted)
plan = transport.cheapest_plan(ways)
assert np.isclose(mass @ values, (plan * ways).sum())
ends = plan.argmax(axis=1)
assert np.allclose(values[ends] - values[30:], ways[np.arange(30), ends])

# %% [markdown]
# The prices at these sixty points leave open what sand costs elsewhere. We fill the plane with the dearest list that
# agrees with them and is nowhere steeper than 1:

# %%
grid = np.stack(np.meshgrid(*[np.linspace(-1.3, 1.3, 90)] * 2), axis=-1)
dearest = transport.between(everyone, values, grid.reshape(-1, 2))[1].reshape(90, 90)
axes = plt.subplots(figsize=(5.2, 4.2))[1]
plt.colorbar(axes.contourf(*grid.transpose(2, 0, 1), dearest, 20, cmap=style.FAKE_TO_REAL, alpha=0.7), label="price")
axes.plot(*np.stack([few, wanted[ends]]).transpose(2, 0, 1), color=style.INK, linewidth=1)
axes.plot(*few.T, ".", color=style.FAKE), axes.plot(*wanted.T, ".", color=style.REAL)
axes.set(title="prices, and the plan that they prove", aspect="equal")
axes.set_axis_off()

# %% [markdown]
# ## 6 A critic in place of a discriminator
#
# Now let a network guess the price list. Arjovsky et al. (2017) call it a *critic*: it does not say whether an image
# is real, it says how dear it is. (In code it keeps its place and its name, `discriminator`.) Here is their game,
# whole:

# %%
fg.show.source(fg.objectives.Wasserstein)

# %% [markdown]
# No logarithm, no sigmoid: the critic raises its value for real images and lowers it for generated ones, and the
# generator goes where sand is dear. The critic gets five updates for each one of the generator's, for only a good
# price list has the right slope. A discriminator can be too good (section 1); a critic cannot. Both losses by hand,
# on four values each:

# %%
game = fg.objectives.Wasserstein(clip=0.1)
real_values, fake_values = np.array([[-5], [1.4], [12.5], [2.7]]), np.array([[10], [4.4], [-5.5], [3.6]])
assert np.isclose(game.discriminator_loss(real_values, fake_values), 12.5 / 4 - 11.6 / 4)
assert np.isclose(game.generator_loss(real_values, fake_values), -12.5 / 4)

# %% [markdown]
# What keeps the critic from naming ever larger prices? It must not be steeper than 1, and nobody knows how to forbid
# a network that. So the authors forbid something cruder: no *weight* may leave $[-c, c]$. A network whose weights are
# bounded has a bounded slope. The bound is not 1, and nobody knows what it is; but a critic that may slope by up to
# $K$ finds $K \cdot W$, which is lowest where $W$ is lowest.
#
# ## 7 What the fence does to the weights
#
# The interval $[-c, c]$ is a fence around every weight. Let a critic judge heap against face, both standing still,
# and look now and then at all its weights.


# %%
def perceptron(outputs, units=64, hidden=3):
    """A small network on points of the plane."""
    inside = [layers.Dense(units, "relu") for _ in range(hidden)]
    return keras.Sequential([keras.Input((2,)), *inside, layers.Dense(outputs)])


def train_critic(critic, clip, steps=300, rate=1e-3):
    """Teaches a critic the prices of heap against face, behind a fence."""
    keras.utils.set_random_seed(0)
    game, optimizer = fg.objectives.Wasserstein(clip), keras.optimizers.RMSprop(rate)
    real, fake = sand.face(4_096, np.random.default_rng(1)), 0.35 * np.random.default_rng(2).normal(size=(4_096, 2))

    @tf.function(autograph=False)
    def step(wanted, had):
        with tf.GradientTape() as tape:
            loss = game.discriminator_loss(critic(wanted, training=True), critic(had, training=True))
        weights = critic.trainable_variables
        optimizer.apply(tape.gradient(loss, weights), weights)
        game.constrain(critic)

    for number in range(steps):
        chosen = slice(number % 16 * 256, number % 16 * 256 + 256)
        step(tf.constant(real[chosen]), tf.constant(fake[chosen].astype("float32")))
    return critic


def all_weights(network):
    return np.concatenate([weight.numpy().ravel() for weight in network.trainable_variables])


# %% [markdown]
# Vary the fence and the time. (Every change trains a critic afresh.)


# %%
def histogram(clip, steps):
    weights = all_weights(train_critic(perceptron(1), float(clip), steps)) / float(clip)
    axes = plt.subplots(figsize=(7.5, 2.6))[1]
    axes.hist(weights, 81, color=style.REAL)
    axes.set(title=f"{np.mean(np.abs(weights) > 0.99):.0%} of the weights stand at the fence", xlabel="weight / c")


fg.turn(histogram, clip=["0.01", "0.1", "0.03"], steps=(0, 400, 300, 50))

# %% [markdown]
# Two spikes, at $-c$ and at $+c$. A critic always gains by being steeper, so every weight that matters runs until it
# hits the fence. What is left to learn with is a pattern of signs.

# %%
fenced = {clip: train_critic(perceptron(1), clip) for clip in (0.01, 0.03, 0.1)}
for clip, critic in fenced.items():
    weights = np.abs(all_weights(critic))
    assert weights.max() <= np.float32(clip)
    print(f"c = {clip}: {np.mean(weights > 0.99 * clip):.0%} of all weights at the fence")
assert np.mean(np.abs(all_weights(fenced[0.01])) > 0.0099) > 0.4

# %% [markdown]
# ### In what unit is the estimate?
#
# What a critic earns, $\mathbb{E} f(x) - \mathbb{E} f(G(z))$, is $K \cdot W$ at best, $K$ being its steepest slope.
# Both can be measured, and so can the true $W$:

# %%
judged, held_out = tf.constant(heap[:400], "float32"), tf.constant(drawing[:400])
truth = transport.earth_movers_distance(judged, held_out)
everywhere = tf.constant(grid.reshape(-1, 2), "float32")
earnings = {}
for clip, critic in fenced.items():
    earned = float(tf.reduce_mean(critic(held_out)) - tf.reduce_mean(critic(judged)))
    steepest = float(tf.reduce_max(fg.objectives.squared_gradient_norm(critic, everywhere))) ** 0.5
    print(f"c = {clip}: earned {earned:.2e}, steepest slope {steepest:.2e}, in its own unit {earned / steepest:.3f}")
    assert 0 < earned / steepest < truth
    earnings[clip] = earned
print(f"the earth mover: {truth:.3f}")
assert earnings[0.1] > 100_000 * earnings[0.01]

# %% [markdown]
# A fence ten times as wide, a number more than a hundred thousand times as large, the same sand. So the height of a
# clipped critic's curve says nothing; only its course does. Chen (2019) found the Wasserstein distance of his WGAN on
# digits "much less" than that of his WGAN-GP (fig. 4-15), and on shapes saw the generator's loss settle between
# $-0.0001$ and $0.0001$ (fig. 4-25). Neither says anything about the images: that is what $c = 0.01$ makes of any
# distance. And even divided by its own slope, each critic's estimate is only a part of what there is to be found: the
# fence has made the critic simple.
#
# ## 8 Too narrow, too wide
#
# Chen (§2.2.3), following the paper, warns of both: a large $c$ makes the critic slow to train, a small one makes
# gradients vanish. Depth decides. Each layer multiplies what passes back through it by about $c$ times a constant, so
# let us follow the gradient from the last of twelve layers to the first:


# %%
def gradient_by_depth(clip):
    """How large the loss's gradient is at each of twelve hidden layers of a trained critic, last layer 1."""
    critic = train_critic(perceptron(1, units=32, hidden=12), clip, steps=100)
    x, inputs = tf.constant(drawing[:256]), []
    with tf.GradientTape() as tape:
        for layer in critic.layers:
            tape.watch(x)
            inputs.append(x)
            x = layer(x)
        loss = tf.reduce_mean(x)
    gradients = [gradient.numpy().astype("float64") for gradient in tape.gradient(loss, inputs[1:])]
    sizes = np.array([np.linalg.norm(gradient) for gradient in gradients])
    return sizes / sizes[-1]


depths = {clip: gradient_by_depth(clip) for clip in (0.01, 0.1, 0.2, 0.4)}

# %% [markdown]
# One curve for each fence, on a logarithmic axis:

# %%
for clip, sizes in depths.items():
    plt.semilogy(np.arange(1, 13), sizes, "o-", label=f"c = {clip}")
plt.gca().set(title="gradient, relative to the last hidden layer", xlabel="hidden layer", xticks=range(1, 13))
plt.legend()
assert depths[0.01][0] < 1e-8 and depths[0.4][0] > 1e2

# %% [markdown]
# Straight lines mean exponential in depth: down for a narrow fence, up for a wide one (Gulrajani et al., 2017, fig.
# 1b, found the same). Somewhere between lies a $c$ that does neither. It is a different one for every architecture.
#
# ## 9 A face in sand
#
# Enough of heaps that stand still. A generator with three hidden layers gets noise and must put its points where the
# face is. The game is the class that you have read, the alternation is the book's `GAN`, and the judge is neither of
# the two networks, but the earth mover of section 4.


# %%
def draw_in_sand(game, steps, screen=None, every=50):
    """Trains generator and critic; frames with the points, the critic's estimate and the true distance."""
    keras.utils.set_random_seed(0)
    gan = fg.models.GAN(perceptron(2), perceptron(1), game)
    gan.compile(keras.optimizers.RMSprop(1e-3), keras.optimizers.RMSprop(1e-3))
    learn, rng = tf.function(gan.train_step, autograph=False), np.random.default_rng(0)
    noise, frames, estimates = rng.normal(size=(1_000, 2)).astype("float32"), [], [0.0]
    for number in range(steps + 1):
        if number % every == 0:
            points = gan.averaged_generator(noise).numpy()
            distance = transport.earth_movers_distance(points[:400], held_out)
            frames.append({"points": points, "estimate": np.mean(estimates[-every:]), "distance": distance})
            if screen:
                screen.update(knobs.picture(look, {"frame": frames[-1], "step": number}))
        batch = sand.face(256 * game.critic_steps, rng)
        estimates.append(-float(learn(batch)["discriminator_loss"]))
    return frames


def look(frame, step):
    axes = plt.subplots(figsize=(4.2, 4.4))[1]
    axes.plot(*drawing.T, ".", color=style.REAL, markersize=3, alpha=0.4)
    axes.plot(*frame["points"].T, ".", color=style.FAKE, markersize=3)
    axes.set(title=f"step {step}: distance {frame['distance']:.3f}", xlim=(-1.3, 1.3), ylim=(-1.3, 1.3))
    axes.set_axis_off()


steps = fg.book.setting("08_wgan", "steps")
frames = draw_in_sand(game, steps, screen=display("The heap.", display_id=True))

# %% [markdown]
# Turn the time back and watch it again: a cloud as large as the head first, and out of it what the head is made of.


# %%
def moment(step):
    look(frames[step // 50], step)


fg.turn(moment, step=(0, steps, 200, 50))

# %% [markdown]
# The promise of this chapter was a loss that falls while the images get better. Left, what the critic says; right,
# what the earth mover says, with the distance between two samples of real sand as a floor.

# %%
estimate, distance = (np.array([frame[name] for frame in frames]) for name in ("estimate", "distance"))
floor = transport.earth_movers_distance(held_out, sand.face(400, np.random.default_rng(5)))
left, right = plt.subplots(1, 2)[1]
at = np.arange(len(frames)) * 50
left.plot(at, estimate, color=style.REAL), right.plot(at, distance, color=style.FAKE)
right.axhline(floor, color=style.FAINT, linestyle=":", label="real sand to real sand")
left.set(title="the critic's estimate", xlabel="step"), right.set(title="earth mover's distance", xlabel="step")
right.set(ylim=(0, None))
right.legend()
assert distance[-1] < distance[1] / 1.5 and distance[-1] < 3 * floor

# %% [markdown]
# The critic's curve begins at zero, for a critic that knows nothing earns nothing. For some hundreds of steps it
# rises and falls as the critic learns and the generator runs away from it, and says little. Once the critic has
# caught up, the curve is worth reading: from its peak on it falls, and the distance falls with it.

# %%
peak = estimate.argmax()
together = np.corrcoef(estimate[peak:], distance[peak:])[0, 1]
print(f"from step {at[peak]} on, the two curves are correlated by {together:.2f}")
assert estimate[-1] < 0.9 * estimate[peak] and together > 0.5

# %% [markdown]
# ## 10 What the source found, and the runs that ship
#
# Chen (2019) trained this game for 30,000 steps on digits and shapes and 40,000 on flowers, with $c = 0.01$, RMSprop
# and five critic steps (§3.1.3). Here are his Fréchet Inception Distances, lower being better (tables 4-2, 4-4, 4-6),
# and how often people took a generated image for a real one (§4.1.5, 4.2.5, 4.3.5):
#
# | | after 10,000 steps | 20,000 | 30,000 | 40,000 | people fooled |
# | --- | --- | --- | --- | --- | --- |
# | digits | 11 | 8 | 6 | | 53 % |
# | shapes | 278 | 272 | 256 | | 6 % |
# | flowers | 272 | 364 | 386 | 363 | 0 % |
#
# On digits it is among his best. On flowers both losses ran away (fig. 4-39), the Wasserstein curve rose (fig. 4-45)
# and the samples shrank to one or two kinds. He reads from this that the curve tells the truth (§5.1.3): where it
# fell, images improved, and where it rose they did not. For the failure he blames $c$. On shapes he saw no collapse,
# and even backgrounds after 20,000 steps (§4.2.3); yet FID and people both preferred his DCGAN there (242 and 14 %),
# which drew only a few kinds.
#
# The book's own runs of the recipe:

# %%
family = [name for name in fg.zoo.names() if name.startswith("wgan-") and not name.startswith("wgan-gp-")]
for name in family:
    generator = fg.pretrained(name)
    fg.show.samples(generator, count=18, columns=6)
    plt.show()
Markdown("; ".join(f"`{name}`: {fg.pretrained(name).about['steps']:,} steps" for name in family))

# %% [markdown]
# None of them ran away, not even the flowers. It is not the dissertation's critic, though: ours normalises each image
# by itself, its fence is three times as wide, and its learning rates fall to zero at the end. Whether the Wasserstein
# curve told the truth can be asked of all four, for their generators were measured four times on the way. Above, what
# the critic says, with a dot at each of these moments; below, the Fréchet distances (through the book's own extractor):

# %%
panels = plt.subplots(2, 4, figsize=(7.5, 3.6), sharex="col")[1]
for (above, below), name in zip(panels.T, family, strict=True):
    history, moments = fg.zoo.history(name), fg.zoo.progress(name)
    estimate = fg.show.smooth(history["real_value"] - history["fake_value"], 100)
    steps = history.steps[-len(estimate) :]
    said = np.interp(list(moments), steps, estimate)
    far = [report["Fréchet distance"].value for report in moments.values()]
    assert (said[1] > said[0]) == (far[1] > far[0]) and said[3] > said[2] and far[3] < far[2]
    above.plot(steps, estimate, color=style.REAL, linewidth=1)
    above.plot(list(moments), said, "o", color=style.REAL)
    below.plot(list(moments), far, "o-", color=style.FAKE)
    above.set(title=name.removeprefix("wgan-"), ylim=(0, None))
    below.set(xlabel="step", ylim=(0, 1.15 * max(far)), xticks=[0, max(moments)])
    below.xaxis.set_major_formatter("{x:,.0f}")
panels[0, 0].set_ylabel("estimate"), panels[1, 0].set_ylabel("Fréchet distance");

# %% [markdown]
# From the first dot to the second, both numbers move the same way on all four sets: on flowers up, elsewhere down.
# So far Chen is right. From the third to the last they move apart, on all four: the images become better while the
# critic sees ever more difference between them and real ones. What happened in between is that the learning rates
# fell, and a critic that hardly has to chase its generator any more sees more sharply. The curve can be compared with
# itself, but only as long as nothing else changes. How the flowers came to be:

# %%
fg.show.losses(fg.zoo.history("wgan-flowers"))
fg.show.evolution(fg.zoo.folder("wgan-flowers"));

# %% [markdown]
# ## What went wrong
#
# **A fence that depends on the batch.** The dissertation's critic for digits has no batch normalisation (fig. 4-7).
# Its critic for colour images has three (fig. 4-24), and on one of its two sets, the flowers, the losses ran away. Is
# there a connection? Take critics with every weight at the fence, and a batch that shrinks, as that of a collapsing
# generator does. How steep are they there?


# %%
def slopes_of(critic, clip, batch):
    """Mean slopes of a critic, all weights at ±clip, at a batch, at a tenth of its size, and at a hundredth."""
    for weight in critic.trainable_variables:
        weight.assign(tf.where(weight < 0, -clip, clip))
    norms = [fg.objectives.squared_gradient_norm(critic, tf.constant(share * batch)) ** 0.5 for share in (1, 0.1, 0.01)]
    return [float(each.numpy().mean()) for each in norms]


def toy_critic(normalised):
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((2,))])
    for _ in range(3):
        network.add(layers.Dense(64, use_bias=False))
        if normalised:
            network.add(layers.BatchNormalization(epsilon=1e-5))
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Dense(1))
    return network


enlarged = to_float(portraits[:16].repeat(2, axis=1).repeat(2, axis=2))

# %% [markdown]
# Two small ones, with a wide fence and a tiny $\varepsilon$ (which the normalisation adds to the variance before it
# divides); and the dissertation's own, with its $c$ and the $10^{-3}$ of Keras.

# %%
trials = {
    "without batch normalisation": (toy_critic(False), 0.1, drawing[:256]),
    "with batch normalisation": (toy_critic(True), 0.1, drawing[:256]),
    "the dissertation's": (fg.recipe("wgan", (64, 64, 3), scale="source").discriminator, 0.01, enlarged),
}
steep = {name: slopes_of(*trial) for name, trial in trials.items()}
for name, slopes in steep.items():
    print(f"{name:28}" + ", ".join(f"{slope:.2e}" for slope in slopes))

# %% [markdown]
# By what factor has the slope grown, once the batch has shrunk to a hundredth?

# %%
times = {name: slopes[2] / slopes[0] for name, slopes in steep.items()}
assert np.isclose(times["without batch normalisation"], 1, rtol=1e-3) and times["with batch normalisation"] > 5
assert 1 < times["the dissertation's"] < 2

# %% [markdown]
# Without normalisation the slope is a property of the weights, as it must be. With it, the layer divides by the
# spread of whatever batch it sees, and the smaller the spread, the steeper the critic: the fence can open just where
# it is needed. That was our guess at why the losses on flowers ran away, and it does not hold: with the
# dissertation's own critic the effect is less than twofold, for behind so narrow a fence a batch that shrinks soon
# spreads less than $\varepsilon$, and then the division hardly depends on it. The dissertation does not say what the
# cause was. No Wasserstein critic of this book's laptop recipes has batch normalisation.
#
# **A critic that knows one thing.** Ours had no normalisation at all at first, and on larger images it failed in a
# way of its own. As long as generated images are too bright or too dark, every weight is pushed to the same side of
# the fence. What does a critic know whose weights have all arrived there?

# %%
images = to_float(portraits[:256])
brightness, knows = images.mean(axis=(1, 2, 3)), {}
for kind, normalise in (("plain", False), ("layer normalisation", True)):
    critic = convolutional.discriminator((32, 32, 3), width=16, group_size=None, normalise=normalise)
    for weight in critic.trainable_variables:
        weight.assign(tf.fill(weight.shape, 0.03))
    knows[kind] = np.corrcoef(critic(images).numpy()[:, 0], brightness)[0, 1]
    print(f"{kind}: its value and the brightness of a portrait are correlated by {knows[kind]:.2f}")
assert knows["plain"] > 0.8 > 0.5 > abs(knows["layer normalisation"])

# %% [markdown]
# How bright the image is, and little else. To such a critic all images of the right brightness are equal, and our
# generator painted one and the same pattern for every $z$. A layer normalisation looks at each image by itself and
# takes its brightness out of the sum. With it, and with $c = 0.03$ in place of 0.01, samples at 64×64 went on
# differing from each other. So the recipe `wgan` has both.
#
# **A number in a unit of its own.** Plot the estimates of three fences in one figure, and you see only the largest.
# Never compare two clipped critics, nor one critic before and after $c$ was changed.
#
# **A fence that makes simple critics.** The one in section 9 knows a head from a heap; in the quick profile it still
# takes both eyes for a single bar. More sand, more units and more patience help a little. What helps a lot is a fence
# around the slope instead of around the weights: chapter 09.
#
# ## Recap
#
# - To a divergence, distributions that do not touch are all equally different; to the earth mover they are not.
# - On a line the earth mover's distance is the area between two staircases; elsewhere it is a linear program.
# - The best price list that is nowhere steeper than 1 earns what the best plan costs. A critic is a network that
#   guesses it.
# - Clipping bounds the slope by bounding the weights. They gather at the fence, the estimate gets a unit of its own,
#   and gradients vanish or explode with depth.
# - Once the critic has woken up, its estimate falls when the samples improve, as long as nothing else changes, the
#   learning rates included.
#
# ## Exercises
#
# [The workbook](exercises/08_wgan.ipynb) has five: earth on a line; a plan that does not deliver; prices too steep; a
# fence that spares statistics; and how steep a clipped layer can be.
#
# ## Sources and further reading
#
# - T.-Y. Chen, *Synthesising Images by Imagination*, MSc dissertation, University of Strathclyde, 2019, §2.2.3, §3.1.3,
#   §4.1.3, §4.2.3, §4.3.3, §5.1.3; figures 2-7, 2-8, 4-7, 4-15, 4-24, 4-25, 4-39, 4-45; tables 4-2, 4-4, 4-6.
# - M. Arjovsky, S. Chintala, L. Bottou, [Wasserstein GAN](https://arxiv.org/abs/1701.07875), 2017.
# - M. Arjovsky, L. Bottou, [Towards Principled Methods for Training Generative Adversarial
#   Networks](https://arxiv.org/abs/1701.04862), 2017.
# - I. Gulrajani et al., [Improved Training of Wasserstein GANs](https://arxiv.org/abs/1704.00028), 2017, section 3.
# - L. Kantorovich, G. Rubinstein, *On a space of completely additive functions*, 1958. C. Villani, *Optimal Transport:
#   Old and New*, 2009, chapter 5.
# - G. Peyré, M. Cuturi, [Computational Optimal Transport](https://arxiv.org/abs/1803.00567), 2019.
