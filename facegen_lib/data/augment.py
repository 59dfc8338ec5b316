"""New faces from old ones, on the fly: flip, crop, rotation, perspective, and DiffAugment's colour and translation.

Whatever changes images here takes them as float32 (N, H, W, C) in [-1, 1] with a seed, int32 (2,), and gives as many
of the same shape. The same seed changes the same images in the same way: nothing else is remembered.
"""

from __future__ import annotations

import dataclasses

import tensorflow as tf

FLIP, CROP, ROTATION, PERSPECTIVE, BRIGHTNESS, SATURATION, CONTRAST, TRANSLATION = range(8)  # streams of chance


def uniform(seed: tf.Tensor, stream: int, shape, low: float = 0.0, high: float = 1.0) -> tf.Tensor:
    """Numbers in [low, high) that depend on the seed and the stream alone: float32 of the given shape."""
    folded = tf.random.experimental.stateless_fold_in(tf.cast(seed, tf.int32), stream)
    return tf.random.stateless_uniform(shape, folded, low, high)


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """The four changes of FaceGen (de Cid, Recio and Loyola, 2019, section 4.1), each with its own probability.

    The paper says "a small probability" and "within a range"; the numbers are ours. What happens to an image is
    combined into one change of perspective, so that its pixels are interpolated only once. An image that nothing
    happens to keeps every bit.

    Attributes:
        flip, crop, rotation, perspective: the probability of each, in [0, 1].
        smallest_crop: side of the smallest square that is cut out, as a share of the image's side.
        largest_angle: degrees to either side.
        largest_tilt: of the image away from the viewer, to the right or left and up or down; in [0, 0.5).
    """

    flip: float = 0.5
    crop: float = 0.2
    rotation: float = 0.2
    perspective: float = 0.2
    smallest_crop: float = 0.8
    largest_angle: float = 15.0
    largest_tilt: float = 0.15

    def __call__(self, images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        count = tf.shape(images)[0]

        def chance(stream: int, probability: float) -> tuple[tf.Tensor, list[tf.Tensor]]:
            """Whether it happens to each image, bool (N,), and three numbers in [-1, 1) that say how, (N,) each."""
            drawn = uniform(seed, stream, (4, count))
            return drawn[0] < probability, tf.unstack(2 * drawn[1:] - 1)

        matrices = tf.eye(3, batch_shape=[count])
        happens, (size, right, down) = chance(CROP, self.crop)
        side = 1 - (1 - self.smallest_crop) * tf.abs(size)
        matrices = after(matrices, happens, crops(side, right, down))
        happens, (angle, _, _) = chance(ROTATION, self.rotation)
        matrices = after(matrices, happens, rotations(self.largest_angle * angle))
        happens, (sideways, upwards, _) = chance(PERSPECTIVE, self.perspective)
        matrices = after(matrices, happens, perspectives(self.largest_tilt * sideways, self.largest_tilt * upwards))
        return warp(flip(images, chance(FLIP, self.flip)[0]), matrices)


def flip(images: tf.Tensor, which: tf.Tensor) -> tf.Tensor:
    """The images marked in `which`, bool (N,), with left and right exchanged."""
    return tf.where(which[:, None, None, None], tf.reverse(images, [2]), images)


# A change of the image plane is a matrix (3, 3) that says from where each pixel is fetched: what is at (x, y) of the
# new image, both from -1 to 1 with y downwards, was at (u/w, v/w) of the old one, (u, v, w) = matrix · (x, y, 1).


def rows_to_matrices(*rows: tuple) -> tf.Tensor:
    """Numbers and tensors (N,), row by row, as matrices (N, 3, 3); the first of all is a tensor."""
    zero = tf.zeros_like(rows[0][0])
    return tf.stack([tf.stack([zero + value for value in row], -1) for row in rows], -2)


def crops(side: tf.Tensor, right: tf.Tensor, down: tf.Tensor) -> tf.Tensor:
    """Cuts out a square and enlarges it to the whole image.

    Args:
        side: of the square, as a share of the image's: (N,) in (0, 1].
        right, down: where it lies, (N,): -1 at one edge, 0 in the middle, 1 at the other edge.
    """
    return rows_to_matrices((side, 0.0, (1 - side) * right), (0.0, side, (1 - side) * down), (0.0, 0.0, 1.0))


def rotations(degrees: tf.Tensor) -> tf.Tensor:
    """Turns square images clockwise about their middle by `degrees` (N,)."""
    angle = degrees * (3.141592653589793 / 180)
    cosine, sine = tf.cos(angle), tf.sin(angle)
    return rows_to_matrices((cosine, sine, 0.0), (-sine, cosine, 0.0), (0.0, 0.0, 1.0))


def perspectives(sideways: tf.Tensor, upwards: tf.Tensor) -> tf.Tensor:
    """Tilts images away from the viewer and steps closer until no corner is missing.

    Args:
        sideways: (N,) in (-0.5, 0.5); positive enlarges the right edge.
        upwards: (N,) likewise; positive enlarges the lower edge.
    """
    closer = 1 - tf.abs(sideways) - tf.abs(upwards)
    return rows_to_matrices((closer, 0.0, 0.0), (0.0, closer, 0.0), (sideways, upwards, 1.0))


def after(matrices: tf.Tensor, happens: tf.Tensor, change: tf.Tensor) -> tf.Tensor:
    """The changes in `matrices`, and after them another one where it happens."""
    return tf.where(happens[:, None, None], matrices @ change, matrices)


def warp(images: tf.Tensor, matrices: tf.Tensor) -> tf.Tensor:
    """Images as their matrices say, interpolated between four pixels; what lies beyond an edge is its mirror image.

    For real images, before training: TensorFlow's gradient of this operation is only an approximation.
    """
    height, width = images.shape[1:3]
    half = tf.constant([width / 2, height / 2, 1.0])
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    to_middle = tf.constant([[1.0, 0.0, -middle_x], [0.0, 1.0, -middle_y], [0.0, 0.0, 1.0]])
    back = tf.constant([[1.0, 0.0, middle_x], [0.0, 1.0, middle_y], [0.0, 0.0, 1.0]])
    in_pixels = back @ (matrices * half[:, None] / half) @ to_middle
    eight = tf.reshape(in_pixels / in_pixels[:, 2:, 2:], (-1, 9))[:, :8]
    warped = tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=eight,
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="REFLECT",
    )
    return tf.ensure_shape(warped, images.shape)


