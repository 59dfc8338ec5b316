"""The two layers that Keras does not have."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("facegen")
class MinibatchStd(keras.layers.Layer):
    """Appends one channel with the spread of the batch, so that a discriminator can see a lack of variety.

    (N, H, W, C) → (N, H, W, C + 1). The batch is read in groups; the standard deviation over each group is averaged
    over every position and channel and repeated as one number (Karras et al., 2018, section 3).

    Args:
        group_size: images compared with each other, at most. A batch that it does not divide is one group, and so is
            any batch whose size is unknown when the graph is built, as in `Model.predict`.
    """

    def __init__(self, group_size: int = 8, **kwargs):
        super().__init__(**kwargs)
        self.group_size = group_size

    def call(self, inputs):
        count, height, width, channels = ops.shape(inputs)
        group = self.group_size if isinstance(count, int) and count % self.group_size == 0 else count
        groups = ops.reshape(ops.cast(inputs, "float32"), (group, -1, height, width, channels))
        deviation = ops.sqrt(ops.var(groups, axis=0) + 1e-8)
        spread = ops.mean(deviation, axis=(1, 2, 3), keepdims=True)
        channel = ops.tile(spread, (group, height, width, 1))
        return ops.concatenate([inputs, ops.cast(channel, inputs.dtype)], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        return {**super().get_config(), "group_size": self.group_size}


@keras.saving.register_keras_serializable("facegen")
class MinibatchDiscrimination(keras.layers.Layer):
    """Tells of each image how many others of its batch are like it (Salimans et al., 2016, section 3.2).

    (N, F) → (N, F + kernels). Each kernel projects the features to a few dimensions; the new feature of image i is
    Σ_{j≠i} exp(−‖Mᵢ − Mⱼ‖₁) over the projections M.

    Args:
        kernels: new features.
        dimensions: of the space in which a kernel compares.
    """

    def __init__(self, kernels: int = 16, dimensions: int = 8, **kwargs):
        super().__init__(**kwargs)
        self.kernels = kernels
        self.dimensions = dimensions

    def build(self, input_shape):
        self.projection = self.add_weight(
            shape=(input_shape[-1], self.kernels * self.dimensions), initializer="glorot_uniform", name="projection"
        )

    def call(self, inputs):
        projected = ops.reshape(ops.matmul(inputs, self.projection), (-1, self.kernels, self.dimensions))
        apart = ops.sum(ops.abs(ops.expand_dims(projected, 0) - ops.expand_dims(projected, 1)), axis=-1)
        likeness = ops.sum(ops.exp(-apart), axis=1) - 1  # an image is like itself: e⁰
        return ops.concatenate([inputs, likeness], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + self.kernels)

    def get_config(self):
        return {**super().get_config(), "kernels": self.kernels, "dimensions": self.dimensions}
