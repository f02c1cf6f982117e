"""Weights for squeeze-and-excitation networks: timm, pytorchcv, the authors."""

from keras_deep.convert.origins.common import BLOCKS
from keras_deep.convert.origins.common import PROJECTIONS
from keras_deep.convert.origins.common import PYTORCHCV_CIFAR
from keras_deep.convert.origins.common import PYTORCHCV_V1
from keras_deep.convert.origins.common import PYTORCHCV_V2
from keras_deep.convert.origins.common import STEM
from keras_deep.convert.origins.common import TOPS
from keras_deep.convert.origins.common import UNIT
from keras_deep.convert.origins.common import caffe_rows
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published

_CIFAR_V1 = {"CifarSEResNet": {"version": 1}}
_CIFAR_V2 = {"CifarSEResNet": {"version": 2}}
_AT = "conv{s+1}_block{b+1}_"
_TIMM = {
    **STEM,
    **BLOCKS,
    **PROJECTIONS,
    **TOPS,
    "layer{s}.{b}.se.fc{k}": _AT + "se_{k}_conv",
}
# timm's `legacy_` models, which are the authors' weights.
_LEGACY = {
    "layer0.conv1": "conv1_conv",
    "layer0.bn1": "conv1_bn",
    **BLOCKS,
    **PROJECTIONS,
    "layer{s}.{b}.se_module.fc{k}": _AT + "se_{k}_conv",
    "last_linear": "predictions",
}
_LEGACY_154 = {
    **_LEGACY,
    "layer0.conv1": "conv1_1_conv",
    "layer0.bn1": "conv1_1_bn",
    "layer0.conv{k}": "conv1_{k}_conv",
    "layer0.bn{k}": "conv1_{k}_bn",
}
_PYTORCHCV_SE = {UNIT + "se.conv{k}": "conv{s+1}_block{b}_se_{k}_conv"}


# conv2_1_1x1_reduce, conv2_1_1x1_reduce/bn, conv2_1_1x1_reduce/bn/scale, ...
_HUJIE = caffe_rows(
    {
        "conv1/7x7_s2": "conv1",
        "conv{s}_{b}_1x1_reduce": "conv{s}_block{b}_1",
        "conv{s}_{b}_3x3": "conv{s}_block{b}_2",
        "conv{s}_{b}_1x1_increase": "conv{s}_block{b}_3",
        "conv{s}_{b}_1x1_proj": "conv{s}_block{b}_0",
        "conv{s}_{b}_1x1_down": "conv{s}_block{b}_se_1",
        "conv{s}_{b}_1x1_up": "conv{s}_block{b}_se_2",
    },
    bn="/bn",
    scale="/bn/scale",
)


def _timm(name):
    """Returns a function of a card to timm and the network's name there."""
    return lambda card: (
        []
        if card.arguments["blocks"]
        else [("timm", name.format(**card.arguments))]
    )


def _pytorchcv(card):
    own = card.arguments
    before = "pre" * (own["version"] == 2)
    bottleneck = "bn" * (own["block"] == "bottleneck")
    name = f"se{before}resnet{own['depth']}{bottleneck}_cifar10"
    return [] if own["blocks"] else [("pytorchcv", name)]


ORIGINS = (
    Origin(
        "timm",
        "pytorch",
        {"SEResNet": {}},
        ("timm",),
        _TIMM,
        preprocessing=TORCHVISION,
        reference=_timm("seresnet{depth}"),
    ),
    Origin(
        "timm",
        "pytorch",
        {"SEResNeXt": {}},
        ("timm",),
        _TIMM,
        preprocessing=TORCHVISION,
        reference=_timm("seresnext{depth}_{cardinality}x{base_width}d"),
    ),
    Origin(
        "timm's legacy models",
        "pytorch",
        {"SEResNet": {}},
        ("caffe",),
        _LEGACY,
        preprocessing=TORCHVISION,
        reference=_timm("legacy_seresnet{depth}"),
    ),
    Origin(
        "timm's legacy models",
        "pytorch",
        {"SEResNeXt": {}},
        ("caffe",),
        _LEGACY,
        preprocessing=TORCHVISION,
        reference=_timm("legacy_seresnext{depth}_{cardinality}x{base_width}d"),
    ),
    Origin(
        "timm's legacy models",
        "pytorch",
        {"SENet154": {}},
        ("caffe",),
        _LEGACY_154,
        preprocessing=TORCHVISION,
        reference=lambda card: [("timm", "legacy_senet154")],
    ),
    # None of its files states the preprocessing.
    Origin(
        "hujie-frank/SENet",
        "caffe",
        {"SEResNet": {}, "SEResNeXt": {}},
        ("caffe",),
        _HUJIE,
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        _CIFAR_V1,
        ("pytorchcv",),
        {**PYTORCHCV_V1, **_PYTORCHCV_SE},
        preprocessing=PYTORCHCV_CIFAR,
        reference=_pytorchcv,
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        _CIFAR_V2,
        ("pytorchcv",),
        {**PYTORCHCV_V2, **_PYTORCHCV_SE},
        preprocessing=PYTORCHCV_CIFAR,
        reference=_pytorchcv,
    ),
)

PUBLISHED = (
    *published(
        "hujie-frank/SENet",
        "caffe",
        (
            ("SEResNet50", "SE-ResNet-50.caffemodel", 22.37),
            ("SEResNet101", "SE-ResNet-101.caffemodel", 21.75),
            ("SEResNet152", "SE-ResNet-152.caffemodel", 21.34),
            ("SEResNeXt50", "SE-ResNeXt-50.caffemodel", 20.97),
            ("SEResNeXt101", "SE-ResNeXt-101.caffemodel", 19.81),
        ),
        licence="Apache-2.0",
    ),
    *published(
        "timm's legacy models",
        "caffe",
        (
            ("SEResNet50", "hf://timm/legacy_seresnet50.in1k", None),
            ("SEResNet101", "hf://timm/legacy_seresnet101.in1k", None),
            ("SEResNet152", "hf://timm/legacy_seresnet152.in1k", None),
            ("SEResNeXt50", "hf://timm/legacy_seresnext50_32x4d.in1k", None),
            ("SEResNeXt101", "hf://timm/legacy_seresnext101_32x4d.in1k", None),
            ("SENet154", "hf://timm/legacy_senet154.in1k", None),
        ),
    ),
)
