"""Convolutions that start as one matrix for every pixel."""

import keras
from keras import initializers
from keras import ops


@keras.saving.register_keras_serializable("keras_deep")
class Delta(initializers.Initializer):
    """A matrix at the center of the window, and zeros around it.

    A convolution with stride 1 and padding `"same"` then multiplies the
    channels of every pixel by the matrix: with the identity it passes its
    input through. The kernel of a dense layer is the matrix itself.

    Args:
        base: Keras initializer of matrices, or its name: `"identity"`,
            `"orthogonal"`, ...

    Raises:
        ValueError: in a call, if a side of the window is even.
    """

    def __init__(self, base="identity"):
        self.base = initializers.get(base)

    def __call__(self, shape, dtype=None, **kwargs):
        *window, inputs, outputs = shape
        matrix = self.base((inputs, outputs), dtype, **kwargs)
        if any(side % 2 == 0 for side in window):
            raise ValueError(
                "Expected a window with a center, of odd sides. "
                f"Received: shape={tuple(shape)}"
            )
        matrix = ops.reshape(matrix, (*[1] * len(window), inputs, outputs))
        around = [(side // 2, side // 2) for side in window]
        return ops.pad(matrix, [*around, (0, 0), (0, 0)])

    def get_config(self):
        return {"base": initializers.serialize(self.base)}


@keras.saving.register_keras_serializable("keras_deep")
class DeltaOrthogonal(Delta):
    """An orthogonal matrix at the center of the window, zeros around it.

    The convolution keeps the length of the vector of channels of every pixel,
    if it has no more input than output channels, so that signals and gradients
    keep theirs through linear networks of any depth. Keras's `Orthogonal` of a
    whole kernel does not: it is orthogonal for patches, which overlap.

    Args:
        gain: float, factor of the matrix.
        seed: int or `None`.

    Raises:
        ValueError: in a call, if a side of the window is even.

    Reference:
        [Dynamical Isometry and a Mean Field Theory of CNNs](
        https://arxiv.org/abs/1806.05393), ICML 2018.
    """

    def __init__(self, gain=1.0, seed=None):
        super().__init__(initializers.Orthogonal(gain, seed))

    def get_config(self):
        return self.base.get_config()
