"""Convolution and normalisation with the settings of a convention.

Published implementations of one network differ in padding, epsilon, biases
and strides. `CONVENTIONS` says how; the helpers below and the blocks follow
the convention in force, so that a model file repeats none of it.
"""

import contextlib
import contextvars
import dataclasses
import types

import keras
from keras import layers

from keras_deep.layers.grouped_conv import GroupedConv2D
from keras_deep.layers.normalization import BatchNormalization
from keras_deep.utils.errors import did_you_mean


@dataclasses.dataclass(frozen=True)
class Convention:
    """Whose details a network follows where implementations differ.

    Args:
        epsilon: float, added to the variance in batch normalisation.
        bias: which convolutions have a bias: `"none"`, `"all"`, or
            `"unnormalized"`: those without batch normalisation behind them.
        strides: where a bottleneck strides: at its `"3x3"` convolution, at
            the first `"1x1"`, or at the 3x3 of the `"last"` block of the
            stage before.
        pool: how the stem pools: `"torch"` (one pixel on every side that
            never wins), `"caffe"` (rounds up: bottom and right only) or
            `"zero"` (zeros on every side).
        padding: where option A adds channels: `"both"` sides or `"after"`.
        shortcut: the default option of basic blocks, and of bottlenecks.
        same: bool. Whether convolutions that stride pad as Keras's `"same"`
            does, at the bottom and right only where sides are even.
        projection_norm: bool. Whether batch normalisation follows the
            projection of a version 1 block.
        stem_bias: bool. Whether the stem's convolution has a bias.
        stem_norm: bool. Whether a version 2 stem is activated already.
        plain_stem: stem channels of a DenseNet without compression: an int,
            or `None` for twice the growth rate.
        plain_compression: float, compression of a DenseNet without bottlenecks.
    """

    epsilon: float = 1e-5
    bias: str = "none"
    strides: str = "3x3"
    pool: str = "torch"
    padding: str = "both"
    shortcut: tuple = ("B", "B")
    same: bool = False
    projection_norm: bool = True
    stem_bias: bool = False
    stem_norm: bool = False
    plain_stem: int | None = 16
    plain_compression: float = 1.0


_TORCH = Convention()
_CAFFE = Convention(strides="1x1", pool="caffe")
_PAPER_CIFAR = Convention(strides="1x1", shortcut=("A", "B"))

# The first convention of a family is its default.
CONVENTIONS = types.MappingProxyType(
    {
        # Stride and pool of He's Caffe prototxt, the only code of the paper.
        # "caffe" is that prototxt itself, with the stem bias of ResNet-50.
        "PlainNet": {"paper": _CAFFE, "torchvision": _TORCH},
        "ResNet": {
            "torchvision": _TORCH,
            "timm": _TORCH,
            "paper": _CAFFE,
            "caffe": dataclasses.replace(_CAFFE, stem_bias=True),
            "keras": Convention(epsilon=1.001e-5, bias="all", strides="1x1"),
            "pytorchcv": Convention(strides="1x1"),  # Its "b" is torchvision.
        },
        "ResNetV2": {
            "timm": _TORCH,
            "keras": Convention(
                epsilon=1.001e-5,
                bias="unnormalized",
                strides="last",
                pool="zero",
            ),
            "pytorchcv": Convention(strides="1x1", stem_norm=True),
            "pytorchcv_b": Convention(stem_norm=True),
        },
        # The paper's option A as in akamaster's and renmengye's releases.
        "CifarResNet": {
            "paper": _PAPER_CIFAR,
            "pytorchcv": _TORCH,
            "caffe": _TORCH,  # junyuseu: option B.
            "torch7": dataclasses.replace(_PAPER_CIFAR, padding="after"),
            # The version 1 of Keras's code examples.
            "keras": Convention(
                epsilon=1e-3, bias="all", same=True, projection_norm=False
            ),
        },
        "MnistResNet": {"paper": _TORCH},
        # Table 2 of the paper counts 16 stem channels for the plain nets; the
        # authors' Torch code has twice the growth rate.
        "CifarDenseNet": {
            "paper": _TORCH,
            "torch7": Convention(plain_stem=None),
            "pytorchcv": Convention(plain_stem=None, plain_compression=0.5),
        },
        "DenseNet": {
            "torchvision": _TORCH,
            "timm": _TORCH,
            "paper": _TORCH,
            "caffe": _TORCH,  # shicai's prototxt turns the ceiling off.
            "keras": Convention(epsilon=1.001e-5),
        },
    }
)

_current = contextvars.ContextVar("convention", default=_TORCH)


def resolve_convention(family, name=None):
    """Returns the name of a convention of `family`, by default the first.

    Raises:
        ValueError: if the family has no such convention.
    """
    table = CONVENTIONS[family]
    if name is None:
        return next(iter(table))
    if name not in table:
        raise ValueError(
            f"Expected `convention` of {family} to be one of {list(table)}. "
            f"Received: convention={name!r}."
            f"{did_you_mean(name, table)}"
        )
    return name


@contextlib.contextmanager
def convention_scope(family, name):
    """Puts a convention in force for the layers made inside the block."""
    token = _current.set(CONVENTIONS[family][name])
    try:
        yield
    finally:
        _current.reset(token)


def convention():
    """Returns the `Convention` in force, torchvision's outside any scope."""
    return _current.get()


def channel_axis():
    """Returns the channel axis of an image tensor, `-1` or `1`."""
    return -1 if keras.config.image_data_format() == "channels_last" else 1


def channels(x):
    """Returns the number of channels of an image tensor."""
    return x.shape[channel_axis()]


def conv2d(
    x, filters, kernel_size=3, stride=1, *, groups=1, bias=None, norm=True, name
):
    """Convolves with the same zero padding on every side.

    `padding="same"` would pad a strided convolution at the bottom and right
    only, which shifts the features of weights trained in Caffe or PyTorch.

    Args:
        x: image tensor.
        filters: int, output channels.
        kernel_size: int, odd.
        stride: int.
        groups: int. Groups of channels that are convolved by themselves.
        bias: bool, or `None` for what the convention says.
        norm: bool. Whether batch normalisation follows, as far as the
            convention's biases depend on it.
        name: string. The layer is called `{name}_conv`.

    Returns:
        Image tensor with sides divided by `stride`, rounded up.
    """
    if bias is None:
        policy = convention().bias
        bias = policy == "all" or (policy == "unnormalized" and not norm)
    padding = "same"
    if stride > 1 and kernel_size > 1 and not convention().same:
        x = layers.ZeroPadding2D(kernel_size // 2, name=f"{name}_pad")(x)
        padding = "valid"
    layer = layers.Conv2D if groups == 1 else GroupedConv2D
    return layer(
        filters,
        kernel_size,
        strides=stride,
        padding=padding,
        groups=groups,
        use_bias=bias,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)


def batch_norm(x, name):
    """Normalises each channel; the layer is called `{name}_bn`."""
    return BatchNormalization(
        axis=channel_axis(),
        momentum=0.9,  # Caffe's and Torch's; Keras's own default is 0.99.
        epsilon=convention().epsilon,
        name=f"{name}_bn",
    )(x)


def relu(x, name):
    """Applies a rectified linear unit; the layer is called `{name}_relu`."""
    return layers.Activation("relu", name=f"{name}_relu")(x)


def bn_relu(x, name):
    """Applies batch normalisation, then ReLU."""
    return relu(batch_norm(x, name), name)


def dropout(x, rate, name):
    """Applies dropout, or adds no layer if `rate` is 0."""
    return layers.Dropout(rate, name=f"{name}_drop")(x) if rate else x
