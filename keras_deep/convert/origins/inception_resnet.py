"""Weights for Inception-ResNet: timm, pytorchcv, keras.applications."""

import math
import re

from keras_deep.convert.origins.common import keras_url
from keras_deep.convert.preprocessing import IMAGENET_MEAN
from keras_deep.convert.preprocessing import IMAGENET_STD
from keras_deep.convert.preprocessing import preprocessing
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published

_V1, _V2 = {"InceptionResNetV1": {}}, {"InceptionResNetV2": {}}
# Names of convolutions in a block: the branch, and the place in it from 1.
_TIMM_PLACES = {"branch{i}": "{i}_1", "branch{i}.{k}": "{i}_{k+1}"}
_TIMM_STEM = {
    "conv2d_1a": "conv1_1",
    "conv2d_2a": "conv1_2",
    "conv2d_2b": "conv1_3",
    "conv2d_3b": "conv2_block1_2",
    "conv2d_4a": "conv2_block1_3",
    "conv2d_7b": "post",
}
_TIMM_BLOCKS = {
    "mixed_5b": "conv3_block1",
    "repeat.{b}": "conv3_block{b+2}",
    "mixed_6a": "conv4_block1",
    "repeat_1.{b}": "conv4_block{b+2}",
    "mixed_7a": "conv5_block1",
    "repeat_2.{b}": "conv5_block{b+2}",
    "block8": "conv5_block11",
}
_CV_PLACES = {
    "branches.branch{i}.conv": "{i-1}_1",
    "branches.branch{i}.conv_list.conv{k}": "{i-1}_{k}",
}
_CV_STEM = {
    **{f"features.init_block.conv{i}": f"conv1_{i}" for i in (1, 2, 3)},
    "features.init_block.conv4": "conv2_block1_2",
    "features.init_block.conv5": "conv2_block1_3",
    "features.init_block.conv6": "conv3_block1_1",
    # Behind a pooling, which is the first step.
    "features.init_block.block.branches.branch4.conv": "conv3_block1_3_2",
    "features.final_conv": "post",
}
_CV_BLOCKS = {
    "features.init_block.block": "conv3_block1",
    "features.stage1.unit{b}": "conv3_block{b+1}",
    "features.stage{s}.unit{b}": "conv{s+2}_block{b}",
}
_PYTORCHCV = preprocessing(IMAGENET_MEAN, IMAGENET_STD, 299, scale=255)


def _rows(stem, blocks, places, residual, tops):
    """Returns rows of pairs of a convolution and its normalisation.

    Args:
        stem: dict of names of pairs outside of blocks.
        blocks: dict of names of blocks.
        places: dict of names of pairs in a block.
        residual: string, the convolution after the branches in a block.
        tops: dict of names of dense layers.
    """
    pairs = dict(stem)
    for block, ours in blocks.items():
        for place, mine in places.items():
            pairs.setdefault(f"{block}.{place}", f"{ours}_{mine}")
    rows = {
        f"{theirs}.{kind}": f"{ours}_{kind}"
        for theirs, ours in pairs.items()
        for kind in ("conv", "bn")
    }
    for block, ours in blocks.items():
        rows[f"{block}.{residual}"] = f"{ours}_residual_conv"
    return rows | tops


def _keras_order(name):
    """Returns the key that sorts our layers as Keras numbers its own.

    The others have names of their own there.
    """
    if "residual" in name or "post" in name:
        return (math.inf,)
    return tuple(map(int, re.findall(r"\d+", name)))


def _whole(library, name):
    """Returns a function of a card to the network, if it has all blocks."""
    sizes = {"inceptionresnetv1": [5, 10, 6]}.get(name, [10, 20, 10])
    return lambda card: (
        [(library, name)] if list(card.arguments["blocks"]) == sizes else []
    )


ORIGINS = (
    Origin(
        "timm",
        "pytorch",
        _V2,
        ("timm",),
        _rows(
            _TIMM_STEM,
            _TIMM_BLOCKS,
            _TIMM_PLACES,
            "conv2d",
            {"classif": "predictions"},
        ),
        preprocessing=preprocessing(
            (127.5,) * 3, (127.5,) * 3, 299, 0.8975, "bicubic"
        ),
        reference=_whole("timm", "inception_resnet_v2"),
    ),
    *(
        Origin(
            "pytorchcv",
            "pytorch",
            network,
            ("pytorchcv",),
            _rows(_CV_STEM, _CV_BLOCKS, _CV_PLACES, "conv", tops),
            preprocessing=_PYTORCHCV,
            reference=_whole("pytorchcv", name),
        )
        for network, name, tops in (
            (
                _V1,
                "inceptionresnetv1",
                {
                    "output.fc1": "fc1",
                    "output.bn": "fc1_bn",
                    "output.fc2": "predictions",
                },
            ),
            (_V2, "inceptionresnetv2", {"output.fc": "predictions"}),
        )
    ),
    Origin(
        "keras.applications",
        "keras",
        _V2,
        ("keras",),
        {
            "block35_{b}_conv": "conv3_block{b+1}_residual_conv",
            "block17_{b}_conv": "conv4_block{b+1}_residual_conv",
            "block8_{b}_conv": "conv5_block{b+1}_residual_conv",
            "conv_7b": "post_conv",
            "conv_7b_bn": "post_bn",
            "predictions": "predictions",
        },
        numbered={"conv2d": "conv", "batch_normalization": "bn"},
        order=_keras_order,
        preprocessing=preprocessing((127.5,) * 3, (127.5,) * 3, 299),
    ),
)

PUBLISHED = (
    *published(
        "timm",
        "timm",
        (
            (
                "InceptionResNetV2",
                "hf://timm/inception_resnet_v2.tf_in1k",
                19.57,
            ),
        ),
    ),
    *published(
        "keras.applications",
        "keras",
        (
            (
                "InceptionResNetV2",
                keras_url("inception_resnet_v2", "inception_resnet_v2"),
                None,
            ),
        ),
    ),
)
