"""Recipes of convolutions, transposed convolutions and pooling."""

import dataclasses

from keras import layers

from keras_deep.convert.caffe.fillers import filler
from keras_deep.convert.caffe.keras_layers.deconvolution import (
    CaffeDeconvolution2D,
)
from keras_deep.convert.caffe.keras_layers.pooling import CaffeAveragePooling2D
from keras_deep.convert.caffe.keras_layers.pooling import CaffeMaxPooling2D
from keras_deep.convert.caffe.recipe import Recipe
from keras_deep.convert.caffe.recipe import image_shape
from keras_deep.convert.caffe.recipe import of_layer
from keras_deep.layers.grouped_conv import GroupedConv2D

_POOLS = {
    "MAX": (CaffeMaxPooling2D, layers.GlobalMaxPooling2D),
    "AVE": (CaffeAveragePooling2D, layers.GlobalAveragePooling2D),
}
_POOLS |= {"0": _POOLS["MAX"], "1": _POOLS["AVE"]}
_ROUNDINGS = {"CEIL": "ceil", "FLOOR": "floor", "0": "ceil", "1": "floor"}


@dataclasses.dataclass(frozen=True)
class _Convolution:
    """The settings of a convolution or transposed convolution."""

    filters: int
    kernel: tuple
    stride: tuple
    pad: tuple
    dilation: tuple
    groups: int
    use_bias: bool
    kernel_initializer: object
    bias_initializer: object

    @property
    def reach(self):
        """The extent of the dilated kernel in pixels."""
        return [d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel)]

    @property
    def config(self):
        """The common arguments of Keras's convolution layers."""
        return {
            "filters": self.filters,
            "kernel_size": self.kernel,
            "strides": self.stride,
            "dilation_rate": self.dilation,
            "groups": self.groups,
            "use_bias": self.use_bias,
            "kernel_initializer": self.kernel_initializer,
            "bias_initializer": self.bias_initializer,
        }


def convolution(layer, shape):
    settings = _settings(layer, shape)
    if max(settings.stride) > 1 and max(settings.dilation) > 1:
        raise layer.error(
            "a stride, or a dilation: Keras has not both",
            f"stride {settings.stride}, dilation {settings.dilation}",
        )
    sides = [
        side and (side + 2 * pad - reach) // stride + 1
        for side, pad, reach, stride in zip(
            shape[2:], settings.pad, settings.reach, settings.stride
        )
    ]

    def build(make, x):
        if any(settings.pad):
            x = make(layers.ZeroPadding2D, "pad", padding=settings.pad)(x)
        return make(GroupedConv2D, **settings.config)(x)

    def weights(kernel, *bias):
        return [kernel.transpose(2, 3, 1, 0), *bias]

    kernel = (settings.filters, shape[1] // settings.groups, *settings.kernel)
    return Recipe(
        [(shape[0], settings.filters, *sides)],
        build,
        [(layer, _with_bias(settings, kernel))],
        weights,
    )


def deconvolution(layer, shape):
    settings = _settings(layer, shape)
    channels, groups, filters = shape[1], settings.groups, settings.filters

    def weights(kernel, *bias):
        kernel = kernel.reshape(groups, channels // groups, *kernel.shape[1:])
        kernel = kernel.transpose(3, 4, 1, 0, 2)
        return [kernel.reshape(*kernel.shape[:3], filters), *bias]

    kernel = (channels, filters // groups, *settings.kernel)
    return of_layer(
        CaffeDeconvolution2D,
        {**settings.config, "padding": settings.pad},
        shape,
        blobs=[(layer, _with_bias(settings, kernel))],
        weights=weights,
    )


def _with_bias(settings, kernel):
    return [kernel, (settings.filters,)] if settings.use_bias else [kernel]


def _settings(layer, shape):
    channels = image_shape(layer, shape)[0]
    message = layer.param("convolution_param")
    message.integer("axis", 1, 1, 1)
    settings = _Convolution(
        message.integer("num_output", low=1),
        _pair(message, "kernel_size", ("kernel_h", "kernel_w")),
        _pair(message, "stride", ("stride_h", "stride_w"), 1),
        _pair(message, "pad", ("pad_h", "pad_w"), 0, low=0),
        _pair(message, "dilation", (), 1),
        message.integer("group", 1, 1),
        message.boolean("bias_term", True),
        filler(message, "weight_filler", "glorot_uniform"),
        filler(message, "bias_filler", "zeros"),
    )
    if channels % settings.groups or settings.filters % settings.groups:
        raise layer.error(
            f"{settings.groups} groups of as many channels and filters",
            f"{channels} channels, {settings.filters} filters",
        )
    return settings


def _pair(message, name, names, default=None, low=1):
    """Returns a setting along height and width.

    Args:
        message: `Message`.
        name: string, the setting with one value for both or two values.
        names: pair of strings, the settings of height and of width.
        default: int, or `None` if the setting is required.
        low: int, the minimum.
    """
    values = message.integers(name, low)
    if any(one in message for one in names):
        if values:
            raise message.error(
                f"`{name}`, or `{names[0]}` and `{names[1]}`", "both"
            )
        # Caffe's default for the other one is 0, which only `pad` allows.
        values = [message.integer(one, 0) for one in names]
        if min(values) < low:
            raise message.error(
                f"`{names[0]}` and `{names[1]}` of at least {low}", values
            )
        return tuple(values)
    if not values and default is not None:
        return default, default
    if len(values) not in (1, 2):
        raise message.error(f"one or two values of `{name}`", len(values))
    return values[0], values[-1]


def pooling(layer, shape):
    image_shape(layer, shape)
    message = layer.param("pooling_param")
    windows, whole = message.choice("pool", _POOLS, _POOLS["MAX"])
    if message.boolean("global_pooling", False):
        return of_layer(whole, {"keepdims": True}, shape)
    kernel = _pair(message, "kernel_size", ("kernel_h", "kernel_w"))
    stride = _pair(message, "stride", ("stride_h", "stride_w"), 1)
    pad = _pair(message, "pad", ("pad_h", "pad_w"), 0, low=0)
    if any(p >= k for p, k in zip(pad, kernel)):
        raise layer.error("`pad` smaller than the kernel", f"{pad}, {kernel}")
    config = {
        "pool_size": kernel,
        "strides": stride,
        "padding": pad,
        "rounding": _rounding(message),
    }
    recipe = of_layer(windows, config, shape)
    pooled = recipe.shapes[0][2:]
    for side, outputs, k, s, p in zip(shape[2:], pooled, kernel, stride, pad):
        if side is not None and (outputs - 1) * s >= side + p:
            raise layer.error(
                "windows that begin on the image",
                f"a side of {side}, kernel {k}, stride {s}",
            )
    return recipe


def _rounding(message):
    """Returns the rounding; forks have `ceil_mode`, Caffe `round_mode`."""
    ceil = message.boolean("ceil_mode", True)
    default = "ceil" if ceil else "floor"
    return message.choice("round_mode", _ROUNDINGS, default)
