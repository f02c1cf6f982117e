"""Weights for residual networks: torchvision, timm, pytorchcv, He, Keras."""

import re

from keras_deep.convert.origins import cifar_resnet
from keras_deep.convert.origins import soeaver
from keras_deep.convert.origins.common import BLOCKS
from keras_deep.convert.origins.common import HE
from keras_deep.convert.origins.common import KERAS_SAME
from keras_deep.convert.origins.common import PROJECTIONS
from keras_deep.convert.origins.common import PYTORCHCV_V1
from keras_deep.convert.origins.common import PYTORCHCV_V2
from keras_deep.convert.origins.common import STEM
from keras_deep.convert.origins.common import TOPS
from keras_deep.convert.origins.common import he_rows
from keras_deep.convert.origins.common import keras_url
from keras_deep.convert.origins.common import torchvision_url
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.preprocessing import preprocessing
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published

_V1, _V2 = {"ResNet": {"version": 1}}, {"ResNet": {"version": 2}}
_TIMM_V2 = {
    "stem.conv": "conv1_conv",
    "stages.{s}.blocks.{b}.conv{k}": "conv{s+2}_block{b+1}_{k}_conv",
    "stages.{s}.blocks.{b}.norm1": "conv{s+2}_block{b+1}_preact_bn",
    "stages.{s}.blocks.{b}.norm{k}": "conv{s+2}_block{b+1}_{k-1}_bn",
    "stages.{s}.blocks.{b}.downsample.conv": "conv{s+2}_block{b+1}_0_conv",
    "norm": "post_bn",
    "head.fc": "predictions",
}


def _strides(at_first, at_second):
    """Returns a function that determines the stride of bottlenecks.

    `resnet50` strides at the first convolutions, `resnet50b` at the second,
    with equal names and shapes; only the name of the published file tells:
    `resnet50b-0614-b2a49da6.pth`.
    """

    def choose(file, layers):
        if not any(".conv3" in layer for layer in layers):
            return at_first  # In basic blocks only one convolution strides.
        found = re.search(r"resnet\d+(b?)-", file)
        return found and (at_second if found[1] else at_first)

    return choose


def _by_depth(*networks):
    """Returns a function of a card to pairs of library and name there."""

    def reference(card):
        depth = card.arguments["depth"]
        found = [(library, f"{name}{depth}") for library, name in networks]
        return [] if card.arguments["blocks"] else found

    return reference


def _pytorchcv(card):
    if card.arguments["blocks"]:
        return []
    depth = card.arguments["depth"]
    before = "pre" * (card.arguments["version"] == 2)
    second = card.convention in ("torchvision", "pytorchcv_b") and depth >= 50
    return [("pytorchcv", f"{before}resnet{depth}{'b' * second}")]


_IMAGENET = (
    Origin(
        "torchvision or timm",
        "pytorch",
        _V1,
        ("torchvision",),
        {**STEM, **BLOCKS, **PROJECTIONS, **TOPS},
        preprocessing=TORCHVISION,
        reference=_by_depth(("torchvision", "resnet"), ("timm", "resnet")),
    ),
    Origin(
        "timm",
        "pytorch",
        _V2,
        ("timm",),
        _TIMM_V2,
        preprocessing=TORCHVISION,
        reference=_by_depth(("timm", "resnetv2_")),
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        _V1,
        ("pytorchcv", "torchvision"),
        PYTORCHCV_V1,
        preprocessing=TORCHVISION,
        choose=_strides("pytorchcv", "torchvision"),
        reference=_pytorchcv,
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        _V2,
        ("pytorchcv", "pytorchcv_b"),
        PYTORCHCV_V2,
        preprocessing=TORCHVISION,
        choose=_strides("pytorchcv", "pytorchcv_b"),
        reference=_pytorchcv,
    ),
    # He's names. Nothing but the pooling of the stem tells one from his.
    soeaver.origin(
        {"ResNet": {"version": 1, "depth": 18}},
        he_rows(),
        ("torchvision", "caffe", "paper"),
    ),
    *(
        soeaver.origin(
            {"ResNet": {"version": 2, "depth": depth}},
            soeaver.preactivated_rows(depth),
        )
        for depth in (101, 152)
    ),
    Origin(
        "KaimingHe/deep-residual-networks",
        "caffe",
        _V1,
        # The stem's bias is folded into the paper's network, without change.
        ("caffe", "paper"),
        he_rows(),
        preprocessing=HE,
    ),
    Origin(
        "keras.applications",
        "keras",
        _V1,
        ("keras",),
        KERAS_SAME,
        needs="conv1_conv/bias",
        preprocessing=HE,
    ),
    Origin(
        "keras.applications",
        "keras",
        _V2,
        ("keras",),
        KERAS_SAME,
        needs="conv1_conv/bias",
        preprocessing=preprocessing((127.5,) * 3, (127.5,) * 3),
    ),
)

ORIGINS = (*_IMAGENET, *cifar_resnet.ORIGINS)

PUBLISHED = (
    *published(
        "torchvision or timm",
        "torchvision",
        (
            ("ResNet18", torchvision_url("ResNet18", 1), 30.25),
            ("ResNet34", torchvision_url("ResNet34", 1), 26.70),
            ("ResNet50", torchvision_url("ResNet50", 1), 23.84),
            ("ResNet50", torchvision_url("ResNet50", 2), None),
            ("ResNet101", torchvision_url("ResNet101", 1), 22.60),
            ("ResNet101", torchvision_url("ResNet101", 2), None),
            ("ResNet152", torchvision_url("ResNet152", 1), 21.67),
            ("ResNet152", torchvision_url("ResNet152", 2), None),
            ("ResNet50", "hf://timm/resnet50.a1_in1k", 19.618),
            ("ResNet50", "hf://timm/resnet50.a2_in1k", 20.172),
            ("ResNet50", "hf://timm/resnet50.a3_in1k", 21.948),
        ),
    ),
    *published(
        "timm",
        "timm",
        (("ResNet50V2", "hf://timm/resnetv2_50.a1h_in1k", 19.59),),
    ),
    *published(
        "KaimingHe/deep-residual-networks",
        "caffe",
        (
            ("ResNet50", "ResNet-50-model.caffemodel", 24.7),
            ("ResNet101", "ResNet-101-model.caffemodel", 23.6),
            ("ResNet152", "ResNet-152-model.caffemodel", 23.0),
        ),
        licence="MIT",
    ),
    *published(
        "keras.applications",
        "keras",
        tuple(
            (f"ResNet{n}", keras_url("resnet", f"resnet{n.lower()}"), None)
            for n in ("50", "101", "152", "50V2", "101V2", "152V2")
        ),
    ),
    *cifar_resnet.PUBLISHED,
)
