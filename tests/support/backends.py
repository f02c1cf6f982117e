"""Marks of tests by Keras's backend."""

import keras
import pytest


def only_tensorflow(reason):
    """Returns a mark that skips a test unless TensorFlow is the backend.

    Args:
        reason: string, why it cannot be tested on another one.
    """
    other = keras.backend.backend() != "tensorflow"
    return pytest.mark.skipif(other, reason=reason)
