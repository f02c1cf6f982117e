"""Values that vary between the blocks of a stack."""

import contextlib
import contextvars

import numpy as np
from keras import ops

_index = contextvars.ContextVar("index of the block", default=None)
_survived = contextvars.ContextVar("whether a coin was thrown", default=False)


@contextlib.contextmanager
def block_scope(index, survived=False):
    """Sets the block of a stack that is being computed.

    Args:
        index: scalar int tensor, 0 for the first block of the stack.
        survived: bool. Whether the stack has thrown the coin that decides
            whether the block is skipped, and it is not.
    """
    tokens = _index.set(index), _survived.set(survived)
    try:
        yield
    finally:
        _index.reset(tokens[0])
        _survived.reset(tokens[1])


def has_survived():
    """Returns whether the stack has thrown the coin for the block.

    A block that is skipped is not computed, so asks nothing.
    """
    return _survived.get()


def at_block(value):
    """Returns the value of a layer's argument in the current block.

    A layer names an argument that may vary between blocks, such as a rate, in
    its attribute `per_block`, accepts a float or a sequence of one per block,
    and reads it with this function.

    Args:
        value: float, or sequence of floats, one for every block of the stack.

    Returns:
        `value` itself if it is a float, else a scalar float32 tensor.

    Raises:
        ValueError: if there are several values outside of a stack.
    """
    if np.ndim(value) == 0:
        return value
    index = _index.get()
    if index is None:
        raise ValueError(
            f"Expected one value outside of a stack of blocks. Received: "
            f"{len(value)} values, one for every block."
        )
    return ops.take(ops.convert_to_tensor(value, "float32"), index)


def config_of_block(layer, index):
    """Returns the config of a template's layer in block `index`."""
    config = layer.get_config()
    for key in getattr(layer, "per_block", ()):
        if np.ndim(config[key]):
            config[key] = config[key][index]
    return config
