"""Weights for wide residual networks: torchvision, timm, pytorchcv, Ferles."""

from keras_deep.convert.origins.common import BLOCKS
from keras_deep.convert.origins.common import PROJECTIONS
from keras_deep.convert.origins.common import PYTORCHCV_CIFAR
from keras_deep.convert.origins.common import PYTORCHCV_V2
from keras_deep.convert.origins.common import STEM
from keras_deep.convert.origins.common import TOPS
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.rules import Origin

_CIFAR = {"WideResNet": {"stem": "cifar"}}
_IMAGENET = {"WideResNet": {"stem": "imagenet"}}
_FERLES = {
    "conv1": "conv1_conv",
    "block{s}.nblockLayer.{b}.batch_norm1": "conv{s+1}_block{b+1}_preact_bn",
    "block{s}.nblockLayer.{b}.batch_norm{k}": "conv{s+1}_block{b+1}_{k-1}_bn",
    "block{s}.nblockLayer.{b}.conv{k}": "conv{s+1}_block{b+1}_{k}_conv",
    "block{s}.nblockLayer.{b}.conv_inp": "conv{s+1}_block{b+1}_0_conv",
    "batch_norm": "post_bn",
    "fc": "predictions",
}


def _imagenet(card):
    own = card.arguments
    name = f"wide_resnet{own['depth']}_{own['width']}"
    return [] if own["blocks"] else [("torchvision", name), ("timm", name)]


def _pytorchcv(card):
    own = card.arguments
    name = f"wrn{own['depth']}_{own['width']}_cifar10"
    return [] if own["blocks"] else [("pytorchcv", name)]


ORIGINS = (
    Origin(
        "torchvision or timm",
        "pytorch",
        _IMAGENET,
        ("torchvision",),
        {**STEM, **BLOCKS, **PROJECTIONS, **TOPS},
        preprocessing=TORCHVISION,
        reference=_imagenet,
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        _CIFAR,
        ("pytorchcv",),
        PYTORCHCV_V2,
        preprocessing=PYTORCHCV_CIFAR,
        reference=_pytorchcv,
    ),
    Origin(
        "AlexandrosFerles' wide residual networks",
        "pytorch",
        _CIFAR,
        ("paper",),
        _FERLES,
        preprocessing=PYTORCHCV_CIFAR,  # The same means and deviations.
    ),
)
