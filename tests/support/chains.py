"""Chains of blocks on small images, flat and stacked."""

import keras
import pytest
from keras import layers

from keras_deep.layers.position import Stage
from keras_deep.layers.residual import residual_stages
from keras_deep.models.weights import copy_weights
from tests.support import stacks

BLOCKS = 3
IMAGES = (2, 8, 6, 4)

both_forms = pytest.mark.parametrize("stack", [True, False])


def network(block, stack, stages=None, channels=IMAGES[-1], **arguments):
    """Builds stages of blocks, by default `BLOCKS` that keep the shape."""
    inputs = keras.Input((*IMAGES[1:3], channels), name="image")
    equal = [Stage(BLOCKS, channels)]
    x = residual_stages(inputs, stages or equal, block, stack, **arguments)
    model = keras.Model(inputs, layers.Identity(name="features")(x))
    assert stages or len(stacks.stacks_in(model)) == stack
    return model


def images(rng):
    return rng.standard_normal(IMAGES).astype("float32")


def pair(rng, build):
    """Returns `build(True)` and `build(False)` with equal random weights."""
    stacked, flat = build(True), build(False)
    assert stacks.stacks_in(stacked) and not stacks.stacks_in(flat)
    copy_weights(stacks.randomised(flat, rng), stacked)
    return stacked, flat
