"""A layer that scales and shifts along some axes, with trained weights."""

import keras
from keras import initializers
from keras import layers
from keras import ops

from keras_deep.layers.needs_package import NeedsPackage


@keras.saving.register_keras_serializable(package="keras_deep")
class CaffeScale(NeedsPackage, layers.Layer):
    """Multiplies by `gamma` and adds `beta`, as Caffe's Scale and Bias do.

    It does not normalise; in Caffe the layer before it does.

    Args:
        axes: list of int, the axes along which the weights differ; empty for
            a single weight.
        scale: bool. Whether there is a `gamma`.
        center: bool. Whether there is a `beta`.
        gamma_initializer: initializer of `gamma`.
        beta_initializer: initializer of `beta`.

    Input shape: any, with a batch axis; the sizes of `axes` must be known.

    Output shape: that of the input.
    """

    def __init__(
        self,
        axes,
        scale=True,
        center=True,
        gamma_initializer="ones",
        beta_initializer="zeros",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.axes = list(axes)
        self.scale = scale
        self.center = center
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_initializer = initializers.get(beta_initializer)

    def build(self, input_shape):
        shape = [
            side if axis in self.axes else 1
            for axis, side in enumerate(input_shape)
        ]
        if None in shape or 0 in self.axes:
            raise ValueError(
                "Expected `axes` to be axes of known size, without the batch. "
                f"Received: axes={self.axes}, input shape {input_shape}"
            )
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                name="gamma",
                shape=shape[1:],
                initializer=self.gamma_initializer,
            )
        if self.center:
            self.beta = self.add_weight(
                name="beta", shape=shape[1:], initializer=self.beta_initializer
            )

    def call(self, inputs):
        x = inputs
        if self.gamma is not None:
            x = ops.multiply(x, self.gamma)
        if self.beta is not None:
            x = ops.add(x, self.beta)
        return x

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "axes": self.axes,
            "scale": self.scale,
            "center": self.center,
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_initializer": initializers.serialize(self.beta_initializer),
        }
