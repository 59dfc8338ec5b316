"""Convolutional generators and discriminators in the manner of DCGAN (Radford et al., 2016, section 3).

Images grow and shrink by strides, not by pooling; a 4×4 kernel with stride 2 covers every pixel equally often, so that
transposed convolutions leave fewer checkerboards than odd kernels do.
"""

import keras
from keras import layers

from facegen_lib.errors import FacegenError
from facegen_lib.networks.layers import MinibatchStd


def halvings(image_shape: tuple[int, int, int], smallest: int = 4) -> int:
    """How often height and width can be halved before either falls below `smallest`.

    Raises:
        FacegenError: the image is so small, or so odd in size, that not even one halving is possible.
    """
    height, width, _ = image_shape
    count = 0
    while height % 2 == 0 and width % 2 == 0 and min(height, width) // 2 >= smallest:
        height, width, count = height // 2, width // 2, count + 1
    if count == 0:
        raise FacegenError(
            f"A convolutional network halves its images, and {image_shape[0]}×{image_shape[1]} cannot be halved to "
            f"{smallest} pixels or more. Sizes such as 28, 32, 64 or 128 work."
        )
    return count


def generator(image_shape: tuple[int, int, int], latent_dim: int = 128, width: int = 32) -> keras.Model:
    """Noise to images: dense, then transposed convolutions that double the size, batch normalisation and ReLU between.

    Args:
        image_shape: (height, width, channels) of the images made.
        latent_dim: numbers in a latent vector.
        width: channels of the last hidden layer; every layer before it has twice as many, up to 8 × width.

    Returns:
        a model (N, latent_dim) → (N, H, W, C), float32 in [-1, 1] (tanh).
    """
    doublings = halvings(image_shape)
    height, wide, channels = image_shape
    base = (height >> doublings, wide >> doublings)
    widths = [width * min(2**level, 8) for level in reversed(range(doublings))]

    z = keras.Input((latent_dim,), name="z")
    x = layers.Dense(base[0] * base[1] * widths[0], use_bias=False, name="project")(z)
    x = layers.Reshape((*base, widths[0]))(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    for filters in widths[1:]:
        x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", name="paint")(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def discriminator(
    image_shape: tuple[int, int, int], width: int = 32, group_size: int | None = 8, normalise: bool = False
) -> keras.Model:
    """Images to logits: convolutions that halve the size, leaky ReLU between, no batch normalisation.

    Before the last layer the spread of the batch is appended (`MinibatchStd`), so that sameness can be seen.

    Args:
        image_shape: (height, width, channels) of the images judged, values in [-1, 1].
        width: channels of the first layer; every layer after it has twice as many, up to 8 × width.
        group_size: images compared with each other for their spread; None leaves the spread out.
        normalise: layer normalisation (Ba et al., 2016) after each convolution but the first: every image by itself.

    Returns:
        a model (N, H, W, C) → (N, 1), float32 logits: positive for "real".
    """
    images = keras.Input(image_shape, name="images")
    x = images
    for level in range(halvings(image_shape)):
        x = layers.Conv2D(width * min(2**level, 8), 4, strides=2, padding="same")(x)
        if normalise and level > 0:
            x = layers.GroupNormalization(groups=1)(x)  # one group: all channels and places of an image
        x = layers.LeakyReLU(0.2)(x)
    if group_size:
        x = MinibatchStd(group_size)(x)
    logits = layers.Dense(1, dtype="float32", name="logits")(layers.Flatten()(x))
    return keras.Model(images, logits, name="discriminator")
