"""What networks of vectors share: checks, the input, and equal blocks."""

import math

import keras
from keras import layers

from keras_deep.layers.position import Stage
from keras_deep.layers.position import positions
from keras_deep.layers.stage import stack_blocks
from keras_deep.utils.checks import is_size


def vector_input(input_shape):
    """Returns the input of a network, and it as a vector.

    Args:
        input_shape: tuple of positive ints, the shape of an input, which is
            flattened if there are several.

    Raises:
        ValueError: if it is something else.
    """
    given = isinstance(input_shape, (tuple, list)) and input_shape
    if not given or not all(map(is_size, input_shape)):
        raise ValueError(
            "Expected `input_shape` to be a tuple of positive ints, such as "
            f"(28, 28, 1). Received: input_shape={input_shape!r}"
        )
    inputs = keras.Input(tuple(input_shape), name="vector")
    if len(input_shape) == 1:
        return inputs, inputs
    size = math.prod(input_shape)
    return inputs, layers.Reshape((size,), name="flatten")(inputs)


def vector_blocks(x, blocks, block, stack):
    """Applies equal blocks, which keep the length of a vector.

    Args:
        x: tensor of shape `(batch, units)`.
        blocks: int, their number; with 0 the result is `x`.
        block: function `(x, at) -> tensor` of a tensor and a `Position`, whose
            `filters` are the units.
        stack: see `keras_deep.layers.stack_blocks`.

    Returns:
        Tensor of the shape of `x`.
    """
    if not blocks:
        return x
    (places,) = positions([Stage(blocks, x.shape[-1])], x.shape[-1])
    places = [
        at._replace(stage="dense2", name=f"dense2_block{at.number}")
        for at in places
    ]
    return stack_blocks(x, [places], block, stack)
