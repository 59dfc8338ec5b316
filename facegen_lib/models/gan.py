"""Two networks and the alternation between them. What they play for is an `Objective`'s business."""

from __future__ import annotations

import copy

import keras
import tensorflow as tf
from keras import ops

from facegen_lib.models.views import View
from facegen_lib.networks import copy_of
from facegen_lib.objectives import Objective


class GAN(keras.Model):
    """A generator, a discriminator, and the moving average of the generator that is shown and shipped.

    One step (Goodfellow et al., 2014, algorithm 1) is `objective.critic_steps` discriminator updates, each on its own
    real batch, then one generator update on the last generated batch, then one move of the average.

    Args:
        generator: (N, latent_dim) → float32 (N, H, W, C) in [-1, 1].
        discriminator: (N, H, W, C) → float32 logits (N, 1), positive for "real".
        objective: the game.
        ema_half_life: images after which an old weight counts half in the average; about 11,000 in Karras et al. (2018,
            appendix A). Early in training a twentieth of the images seen, where that is fewer (as in the code of Karras
            et al., 2020, *Limited Data*). 0: no average.
        seed: of all noise. The noise of step n is a function of (seed, n) alone.
        view: what the discriminator sees of an image, real or generated; None: the image itself.
    """

    encoder = None  # a GAN writes images and cannot read them

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        objective: Objective,
        ema_half_life: float = 10_000,
        seed: int = 0,
        view: View | None = None,
    ):
        super().__init__(name="gan")
        self.generator = generator
        self.discriminator = discriminator
        self.objective = copy.copy(objective)  # the same game with dice of its own
        # below 0, where no seed of `noise` lies: from the same seed would come the same numbers
        self.objective.seeds = self.penalty_seeds = keras.random.SeedGenerator(-1 - seed)
        self.ema_half_life = ema_half_life
        self.seed = seed
        self.view = view
        self.averaged_generator = copy_of(generator)
        self.steps_done = self.add_weight(
            shape=(), dtype="int32", initializer="zeros", trainable=False, name="steps_done"
        )

    @property
    def latent_dim(self) -> int:
        """Numbers in a latent vector."""
        return self.generator.input_shape[-1]

    @property
    def METRICS(self) -> tuple[str, ...]:
        """What `train_step` returns, in the order of a history's columns."""
        losses = ("discriminator_loss", "generator_loss", "penalty")
        return (*losses, *self.objective.SCORES, "discriminator_gradient", "generator_gradient")

    @property
    def shown_generator(self) -> keras.Model:
        """What is sampled and shipped: the averaged generator."""
        return self.averaged_generator

    @property
    def batches_per_step(self) -> int:
        """Real batches that one step uses up."""
        return self.objective.critic_steps

    @property
    def optimizers(self) -> tuple[keras.optimizers.Optimizer, ...]:
        """What a run slows down towards its end and stores in its checkpoints."""
        return (self.generator_optimizer, self.discriminator_optimizer)

    def compile(
        self, generator_optimizer: keras.optimizers.Optimizer, discriminator_optimizer: keras.optimizers.Optimizer
    ):
        """Two optimizers, because each keeps moments for the weights of one network only."""
        super().compile()
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer
        generator_optimizer.build(self.generator.trainable_variables)
        discriminator_optimizer.build(self.discriminator.trainable_variables)

    def call(self, z, training: bool = False):
        """Images of the averaged generator, float32 (N, H, W, C) in [-1, 1]."""
        return self.averaged_generator(z, training=training)

    def noise(self, count: int, turn: int) -> tf.Tensor:
        """Latent vectors of critic step `turn` in the present step: standard normal, float32 (count, latent_dim)."""
        turns = self.steps_done * self.objective.critic_steps + turn
        return tf.random.stateless_normal((count, self.latent_dim), seed=tf.stack([self.seed, turns]))

    def train_step(self, real_images: tf.Tensor) -> dict[str, tf.Tensor]:
        """One step.

        Args:
            real_images: float32 (critic_steps × N, H, W, C) in [-1, 1]: one batch for each critic step.

        Returns:
            the scalars of `METRICS`: two losses, the penalty, what the objective keeps of the discriminator's opinion,
            and the norms of both gradients.
        """
        for turn, real_batch in enumerate(ops.split(real_images, self.objective.critic_steps)):
            with tf.GradientTape() as painting:
                fake_images = self.generator(self.noise(real_batch.shape[0], turn), training=True)
            judged, real_logits = self.discriminator_step(real_batch, fake_images)
        painted = self.generator_step(painting, fake_images, real_logits)
        self.steps_done.assign_add(1)
        self.update_average(images=real_batch.shape[0])
        return judged | painted

    def discriminator_step(self, real_images: tf.Tensor, fake_images: tf.Tensor) -> tuple[dict, tf.Tensor]:
        """One update of the discriminator alone, real and generated images in separate passes.

        Returns:
            its metrics, and the logits (N, 1) of the real images.
        """
        real_images, fake_images = self.seen(real_images), self.seen(ops.stop_gradient(fake_images))
        with tf.GradientTape() as tape:
            real_logits = self.discriminator(real_images, training=True)
            fake_logits = self.discriminator(fake_images, training=True)
            loss = self.objective.discriminator_loss(real_logits, fake_logits)
            penalty = self.objective.penalty(self.discriminator, real_images, fake_images)
            total = loss + penalty
        variables = self.discriminator.trainable_variables
        gradients = tape.gradient(total, variables)
        self.discriminator_optimizer.apply(gradients, variables)
        self.objective.constrain(self.discriminator)
        return {
            "discriminator_loss": loss,
            "penalty": penalty,
            **self.objective.scores(real_logits, fake_logits),
            "discriminator_gradient": tf.linalg.global_norm(gradients),
        }, ops.stop_gradient(real_logits)

    def seen(self, images: tf.Tensor) -> tf.Tensor:
        """What the discriminator is shown of these images."""
        if self.view is None:
            return images
        return self.view(images, ops.cast(self.objective.seeds.next(), "int32"), self.steps_done)

    def generator_step(self, painting: tf.GradientTape, fake_images: tf.Tensor, real_logits: tf.Tensor) -> dict:
        """One update of the generator alone, on images that `painting` saw it make.

        The discriminator says how each pixel should change; the tape carries that back to the generator's weights. The
        statistics of any batch normalisation in the discriminator are put back as they were.
        """
        statistics = [ops.copy(variable) for variable in self.discriminator.non_trainable_weights]
        with tf.GradientTape() as judging:
            judging.watch(fake_images)
            fake_logits = self.discriminator(self.seen(fake_images), training=True)
            loss = self.objective.generator_loss(real_logits, fake_logits)
        wanted_change = judging.gradient(loss, fake_images)
        for variable, value in zip(self.discriminator.non_trainable_weights, statistics, strict=True):
            variable.assign(value)
        variables = self.generator.trainable_variables
        gradients = painting.gradient(fake_images, variables, output_gradients=wanted_change)
        self.generator_optimizer.apply(gradients, variables)
        return {"generator_loss": loss, "generator_gradient": tf.linalg.global_norm(gradients)}

    def update_average(self, images: int) -> None:
        """Moves the averaged generator towards the present one; statistics of batch normalisation are copied."""
        seen = ops.cast(self.steps_done * images, "float32")
        half_life = ops.maximum(ops.minimum(float(self.ema_half_life), seen / 20), 1e-6)
        kept = 0.5 ** (images / half_life)
        for average, weight in zip(
            self.averaged_generator.trainable_variables, self.generator.trainable_variables, strict=True
        ):
            average.assign(weight + kept * (average - weight))
        for average, weight in zip(
            self.averaged_generator.non_trainable_weights, self.generator.non_trainable_weights, strict=True
        ):
            average.assign(weight)
