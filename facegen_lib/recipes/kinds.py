"""What a configuration holds, for each kind of model, and what it is made of."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import numbers
from collections.abc import Callable, Iterator

import keras

from facegen_lib import objectives
from facegen_lib.data.images import ImageSet
from facegen_lib.errors import FacegenError
from facegen_lib.models.gan import GAN
from facegen_lib.models.vae import VAE
from facegen_lib.models.views import View
from facegen_lib.networks import copy_of
from facegen_lib.recipes.architecture import architecture_hash

ImageShape = tuple[int, int, int]
Maker = functools.partial  # makes a recipe when told its name, scale, image shape, precision and seed


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """A named, cited configuration, its networks built and ready to train. What all kinds of model have in common.

    Attributes:
        name: as in `facegen train NAME`.
        scale: `"source"` (exactly the cited layers) or `"laptop"` (narrowed for two CPU cores).
        source: what it follows, and where it departs from it.
        image_shape: (height, width, channels).
        generator: (N, latent_dim) → float32 (N, H, W, C) in [-1, 1].
        batch_size: real images per update.
        decay: share of the run, at its end, in which the learning rates fall linearly to zero.
        precision: Keras's dtype policy of the hidden layers.
        seed: of the initial weights, the order of the images and all noise.
    """

    name: str
    scale: str
    source: str
    image_shape: ImageShape
    generator: keras.Model
    batch_size: int
    decay: float = 0.0
    precision: str = "float32"
    seed: int = 0

    @property
    def latent_dim(self) -> int:
        """Numbers in a latent vector."""
        return self.generator.input_shape[-1]

    def model(self) -> keras.Model:
        """The compiled model of this recipe. It trains copies of the networks: a recipe can be used again."""
        raise NotImplementedError

    def copies(self, *networks: keras.Model) -> list[keras.Model]:
        """The same layers and weights once more. What is random in them, such as dropout, depends on `seed` alone."""
        keras.utils.set_random_seed(self.seed)
        return [copy_of(network) for network in networks]

    def check(self, faces: ImageSet) -> None:
        """Whether a run can learn from these images.

        Raises:
            FacegenError: they are no image set, or of another size.
        """
        if not isinstance(faces, ImageSet):
            raise FacegenError(
                f"A run learns from an image set, got {type(faces).__name__}. `fg.load` gives one, and "
                '`fg.ImageSet("mine", pixels)` makes one of a uint8 array (N, height, width, 1 or 3).'
            )
        if faces.image_shape != self.image_shape:
            here, there = ("×".join(map(str, shape)) for shape in (self.image_shape, faces.image_shape))
            raise FacegenError(
                f"This recipe is for images of {here}, and those of {faces.name} are {there}. Load them in another "
                f'size, or make a recipe for them: `fg.recipe("{self.name}", faces)`.'
            )

    def describe(self) -> dict:
        """Its source, and everything that decides what it does, as plain values for a run's config.json."""
        return {
            "name": self.name,
            "scale": self.scale,
            "source": self.source,
            "image_shape": list(self.image_shape),
            "latent_dim": self.latent_dim,
            "generator_parameters": self.generator.count_params(),
            "generator_layers": architecture_hash(self.generator),
            "batch_size": self.batch_size,
            "decay": self.decay,
            "precision": self.precision,
            "seed": self.seed,
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class GANRecipe(Recipe):
    """Two networks and a game.

    Attributes:
        discriminator: (N, H, W, C) → float32 logits (N, 1).
        objective: the game.
        generator_optimizer: called for a fresh optimizer.
        discriminator_optimizer: called for a fresh optimizer.
        ema_half_life: of the generator's moving average, in images.
        view: what the discriminator sees of an image; None: the image itself.
    """

    discriminator: keras.Model
    objective: objectives.Objective
    generator_optimizer: Callable[[], keras.optimizers.Optimizer]
    discriminator_optimizer: Callable[[], keras.optimizers.Optimizer]
    ema_half_life: float = 10_000
    view: View | None = None

    def model(self) -> GAN:
        generator, discriminator = self.copies(self.generator, self.discriminator)
        gan = GAN(generator, discriminator, self.objective, self.ema_half_life, self.seed, self.view)
        gan.compile(self.generator_optimizer(), self.discriminator_optimizer())
        return gan

    def describe(self) -> dict:
        return super().describe() | {
            "discriminator_parameters": self.discriminator.count_params(),
            "discriminator_layers": architecture_hash(self.discriminator),
            "objective": self.objective.describe(),
            "generator_optimizer": plain_config(self.generator_optimizer()),
            "discriminator_optimizer": plain_config(self.discriminator_optimizer()),
            "ema_half_life": self.ema_half_life,
            "view": self.view and self.view.describe(),
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class VAERecipe(Recipe):
    """A bottleneck; the generator is its decoder.

    Attributes:
        encoder: (N, H, W, C) → mean and log-variance of the code, two (N, latent_dim).
        optimizer: called for a fresh optimizer.
        noise, beta, warm_up: of `VAE`.
    """

    encoder: keras.Model
    optimizer: Callable[[], keras.optimizers.Optimizer]
    noise: float = 0.5**0.5
    beta: float = 1.0
    warm_up: int = 0

    def model(self) -> VAE:
        encoder, generator = self.copies(self.encoder, self.generator)
        vae = VAE(encoder, generator, self.noise, self.beta, self.warm_up, self.seed)
        vae.compile(self.optimizer())
        return vae

    def describe(self) -> dict:
        return super().describe() | {
            "encoder_parameters": self.encoder.count_params(),
            "encoder_layers": architecture_hash(self.encoder),
            "optimizer": plain_config(self.optimizer()),
            "noise": self.noise,
            "beta": self.beta,
            "warm_up": self.warm_up,
        }


def plain_config(optimizer: keras.optimizers.Optimizer) -> dict:
    """An optimizer's name and settings, rounded to what was typed (float32 keeps 2e-4 as 0.000199999995)."""
    config = optimizer.get_config() | {"name": type(optimizer).__name__}
    numeric = {key for key, value in config.items() if isinstance(value, numbers.Real) and not isinstance(value, bool)}
    return {key: float(f"{value:.6g}") if key in numeric else value for key, value in config.items()}


@contextlib.contextmanager
def dtype_policy(precision: str) -> Iterator[None]:
    """Builds the layers inside with another dtype policy, then puts the old one back."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def adam(learning_rate: float, beta_1: float, beta_2: float = 0.999) -> Callable[[], keras.optimizers.Adam]:
    """A maker of Adam optimizers with these numbers."""
    return lambda: keras.optimizers.Adam(learning_rate, beta_1=beta_1, beta_2=beta_2)


def rmsprop(learning_rate: float) -> Callable[[], keras.optimizers.RMSprop]:
    """A maker of RMSprop optimizers with this learning rate."""
    return lambda: keras.optimizers.RMSprop(learning_rate)
