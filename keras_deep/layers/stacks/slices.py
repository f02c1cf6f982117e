"""Stacked variables, each of which holds a weight of many equal blocks.

The first axis of a stacked variable counts blocks. Initial values, penalties
and constraints apply to every slice separately.
"""

import random

import keras
import numpy as np
from keras import initializers
from keras import ops

# Distributions that do not depend on the shape.
_SHAPELESS = (
    initializers.Zeros,
    initializers.Ones,
    initializers.Constant,
    initializers.RandomNormal,
    initializers.RandomUniform,
    initializers.TruncatedNormal,
)
# Penalties that are sums over the entries.
_SUMS = (keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2)


def mark_stacked(variable, names):
    """Notes on a variable that its first axis counts blocks.

    Args:
        variable: `keras.Variable`.
        names: sequence of strings, the logical name of the weight of every
            block.
    """
    variable.stacked_names = tuple(names)


def stacked_names(variable):
    """Returns the logical names of the weights that a variable stacks.

    Args:
        variable: `keras.Variable` or one of the framework's.

    Returns:
        Tuple of strings, one per block, or `None` if the variable is a weight.
    """
    return getattr(variable, "stacked_names", None)


def treatment(layer, variable, blocks):
    """Returns `add_weight`'s arguments for the variable that holds a weight.

    Args:
        layer: built `keras.layers.Layer` of a template.
        variable: one of its weights.
        blocks: int, or `None` for one value that all blocks share.

    Returns:
        Dict of shape, initializer, regularizer and constraint.
    """
    if blocks is None:
        return {
            "shape": variable.shape,
            "initializer": _shared_initial(layer, variable),
            "regularizer": variable.regularizer,
            "constraint": variable.constraint,
        }
    return {
        "shape": (blocks, *variable.shape),
        "initializer": stacked_initial(layer, variable),
        "regularizer": stacked_regularizer(variable.regularizer),
        "constraint": stacked_constraint(variable.constraint),
    }


def _shared_initial(layer, variable):
    initializer = _initializer(layer, variable)
    if isinstance(initializer, initializers.Initializer):
        return initializer
    return lambda shape, dtype=None: _made_one_by_one(
        layer, variable, (1, *shape)
    )[0]


def _initializer(layer, variable):
    leaf = variable.path.rpartition("/")[2]
    return getattr(layer, f"{leaf}_initializer", None)


def stacked_initial(layer, variable):
    """Returns the initializer `(shape, dtype) -> tensor` of a stacked variable.

    Every slice is distributed as the weight of one layer, with the fans of
    one block.

    Args:
        layer: built `keras.layers.Layer`, the layer of one block.
        variable: one of its weights.
    """
    initializer = _initializer(layer, variable)
    if isinstance(initializer, _SHAPELESS):
        return initializer
    if isinstance(initializer, initializers.VarianceScaling):
        axes = getattr(initializer, "input_axes", None)  # New in Keras 3.15.
        if len(variable.shape) >= 2 and axes is None:
            return lambda shape, dtype=None: initializers.VarianceScaling(
                # Keras takes the first axis for one of the window, so its
                # fans are too large by the number of blocks.
                initializer.scale * shape[0],
                initializer.mode,
                initializer.distribution,
                initializer.seed,
            )(shape, dtype)
    return lambda shape, dtype=None: _made_one_by_one(layer, variable, shape)


def _made_one_by_one(layer, variable, shape):
    """Builds a new layer per slice, which suits all initializers."""
    place = [v is variable for v in layer.weights].index(True)
    config = layer.get_config()
    slices = []
    for _ in range(shape[0]):
        copy = type(layer).from_config(config)
        copy.build_from_config(layer.get_build_config())
        slices.append(copy.weights[place].value)
    return ops.stack(slices)


def stacked_regularizer(regularizer):
    """Returns a penalty that is summed over the slices of a variable."""
    if regularizer is None or isinstance(regularizer, _SUMS):
        return regularizer
    return lambda stacked: ops.sum(_by_slice(regularizer, stacked))


def stacked_constraint(constraint):
    """Returns a constraint that is applied to every slice separately."""
    if constraint is None:
        return None
    return lambda stacked: _by_slice(constraint, stacked)


def _by_slice(function, stacked):
    return ops.vectorized_map(function, ops.convert_to_tensor(stacked))


class StackedSeeds(keras.random.SeedGenerator):
    """The states of a random generator in many blocks.

    Args:
        generator: `keras.random.SeedGenerator` of the layer of one block. If
            it has a seed, block `i` has that seed plus `i`, so that blocks
            draw different numbers.
        blocks: int.
    """

    def __init__(self, generator, blocks):
        super().__init__(seed=0, name=f"stacked_{generator.name}")
        first = generator.get_config()["seed"]
        if first is None:
            # As Keras seeds a generator: `set_random_seed` determines them.
            seeds = [random.randint(1, int(1e9)) for _ in range(blocks)]
        else:
            seeds = [first + i for i in range(blocks)]
        states = np.stack([seeds, np.zeros_like(seeds)], 1)
        # A function, so that a network can be counted without its variables.
        self.state = keras.Variable(
            lambda shape, dtype: ops.convert_to_tensor(states, dtype),
            shape=states.shape,
            dtype=self.state.dtype,
            trainable=False,
            name=self.state.name,
        )
