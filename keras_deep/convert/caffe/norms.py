"""Recipes of Caffe layers that normalise, scale and shift."""

from keras import layers

from keras_deep.convert.caffe.fillers import filler
from keras_deep.convert.caffe.folds import refold
from keras_deep.convert.caffe.keras_layers.elementwise import CaffeLRN
from keras_deep.convert.caffe.keras_layers.scale import CaffeScale
from keras_deep.convert.caffe.recipe import Recipe
from keras_deep.convert.caffe.recipe import axis_of
from keras_deep.convert.caffe.recipe import beyond_batch
from keras_deep.convert.caffe.recipe import channels_of
from keras_deep.convert.caffe.recipe import differ
from keras_deep.convert.caffe.recipe import image_shape
from keras_deep.convert.caffe.recipe import kept_axis
from keras_deep.convert.caffe.recipe import known
from keras_deep.convert.caffe.recipe import not_negative
from keras_deep.convert.caffe.recipe import of_layer
from keras_deep.convert.caffe.recipe import readable
from keras_deep.layers.normalization import BatchNormalization

_REGIONS = {"ACROSS_CHANNELS": "channels", "WITHIN_CHANNEL": "pixels"}
_REGIONS |= {"0": "channels", "1": "pixels"}


def batch_norm(layer, shape):
    """Returns the recipe of BatchNorm, which has no scale and offset."""
    return _normalized(layer, shape, center=False, scale=False)


def scaled_batch_norm(normalization, layer, shape):
    """Returns the recipe of a BatchNorm and the Scale `layer` after it."""
    message = layer.param("scale_param")
    center = message.boolean("bias_term", False)
    recipe = _normalized(
        normalization,
        shape,
        center=center,
        gamma_initializer=filler(message, "filler", "ones"),
        beta_initializer=filler(message, "bias_filler", "zeros"),
    )
    channels = shape[1:2]
    blobs = [*recipe.blobs, (layer, [channels] * (2 if center else 1))]

    def weights(mean, variance, factor, *scales):
        return [*scales, *recipe.weights(mean, variance, factor)]

    return Recipe([shape], recipe.build, blobs, weights)


def _normalized(layer, shape, **config):
    message = layer.param("batch_norm_param")
    config["axis"] = kept_axis(shape, 1)
    config["epsilon"] = not_negative(message, "eps", 1e-5)
    config["momentum"] = message.number("moving_average_fraction", 0.999)
    channels = (channels_of(layer, shape),)

    def weights(mean, variance, factor):
        # The blobs are sums, the factor is their weight: 0 if never trained.
        factor = factor.item()
        factor = 0 if factor == 0 else 1 / factor
        return [mean * factor, variance * factor]

    blobs = [(layer, [channels, channels, (1,)])]
    return of_layer(
        BatchNormalization, config, shape, blobs=blobs, weights=weights
    )


def fused_batch_norm(layer, shape):
    """Returns the recipe of BN in yjxiong's fork, with scale and offset."""
    message = layer.param("bn_param")
    config = {
        "axis": kept_axis(shape, 1),
        "epsilon": not_negative(message, "eps", 1e-5),
        "momentum": message.number("momentum", 0.9),
        "gamma_initializer": filler(message, "slope_filler", "ones"),
        "beta_initializer": filler(message, "bias_filler", "zeros"),
    }
    channels = (channels_of(layer, shape),)
    return of_layer(
        BatchNormalization,
        config,
        shape,
        blobs=[(layer, [channels] * 4)],
        weights=lambda *blobs: list(blobs),
    )


def scale(layer, shape, other=None):
    message = layer.param("scale_param")
    if other is not None:
        return _product(layer, message, shape, other)
    center = message.boolean("bias_term", False)
    return _learned(
        layer,
        message,
        shape,
        center=center,
        gamma_initializer=filler(message, "filler", "ones"),
        beta_initializer=filler(message, "bias_filler", "zeros"),
    )


def bias(layer, shape):
    message = layer.param("bias_param")
    shifts = filler(message, "filler", "zeros")
    return _learned(layer, message, shape, scale=False, beta_initializer=shifts)


def _learned(layer, message, shape, **config):
    first = beyond_batch(layer, axis_of(layer, message, shape))
    count = message.integer("num_axes", 1, -1, len(shape) - first)
    last = len(shape) if count == -1 else first + count
    axes = sorted(kept_axis(shape, axis) for axis in range(first, last))
    sides = shape[first:last]
    known(layer, sides, "the numbers that it multiplies with")
    order = [kept_axis(shape, axis) for axis in range(first, last)]

    def weights(*blobs):
        return [_spread(blob, order, len(shape)) for blob in blobs]

    count = config.get("scale", True) + config.get("center", True)
    return of_layer(
        CaffeScale,
        {"axes": axes, **config},
        shape,
        blobs=[(layer, [sides] * count)],
        weights=weights,
    )


def _spread(blob, order, rank):
    """Transposes a blob to the axes `order` of a tensor, for broadcasting."""
    blob = blob.transpose(sorted(range(len(order)), key=order.__getitem__))
    sides = iter(blob.shape)
    return blob.reshape(
        [next(sides) if axis in order else 1 for axis in range(1, rank)]
    )


def _product(layer, message, shape, other):
    """Returns the recipe of a Scale by a second bottom, of the first axes."""
    if axis_of(layer, message, shape) or message.boolean("bias_term", False):
        raise layer.error(
            "axis 0 and no bias where the scales are a second bottom",
            f"axis {message.integer('axis', 1, -len(shape))}",
        )
    ours = shape[: len(other)]
    if len(other) > len(shape) or differ(ours, other):
        raise layer.error(
            f"scales of the first axes of {readable(shape)}", readable(other)
        )
    full = (*other, *[1] * (len(shape) - len(other)))

    def build(make, x, scales):
        if len(other) < len(shape):
            scales = refold(make.before("scales"), scales, other, full)
        return make(layers.Multiply)([x, scales])

    return Recipe([shape], build)


def lrn(layer, shape):
    image_shape(layer, shape)
    message = layer.param("lrn_param")
    size = message.integer("local_size", 5, 1)
    if size % 2 == 0:
        raise layer.error("an odd `local_size`", size)
    region = message.choice("norm_region", _REGIONS, "channels")
    k = message.number("k", 1.0)
    config = {
        "size": size,
        "alpha": message.number("alpha", 1.0),
        "beta": message.number("beta", 0.75),
        # Caffe ignores `k` for pixels.
        "bias": k if region == "channels" else 1.0,
        "region": region,
    }
    return of_layer(CaffeLRN, config, shape)
