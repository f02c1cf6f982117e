"""Weights for DenseNets: torchvision, timm, pytorchcv, Caffe, Keras."""

from keras_deep.convert.origins import soeaver
from keras_deep.convert.origins.common import BLOCK
from keras_deep.convert.origins.common import COUNTED
from keras_deep.convert.origins.common import COUNTED_TOP
from keras_deep.convert.origins.common import KERAS_SAME
from keras_deep.convert.origins.common import PYTORCHCV_CIFAR
from keras_deep.convert.origins.common import UNIT
from keras_deep.convert.origins.common import in_order
from keras_deep.convert.origins.common import keras_url
from keras_deep.convert.origins.common import torchvision_url
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.preprocessing import preprocessing
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published

_IMAGENET = {"DenseNetBC": {"stem": "imagenet"}}
_CIFAR = {"DenseNet": {}, "DenseNetBC": {"stem": "cifar"}}
# Shapes distinguish the conventions of CIFAR DenseNets.
_PYTORCHCV_FIRST = ("pytorchcv", "torch7", "paper")

# `norm.1` as of PyTorch 0.3, later `norm1`; published files have either.
_TORCHVISION = {
    "features.conv0": "conv1_conv",
    "features.norm0": "conv1_bn",
    **{
        f"features.denseblock{{s}}.denselayer{{b}}.{name}{dot}{i}": (
            f"conv{{s+1}}_block{{b}}_{i - (name == 'norm')}_{kind}"
        )
        for dot in ("", ".")
        for name, kind in (("norm", "bn"), ("conv", "conv"))
        for i in (1, 2)
    },
    "features.transition{s}.norm": "pool{s+1}_bn",
    "features.transition{s}.conv": "pool{s+1}_conv",
    "features.norm5": "post_bn",
    "features.norm_final": "post_bn",
    "classifier": "predictions",
}
_ANDREASVEIT = {
    "conv1": "conv1_conv",
    "block{s}.layer.{b}.bn{k}": "conv{s+1}_block{b+1}_{k-1}_bn",
    "block{s}.layer.{b}.conv{k}": "conv{s+1}_block{b+1}_{k}_conv",
    "trans{s}.bn1": "pool{s+1}_bn",
    "trans{s}.conv1": "pool{s+1}_conv",
    "bn1": "post_bn",
    "fc": "predictions",
}
_PYTORCHCV = {
    "features.init_block": "conv1_conv",
    "features.init_block.conv": "conv1_conv",
    "features.init_block.bn": "conv1_bn",
    UNIT + "conv.bn": BLOCK + "0_bn",
    UNIT + "conv.conv": BLOCK + "1_conv",
    UNIT + "conv{k}.bn": BLOCK + "{k-1}_bn",
    UNIT + "conv{k}.conv": BLOCK + "{k}_conv",
    "features.stage{s}.trans{t}.conv.bn": "pool{s}_bn",
    "features.stage{s}.trans{t}.conv.conv": "pool{s}_conv",
    "features.post_activ.bn": "post_bn",
    "output": "predictions",
}
_SHICAI = {
    "conv1": "conv1_conv",
    "conv1/bn": "conv1_bn",
    "conv1/scale": "conv1_bn",
    "conv{s}_{b}/x{k}/bn": "conv{s}_block{b}_{k-1}_bn",
    "conv{s}_{b}/x{k}/scale": "conv{s}_block{b}_{k-1}_bn",
    "conv{s}_{b}/x{k}": "conv{s}_block{b}_{k}_conv",
    "conv5_blk/bn": "post_bn",
    "conv5_blk/scale": "post_bn",
    "conv{s}_blk/bn": "pool{s}_bn",
    "conv{s}_blk/scale": "pool{s}_bn",
    "conv{s}_blk": "pool{s}_conv",
    "fc6": "predictions",
}
_KERAS = {
    "conv1/conv": "conv1_conv",
    "conv1/bn": "conv1_bn",
    "bn": "post_bn",
    **KERAS_SAME,
}


def _by_blocks(*libraries):
    """Returns a function of a card to pairs of library and name there."""

    def reference(card):
        blocks = card.arguments["blocks"]
        if not blocks or len(blocks) != 4:
            return []
        name = f"densenet{2 * sum(blocks) + 5}"
        return [(library, name) for library in libraries]

    return reference


def _pytorchcv_cifar(card):
    own = card.arguments
    bottleneck = "_bc" * (card.builder == "DenseNetBC")
    name = f"densenet{own['depth']}_k{own['growth_rate']}{bottleneck}_cifar10"
    return [] if own["blocks"] else [("pytorchcv", name)]


ORIGINS = (
    Origin(
        "torchvision or timm",
        "pytorch",
        _IMAGENET,
        ("torchvision",),
        _TORCHVISION,
        preprocessing=TORCHVISION,
        reference=_by_blocks("torchvision", "timm"),
    ),
    Origin(
        "gpleiss/efficient_densenet_pytorch",
        "pytorch",
        _CIFAR,
        ("paper", "torch7", "pytorchcv"),
        _TORCHVISION,
    ),
    Origin(
        "andreasveit/densenet-pytorch",
        "pytorch",
        _CIFAR,
        _PYTORCHCV_FIRST,
        _ANDREASVEIT,
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        _IMAGENET,
        ("torchvision",),
        _PYTORCHCV,
        preprocessing=TORCHVISION,
        reference=_by_blocks("pytorchcv"),
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        _CIFAR,
        _PYTORCHCV_FIRST,
        _PYTORCHCV,
        preprocessing=PYTORCHCV_CIFAR,
        reference=_pytorchcv_cifar,
    ),
    Origin(
        "shicai/DenseNet-Caffe",
        "caffe",
        _IMAGENET,
        ("caffe",),
        _SHICAI,
        preprocessing=preprocessing(
            (103.94, 116.78, 123.68), (1 / 0.017,) * 3, order="BGR"
        ),
    ),
    soeaver.origin(
        {"DenseNetBC": {"stem": "imagenet", "blocks": (6, 12, 24, 16)}},
        soeaver.dense_rows((6, 12, 24, 16)),
    ),
    Origin(
        "liuzhuang13/DenseNetCaffe",
        "caffe",
        _CIFAR,
        ("caffe",),
        COUNTED_TOP,
        numbered=COUNTED,
        order=in_order,
    ),
    Origin(
        "keras.applications",
        "keras",
        _IMAGENET,
        ("keras",),
        _KERAS,
        needs="bn/gamma",
        preprocessing=TORCHVISION,
    ),
)

PUBLISHED = (
    *published(
        "torchvision or timm",
        "torchvision",
        tuple(
            (f"DenseNet{n}", torchvision_url(f"DenseNet{n}"), None)
            for n in (121, 161, 169, 201)
        ),
    ),
    *published(
        "shicai/DenseNet-Caffe",
        "caffe",
        (
            ("DenseNet121", "DenseNet_121.caffemodel", None),
            ("DenseNet169", "DenseNet_169.caffemodel", None),
        ),
    ),
    *published(
        "keras.applications",
        "keras",
        tuple(
            (f"DenseNet{n}", keras_url("densenet", f"densenet{n}"), None)
            for n in (121, 169, 201)
        ),
    ),
)
