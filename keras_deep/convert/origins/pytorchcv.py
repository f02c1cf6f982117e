"""Rules for pytorchcv (osmr/imgclsmob), for ImageNet and for CIFAR."""

import re

from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.preprocessing import cifar
from keras_deep.convert.rules import Origin

_CIFAR = cifar((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))
_UNIT = "features.stage{s}.unit{b}."
_BLOCK = "conv{s+1}_block{b}_"

_V1 = {
    "features.init_block.conv": "conv1_conv",
    "features.init_block.bn": "conv1_bn",
    "features.init_block.conv.conv": "conv1_conv",
    "features.init_block.conv.bn": "conv1_bn",
    _UNIT + "body.conv{k}.conv": _BLOCK + "{k}_conv",
    _UNIT + "body.conv{k}.bn": _BLOCK + "{k}_bn",
    _UNIT + "identity_conv.conv": _BLOCK + "0_conv",
    _UNIT + "identity_conv.bn": _BLOCK + "0_bn",
    "output": "predictions",
}
_V2 = {
    "features.init_block": "conv1_conv",
    "features.init_block.conv": "conv1_conv",
    "features.init_block.bn": "conv1_bn",
    _UNIT + "body.conv1.bn": _BLOCK + "preact_bn",
    _UNIT + "body.conv{k}.bn": _BLOCK + "{k-1}_bn",
    _UNIT + "body.conv{k}.conv": _BLOCK + "{k}_conv",
    _UNIT + "identity_conv": _BLOCK + "0_conv",
    "features.post_activ.bn": "post_bn",
    "output": "predictions",
}
_DENSE = {
    "features.init_block": "conv1_conv",
    "features.init_block.conv": "conv1_conv",
    "features.init_block.bn": "conv1_bn",
    _UNIT + "conv.bn": _BLOCK + "0_bn",
    _UNIT + "conv.conv": _BLOCK + "1_conv",
    _UNIT + "conv{k}.bn": _BLOCK + "{k-1}_bn",
    _UNIT + "conv{k}.conv": _BLOCK + "{k}_conv",
    "features.stage{s}.trans{t}.conv.bn": "pool{s}_bn",
    "features.stage{s}.trans{t}.conv.conv": "pool{s}_conv",
    "features.post_activ.bn": "post_bn",
    "output": "predictions",
}


def _strides(at_first, at_second):
    """Makes a function that tells where a bottleneck strides, if it can.

    `resnet50` strides at its first convolutions, `resnet50b` at the second
    ones, under the same names and in the same shapes. Only the name of the
    published file says which: `resnet50b-0614-b2a49da6.pth`.
    """

    def choose(file, layers):
        if not any(".conv3" in layer for layer in layers):
            return at_first  # Basic blocks stride at one place only.
        found = re.search(r"resnet\d+(b?)-", file)
        return found and (at_second if found[1] else at_first)

    return choose


ORIGINS = (
    Origin(
        "pytorchcv",
        "pytorch",
        {"ResNet": {"version": 1}},
        ("pytorchcv", "torchvision"),
        _V1,
        preprocessing=TORCHVISION,
        choose=_strides("pytorchcv", "torchvision"),
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        {"ResNet": {"version": 2}},
        ("pytorchcv", "pytorchcv_b"),
        _V2,
        preprocessing=TORCHVISION,
        choose=_strides("pytorchcv", "pytorchcv_b"),
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        {"CifarResNet": {"version": 1}, "CifarPlainNet": {}},
        ("pytorchcv",),
        _V1,
        preprocessing=_CIFAR,
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        {"CifarResNet": {"version": 2}},
        ("pytorchcv",),
        _V2,
        preprocessing=_CIFAR,
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        {"DenseNetBC": {"stem": "imagenet"}},
        ("torchvision",),
        _DENSE,
        preprocessing=TORCHVISION,
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        {"DenseNet": {}, "DenseNetBC": {"stem": "cifar"}},
        ("pytorchcv", "torch7", "paper"),
        _DENSE,
        preprocessing=_CIFAR,
    ),
)
