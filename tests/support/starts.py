"""Networks that start from zeros, for tests that do not need another start.

Random numbers for the weights of a large network take longer than the rest of
its construction.
"""

import contextlib

import keras
import pytest


@contextlib.contextmanager
def zero_start():
    """Lets the kernels of layers start from zeros in place of random ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.initializers.VarianceScaling, "__call__", _zeros)
        yield


def _zeros(initializer, shape, dtype=None):
    del initializer
    return keras.ops.zeros(shape, dtype)
