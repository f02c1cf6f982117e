"""Batch normalisation of odd numbers of channels, on several pixels at once."""

import math

import keras
import numpy as np
from keras import layers

from keras_deep.layers.stock_named import stock_class
from keras_deep.models.pending import Changed
from keras_deep.models.pending import Made

# oneDNN has a fast kernel of normalisation for multiples of so many channels;
# of others it takes twice the time, on a CPU with AVX-512.
_CHANNELS = 16


def wide_activation(folding, layer, value):
    """Normalises and activates several pixels as one with more channels.

    A rule, see `inference_rules`, of ReLU after batch normalisation of images
    of a known size. Both are done before the pixels are parted again, as
    TensorFlow does them in one operation then.
    """
    norm = value.alone if isinstance(value, Changed) else None
    if (
        stock_class(norm) is not layers.BatchNormalization
        or not _is_relu(layer)
        or folding.calls[id(norm)] > 1
        or folding.calls[id(layer)] > 1
        or id(layer) in folding.last  # It gives an output its name.
    ):
        return None
    shape, times = tuple(value.before.shape[1:]), 1
    if len(shape) == 3 and None not in shape and value.axis == 3:
        times = _CHANNELS // math.gcd(_CHANNELS, shape[-1])
    pixels = math.prod(shape[:2]) if times > 1 else 1
    if times == 1 or pixels % times:
        return None
    several = (pixels // times, 1, times * shape[-1])
    x = _reshaped(value.before, several, f"{norm.name}_join")
    x = folding.call(layer, _tiled(folding, norm, x, times))
    return Made(_reshaped(x, shape, f"{layer.name}_part"))


def _is_relu(layer):
    if stock_class(layer) is layers.ReLU:
        return True
    return layer.activation is keras.activations.relu


def _reshaped(x, shape, name):
    return layers.Reshape(shape, name=name, dtype=x.dtype)(x)


def _tiled(folding, norm, x, times):
    """Normalises several pixels as one."""
    copy = type(norm).from_config(folding.config_of(norm))
    outputs = copy(x)
    arrays = folding.store.read(norm)
    folding.store.write(copy, [np.tile(a, (1, times)) for a in arrays])
    return outputs
