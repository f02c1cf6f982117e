"""What layers come to in inference, where that is less than they are.

A rule is a function `(folding, layer, *values) -> value` of a `Folding`, the
layer and what its inputs become, see `pending`. `None` keeps the layer.
"""

import keras
import numpy as np
from keras import layers

from keras_deep.layers.dropout import Dropout
from keras_deep.layers.stochastic_depth import StochasticDepth
from keras_deep.layers.stock_named import stock_class
from keras_deep.layers.swapout import Swapout
from keras_deep.models.linear import Weights
from keras_deep.models.linear import affine_of
from keras_deep.models.linear import is_linear
from keras_deep.models.pending import Change
from keras_deep.models.pending import Linear
from keras_deep.models.pending import Made
from keras_deep.models.wide_norm import wide_activation


def rule_of(layer):
    """Returns the rule of a layer, or `None` if it has none."""
    if is_linear(layer):
        return _linear
    return _RULES.get(stock_class(layer))


def _linear(folding, layer, value):
    """Waits for what follows and absorbs it, if there is just one call."""
    if folding.calls[id(layer)] > 1 or _misplaces_bias(layer, value.shape):
        return None
    weights = Weights(layer, folding.store.read(layer))
    if stock_class(layer) is not layers.Dense:
        # TensorFlow computes an addition and an activation that follow along
        # with a convolution only if that has a bias.
        weights.shift(np.zeros((1, 1)))
    return Linear(value.into(weights), weights, folding.call_with)


def _misplaces_bias(layer, shape):
    """Returns whether Keras adds a bias along the width, not the channels.

    On TensorFlow it does with the channels first, where both have one length.
    """
    first = getattr(layer, "data_format", None) == "channels_first"
    if not first or keras.backend.backend() != "tensorflow":
        return False
    _, channels, *_, width = layer.compute_output_shape(shape)
    return width in (None, channels)


def _norm(folding, layer, value):
    """Multiplies and shifts by what the moving statistics come to."""
    factor, offset = affine_of(layer, folding.store.read(layer))
    axis = layer.axis % len(value.shape)
    return value.changed(_change(folding, layer, factor, offset, axis))


def _rescaled(folding, layer, value):
    if np.ndim(layer.scale) or np.ndim(layer.offset):
        return None
    return value.changed(_change(folding, layer, layer.scale, layer.offset))


def _depth(folding, layer, value):
    """Multiplies by the probability of survival."""
    if layer.mode != "batch":
        return value
    keep = 1.0 - np.asarray(layer.rate)
    return value.changed(_change(folding, layer, keep, 0.0))


def _change(folding, layer, factor, offset, axis=None):
    if axis is None:
        factor, offset = (
            np.reshape(np.asarray(one, "float64"), (-1, 1))
            for one in (factor, offset)
        )
    return Change(
        factor,
        offset,
        axis,
        layer,
        lambda x: folding.call(layer, x),
    )


def _swapout(folding, layer, *values):
    """Adds the inputs, each multiplied by its probability."""
    keeps = layer.keep_shortcut, layer.keep_branch
    if any(map(np.ndim, keeps)) or folding.calls[id(layer)] > 1:
        return None
    tensors = []
    for name, keep, value in zip(("shortcut", "branch"), keeps, values):
        if keep != 1:
            times = layers.Rescaling(
                keep, name=f"{layer.name}_{name}", dtype=layer.dtype_policy
            )
            value = _rescaled(folding, times, value)
        tensors.append(value.make())
    add = layers.Add(name=layer.name, dtype=layer.dtype_policy)
    return Made(add(tensors))


def _averaged(folding, layer, value):
    # A layer that makes an output gives it its name.
    if not isinstance(value, Linear) or id(layer) in folding.last:
        return None
    return value.averaged(layer, lambda x: folding.call(layer, x))


def _nothing(folding, layer, value):
    del folding, layer
    return value


# Layers that change images in training only. Some are new in Keras.
AUGMENTATIONS = (
    *("AugMix", "CutMix", "MixUp", "RandAugment", "RandomBrightness"),
    *("RandomColorDegeneration", "RandomColorJitter", "RandomContrast"),
    *("RandomElasticTransform", "RandomErasing", "RandomFlip"),
    *("RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert"),
    *("RandomPerspective", "RandomPosterization", "RandomRotation"),
    *("RandomSaturation", "RandomSharpness", "RandomShear"),
    *("RandomTranslation", "RandomZoom", "Solarization"),
)

_RULES = {
    layers.Activation: wide_activation,
    layers.ReLU: wide_activation,
    layers.AveragePooling1D: _averaged,
    layers.AveragePooling2D: _averaged,
    layers.AveragePooling3D: _averaged,
    layers.BatchNormalization: _norm,
    layers.Rescaling: _rescaled,
    StochasticDepth: _depth,
    Swapout: _swapout,
    **dict.fromkeys(
        (
            layers.ActivityRegularization,
            layers.AlphaDropout,
            layers.Dropout,
            Dropout,
            layers.GaussianDropout,
            layers.GaussianNoise,
            layers.SpatialDropout1D,
            layers.SpatialDropout2D,
            layers.SpatialDropout3D,
            *(
                getattr(layers, name)
                for name in AUGMENTATIONS
                if hasattr(layers, name)
            ),
        ),
        _nothing,
    ),
}


def equivalent(layer):
    """Returns a layer of Keras that a copy may be, or `None`."""
    if type(layer) is StochasticDepth and not np.ndim(layer.rate):
        return layers.Rescaling(
            1.0 - layer.rate, name=layer.name, dtype=layer.dtype_policy
        )
    return None
