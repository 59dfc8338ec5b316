"""Adversarial games, one small class each: what the discriminator minimises, what the generator minimises.

Logits are D's raw outputs, float32 (N, 1), positive for "real"; σ is the logistic function. A Wasserstein critic's
outputs are no logits but values, written f.
"""

from __future__ import annotations

import keras
from keras import ops


class Objective:
    """A game between two networks. Subclasses fill in the losses and, if they have one, the penalty or constraint.

    Attributes:
        critic_steps: discriminator updates per generator update; each sees its own real batch.
        SCORES: what `scores` returns, in the order of a history's columns.
        seeds: randomness of the game, part of a run's state.
    """

    critic_steps = 1
    SCORES = ("real_value", "fake_value")

    def __init__(self):
        self.seeds = keras.random.SeedGenerator(0)

    def discriminator_loss(self, real_logits, fake_logits):
        """Scalar that the discriminator minimises, from logits (N, 1) of a real and of a generated batch."""
        raise NotImplementedError

    def generator_loss(self, real_logits, fake_logits):
        """Scalar that the generator minimises, from the same two sets of logits."""
        raise NotImplementedError

    def penalty(self, discriminator: keras.Model, real_images, fake_images):
        """Scalar added to the discriminator's loss; gradient penalties live here."""
        return 0.0

    def constrain(self, discriminator: keras.Model) -> None:
        """Called after each discriminator update; weight clipping lives here."""

    def scores(self, real_logits, fake_logits) -> dict:
        """What a history keeps of the discriminator's opinion: its mean output for real and for generated images."""
        return {"real_value": ops.mean(real_logits), "fake_value": ops.mean(fake_logits)}

    def describe(self) -> dict:
        """The game's name and numbers, as they stand in a run's config.json."""
        numbers = {name: value for name, value in vars(self).items() if isinstance(value, int | float | None)}
        return {"name": type(self).__name__, "critic_steps": self.critic_steps, **numbers}


