"""Weights for ResNeXt: torchvision, timm, pytorchcv, soeaver."""

from keras_deep.convert.origins.common import BLOCKS
from keras_deep.convert.origins.common import PROJECTIONS
from keras_deep.convert.origins.common import PYTORCHCV_CIFAR
from keras_deep.convert.origins.common import PYTORCHCV_V1
from keras_deep.convert.origins.common import STEM
from keras_deep.convert.origins.common import TOPS
from keras_deep.convert.origins.common import torchvision_url
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published
from keras_deep.models.depths import BLOCKS as BLOCKS_OF_DEPTH


def _soeaver(depth):
    """Returns the rows of soeaver's names, which count blocks from input on.

    resx1_conv1, resx1_conv1_bn, resx1_conv1_scale, resx1_match_conv, ...
    """
    places = [
        f"conv{stage}_block{block}"
        for stage, blocks in enumerate(BLOCKS_OF_DEPTH[depth], 2)
        for block in range(1, blocks + 1)
    ]
    layers = {"conv1": "conv1"}
    for number, place in enumerate(places, 1):
        layers[f"resx{number}_conv{{k}}"] = place + "_{k}"
        layers[f"resx{number}_match_conv"] = place + "_0"
    rows = {"classifier": "predictions"}
    for theirs, ours in layers.items():
        ends = (("", "conv"), ("_bn", "bn"), ("_scale", "bn"))
        rows |= {theirs + end: f"{ours}_{kind}" for end, kind in ends}
    return rows


def _named(*libraries, end=""):
    """Returns a function of a card to libraries and the name in each."""

    def reference(card):
        own = card.arguments
        size = f"{own['cardinality']}x{own['base_width']}d"
        name = f"resnext{own['depth']}_{size}{end}"
        return [] if own["blocks"] else [(found, name) for found in libraries]

    return reference


ORIGINS = (
    Origin(
        "torchvision or timm",
        "pytorch",
        {"ResNeXt": {}},
        ("torchvision",),
        {**STEM, **BLOCKS, **PROJECTIONS, **TOPS},
        preprocessing=TORCHVISION,
        reference=_named("torchvision", "timm"),
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        {"ResNeXt": {}},
        ("pytorchcv",),
        PYTORCHCV_V1,
        preprocessing=TORCHVISION,
        reference=_named("pytorchcv"),
    ),
    Origin(
        "pytorchcv",
        "pytorch",
        {"CifarResNeXt": {}},
        ("pytorchcv",),
        PYTORCHCV_V1,
        preprocessing=PYTORCHCV_CIFAR,
        reference=_named("pytorchcv", end="_cifar10"),
    ),
    # Its files do not state the preprocessing.
    *(
        Origin(
            "soeaver/caffe-model",
            "caffe",
            {"ResNeXt": {"depth": depth}},
            ("caffe",),
            _soeaver(depth),
        )
        for depth in (50, 101, 152)
    ),
)

PUBLISHED = published(
    "torchvision or timm",
    "torchvision",
    (
        ("ResNeXt50", torchvision_url("ResNeXt50_32X4D", 1), None),
        ("ResNeXt50", torchvision_url("ResNeXt50_32X4D", 2), None),
        ("ResNeXt101_64x4d", torchvision_url("ResNeXt101_64X4D", 1), None),
        ("ResNeXt101_32x8d", torchvision_url("ResNeXt101_32X8D", 1), 20.69),
        ("ResNeXt101_32x8d", torchvision_url("ResNeXt101_32X8D", 2), None),
        ("ResNeXt50", "hf://timm/resnext50_32x4d.a1_in1k", None),
    ),
)
