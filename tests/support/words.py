"""Chains of one word, flat and stacked, to be compared with NumPy."""

import keras
import pytest

from keras_deep.layers.position import Stage
from keras_deep.layers.residual import residual_stages
from tests.support import stacks

BLOCKS = 3
IMAGES = (2, 8, 6, 4)

both_forms = pytest.mark.parametrize("stack", [True, False])


def network(block, stack, channels=IMAGES[-1]):
    """Builds `BLOCKS` blocks, which keep the shape."""
    inputs = keras.Input((*IMAGES[1:3], channels))
    x = residual_stages(inputs, [Stage(BLOCKS, channels)], block, stack)
    model = keras.Model(inputs, x)
    assert len(stacks.stacks_in(model)) == stack
    return model
