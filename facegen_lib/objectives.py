"""Adversarial games, one small class each: what the discriminator minimises, what the generator minimises.

Logits are D's raw outputs, float32 (N, 1), positive for "real"; σ is the logistic function.
"""

from __future__ import annotations

import keras
from keras import ops


class Objective:
    """A game between two networks. Subclasses fill in the losses and, if they have one, the penalty or constraint.

    Attributes:
        critic_steps: discriminator updates per generator update; each sees its own real batch.
        penalty_every: the penalty is computed in every so-many-th step and weighted up accordingly.
        seeds: randomness of the penalty, part of a run's state.
    """

    critic_steps = 1
    penalty_every = 1

    def __init__(self):
        self.seeds = keras.random.SeedGenerator(0)

    def discriminator_loss(self, real_logits, fake_logits):
        """Scalar that the discriminator minimises, from logits (N, 1) of a real and of a generated batch."""
        raise NotImplementedError

    def generator_loss(self, real_logits, fake_logits):
        """Scalar that the generator minimises, from the same two sets of logits."""
        raise NotImplementedError

    def penalty(self, discriminator: keras.Model, real_images, fake_images):
        """Scalar added to the discriminator's loss; gradient penalties live here. None: the game has no penalty."""
        return None

    def constrain(self, discriminator: keras.Model) -> None:
        """Called after each discriminator update; weight clipping lives here."""

    def describe(self) -> dict:
        """The game's name and numbers, as they stand in a run's config.json."""
        numbers = {name: value for name, value in vars(self).items() if isinstance(value, int | float)}
        return {"name": type(self).__name__, "critic_steps": self.critic_steps, **numbers}


def squared_gradient_norm(discriminator: keras.Model, images):
    """‖∇ₓD(x)‖² for each image: float32 (N,), from images (N, H, W, C)."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = discriminator(images, training=True)
    gradient = tape.gradient(logits, images)
    return ops.sum(ops.square(gradient), axis=tuple(range(1, len(gradient.shape))))


class NonSaturating(Objective):
    """The logistic game with the generator's loss that does not saturate (Goodfellow et al., 2014, section 3).

    discriminator  −E log σ(D(x)) − E log(1 − σ(D(G(z))))
    generator      −E log σ(D(G(z)))
    penalty        r1/2 · E ‖∇ₓD(x)‖²   on real images (Mescheder et al., 2018, eq. 9), in every `penalty_every`-th step

    −log σ(a) is written softplus(−a), which neither overflows nor loses digits.

    Args:
        r1: weight of the penalty; 0 leaves it out.
        penalty_every: steps from one penalty to the next; Karras et al. (2020) use 16.
    """

    def __init__(self, r1: float = 0.0, penalty_every: int = 1):
        super().__init__()
        self.r1 = r1
        self.penalty_every = penalty_every

    def discriminator_loss(self, real_logits, fake_logits):
        return ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))

    def generator_loss(self, real_logits, fake_logits):
        return ops.mean(ops.softplus(-fake_logits))

    def penalty(self, discriminator, real_images, fake_images):
        if self.r1 == 0:
            return None
        return self.r1 / 2 * ops.mean(squared_gradient_norm(discriminator, real_images))
