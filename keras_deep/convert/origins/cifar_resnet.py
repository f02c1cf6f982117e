"""Weights for residual networks for CIFAR, imported by `resnet`."""

import functools

from keras_deep.convert.origins.common import BLOCKS
from keras_deep.convert.origins.common import COUNTED
from keras_deep.convert.origins.common import COUNTED_TOP
from keras_deep.convert.origins.common import PROJECTIONS
from keras_deep.convert.origins.common import PYTORCHCV_CIFAR
from keras_deep.convert.origins.common import PYTORCHCV_V1
from keras_deep.convert.origins.common import PYTORCHCV_V2
from keras_deep.convert.origins.common import STEM
from keras_deep.convert.origins.common import TOPS
from keras_deep.convert.origins.common import github_url
from keras_deep.convert.origins.common import in_order
from keras_deep.convert.preprocessing import IMAGENET_MEAN
from keras_deep.convert.preprocessing import IMAGENET_STD
from keras_deep.convert.preprocessing import cifar
from keras_deep.convert.preprocessing import preprocessing
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published

_V1, _V2 = {"CifarResNet": {"version": 1}}, {"CifarResNet": {"version": 2}}
_A_MARTYN = {
    "convIn": "conv1_conv",
    "bnIn": "conv1_bn",
    "stack1.{b}.conv{k}": "conv2_block{b+1}_{k}_conv",
    "stack1.{b}.bn{k}": "conv2_block{b+1}_{k}_bn",
    "stack{s}a.conv{k}": "conv{s+1}_block1_{k}_conv",
    "stack{s}a.bn{k}": "conv{s+1}_block1_{k}_bn",
    "stack{s}b.{b}.conv{k}": "conv{s+1}_block{b+2}_{k}_conv",
    "stack{s}b.{b}.bn{k}": "conv{s+1}_block{b+2}_{k}_bn",
    "fcOut": "predictions",
}


def _yihui_he():
    """Returns the rows of group0_block1_conv0, ..._conv0_bn, ..._proj, ..."""
    rows, at = {"fc": "predictions"}, "conv{g+2}_block{b+1}"
    for end, kind in (("", "conv"), ("_bn", "bn"), ("_scale", "bn")):
        rows |= {
            f"first_conv{end}": f"conv1_{kind}",
            f"group{{g}}_block{{b}}_conv{{k}}{end}": f"{at}_{{k+1}}_{kind}",
            f"group{{g}}_block{{b}}_proj{end}": f"{at}_0_{kind}",
        }
    return rows


def _projection_last(name):
    """Returns the key that sorts our layers in the order of Keras's example."""
    key = in_order(name)
    return (*key[:2], key[2] or 9) if len(key) == 3 else key


def _pytorchcv(card):
    own = card.arguments
    if own["blocks"] or own["block"] in ("single", "triple"):
        return []
    before = "pre" * (own["version"] == 2)
    bottleneck = "bn" * (own["block"] == "bottleneck")
    name = f"{before}resnet{own['depth']}{bottleneck}_cifar10"
    return [("pytorchcv", name)]


# Also for networks without shortcuts.
V1_ORIGINS = (
    Origin(
        "akamaster/pytorch_resnet_cifar10",
        "pytorch",
        _V1,
        ("paper",),
        {**STEM, **BLOCKS, **TOPS},
        preprocessing=cifar(IMAGENET_MEAN, IMAGENET_STD),
    ),
    # With option B, or a CIFAR network with torchvision's names.
    Origin(
        "akamaster/pytorch_resnet_cifar10 with projections",
        "pytorch",
        _V1,
        ("pytorchcv",),
        {**STEM, **BLOCKS, **PROJECTIONS, **TOPS},
    ),
    Origin(
        "a-martyn/resnet",
        "pytorch",
        _V1,
        ("torch7",),  # Its option A pads after the channels.
        _A_MARTYN,
        preprocessing=cifar(
            (0.4918687901200927, 0.49185976472299225, 0.4918583862227116),
            (0.24697121702736, 0.24696766978537033, 0.2469719877121087),
        ),
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        _V1,
        ("pytorchcv",),
        PYTORCHCV_V1,
        preprocessing=PYTORCHCV_CIFAR,
        reference=_pytorchcv,
    ),
    Origin(
        "junyuseu/ResNet-on-Cifar10",
        "caffe",
        _V1,
        ("caffe",),
        COUNTED_TOP,
        numbered=COUNTED,
        order=in_order,
    ),
    Origin(
        "yihui-he/resnet-cifar10-caffe",
        "caffe",
        _V1,
        ("caffe",),
        _yihui_he(),
    ),
    Origin(
        "Keras's example of a CIFAR ResNet",
        "keras",
        _V1,
        ("keras",),
        {"dense": "predictions", "dense_{n}": "predictions"},
        numbered={"conv2d": "conv", "batch_normalization": "bn"},
        order=_projection_last,
        preprocessing=preprocessing((0, 0, 0), side=32, crop=1),
    ),
)

ORIGINS = (
    *V1_ORIGINS,
    Origin(
        "pytorchcv",
        "pytorch",
        _V2,
        ("pytorchcv",),
        PYTORCHCV_V2,
        preprocessing=PYTORCHCV_CIFAR,
        reference=_pytorchcv,
    ),
)

_AKAMASTER = functools.partial(
    github_url,
    "akamaster/pytorch_resnet_cifar10",
    "d5489e8995e81e91ce6b1d69dcc98ad579b0b153",
    "pretrained_models",
)
A_MARTYN = functools.partial(
    github_url,
    "a-martyn/resnet",
    "a9779154427bc5d28d89c213e1ae73613c353f74",
    "pretrained",
)
JUNYUSEU = functools.partial(
    github_url,
    "junyuseu/ResNet-on-Cifar10",
    "b78ad080ac09604f33e478719f542b350df0fb20",
)
_JUNYUSEU_20 = JUNYUSEU(
    "data_augmentation/20/cifar10_res20_iter_64000.caffemodel"
)
_MLCOMMONS = github_url(
    "mlcommons/tiny",
    "1afd2c9820f795965a6134facd0b4dfae41ef23f",
    "benchmark/training/image_classification/trained_models/"
    "pretrainedResnet.h5",
)
_published = functools.partial(published, dataset="CIFAR-10")
PUBLISHED = (
    *_published(
        "akamaster/pytorch_resnet_cifar10",
        "paper",
        (
            ("ResNet20", _AKAMASTER("resnet20-12fca82f.th"), 8.27),
            ("ResNet44", _AKAMASTER("resnet44-014dd654.th"), 6.90),
        ),
        licence="BSD-2-Clause style",
    ),
    *_published(
        "a-martyn/resnet",
        "torch7",
        (("ResNet20", A_MARTYN("resnet20.pt"), 8.04),),
        licence="BSD-3-Clause",
    ),
    *_published(
        "junyuseu/ResNet-on-Cifar10",
        "caffe",
        (("ResNet20", _JUNYUSEU_20, 8.19),),
    ),
    # ResNet-8 of the benchmark MLPerf Tiny.
    *_published(
        "Keras's example of a CIFAR ResNet",
        "keras",
        (("CifarResNet", _MLCOMMONS, 12.81, {"blocks": (1, 1, 1)}),),
        licence="Apache-2.0",
    ),
)
