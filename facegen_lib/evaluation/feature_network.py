"""The network whose features ship with the book: 64×64×3 in, 128 features out, one small head for each question."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

SIZE = 64  # height and width that the network sees
DIMENSION = 128
WIDTHS = (24, 48, 96, 160)  # filters at 32×32, 16×16, 8×8 and 4×4


def build(heads: dict[str, int], normalise: bool):
    """The network as a keras.Model from uint8 images to features and logits.

    Args:
        heads: question → number of answers, e.g. `{"digit": 10}`.
        normalise: with BatchNorm after every convolution, for training; without, for use, where it is folded into the
            weights.

    Returns:
        keras.Model: float32 or uint8 (N, 64, 64, 3) in [0, 255] → {"features": (N, 128), question: logits (N,
            answers), …}.
    """
    import keras
    from keras import layers

    def convolution(x, filters: int, kernel: int, stride: int, name: str):
        x = layers.Conv2D(filters, kernel, stride, padding="same", use_bias=not normalise, name=name)(x)
        return layers.BatchNormalization(name=f"{name}_norm")(x) if normalise else x

    images = keras.Input((SIZE, SIZE, 3), name="images")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="to_float")(images)
    for stage, width in enumerate(WIDTHS):
        x = layers.ReLU()(convolution(x, width, 3, 2, f"down{stage}"))
        if stage:
            inner = layers.ReLU()(convolution(x, width, 3, 1, f"inner{stage}"))
            x = layers.ReLU()(x + convolution(inner, width, 3, 1, f"outer{stage}"))
    x = layers.ReLU()(convolution(x, DIMENSION, 1, 1, "last"))
    features = layers.GlobalAveragePooling2D(name="features")(x)
    answers = {question: layers.Dense(count, name=question)(features) for question, count in heads.items()}
    return keras.Model(images, {"features": features, **answers}, name="shipped")


def fold(trained, heads: dict[str, int]):
    """The same function without BatchNorm: its scale and shift are multiplied into the convolution before it."""
    plain = build(heads, normalise=False)
    for layer in plain.layers:
        norm = next((other for other in trained.layers if other.name == f"{layer.name}_norm"), None)
        if norm is not None:
            gamma, beta, mean, variance = norm.get_weights()
            scale = gamma / np.sqrt(variance + norm.epsilon)
            (kernel,) = trained.get_layer(layer.name).get_weights()
            layer.set_weights([kernel * scale, beta - mean * scale])
        elif layer.name in heads:
            layer.set_weights(trained.get_layer(layer.name).get_weights())
    return plain


def save(model, answers: dict[str, list[str]], path: Path) -> None:
    """Weights as float16 and the names of all answers in one .npz file."""
    weights = {variable.path: np.asarray(variable).astype("float16") for variable in model.weights}
    np.savez_compressed(path, answers=json.dumps(answers), **weights)


def load(path: Path):
    """The network in `path` and its answers.

    Returns:
        (keras.Model as from `build(…, normalise=False)`, {question: names of its answers}).
    """
    with np.load(path) as stored:
        answers = json.loads(str(stored["answers"]))
        model = build({question: len(names) for question, names in answers.items()}, normalise=False)
        for variable in model.weights:
            variable.assign(stored[variable.path].astype("float32"))
    return model, answers