def diff_augment(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """DiffAugment's colour and translation (Zhao, Liu, Lin, Zhu and Han, 2020, section 3.2).

    For real and generated images alike, just before the discriminator sees them. Differentiable: the generator learns
    through it. Values may leave [-1, 1].

    Args:
        images: (N, H, W, C) of any float dtype, about [-1, 1].
        seed: int32 (2,); another one for every batch, real or generated.
    """
    return translate(jitter_colour(images, seed), seed)


def jitter_colour(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Per image: brightness moved by up to 0.5, saturation times 0 to 2, contrast times 0.5 to 1.5."""
    shape = (tf.shape(images)[0], 1, 1, 1)

    def number(stream: int, low: float, high: float) -> tf.Tensor:
        return tf.cast(uniform(seed, stream, shape, low, high), images.dtype)

    images = images + number(BRIGHTNESS, -0.5, 0.5)
    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    images = grey + number(SATURATION, 0.0, 2.0) * (images - grey)
    mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    return mean + number(CONTRAST, 0.5, 1.5) * (images - mean)


def translate(images: tf.Tensor, seed: tf.Tensor, reach: float = 1 / 8) -> tf.Tensor:
    """Per image: moved by up to `reach` of its side each way, in whole pixels; what comes in is 0, a medium grey."""
    height, width = images.shape[1:3]
    drawn = uniform(seed, TRANSLATION, (2, tf.shape(images)[0], 1))
    padded = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]])
    for axis, side in ((1, height), (2, width)):
        largest = round(side * reach)
        shift = tf.cast(tf.floor(drawn[axis - 1] * (2 * largest + 1)), tf.int32) - largest
        places = tf.clip_by_value(tf.range(side + 2)[None] + shift, 0, side + 1)
        padded = tf.gather(padded, places, axis=axis, batch_dims=1)
    return padded[:, 1:-1, 1:-1]
