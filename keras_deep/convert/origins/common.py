"""Rows and records shared by several families."""

import math
import re

from keras_deep.convert.preprocessing import cifar
from keras_deep.convert.preprocessing import preprocessing

# torchvision's names, which many repositories have adopted.
STEM = {"conv1": "conv1_conv", "bn1": "conv1_bn"}
BLOCKS = {
    "layer{s}.{b}.conv{k}": "conv{s+1}_block{b+1}_{k}_conv",
    "layer{s}.{b}.bn{k}": "conv{s+1}_block{b+1}_{k}_bn",
}
PROJECTIONS = {
    f"layer{{s}}.{{b}}.{name}.{i}": f"conv{{s+1}}_block{{b+1}}_0_{kind}"
    for name in ("downsample", "shortcut")
    for i, kind in enumerate(("conv", "bn"))
}
TOPS = {"fc": "predictions", "linear": "predictions"}

# pytorchcv (osmr/imgclsmob), for ImageNet and for CIFAR.
UNIT = "features.stage{s}.unit{b}."
BLOCK = "conv{s+1}_block{b}_"
PYTORCHCV_V1 = {
    "features.init_block.conv": "conv1_conv",
    "features.init_block.bn": "conv1_bn",
    "features.init_block.conv.conv": "conv1_conv",
    "features.init_block.conv.bn": "conv1_bn",
    UNIT + "body.conv{k}.conv": BLOCK + "{k}_conv",
    UNIT + "body.conv{k}.bn": BLOCK + "{k}_bn",
    UNIT + "identity_conv.conv": BLOCK + "0_conv",
    UNIT + "identity_conv.bn": BLOCK + "0_bn",
    "output": "predictions",
}
PYTORCHCV_V2 = {
    "features.init_block": "conv1_conv",
    "features.init_block.conv": "conv1_conv",
    "features.init_block.bn": "conv1_bn",
    UNIT + "body.conv1.bn": BLOCK + "preact_bn",
    UNIT + "body.conv{k}.bn": BLOCK + "{k-1}_bn",
    UNIT + "body.conv{k}.conv": BLOCK + "{k}_conv",
    UNIT + "identity_conv": BLOCK + "0_conv",
    "features.post_activ.bn": "post_bn",
    "output": "predictions",
}
PYTORCHCV_CIFAR = cifar((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))

# Caffe nets whose layers are only numbered, in the order of `in_order`.
COUNTED = {"Convolution": "conv", "BatchNorm": "bn", "Scale": "bn"}
COUNTED_TOP = {"InnerProduct{n}": "predictions"}

# keras.applications: our names, except in older releases.
KERAS_SAME = {
    "fc1000": "predictions",
    "probs": "predictions",
    "{=name}": "{=name}",
}

# He's release subtracts a mean image; these are its means per channel.
HE = preprocessing((103.939, 116.779, 123.68), order="BGR")


def he_rows():
    """Returns the rows of He's names: bn2a_branch2b, scale4b7_branch1, ..."""
    rows = {
        "conv1": "conv1_conv",
        "bn_conv1": "conv1_bn",
        "scale_conv1": "conv1_bn",
        "fc1000": "predictions",
    }
    # With 50 layers blocks are a, b, c, in deeper networks a, b1, b2.
    for block, number in (("{@b}", "{b}"), ("b{b}", "{b+1}")):
        for theirs, ours in (("res", "conv"), ("bn", "bn"), ("scale", "bn")):
            at = f"conv{{s}}_block{number}"
            rows |= {
                f"{theirs}{{s}}{block}_branch1": f"{at}_0_{ours}",
                f"{theirs}{{s}}{block}_branch2{{@k}}": f"{at}_{{k}}_{ours}",
            }
    return rows


def caffe_rows(layers, bn, scale):
    """Returns the rows of convolutions and the normalisation after each.

    Args:
        layers: dict of templates, theirs to ours without `_conv`.
        bn: string that follows the name of a convolution in that of its
            BatchNorm.
        scale: string that follows it in the name of the Scale.
    """
    rows = {"classifier": "predictions"}
    for theirs, ours in layers.items():
        rows |= {
            theirs: f"{ours}_conv",
            theirs + bn: f"{ours}_bn",
            theirs + scale: f"{ours}_bn",
        }
    return rows


# Folder of the weights of keras.applications.
_KERAS_URL = "https://storage.googleapis.com/tensorflow/keras-applications"


def keras_url(folder, name):
    """Returns the URL of weights of keras.applications with the top."""
    file = f"{name}_weights_tf_dim_ordering_tf_kernels.h5"
    return f"{_KERAS_URL}/{folder}/{file}"


def torchvision_url(name, version=1):
    """Returns the name on the hub of ImageNet weights of torchvision."""
    return f"torchvision://{name}_Weights.IMAGENET1K_V{version}"


def github_url(repository, commit, *path):
    """Returns the URL of a file in a public repository."""
    return "/".join(("https://github.com", repository, "raw", commit, *path))


def in_order(name):
    """Returns the key that sorts our layers from input to output.

    A projection comes first in its block.
    """
    match = re.match(r"(conv|pool|post)(\d*)(?:_block(\d+)_(\d+))?_", name)
    kind, stage, block, layer = match.groups()
    if kind == "post":
        return (math.inf,)
    after = math.inf if kind == "pool" else 0
    return int(stage), int(block) if block else after, int(layer or 0)
