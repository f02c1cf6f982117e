"""Rules for the Caffe nets of the papers' authors and of CIFAR."""

import math
import re

from keras_deep.convert.preprocessing import preprocessing
from keras_deep.convert.rules import Origin

# He's release subtracts a mean image; these are the means of its colours.
HE = preprocessing((103.939, 116.779, 123.68), order="BGR")
_SHICAI = preprocessing((103.94, 116.78, 123.68), (1 / 0.017,) * 3, order="BGR")


def in_order(name):
    """Gives the key that sorts our layers as an input passes them.

    A projection comes first in its block.
    """
    match = re.match(r"(conv|pool|post)(\d*)(?:_block(\d+)_(\d+))?_", name)
    kind, stage, block, layer = match.groups()
    if kind == "post":
        return (math.inf,)
    after = math.inf if kind == "pool" else 0
    return int(stage), int(block) if block else after, int(layer or 0)


def _he():
    """Makes the rows of He's names: bn2a_branch2b, scale4b7_branch1, ..."""
    rows = {
        "conv1": "conv1_conv",
        "bn_conv1": "conv1_bn",
        "scale_conv1": "conv1_bn",
        "fc1000": "predictions",
    }
    # 50 layers count the blocks a, b, c, deeper networks a, b1, b2.
    for block, number in (("{@b}", "{b}"), ("b{b}", "{b+1}")):
        for theirs, ours in (("res", "conv"), ("bn", "bn"), ("scale", "bn")):
            at = f"conv{{s}}_block{number}"
            rows |= {
                f"{theirs}{{s}}{block}_branch1": f"{at}_0_{ours}",
                f"{theirs}{{s}}{block}_branch2{{@k}}": f"{at}_{{k}}_{ours}",
            }
    return rows


def _groups():
    """Makes the rows of group0_block1_conv0, ..._conv0_bn, ..._proj, ..."""
    rows, at = {"fc": "predictions"}, "conv{g+2}_block{b+1}"
    for end, kind in (("", "conv"), ("_bn", "bn"), ("_scale", "bn")):
        rows |= {
            f"first_conv{end}": f"conv1_{kind}",
            f"group{{g}}_block{{b}}_conv{{k}}{end}": f"{at}_{{k+1}}_{kind}",
            f"group{{g}}_block{{b}}_proj{end}": f"{at}_0_{kind}",
        }
    return rows


_NUMBERED = {"Convolution": "conv", "BatchNorm": "bn", "Scale": "bn"}

ORIGINS = (
    Origin(
        "KaimingHe/deep-residual-networks",
        "caffe",
        {"ResNet": {"version": 1}},
        # Without the bias of the stem it is the same network: it is folded.
        ("caffe", "paper"),
        _he(),
        preprocessing=HE,
    ),
    Origin(
        "junyuseu/ResNet-on-Cifar10",
        "caffe",
        {"CifarResNet": {"version": 1}, "CifarPlainNet": {}},
        ("caffe",),
        {"InnerProduct{n}": "predictions"},
        numbered=_NUMBERED,
        order=in_order,
    ),
    Origin(
        "yihui-he/resnet-cifar10-caffe",
        "caffe",
        {"CifarResNet": {"version": 1}, "CifarPlainNet": {}},
        ("caffe",),
        _groups(),
    ),
    Origin(
        "shicai/DenseNet-Caffe",
        "caffe",
        {"DenseNetBC": {"stem": "imagenet"}},
        ("caffe",),
        {
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
        },
        preprocessing=_SHICAI,
    ),
    Origin(
        "liuzhuang13/DenseNetCaffe",
        "caffe",
        {"DenseNet": {}, "DenseNetBC": {"stem": "cifar"}},
        ("paper",),
        {"InnerProduct{n}": "predictions"},
        numbered=_NUMBERED,
        order=in_order,
    ),
)
