"""Weights for ResNeXt: torchvision, timm, pytorchcv, soeaver."""

from keras_deep.convert.origins import soeaver
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
    *(
        soeaver.origin(
            {"ResNeXt": {"depth": depth}},
            soeaver.bottleneck_rows(depth, "resx"),
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
