"""A generator that has learned, as it is kept in one small file."""

from __future__ import annotations

import dataclasses
import json
import numbers
import pathlib
from collections.abc import Mapping

import keras
import numpy as np

from facegen_lib.data.images import to_float, to_uint8
from facegen_lib.errors import FacegenError

BATCH = 64  # images that a network makes or reads at a time


def draw_latents(count: int, latent_dim: int, seed: int = 0) -> np.ndarray:
    """Latent vectors, standard normal, float32 (count, latent_dim); the first n do not depend on `count`.

    Raises:
        FacegenError: there is no such count, 1 or more, or no such seed, 0 or more.
    """
    for what, given, least in (("count", count, 1), ("seed", seed, 0)):
        if not isinstance(given, numbers.Integral) or given < least:
            raise FacegenError(f"{what}={given!r}: a whole number of {least} or more is wanted.")
    return np.random.default_rng(seed).standard_normal((count, latent_dim), dtype="float32")


def images_from(generator: keras.Model, z: np.ndarray) -> np.ndarray:
    """Latent vectors (N, latent_dim) to uint8 (N, H, W, C), a batch at a time, in inference mode."""
    starts = range(0, len(z), BATCH)
    return np.concatenate([to_uint8(generator(z[start : start + BATCH], training=False)) for start in starts])


@dataclasses.dataclass(frozen=True)
class TrainedGenerator:
    """A generator with its name and its history in a few words.

    Attributes:
        name: e.g. `"dcgan-utkface"`.
        generator: the Keras model, (N, latent_dim) → float32 (N, H, W, C) in [-1, 1].
        about: recipe, data, steps, minutes, machine, …: where it comes from.
        encoder: the way back, (N, H, W, C) in [-1, 1] → codes (N, latent_dim), or mean and log-variance of codes; None
            for a generator that cannot read images.
    """

    name: str
    generator: keras.Model
    about: Mapping[str, object] = dataclasses.field(default_factory=dict)
    encoder: keras.Model | None = None

    @property
    def latent_dim(self) -> int:
        """Numbers in a latent vector."""
        return self.generator.input_shape[-1]

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """The first `count` images of a seed, unselected: uint8 (count, H, W, C); raises what `draw_latents` raises."""
        return self.decode(draw_latents(count, self.latent_dim, seed))

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Latent vectors of your choice, float (N, latent_dim), to uint8 (N, H, W, C).

        Raises:
            FacegenError: there is none, or they have another length.
        """
        z = np.asarray(z, dtype="float32")
        if z.ndim != 2 or not len(z) or z.shape[1] != self.latent_dim:
            raise FacegenError(f"{self.name} makes images of latent vectors (N, {self.latent_dim}); got {z.shape}.")
        return images_from(self.generator, z)

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Images, uint8 (N, H, W, C), to the latent vectors that would make them, float32 (N, latent_dim).

        Raises:
            FacegenError: this generator has no encoder, or these are not uint8 images of its size.
        """
        if self.encoder is None:
            raise FacegenError(f"{self.name} cannot read images, only make them. An autoencoder can: see chapter 10.")
        images, wanted = np.asarray(images[:]), self.encoder.input_shape[1:]
        if images.shape[1:] != wanted or images.dtype != np.uint8 or not len(images):
            raise FacegenError(
                f"{self.name} reads uint8 images (N, {', '.join(map(str, wanted))}); got {images.dtype} {images.shape}."
                " `fg.data.to_uint8` turns numbers in [-1, 1] into bytes."
            )
        codes = [self.encoder(to_float(images[start : start + BATCH])) for start in range(0, len(images), BATCH)]
        return np.concatenate([code[0] if isinstance(code, list | tuple) else code for code in codes])

    def write(self, file) -> None:
        """Architectures, float16 weights and history to an open binary file (.npz)."""
        networks = [self.generator] if self.encoder is None else [self.generator, self.encoder]
        weights = [weight.astype("float16") for network in networks for weight in network.get_weights()]
        facts = {"name": self.name, "about": dict(self.about), "architecture": architecture(self.generator)}
        if self.encoder is not None:
            facts["encoder"] = architecture(self.encoder)
        arrays = {str(number): weight for number, weight in enumerate(weights)}
        np.savez_compressed(file, facts=json.dumps(facts), **arrays)

    @classmethod
    def load(cls, path: pathlib.Path) -> TrainedGenerator:
        """Reads a file that `write` wrote.

        Raises:
            FacegenError: there is no such file, or it is no trained generator.
        """
        try:
            with np.load(path) as stored:
                facts = json.loads(str(stored["facts"]))
                weights = [stored[str(number)].astype("float32") for number in range(len(stored.files) - 1)]
        except FileNotFoundError:
            raise FacegenError(f"{path} does not exist. `facegen run list` shows the runs here.") from None
        except Exception as error:  # zip and numpy raise half a dozen kinds on a damaged file
            raise FacegenError(f"{path} is not a trained generator ({error}).") from None
        generator = keras.models.model_from_json(facts["architecture"])
        mine = len(generator.weights)
        generator.set_weights(weights[:mine])
        encoder = None
        if "encoder" in facts:
            encoder = keras.models.model_from_json(facts["encoder"])
            encoder.set_weights(weights[mine:])
        return cls(facts["name"], generator, facts["about"], encoder)


def architecture(network: keras.Model) -> str:
    """A network as JSON, its layers in float32 whatever they were trained in."""
    return keras.models.clone_model(network, clone_function=in_float32).to_json()


def in_float32(layer: keras.layers.Layer) -> keras.layers.Layer:
    """The same layer without its weights, computing in float32."""
    return type(layer).from_config({**layer.get_config(), "dtype": "float32"})
