"""An image set: pixels at rest, what is known about them, and where they came from."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from facegen_lib.errors import FacegenError


def to_float(images: np.ndarray) -> np.ndarray:
    """Bytes to network range: uint8 [0, 255] → float32 [-1, 1], any shape."""
    return images.astype("float32") / 127.5 - 1.0


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Network range to bytes: float [-1, 1] → uint8 [0, 255], any shape; values outside are clipped.

    The mapping is one fixed line for every image, so a dull sample stays dull.
    """
    scaled = (np.asarray(images, dtype="float32") + 1.0) * 127.5
    return np.rint(scaled).clip(0, 255).astype("uint8")


def png(image: np.ndarray) -> bytes:
    """A uint8 image (H, W, 1 or 3) as the bytes of a PNG file, without any metadata."""
    buffer = io.BytesIO()
    Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).save(buffer, "PNG")
    return buffer.getvalue()


# A set is stored in the order of its files, often by age or by class: its first few images are no sample of it.


def some_of(images: np.ndarray, count: int, seed: int | Sequence[int]) -> np.ndarray:
    """At most `count` of the images (N, …), drawn at random."""
    return images[np.random.default_rng(seed).permutation(len(images))[:count]]


def evenly_spaced(images: np.ndarray, count: int) -> np.ndarray:
    """At most `count` of the images (N, …), in their order and evenly spaced."""
    return images[np.linspace(0, len(images) - 1, min(count, len(images))).astype(int)]


def content_hash(images: np.ndarray) -> str:
    """The first 16 hex digits of the sha256 of shape and pixels. Reads the images once, a block at a time."""
    digest = hashlib.sha256(repr(images.shape).encode())
    for start in range(0, len(images), 1024):
        digest.update(np.ascontiguousarray(images[start : start + 1024]).tobytes())
    return digest.hexdigest()[:16]


@dataclasses.dataclass(frozen=True, repr=False)
class ImageSet:
    """Images with their labels and provenance. Slicing, `len` and iteration work as on an array.

    Attributes:
        name: catalogue name, e.g. `"utkface"` or `"folder:~/photos"`.
        images: uint8 (N, H, W, C), height before width, C 1 or 3; memory-mapped when it comes from the cache.
        labels: arrays of length N, e.g. `{"age": int16 (N,)}`; empty when nothing is known.
        names: file name of each image, or an empty sequence for generated ones.
        provenance: publisher, licence, split, how many were skipped and why, …: whatever a run should remember.
        hash: tells one set of pixels from another, 16 hex digits: the cache's own for a set that comes from it, else
            `content_hash`; the two differ for the same pixels.

    Raises:
        FacegenError: the images are not uint8 (N, H, W, 1 or 3), or a label has another length.
    """

    name: str
    images: np.ndarray
    labels: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
    names: Sequence[str] = ()
    provenance: Mapping[str, object] = dataclasses.field(default_factory=dict)
    hash: str = ""

    def __post_init__(self):
        shape = self.images.shape
        if self.images.dtype != np.uint8 or len(shape) != 4 or shape[-1] not in (1, 3):
            raise FacegenError(
                "An image set holds uint8 images of shape (N, height, width, 1 or 3); "
                f"got {self.images.dtype} {shape}. facegen_lib.data.to_uint8 converts floats in [-1, 1]."
            )
        for label, values in self.labels.items():
            if len(values) != len(self.images):
                raise FacegenError(f'Label "{label}" has {len(values)} values for {len(self.images)} images.')
        if not self.hash:
            object.__setattr__(self, "hash", content_hash(self.images))

    def __repr__(self) -> str:
        height, width, channels = self.image_shape
        kind = "colour" if channels == 3 else "grey"
        lines = [f"{self.name}: {len(self):,} {kind} images, {height}×{width}"]
        if self.labels:
            lines.append(f"labels: {', '.join(self.labels)}")
        lines += [f"{key}: {value}" for key, value in self.provenance.items() if value and key not in ("of", "skipped")]
        if skipped := self.provenance.get("skipped"):
            reasons = collections.Counter(reason.partition(" (")[0] for reason in skipped.values())
            lines += [f"skipped {count}: it {reason}" for reason, count in reasons.most_common()]
        return "\n  ".join(lines)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of every image."""
        return self.images.shape[1:]

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index) -> np.ndarray:
        return self.images[index]

    def subset(self, index: np.ndarray | slice) -> ImageSet:
        """The images at `index` (integers, booleans or a slice) as a set of their own, labels and names along."""
        positions = np.arange(len(self))[index]
        return dataclasses.replace(
            self,
            images=self.images[index],
            labels={label: np.asarray(values)[index] for label, values in self.labels.items()},
            names=[self.names[position] for position in positions] if len(self.names) else (),
            hash="",
        )

    def batches(self, batch_size: int, seed: int = 0, start: int = 0, augment=None):
        """Endless shuffled batches: tf.data of float32 (batch_size, H, W, C) in [-1, 1]. See `pipeline.batches`."""
        from facegen_lib.data import pipeline

        return pipeline.batches(self.images, batch_size, seed=seed, start=start, augment=augment)
