"""Kernels behind concatenated ReLUs that start as linear maps."""

import keras
from keras import initializers
from keras import ops


@keras.saving.register_keras_serializable("keras_deep")
class LooksLinear(initializers.Initializer):
    """`[W, -W]` for the two halves of the inputs: `relu(x)` and `relu(-x)`.

    Behind `keras_deep.layers.CReLU` a layer starts as the linear map `W x`,
    as `relu(x) - relu(-x) = x`, so a deep network of such layers starts as a
    linear one, whose gradients do not shatter.

    Args:
        base: Keras initializer of `W`, or its name. The paper's is
            orthogonal; `DeltaOrthogonal` suits deep convolutional networks.

    Raises:
        ValueError: in a call, if the number of inputs is odd.

    Reference:
        [The Shattered Gradients Problem](https://arxiv.org/abs/1702.08591),
        ICML 2017.
    """

    def __init__(self, base="orthogonal"):
        self.base = initializers.get(base)

    def __call__(self, shape, dtype=None, **kwargs):
        *window, inputs, outputs = shape
        if inputs % 2:
            raise ValueError(
                "Expected an even number of inputs: the two halves of a "
                f"`CReLU`. Received: shape={tuple(shape)}"
            )
        half = self.base((*window, inputs // 2, outputs), dtype, **kwargs)
        return ops.concatenate([half, -half], axis=-2)

    def get_config(self):
        return {"base": initializers.serialize(self.base)}
