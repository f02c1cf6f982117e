"""What an optimizer knows of the weights that a stacked variable holds.

A norm over a stacked variable would be that of all its blocks together. These
functions look up, from within an optimizer's step, what a variable holds, and
take norms of one weight.
"""

import keras
from keras import ops

from keras_deep.layers.stacks.slices import stacked_names


def slice_axes(variable):
    """Returns the axes of one weight in a variable.

    Args:
        variable: `keras.Variable` or one of the framework's.

    Returns:
        Tuple of int, all axes but that of the blocks, or `None`, which means
        all axes, if the variable is a weight by itself.
    """
    if stacked_names(variable) is None:
        return None
    return tuple(range(1, len(variable.shape)))


def logical_names(variable):
    """Returns a tuple of the logical names of the weights in a variable."""
    path = getattr(variable, "path", variable.name)
    return stacked_names(variable) or (path,)


def model_variable(optimizer, variable):
    """Returns the variable that an optimizer was built with.

    Args:
        optimizer: `keras.optimizers.Optimizer`.
        variable: what its `update_step` was called with: on TensorFlow the
            `tf.Variable` of a replica.
    """
    place = optimizer._get_variable_index(variable)
    return optimizer._trainable_variables[place]


def norm(x, axes):
    """Returns the Euclidean norm over some axes, which are kept.

    It is computed in float32 at least: squares overflow in float16.

    Args:
        x: tensor or variable.
        axes: tuple of int, or `None` for all axes.
    """
    dtype = keras.backend.standardize_dtype(x.dtype)
    x = ops.cast(x, keras.backend.result_type(dtype, "float32"))
    return ops.sqrt(ops.sum(ops.square(x), axes, keepdims=True))
