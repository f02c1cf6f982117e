"""Weights for wide residual networks of five implementations."""

import functools

from keras_deep.convert.origins import soeaver
from keras_deep.convert.origins.common import BLOCKS
from keras_deep.convert.origins.common import PROJECTIONS
from keras_deep.convert.origins.common import PYTORCHCV_CIFAR
from keras_deep.convert.origins.common import PYTORCHCV_V2
from keras_deep.convert.origins.common import STEM
from keras_deep.convert.origins.common import TOPS
from keras_deep.convert.origins.common import github_url
from keras_deep.convert.origins.common import torchvision_url
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published

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
    soeaver.origin(
        {"WideResNet": {**_IMAGENET["WideResNet"], "depth": 50}},
        soeaver.bottleneck_rows(50, "res"),
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
        preprocessing=PYTORCHCV_CIFAR,  # Equal means and deviations.
    ),
)

_FERLES_FILE = functools.partial(
    github_url,
    "AlexandrosFerles/NIPS_2019_Reproducibilty_Challenge_Zero-shot_Knowledge_"
    "Transfer_via_Adversarial_Belief_Matching",
    "5b4f27ad0a31549866b7f53e460ab888956410b9",
    "src/PyTorch/PreTrainedModels/PreTrainedScratches/CIFAR10",
)
PUBLISHED = (
    *published(
        "torchvision or timm",
        "torchvision",
        tuple(
            (
                f"WideResNet{name}",
                torchvision_url(f"Wide_ResNet{name}", version),
                error,
            )
            for name, version, error in (
                ("50_2", 1, None),
                ("50_2", 2, None),
                ("101_2", 1, 21.14),
                ("101_2", 2, None),
            )
        ),
    ),
    *published(
        "AlexandrosFerles' wide residual networks",
        "paper",
        tuple(
            (
                "WideResNet",
                _FERLES_FILE(f"wrn-{depth}-1-seed-0-dict.pth"),
                error,
                {"depth": depth, "width": 1},
            )
            for depth, error in ((16, 9.03), (40, 6.59))
        ),
        dataset="CIFAR-10",
    ),
)
