"""Networks of which layers are frozen."""

import keras

import keras_deep
from tests.support import stacks

NORM = "batch normalisation"


def build(stack, **arguments):
    given = {
        "blocks": (3, 3),
        "input_shape": (8, 8, 3),
        "classes": stacks.CLASSES,
        "classifier_activation": None,
    }
    return keras_deep.CifarResNet(stack=stack, **{**given, **arguments})


def trained(model):
    """Returns the names of the weights that are trained."""
    return [n for n, h in keras_deep.named_weights(model) if h.trainable]


def frozen_as_in_guides(model):
    """Freezes the batch normalisation that a loop over the layers sees."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return model
