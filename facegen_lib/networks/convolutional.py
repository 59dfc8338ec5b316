"""Convolutional generators and discriminators in the manner of DCGAN (Radford et al., 2016, section 3).

Images grow and shrink by strides, not by pooling; a 4×4 kernel with stride 2 covers every pixel equally often, so that
transposed convolutions leave fewer checkerboards than odd kernels do.
"""

from collections.abc import Sequence

import keras
from keras import layers

from facegen_lib.errors import FacegenError
from facegen_lib.networks.layers import MinibatchStd


def sizes(image_shape: tuple[int, int, int], smallest: int = 4) -> list[tuple[int, int]]:
    """Height and width from level to level, the image's first: halved and rounded up, but never below `smallest`.

    `sizes((28, 28, 1))` is `[(28, 28), (14, 14), (7, 7), (4, 4)]`.

    Raises:
        FacegenError: the image is so small that it cannot be halved even once, or `smallest` is below 2.
    """
    if smallest < 2:
        raise FacegenError(
            f"One pixel, halved and rounded up, is one pixel again: images are halved down to 2 pixels or more, not to "
            f"smallest={smallest}. Give smallest=2 or more."
        )
    height, width, _ = image_shape
    levels = [(height, width)]
    while min(halved := tuple((side + 1) // 2 for side in levels[-1])) >= smallest:
        levels.append(halved)
    if len(levels) == 1:
        raise FacegenError(
            f"A convolutional network halves its images, and {height}×{width} cannot be halved to {smallest} pixels or "
            f"more. Give it images of at least {2 * smallest - 1} pixels each way."
        )
    return levels


def doubled(x, size: tuple[int, int], filters: int, **settings):
    """A transposed convolution to twice the height and width, less the last row and column where `size` is odd."""
    x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", **settings)(x)
    surplus = [(0, side - wanted) for side, wanted in zip(x.shape[1:3], size, strict=True)]
    return layers.Cropping2D(surplus)(x) if any(last for _, last in surplus) else x


def generator(
    image_shape: tuple[int, int, int], latent_dim: int = 128, width: int = 32, hidden: Sequence[int] = ()
) -> keras.Model:
    """Noise to images: dense, then transposed convolutions that double the size, batch normalisation and ReLU between.

    Args:
        image_shape: (height, width, channels) of the images made.
        latent_dim: numbers in a latent vector.
        width: channels of the last hidden layer; every layer before it has twice as many, up to 8 × width.
        hidden: units of dense layers between noise and maps. DCGAN has none, InfoGAN one for digits (Chen et al.,
            2016, appendix C.1), StyleGAN eight (Karras et al., 2019, section 2).

    Returns:
        a model (N, latent_dim) → (N, H, W, C), float32 in [-1, 1] (tanh).
    """
    *larger, base = sizes(image_shape)
    widths = [width * min(2**level, 8) for level in reversed(range(len(larger)))]

    x = z = keras.Input((latent_dim,), name="z")
    for units in hidden:
        x = layers.Dense(units, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dense(base[0] * base[1] * widths[0], use_bias=False, name="project")(x)
    x = layers.Reshape((*base, widths[0]))(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    for filters, size in zip(widths[1:], reversed(larger[1:]), strict=True):
        x = doubled(x, size, filters, use_bias=False)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = doubled(x, larger[0], image_shape[-1], name="paint")
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def discriminator(
    image_shape: tuple[int, int, int],
    width: int = 32,
    group_size: int | None = 8,
    normalise: bool = False,
    hidden: Sequence[int] = (),
) -> keras.Model:
    """Images to logits: convolutions that halve the size, leaky ReLU between, no batch normalisation.

    After the last convolution the spread of the batch is appended (`MinibatchStd`), so that sameness can be seen.

    Args:
        image_shape: (height, width, channels) of the images judged, values in [-1, 1].
        width: channels of the first layer; every layer after it has twice as many, up to 8 × width.
        group_size: images compared with each other for their spread; None leaves the spread out.
        normalise: layer normalisation (Ba et al., 2016) after each convolution but the first: every image by itself.
        hidden: units of dense layers before the last, which put together what the convolutions saw apart.

    Returns:
        a model (N, H, W, C) → (N, 1), float32 logits: positive for "real".
    """
    images = keras.Input(image_shape, name="images")
    x = images
    for level in range(len(sizes(image_shape)) - 1):
        x = layers.Conv2D(width * min(2**level, 8), 4, strides=2, padding="same")(x)
        if normalise and level > 0:
            x = layers.GroupNormalization(groups=1)(x)  # one group: all channels and places of an image
        x = layers.LeakyReLU(0.2)(x)
    if group_size:
        x = MinibatchStd(group_size)(x)
    x = layers.Flatten()(x)
    for units in hidden:
        x = layers.LeakyReLU(0.2)(layers.Dense(units)(x))
    logits = layers.Dense(1, dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")
