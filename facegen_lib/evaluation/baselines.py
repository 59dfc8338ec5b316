"""Generators to beat. Whatever a number says of a model, say first what it says of these."""

from __future__ import annotations

import numpy as np

from facegen_lib.data import ImageSet, to_float, to_uint8
from facegen_lib.data.images import evenly_spaced


class RandomGenerator:
    """Every value of every pixel at random: the random generator of Patel's capstone (2017, Benchmark 1).

    Args:
        image_shape: (height, width, channels).
    """

    def __init__(self, image_shape: tuple[int, int, int]):
        self.image_shape = image_shape

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """uint8 (count, height, width, channels), uniform in [0, 255]."""
        return np.random.default_rng(seed).integers(0, 256, (count, *self.image_shape), dtype="uint8")


class Copier:
    """A perfect memory: its pictures are training pictures, drawn with repetition. Only memorisation finds it out.

    Args:
        image_set: what it remembers.
    """

    def __init__(self, image_set: ImageSet):
        self.image_set = image_set

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """uint8 (count, height, width, channels)."""
        return self.image_set.images[np.random.default_rng(seed).integers(len(self.image_set), size=count)]


class Averager:
    """Means of a few training pictures: blurred, plausible, and of little variety, like an early autoencoder.

    Args:
        image_set: what it averages.
        among: how many pictures go into each mean.
    """

    def __init__(self, image_set: ImageSet, among: int = 4):
        self.image_set, self.among = image_set, among

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """uint8 (count, height, width, channels)."""
        chosen = np.random.default_rng(seed).integers(len(self.image_set), size=(count, self.among))
        return np.stack([np.rint(self.image_set.images[row].mean(axis=0)).astype("uint8") for row in chosen])


class Eigenfaces:
    """All pixels as one normal distribution, along the directions in which the pictures vary most.

    A picture is a mean face plus a random amount of each principal component (Sirovich and Kirby, 1987; Turk and
    Pentland, 1991): a generator without a network, for which latent vectors are standard normal, too.

    Args:
        image_set: what it is fitted to; evenly spaced images where there are more than `most`.
        components: principal components kept, 128 like the numbers in a latent vector of the book's networks; at most
            one fewer than there are images.
        most: images that it is fitted to.
    """

    def __init__(self, image_set: ImageSet, components: int = 128, most: int = 5_000):
        from sklearn.decomposition import PCA

        pixels = to_float(evenly_spaced(image_set.images, most))
        self.image_shape = pixels.shape[1:]
        self.pca = PCA(min(components, len(pixels) - 1), svd_solver="randomized", random_state=0)
        self.pca.fit(pixels.reshape(len(pixels), -1))

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """uint8 (count, height, width, channels)."""
        from facegen_lib.models.generator import draw_latents  # here: it brings Keras along

        spread = np.sqrt(self.pca.explained_variance_)
        z = draw_latents(count, len(spread), seed)
        return to_uint8(self.pca.inverse_transform(z * spread)).reshape(count, *self.image_shape)
