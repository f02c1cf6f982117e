"""Concatenated ReLU."""

import keras
from keras import ops

from keras_deep.layers.needs_package import NeedsPackage


@keras.saving.register_keras_serializable("keras_deep")
class CReLU(NeedsPackage, keras.layers.Layer):
    """Concatenates `relu(x)` and `relu(-x)`, which keeps all of `x`.

    Args:
        axis: int, of the features, which are doubled; not the batch axis.

    Reference:
        [Understanding and Improving Convolutional Neural Networks via
        Concatenated Rectified Linear Units](
        https://arxiv.org/abs/1603.05201), ICML 2016.
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs):
        return ops.concatenate(
            [ops.relu(inputs), ops.relu(-inputs)], axis=self.axis
        )

    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        if shape[self.axis] is not None:
            shape[self.axis] *= 2
        return tuple(shape)

    def get_config(self):
        return {**super().get_config(), "axis": self.axis}
