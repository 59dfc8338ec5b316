"""What can be wrong with pictures, by degrees. It teaches the shipped extractor, and every metric is tried on it.

A damage takes uint8 images (N, H, W, C), a strength in [0, 1] at which 0 changes nothing, and a random generator; it
returns uint8 images of the same shape. `DAMAGES` hurt each picture; `duplicates` and `missing_modes` leave each
picture whole and make the set poorer.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Damage = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]


def noise(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Independent Gaussian noise on every value, standard deviation up to a quarter of the range."""
    return _bytes(images + 64 * strength * rng.standard_normal(images.shape, dtype="float32"))


def blur(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """A Gaussian blur, standard deviation up to a sixteenth of the height."""
    from scipy.ndimage import gaussian_filter

    sigma = strength * images.shape[1] / 16
    return _bytes(gaussian_filter(images.astype("float32"), (0, sigma, sigma, 0), mode="nearest"))


def blocks(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Cells an eighth of the height across fade into their mean colour."""
    height, width = images.shape[1:3]
    cell = max(height // 8, 1)
    means = np.add.reduceat(images.astype("float32"), np.arange(0, height, cell), axis=1)
    means = np.add.reduceat(means, np.arange(0, width, cell), axis=2)
    rows, columns = np.arange(height) // cell, np.arange(width) // cell
    sizes = np.bincount(rows)[:, None] * np.bincount(columns)
    mosaic = (means / sizes[None, :, :, None])[:, rows][:, :, columns]
    return _bytes((1 - strength) * images + strength * mosaic)


def checkerboard(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Every other pixel brighter, the rest darker, by up to 40: what a transposed convolution leaves behind."""
    height, width = images.shape[1:3]
    pattern = (np.add.outer(np.arange(height), np.arange(width)) % 2) * 2.0 - 1
    return _bytes(images + 40 * strength * pattern[:, :, None])


def saturation(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Contrast up to four times too high: light and dark parts clip."""
    return _bytes((images - np.float32(127.5)) * (1 + 3 * strength) + 127.5)


def fading(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Contrast down to a fifth: everything turns grey."""
    return _bytes((images - np.float32(127.5)) * (1 - 0.8 * strength) + 127.5)


def ghosts(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Another picture of the set shines through, up to half and half."""
    others = np.roll(images, 1 + int(rng.integers(max(len(images) - 1, 1))), axis=0)
    return _bytes((1 - strength / 2) * images.astype("float32") + strength / 2 * others)


def duplicates(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Fewer different pictures, each repeated: one in fifty is left at strength 1."""
    distinct = max(round(len(images) * (1 - 0.98 * strength)), 1)
    return images[rng.permutation(len(images))][np.arange(len(images)) % distinct]


def missing_modes(modes: np.ndarray) -> Damage:
    """A loss for a labelled set: kinds of picture are left out, the last ones first, until one kind is left.

    Args:
        modes: the kind of each picture, (N,), e.g. the hair colour of each portrait.

    Returns:
        A function of images, strength and random generator, like the other damages; the images must be those of
        `modes`.
    """
    kinds = np.unique(modes)

    def leave_out(images: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
        kept = kinds[: max(round(len(kinds) * (1 - strength)), 1)]
        candidates = np.flatnonzero(np.isin(modes, kept))
        return images[np.resize(rng.permutation(candidates), len(images))]

    return leave_out


DAMAGES: dict[str, Damage] = {
    damage.__name__: damage for damage in (noise, blur, blocks, checkerboard, saturation, fading, ghosts)
}


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.rint(values).clip(0, 255).astype("uint8")
