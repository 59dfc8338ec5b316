"""An image goes through a bottleneck and comes out again: the plain autoencoder, and the variational one."""

from __future__ import annotations

import math

import keras
import tensorflow as tf
from keras import ops

ACTIVE = 0.01  # variance over images above which the mean of a code counts as active (Burda et al., 2016, section 5.2)


def gaussian_kl(mean: tf.Tensor, log_variance: tf.Tensor) -> tf.Tensor:
    """KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − ln σ² − 1) in nats, number by number (Kingma and Welling, 2013, app. B).

    Args:
        mean, log_variance: float32, any shape.
    """
    return 0.5 * (ops.square(mean) + ops.exp(log_variance) - log_variance - 1)


def reparametrise(mean: tf.Tensor, log_variance: tf.Tensor, epsilon: tf.Tensor) -> tf.Tensor:
    """z = μ + σ ε: a sample of N(μ, σ²) that passes gradients on to μ and σ (Kingma and Welling, 2013, section 2.4)."""
    return mean + ops.exp(0.5 * log_variance) * epsilon


def squared_error(images: tf.Tensor, others: tf.Tensor) -> tf.Tensor:
    """Sum of squared differences of each image: float32 (N,), from two (N, H, W, C)."""
    return ops.sum(ops.square(images - others), axis=(1, 2, 3))


class Autoencoder(keras.Model):
    """Encoder and decoder, trained to give back what came in: minimises the mean of ‖x − x̂‖² over images.

    Args:
        encoder: (N, H, W, C) in [-1, 1] → codes (N, latent_dim).
        decoder: (N, latent_dim) → float32 (N, H, W, C).
    """

    METRICS = ("loss", "squared_error", "gradient")
    batches_per_step = 1

    def __init__(self, encoder: keras.Model, decoder: keras.Model):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.steps_done = self.add_weight(
            shape=(), dtype="int32", initializer="zeros", trainable=False, name="steps_done"
        )

    @property
    def latent_dim(self) -> int:
        """Numbers in a code."""
        return self.decoder.input_shape[-1]

    @property
    def shown_generator(self) -> keras.Model:
        """What is sampled and shipped: the decoder."""
        return self.decoder

    @property
    def optimizers(self) -> tuple[keras.optimizers.Optimizer, ...]:
        """What a run slows down towards its end and stores in its checkpoints."""
        return (self.optimizer,)

    def compile(self, optimizer: keras.optimizers.Optimizer):
        """One optimizer for both networks: they want the same thing."""
        super().compile(optimizer=optimizer)
        optimizer.build(self.trainable_variables)

    def code(self, images, training: bool = False):
        """The code of each image: float32 (N, latent_dim)."""
        return self.encoder(images, training=training)

    def call(self, images, training: bool = False):
        """Reconstructions: float32 (N, H, W, C)."""
        return self.decoder(self.code(images, training=training), training=training)

    def train_step(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """One step.

        Args:
            images: float32 (N, H, W, C) in [-1, 1].

        Returns:
            the scalars of `METRICS`.
        """
        with tf.GradientTape() as tape:
            metrics = self.losses(images)
        variables = self.trainable_variables
        gradients = tape.gradient(metrics["loss"], variables)
        self.optimizer.apply(gradients, variables)
        self.steps_done.assign_add(1)
        return metrics | {"gradient": tf.linalg.global_norm(gradients)}

    def losses(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        """What is minimised, `"loss"`, and beside it the mean squared error of a number of an image; scalars."""
        error = ops.mean(squared_error(images, self(images, training=True)))
        return {"loss": error, "squared_error": error / math.prod(images.shape[1:])}


class VAE(Autoencoder):
    """Variational autoencoder (Kingma and Welling, 2013): minimises −ELBO, the KL weighted by β (Higgins et al., 2017).

    loss   E_q[−log p(x|z)] + β KL(q(z|x) ‖ p(z)),   in nats per image, with one z from q(z|x) = N(μ(x), σ²(x)) each
    prior  p(z) = N(0, I)
    image  p(x|z) = N(x̂(z), noise² I), so that −log p(x|z) = ‖x − x̂‖² / (2 noise²) + D/2 · ln(2π noise²), D numbers

    Args:
        encoder: (N, H, W, C) in [-1, 1] → mean and log-variance of the code, two (N, latent_dim).
        decoder: as for `Autoencoder`.
        noise: standard deviation of the image around its reconstruction, in units of the images. √½ makes the first
            term ‖x − x̂‖² and a constant, the loss of FaceGen.
        beta: β; 1 makes the loss a bound.
        warm_up: steps over which β rises from 0, linearly (Bowman et al., 2016, section 3.1).
        seed: of all noise. The noise of step n is a function of (seed, n) alone.
    """

    METRICS = ("loss", "squared_error", "kl", "beta", "active_codes", "gradient")

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        noise: float = 0.5**0.5,
        beta: float = 1.0,
        warm_up: int = 0,
        seed: int = 0,
    ):
        super().__init__(encoder, decoder)
        self.seed = seed
        self.noise = noise
        self.beta = beta
        self.warm_up = warm_up

    def code(self, images, training: bool = False):
        """The mean of q(z|x): float32 (N, latent_dim)."""
        mean, _ = self.encoder(images, training=training)
        return mean

    def losses(self, images: tf.Tensor) -> dict[str, tf.Tensor]:
        mean, log_variance = self.encoder(images, training=True)
        epsilon = tf.random.stateless_normal(mean.shape, seed=tf.stack([self.seed, self.steps_done.value]))
        reconstructions = self.decoder(reparametrise(mean, log_variance, epsilon), training=True)
        kl = ops.mean(ops.sum(gaussian_kl(mean, log_variance), axis=1))
        beta = self.present_beta()
        return {
            "loss": ops.mean(self.surprise(images, reconstructions)) + beta * kl,
            "squared_error": ops.mean(ops.square(images - reconstructions)),
            "kl": kl,
            "beta": beta,
            "active_codes": ops.sum(ops.cast(ops.var(mean, axis=0) > ACTIVE, "float32")),
        }

    def present_beta(self) -> tf.Tensor:
        """β of the present step: a scalar, 0 at first when there is a warm-up."""
        done = ops.cast(self.steps_done, "float32")
        return self.beta * (ops.minimum(done / self.warm_up, 1.0) if self.warm_up else 1.0)

    def surprise(self, images: tf.Tensor, reconstructions: tf.Tensor) -> tf.Tensor:
        """−log p(x|z) of each image, in nats: float32 (N,)."""
        variance = self.noise**2
        constant = 0.5 * math.prod(images.shape[1:]) * math.log(2 * math.pi * variance)
        return squared_error(images, reconstructions) / (2 * variance) + constant

    def elbo(self, images: tf.Tensor, draws: int = 1, seed: int = 0) -> tf.Tensor:
        """The evidence lower bound of each image, in nats, β = 1 and in inference mode: float32 (N,).

        Args:
            images: float32 (N, H, W, C) in [-1, 1].
            draws: samples of z per image, whose mean is taken.
            seed: of the samples.
        """
        mean, log_variance = self.encoder(images, training=False)
        surprise = 0.0
        for number in range(draws):
            epsilon = tf.random.stateless_normal(mean.shape, seed=(seed, number))
            reconstructions = self.decoder(reparametrise(mean, log_variance, epsilon), training=False)
            surprise += self.surprise(images, reconstructions) / draws
        return -surprise - ops.sum(gaussian_kl(mean, log_variance), axis=1)
