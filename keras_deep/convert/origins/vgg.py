"""Weights for VGG: torchvision, keras.applications, the authors' Caffe nets."""

from keras_deep.convert.origins.common import HE
from keras_deep.convert.origins.common import keras_url
from keras_deep.convert.origins.common import torchvision_url
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published

_BLOCKS = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
_KERAS = {
    "block{s}_conv{k}": "conv{s}_{k}_conv",
    "fc1": "fc1",
    "fc2": "fc2",
    "predictions": "predictions",
}
_CAFFE = {
    "conv{s}_{k}": "conv{s}_{k}_conv",
    "fc6": "fc1",
    "fc7": "fc2",
    "fc8": "predictions",
}


def _torchvision(depth):
    """Returns the rows of layers numbered together with ReLUs and pools."""
    rows, index = {}, 0
    for stage, convolutions in enumerate(_BLOCKS[depth], 1):
        for k in range(1, convolutions + 1):
            rows[f"features.{index}"] = f"conv{stage}_{k}_conv"
            index += 2
        index += 1
    dense = {"classifier.0": "fc1", "classifier.3": "fc2"}
    return rows | dense | {"classifier.6": "predictions"}


def _library(card):
    name = f"vgg{card.arguments['depth']}"
    return [] if card.arguments["blocks"] else [("torchvision", name)]


ORIGINS = (
    *(
        Origin(
            "torchvision",
            "pytorch",
            {"VGG": {"depth": depth, "blocks": None}},
            ("torchvision",),
            _torchvision(depth),
            preprocessing=TORCHVISION,
            reference=_library,
        )
        for depth in _BLOCKS
    ),
    Origin(
        "keras.applications",
        "keras",
        {"VGG": {}},
        ("keras",),
        _KERAS,
        needs="block1_conv1/kernel",
        preprocessing=HE,
    ),
    Origin(
        "the authors' Caffe nets",
        "caffe",
        {"VGG": {}},
        ("caffe",),
        _CAFFE,
        preprocessing=HE,
    ),
)

PUBLISHED = (
    *published(
        "torchvision",
        "torchvision",
        tuple((f"VGG{d}", torchvision_url(f"VGG{d}"), None) for d in _BLOCKS),
    ),
    *published(
        "keras.applications",
        "keras",
        tuple(
            (f"VGG{d}", keras_url(f"vgg{d}", f"vgg{d}"), None) for d in _BLOCKS
        ),
    ),
)
