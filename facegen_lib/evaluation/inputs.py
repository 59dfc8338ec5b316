"""What may be measured: uint8 image arrays that could be what their owner thinks they are."""

from __future__ import annotations

import warnings

import numpy as np

from facegen_lib.errors import FacegenError


def check_images(images: np.ndarray, what: str = "images") -> np.ndarray:
    """The images themselves, when they can be measured.

    Args:
        images: should be uint8 (N, H, W, 1 or 3) in [0, 255].
        what: how the message calls them, e.g. `"the generated images"`.

    Raises:
        FacegenError: wrong type, shape or range, no images, or images that are all one colour.

    Warns:
        UserWarning: no pixel is dark, as when floats in [0, 1] were converted as though they were in [-1, 1].
    """
    if np.ndim(images) == 0:
        raise FacegenError(
            f"{what} should be an image set, e.g. of fg.load, or an array (N, height, width, 1 or 3); got {images!r}."
        )
    images = np.asarray(images)
    if images.dtype == object:
        raise FacegenError(f"{what} differ in size. Resize them to one height and width first.")
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise FacegenError(f"{what} should be an array (N, height, width, 1 or 3); got {images.shape}.")
    if images.size == 0:
        raise FacegenError(f"{what}: there are none, the array has shape {images.shape}.")
    if images.dtype != np.uint8:
        low, high = float(images.min()), float(images.max())
        how = "(images * 255).astype('uint8')" if low >= 0 and high <= 1 else "facegen_lib.data.to_uint8(images)"
        raise FacegenError(
            f"{what} should be uint8 in [0, 255]; got {images.dtype} in [{low:.3g}, {high:.3g}]. "
            f"If that is their whole range, {how} converts them."
        )
    darkest, brightest = int(images.min()), int(images.max())
    if darkest == brightest:
        raise FacegenError(f"{what}: every pixel of every image is {darkest}. There is nothing to measure.")
    if brightest <= 1:
        raise FacegenError(f"{what}: no value is above 1. Floats in [0, 1] were cast to uint8; multiply by 255 first.")
    if darkest >= 127:
        warnings.warn(
            f"{what}: the darkest pixel is {darkest}. Were floats in [0, 1] converted as though they were in [-1, 1]? "
            "Then use (images * 255).astype('uint8').",
            stacklevel=3,
        )
    return images


def check_same_size(real_images: np.ndarray, fake_images: np.ndarray) -> None:
    """Raises FacegenError unless both arrays hold images of one height, width and number of channels."""
    if real_images.shape[1:] != fake_images.shape[1:]:
        raise FacegenError(
            f"The real images are {real_images.shape[1:]} and the generated ones {fake_images.shape[1:]}. "
            "Load the image set at the size that the generator makes: fg.load(name, size=…)."
        )
