"""A generator that has learned, as it is kept in one small file."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Mapping

import keras
import numpy as np

from facegen_lib.data.images import to_uint8
from facegen_lib.errors import FacegenError


def draw_latents(count: int, latent_dim: int, seed: int = 0) -> np.ndarray:
    """Latent vectors, standard normal, float32 (count, latent_dim); the first n do not depend on `count`."""
    return np.random.default_rng(seed).standard_normal((count, latent_dim), dtype="float32")


def images_from(generator: keras.Model, z: np.ndarray, batch_size: int = 64) -> np.ndarray:
    """Latent vectors (N, latent_dim) to uint8 (N, H, W, C), a batch at a time, in inference mode."""
    starts = range(0, len(z), batch_size)
    return np.concatenate([to_uint8(generator(z[start : start + batch_size], training=False)) for start in starts])


@dataclasses.dataclass(frozen=True)
class TrainedGenerator:
    """A generator with its name and its history in a few words.

    Attributes:
        name: e.g. `"dcgan-utkface"`.
        generator: the Keras model, (N, latent_dim) → float32 (N, H, W, C) in [-1, 1].
        about: recipe, data, steps, minutes, machine, …: where it comes from.
    """

    name: str
    generator: keras.Model
    about: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def latent_dim(self) -> int:
        """Numbers in a latent vector."""
        return self.generator.input_shape[-1]

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """The first `count` images of a seed, unselected: uint8 (count, H, W, C)."""
        return self.decode(draw_latents(count, self.latent_dim, seed))

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Latent vectors of your choice, float (N, latent_dim), to uint8 (N, H, W, C)."""
        return images_from(self.generator, np.asarray(z, dtype="float32"))

    def write(self, file) -> None:
        """Architecture, float16 weights and history to an open binary file (.npz)."""
        weights = {str(number): weight.astype("float16") for number, weight in enumerate(self.generator.get_weights())}
        facts = {"name": self.name, "about": dict(self.about), "architecture": self.architecture()}
        np.savez_compressed(file, facts=json.dumps(facts), **weights)

    def architecture(self) -> str:
        """The network as JSON, its layers in float32 whatever they were trained in."""
        plain = keras.models.clone_model(self.generator, clone_function=in_float32)
        return plain.to_json()

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
        except (OSError, ValueError, KeyError) as error:
            raise FacegenError(f"{path} is not a trained generator ({error}).") from None
        generator = keras.models.model_from_json(facts["architecture"])
        generator.set_weights(weights)
        return cls(facts["name"], generator, facts["about"])


def in_float32(layer: keras.layers.Layer) -> keras.layers.Layer:
    """The same layer without its weights, computing in float32."""
    return type(layer).from_config({**layer.get_config(), "dtype": "float32"})
