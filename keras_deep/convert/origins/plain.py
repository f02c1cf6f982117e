"""Weights for networks without shortcuts: the names of residual ones."""

import dataclasses

from keras_deep.convert.origins.cifar_resnet import V1_ORIGINS
from keras_deep.convert.origins.common import BLOCKS
from keras_deep.convert.origins.common import STEM
from keras_deep.convert.origins.common import TOPS
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.rules import Origin

ORIGINS = (
    Origin(
        "torchvision's names",
        "pytorch",
        {"PlainNet": {}},
        ("torchvision",),
        {**STEM, **BLOCKS, **TOPS},
        preprocessing=TORCHVISION,
    ),
    # No library has these networks to run.
    *(
        dataclasses.replace(
            origin, networks={"CifarPlainNet": {}}, reference=None
        )
        for origin in V1_ORIGINS
    ),
)
