"""The gate of highway networks."""

import math

import keras
from keras import initializers
from keras import ops

from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.shapes import pair


@keras.saving.register_keras_serializable("keras_deep")
class HighwayGate(NeedsPackage, keras.layers.Layer):
    """Merges a layer's input `x` and output `h`: `T(x) h + (1 - T(x)) x`.

    The transform gate `T` is the sigmoid of a dense layer of vectors, or of a
    convolution of images, with weights of its own. The carry gate is coupled:
    it is `1 - T`. A closed gate (`T = 0`) gives `x`, an open one `h`.

    ```python
    h = keras.layers.Dense(50, "relu")(x)  # From 50 numbers to 50.
    x = keras_deep.layers.HighwayGate(bias=-2)([x, h])
    ```

    Not to be confused with the shortcut `"gated"` of `CifarResNet`, which
    gates a branch of several layers.

    Args:
        bias: float, the initial bias of the gate. The more negative, the more
            of `x` is carried at first: the paper takes -1 to -10, more
            negative in deeper networks.
        kernel_size: int or pair of int, odd, of the convolution of images.
        kernel_initializer: Keras initializer, or its name.
        data_format: `"channels_last"`, `"channels_first"`, or `None` for
            Keras's image data format.

    Call arguments:
        inputs: list `[x, h]` of two tensors of one shape, `(batch, units)`, or
            images.

    Returns:
        Tensor of that shape.

    Raises:
        ValueError: if the inputs are not as above.

    Reference:
        [Training Very Deep Networks](https://arxiv.org/abs/1507.06228), NIPS
        2015.
    """

    def __init__(
        self,
        bias=-1.0,
        kernel_size=3,
        kernel_initializer="glorot_uniform",
        data_format=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.initial_bias = float(bias)
        self.kernel_size = pair(kernel_size)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.Constant(self.initial_bias)
        self.data_format = data_format or keras.config.image_data_format()

    def build(self, input_shape):
        _check(input_shape)
        shape = input_shape[0]
        image = len(shape) == 4
        axis = 1 if image and self.data_format == "channels_first" else -1
        window = self.kernel_size if image else ()
        self.kernel = self.add_weight(
            (*window, shape[axis], shape[axis]),
            initializer=self.kernel_initializer,
            name="kernel",
        )
        self.bias = self.add_weight(
            (shape[axis],), initializer=self.bias_initializer, name="bias"
        )

    def call(self, inputs):
        x, h = inputs
        gate = ops.sigmoid(self._logits(x))
        return gate * h + (1.0 - gate) * x

    def _logits(self, x):
        if len(x.shape) == 2:
            return ops.matmul(x, self.kernel) + self.bias
        form = self.data_format
        y = ops.conv(x, self.kernel, padding="same", data_format=form)
        first = form == "channels_first"
        return y + ops.reshape(self.bias, (-1, 1, 1) if first else (-1,))

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[0])

    def multiply_adds(self, output_shape):
        """Returns the multiply-adds of the gate for one output.

        Args:
            output_shape: tuple without the batch axis.
        """
        units = self.kernel.shape[-1]
        places = math.prod(output_shape) // units
        return places * math.prod(self.kernel.shape)

    def get_config(self):
        return {
            **super().get_config(),
            "bias": self.initial_bias,
            "kernel_size": self.kernel_size,
            "kernel_initializer": initializers.serialize(
                self.kernel_initializer
            ),
            "data_format": self.data_format,
        }


def _check(shapes):
    pairs = isinstance(shapes, (list, tuple)) and len(shapes) == 2
    if pairs and all(isinstance(one, (list, tuple)) for one in shapes):
        x, h = (tuple(one[1:]) for one in shapes)
        if x == h and len(x) in (1, 3):
            return
    raise ValueError(
        "Expected the input and the output of a layer, `[x, h]`, both vectors "
        "or both images, of one shape. Where a layer changes the number of "
        f"channels, use it without the gate. Received shapes: {shapes}"
    )
