"""Which network of a library is the one that weights come from."""

import pytest

from keras_deep.convert.origins import ORIGINS
from keras_deep.models.card import Card
from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of


def _both(name):
    return [f"torchvision/{name}", f"timm/{name}"]


CASES = [
    ("torchvision or timm", "ResNet18", {}, _both("resnet18")),
    ("timm", "ResNet50V2", {}, ["timm/resnetv2_50"]),
    ("pytorchcv", "ResNet50", {}, ["pytorchcv/resnet50b"]),
    ("pytorchcv", "ResNet18", {}, ["pytorchcv/resnet18"]),
    (
        "pytorchcv",
        "ResNet50",
        {"convention": "pytorchcv"},
        ["pytorchcv/resnet50"],
    ),
    ("pytorchcv", "ResNet50V2", {}, ["pytorchcv/preresnet50"]),
    ("pytorchcv", "ResNet110", {}, ["pytorchcv/resnet110_cifar10"]),
    ("pytorchcv", "ResNet164V2", {}, ["pytorchcv/preresnet164bn_cifar10"]),
    ("torchvision or timm", "DenseNet161", {}, _both("densenet161")),
    ("pytorchcv", "DenseNet121", {}, ["pytorchcv/densenet121"]),
    ("pytorchcv", "DenseNet", {}, ["pytorchcv/densenet40_k12_cifar10"]),
    ("pytorchcv", "DenseNetBC", {}, ["pytorchcv/densenet100_k12_bc_cifar10"]),
    (
        "torchvision or timm",
        "ResNeXt101_32x8d",
        {},
        _both("resnext101_32x8d"),
    ),
    ("pytorchcv", "ResNeXt50", {}, ["pytorchcv/resnext50_32x4d"]),
    (
        "pytorchcv",
        "ResNeXt29_16x64d",
        {},
        ["pytorchcv/resnext29_16x64d_cifar10"],
    ),
    # Of these no library has the same network.
    ("torchvision or timm", "ResNet50", {"blocks": (1, 1, 1, 1)}, []),
    ("pytorchcv", "CifarResNet", {"blocks": (2, 1)}, []),
    ("pytorchcv", "DenseNetBC", {"blocks": (2, 1)}, []),
    ("pytorchcv", "CifarPlainNet", {}, []),
    ("akamaster/pytorch_resnet_cifar10", "ResNet20", {}, []),
]


@pytest.mark.parametrize("theirs, name, given, expected", CASES)
def test_the_network_of_a_library(theirs, name, given, expected):
    entry = entry_of(name)
    arguments = {**entry.arguments, **given}
    convention = arguments.pop("convention", None)
    every = arguments_of(entry.builder, arguments)
    card = Card(
        entry.builder,
        every,
        convention or next(iter(entry.conventions_of(arguments))),
    )
    (origin,) = (
        origin
        for origin in ORIGINS
        if origin.name == theirs and origin.fits(card.builder, every)
    )
    found = ["/".join(pair) for pair in origin.references_of(card)]
    assert found == expected
