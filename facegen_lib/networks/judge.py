"""How much of this is a face? A small network that answers with a number, and where in the image it looked.

De Cid, Recio and Loyola, *FaceGen* (2019), section 3.1.3: a regression from 0, no face, to 1, a face, which serves the
genetic algorithm as fitness. Theirs pools; this one strides, and is small, as it judges eighty images a generation.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from facegen_lib import shipped
from facegen_lib.errors import FacegenError

SHIPPED = "judges/faces-64.npz"


def judge(image_shape: tuple[int, int, int] = (64, 64, 3), width: int = 16) -> keras.Model:
    """Images to scores: three convolutions that shrink the image sixteenfold, and one dense layer.

    Args:
        image_shape: (height, width, channels) of the images judged, values in [-1, 1].
        width: channels of the first convolution; the next two have twice and four times as many.

    Returns:
        a model (N, H, W, C) → (N, 1), float32 in (0, 1).

    Raises:
        FacegenError: the image is smaller than 16×16, so that nothing would be left of it.
    """
    if min(image_shape[:2]) < 16:
        raise FacegenError(f"A judge needs images of 16×16 or more, got {image_shape[0]}×{image_shape[1]}.")
    images = keras.Input(image_shape, name="images")
    x = layers.Conv2D(width, 6, strides=4, padding="same", activation="relu", name="look")(images)
    x = layers.Conv2D(2 * width, 4, strides=2, padding="same", activation="relu", name="compare")(x)
    x = layers.Conv2D(4 * width, 4, strides=2, padding="same", activation="relu", name="gather")(x)
    score = layers.Dense(1, activation="sigmoid", dtype="float32", name="score")(layers.Flatten()(x))
    return keras.Model(images, score, name="judge")


def fitness(network: keras.Model) -> Callable[[tf.Tensor], tf.Tensor]:
    """The judge as a fitness function: images as bytes, uint8 (N, H, W, C), to scores (N,)."""
    return lambda pixels: network(ops.cast(pixels, "float32") / 127.5 - 1, training=False)[:, 0]


def grad_cam(network: keras.Model, images: np.ndarray, layer: str = "compare") -> np.ndarray:
    """Where in each image the evidence for a face was found: float32 (N, h, w), as large as the layer's output.

    L = ReLU(Σ_k α_k A_k) with α_k the mean over places of ∂y/∂A_k, A_k the k-th channel of the layer (Selvaraju et al.,
    2017, eqs. 1 and 2). y is the score before the sigmoid, whose slope would vanish where the judge is sure.

    Args:
        network: a judge.
        images: float32 (N, H, W, C) in [-1, 1].
        layer: name of the convolution that is asked; the later, the coarser.
    """
    score = network.get_layer("score")
    logit = layers.Dense(1, name="logit")
    both = keras.Model(network.input, [network.get_layer(layer).output, logit(score.input)])
    logit.set_weights(score.get_weights())
    with tf.GradientTape() as tape:
        channels, y = both(tf.convert_to_tensor(images))
    weights = tf.reduce_mean(tape.gradient(y, channels), axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * channels, axis=-1)).numpy()


def save(network: keras.Model, path: pathlib.Path) -> None:
    """Writes a judge's shape and its float16 weights (.npz)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    weights = {str(number): weight.astype("float16") for number, weight in enumerate(network.get_weights())}
    np.savez_compressed(path, image_shape=network.input_shape[1:], **weights)


def load(path: pathlib.Path | None = None) -> keras.Model:
    """A judge from a file that `save` wrote; without a path, the one that ships, for 64×64 in colour.

    Raises:
        FacegenError: there is no such file.
    """
    path = shipped.shipped_path(SHIPPED) if path is None else pathlib.Path(path)
    if not path.exists():
        raise FacegenError(f"There is no judge in {path}. `networks.judge.save` writes one.")
    with np.load(path) as stored:
        weights = [stored[str(number)].astype("float32") for number in range(len(stored.files) - 1)]
        network = judge(tuple(int(side) for side in stored["image_shape"]), width=weights[0].shape[-1])
    network.set_weights(weights)
    return network