def squared_gradient_norm(discriminator: keras.Model, images):
    """‖∇ₓD(x)‖² for each image: float32 (N,), from images (N, H, W, C)."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = discriminator(images, training=True)
    gradient = tape.gradient(logits, images)
    return ops.sum(ops.square(gradient), axis=tuple(range(1, len(gradient.shape))))


class Logistic(Objective):
    """Games in which σ(D(x)) is the probability that x is real; a history keeps its means and how often D is right."""

    SCORES = ("real_score", "fake_score", "accuracy")

    def scores(self, real_logits, fake_logits):
        right = ops.concatenate([real_logits > 0, fake_logits < 0])
        return {
            "real_score": ops.mean(ops.sigmoid(real_logits)),
            "fake_score": ops.mean(ops.sigmoid(fake_logits)),
            "accuracy": ops.mean(ops.cast(right, "float32")),
        }


class Minimax(Logistic):
    """The game as it was first written down, a zero-sum one (Goodfellow et al., 2014, eq. 1).

    discriminator  −E log σ(D(x)) − E log(1 − σ(D(G(z))))
    generator      E log(1 − σ(D(G(z))))

    log(1 − σ(a)) is written −softplus(a). Its slope at a is −σ(a): the surer the discriminator is that an image is
    generated, the less the generator hears.
    """

    def discriminator_loss(self, real_logits, fake_logits):
        return ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))

    def generator_loss(self, real_logits, fake_logits):
        return -ops.mean(ops.softplus(fake_logits))


class NonSaturating(Logistic):
    """The logistic game with the generator's loss that does not saturate (Goodfellow et al., 2014, section 3).

    discriminator  −E log σ(D(x)) − E log(1 − σ(D(G(z))))
    generator      −E log σ(D(G(z)))
    penalty        r1/2 · E ‖∇ₓD(x)‖²   on real images (Mescheder et al., 2018, eq. 9)

    −log σ(a) is written softplus(−a), which neither overflows nor loses digits.

    Args:
        r1: weight of the penalty; 0 leaves it out.
        penalised: how many images of a batch the penalty is a mean over; None: all. Fewer cost less, and the mean stays
            right on average. (Karras et al., 2020, section 3.1, save as much by a penalty in every 16th step alone.)
    """

    def __init__(self, r1: float = 0.0, penalised: int | None = None):
        super().__init__()
        self.r1 = r1
        self.penalised = penalised

    def discriminator_loss(self, real_logits, fake_logits):
        return ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))

    def generator_loss(self, real_logits, fake_logits):
        return ops.mean(ops.softplus(-fake_logits))

    def penalty(self, discriminator, real_images, fake_images):
        if self.r1 == 0:
            return 0.0
        return self.r1 / 2 * ops.mean(squared_gradient_norm(discriminator, real_images[: self.penalised]))


class SoftLabels(NonSaturating):
    """The logistic game with labels that are not quite 1 and 0 (Salimans et al., 2016, section 3.4).

    discriminator  E[ y·softplus(−D(x)) + (1 − y)·softplus(D(x)) ], and the same with y' on G(z)

    y = real + u and y' = fake + u', with u, u' ~ U[−noise, noise] anew for each image, cut to [0, 1]: a label above 1
    would make the loss unbounded below. FaceGen (de Cid et al., 2019, section 3.3) has labels such as 0.9 and 0.022.

    Args:
        real: label of real images, in [0, 1].
        fake: label of generated images, in [0, 1].
        noise: half the width of the labels' uniform noise.
    """

    def __init__(self, real: float = 0.9, fake: float = 0.0, noise: float = 0.0):
        super().__init__()
        self.real = real
        self.fake = fake
        self.noise = noise

    def discriminator_loss(self, real_logits, fake_logits):
        return self.cross_entropy(real_logits, self.real) + self.cross_entropy(fake_logits, self.fake)

    def cross_entropy(self, logits, label: float):
        """Mean of −y log σ(a) − (1 − y) log(1 − σ(a)) over logits a, with noisy labels y."""
        shifts = keras.random.uniform(ops.shape(logits), -1.0, 1.0, seed=self.seeds)
        labels = ops.clip(label + self.noise * shifts, 0.0, 1.0)
        return ops.mean(labels * ops.softplus(-logits) + (1 - labels) * ops.softplus(logits))


class LeastSquares(Objective):
    """Least squares in place of the logarithm (Mao et al., 2017, eq. 9): an image far on the right side still counts.

    discriminator  ½E (D(x) − 1)² + ½E D(G(z))²
    generator      ½E (D(G(z)) − 1)²
    """

    def discriminator_loss(self, real_logits, fake_logits):
        return ops.mean(ops.square(real_logits - 1)) / 2 + ops.mean(ops.square(fake_logits)) / 2

    def generator_loss(self, real_logits, fake_logits):
        return ops.mean(ops.square(fake_logits - 1)) / 2


class Hinge(Objective):
    """A margin: what is right by 1 or more teaches nothing (Lim and Ye, 2017; Miyato et al., 2018, eqs. 16 and 17).

    discriminator  E max(0, 1 − D(x)) + E max(0, 1 + D(G(z)))
    generator      −E D(G(z))
    """

    def discriminator_loss(self, real_logits, fake_logits):
        return ops.mean(ops.relu(1 - real_logits)) + ops.mean(ops.relu(1 + fake_logits))

    def generator_loss(self, real_logits, fake_logits):
        return -ops.mean(fake_logits)


class Wasserstein(Objective):
    """Wasserstein game, the critic fenced in by clipping its weights (Arjovsky et al., 2017, algorithm 1).

    critic     E f(G(z)) − E f(x),   then w ← min(max(w, −c), c) for every weight w
    generator  −E f(G(z))

    Running statistics of a batch normalisation are no weights and stay as they are.

    Args:
        clip: c; the paper and the dissertation (Chen, 2019, section 3.1.3) use 0.01.
        critic_steps: critic updates per generator update; both use 5.
    """

    def __init__(self, clip: float = 0.01, critic_steps: int = 5):
        super().__init__()
        self.clip = clip
        self.critic_steps = critic_steps

    def discriminator_loss(self, real_logits, fake_logits):
        return ops.mean(fake_logits) - ops.mean(real_logits)

    def generator_loss(self, real_logits, fake_logits):
        return -ops.mean(fake_logits)

    def constrain(self, discriminator):
        for weight in discriminator.trainable_variables:
            weight.assign(ops.clip(weight, -self.clip, self.clip))


class WassersteinGP(Objective):
    """Wasserstein game, the critic asked for slope 1 between real and generated images (Gulrajani et al., 2017, eq. 3).

    critic     E f(G(z)) − E f(x) + λ E (‖∇f(x̂)‖ − 1)²,   x̂ = αx + (1 − α)G(z), α ~ U[0, 1] for each image
    generator  −E f(G(z))

    Args:
        weight: λ; the paper uses 10.
        critic_steps: critic updates per generator update; the paper uses 5.
    """

    def __init__(self, weight: float = 10.0, critic_steps: int = 5):
        super().__init__()
        self.weight = weight
        self.critic_steps = critic_steps

    def discriminator_loss(self, real_logits, fake_logits):
        return ops.mean(fake_logits) - ops.mean(real_logits)

    def generator_loss(self, real_logits, fake_logits):
        return -ops.mean(fake_logits)

    def penalty(self, discriminator, real_images, fake_images):
        between = self.between(real_images, fake_images)
        norms = ops.sqrt(squared_gradient_norm(discriminator, between) + 1e-12)  # √ has no slope at 0
        return self.weight * ops.mean(ops.square(norms - 1))

    def between(self, real_images, fake_images):
        """x̂: one random point on the line from each generated image to a real one."""
        one_per_image = (real_images.shape[0],) + (1,) * (len(real_images.shape) - 1)
        alpha = keras.random.uniform(one_per_image, seed=self.seeds)
        return alpha * real_images + (1 - alpha) * fake_images
