"""What a critic's loss says about the distance between real and generated images, and when to believe it.

The dissertation reads both curves from the losses of training (Chen, 2019, figures 4-12, 4-15, 4-30, 4-32, 4-43,
4-45). That critic chases a moving generator, is never the best possible one, and is asked about the images it learns
from. `fresh_critic` trains one against images that stand still, and asks it about images that it has not seen.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from facegen_lib.data import to_float
from facegen_lib.errors import FacegenError


def js_bound(discriminator_loss: np.ndarray) -> np.ndarray:
    """Lower bound of the Jensen–Shannon divergence from a discriminator's loss (Goodfellow et al., 2014, theorem 1).

    JSD ≥ (log 4 − L_D) / 2. The better the discriminator, the tighter; below zero it says nothing; no divergence
    exceeds ln 2.

    Args:
        discriminator_loss: −E log σ(D(x)) − E log(1 − σ(D(G(z)))) in nats, both terms added, not averaged, without
            smoothed labels and without penalty: `history["discriminator_loss"]` of a logistic game. Any shape.

    Returns:
        nats, same shape.
    """
    return (np.log(4) - np.asarray(discriminator_loss)) / 2


def wasserstein_estimate(critic_loss: np.ndarray) -> np.ndarray:
    """The Wasserstein-1 distance as a critic sees it, its negative loss E f(x) − E f(G(z)) (Arjovsky et al., 2017).

    In units of the pixels where a gradient penalty holds the critic near slope 1. Behind clipped weights the slope is
    some other constant: the curve's shape means something, its height does not.

    Args:
        critic_loss: E f(G(z)) − E f(x), without penalty: `history["discriminator_loss"]` of a Wasserstein game. Any
            shape.
    """
    return -np.asarray(critic_loss)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What a freshly trained critic found.

    Attributes:
        seen: the estimate on the images that the critic learned from, one value per check, (checks,).
        unseen: the same on images that it never saw: the honest curve. The distance between the two is what it knows
            by heart.
        steps: the step of each check.
        best: the largest value of `unseen`. Every critic gives a lower bound, so the largest is the tightest, but only
            on average: the largest of ten noisy values lies a little above their mean. And a gradient penalty lets a
            critic slope by up to 1 + W / 2λ: its estimate of the distance W overshoots by that factor.
    """

    seen: np.ndarray
    unseen: np.ndarray
    steps: np.ndarray

    @property
    def best(self) -> float:
        return float(np.max(self.unseen))


def fresh_critic(
    real: np.ndarray,
    fake: np.ndarray,
    game: str = "logistic",
    steps: int = 300,
    batch_size: int = 64,
    seed: int = 0,
    network=None,
) -> Verdict:
    """Train a new critic on half of the images and ask it about the other half.

    Args:
        real, fake: uint8 (N, H, W, C), or float32 (N, …) as the network takes them.
        game: `"logistic"` bounds the Jensen–Shannon divergence in nats, `"wasserstein"` estimates the Wasserstein-1
            distance in units of pixels in [-1, 1] (gradient penalty, λ = 10; Gulrajani et al., 2017).
        steps: updates of the critic, with Adam.
        batch_size: real and generated images in a batch.
        seed: of the halves, the batches and the weights of the default network.
        network: keras.Model to logits (N, 1), trained as it comes; by default four strided convolutions.

    Raises:
        FacegenError: an unknown game, fewer than 2 × batch_size images on either side, or a Wasserstein critic that
            ends on the wrong side: a penalty is also content with slope 1 in the wrong direction.
    """
    import keras
    import tensorflow as tf

    from facegen_lib import objectives

    if game not in ("logistic", "wasserstein"):
        raise FacegenError(f'A critic plays "logistic" or "wasserstein"; got "{game}".')
    if min(len(real), len(fake)) < 2 * batch_size:
        raise FacegenError(
            f"A critic with batches of {batch_size} needs at least {2 * batch_size} images on each side, half of them "
            f"to be asked about; got {len(real)} real and {len(fake)} generated."
        )
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    real, fake = (_numbers(side)[rng.permutation(len(side))] for side in (real, fake))
    (seen_real, unseen_real), (seen_fake, unseen_fake) = (np.array_split(side, 2) for side in (real, fake))
    critic = network or _small_critic(real.shape[1:])
    optimizer = keras.optimizers.Adam(1e-3 if game == "logistic" else 5e-4, beta_1=0.5, beta_2=0.9)
    optimizer.build(critic.trainable_variables)
    objective = objectives.NonSaturating() if game == "logistic" else objectives.WassersteinGP()

    @tf.function(reduce_retracing=True)
    def step(real_batch, fake_batch):
        with tf.GradientTape() as tape:
            loss = objective.discriminator_loss(critic(real_batch, training=True), critic(fake_batch, training=True))
            loss += objective.penalty(critic, real_batch, fake_batch)
        optimizer.apply(tape.gradient(loss, critic.trainable_variables), critic.trainable_variables)

    def estimate(real_side: np.ndarray, fake_side: np.ndarray) -> float:
        real_logits, fake_logits = (_in_parts(critic, side) for side in (real_side, fake_side))
        loss = float(objective.discriminator_loss(real_logits, fake_logits))
        return float(js_bound(loss) if game == "logistic" else wasserstein_estimate(loss))

    checks = sorted({*np.linspace(steps / 10, steps, 10).astype(int)} - {0})
    seen, unseen = [], []
    for number in range(1, steps + 1):
        chosen = rng.integers(len(seen_real), size=batch_size), rng.integers(len(seen_fake), size=batch_size)
        step(seen_real[chosen[0]], seen_fake[chosen[1]])
        if number in checks:
            seen.append(estimate(seen_real[:1000], seen_fake[:1000]))
            unseen.append(estimate(unseen_real[:1000], unseen_fake[:1000]))
    if game == "wasserstein" and seen[-1] < 0:
        raise FacegenError(
            f"The critic leans the wrong way: after {steps} steps it reads {seen[-1]:.3g} on the images that it learned"
            " from, and no distance is negative. Give another seed, a freshly drawn network or more steps."
        )
    return Verdict(np.array(seen), np.array(unseen), np.array(checks))


def _in_parts(critic, images: np.ndarray):
    import tensorflow as tf

    return tf.concat([critic(images[start : start + 256]) for start in range(0, len(images), 256)], axis=0)


def _numbers(images: np.ndarray) -> np.ndarray:
    return to_float(images) if images.dtype == np.uint8 else np.asarray(images, dtype="float32")


def _small_critic(shape: tuple[int, ...]):
    """Strided convolutions, each image judged for itself."""
    import keras
    from keras import layers

    images = keras.Input(shape)
    x = images
    for filters in (16, 32, 64, 64):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(filters, 4, strides=2, padding="same")(x))
    return keras.Model(images, layers.Dense(1)(layers.Flatten()(x)), name="fresh_critic")
