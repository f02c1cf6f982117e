"""Values that change from block to block inside a stack."""

import contextlib
import contextvars

import numpy as np
from keras import ops

_index = contextvars.ContextVar("index of the block", default=None)


@contextlib.contextmanager
def block_scope(index):
    """Says which block of a stack is being computed.

    Args:
        index: scalar int tensor, 0 for the first block of the stack.
    """
    token = _index.set(index)
    try:
        yield
    finally:
        _index.reset(token)


def at_block(value):
    """Returns the value that an argument of a layer has in this block.

    A layer whose argument may change with the position, such as a rate, names
    it in its attribute `per_block`, takes a float or a sequence with one float
    for every block, and reads it through this function.

    Args:
        value: float, or sequence of floats, one for every block of the stack.

    Returns:
        `value` itself if it is a float, else a scalar float32 tensor.

    Raises:
        ValueError: if there is a value for every block, but no block.
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
