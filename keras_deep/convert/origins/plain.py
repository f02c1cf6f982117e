"""Weights for networks without shortcuts, with names of residual ones."""

import dataclasses

from keras_deep.convert.origins.cifar_resnet import A_MARTYN
from keras_deep.convert.origins.cifar_resnet import JUNYUSEU
from keras_deep.convert.origins.cifar_resnet import V1_ORIGINS
from keras_deep.convert.origins.common import BLOCKS
from keras_deep.convert.origins.common import STEM
from keras_deep.convert.origins.common import TOPS
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.rules import Origin
from keras_deep.convert.rules import published

ORIGINS = (
    Origin(
        "torchvision's names",
        "pytorch",
        {"PlainNet": {}},
        ("torchvision",),
        {**STEM, **BLOCKS, **TOPS},
        preprocessing=TORCHVISION,
    ),
    # No library has these networks.
    *(
        dataclasses.replace(
            origin, networks={"CifarPlainNet": {}}, reference=None
        )
        for origin in V1_ORIGINS
    ),
)

PUBLISHED = (
    *published(
        "a-martyn/resnet",
        "torch7",
        (("CifarPlainNet", A_MARTYN("plainnet20.pt"), 9.69),),
        dataset="CIFAR-10",
        licence="BSD-3-Clause",
    ),
    *published(
        "junyuseu/ResNet-on-Cifar10",
        "caffe",
        (
            (
                "CifarPlainNet",
                JUNYUSEU(
                    "without_data_augmentation/PlainNet/20/"
                    "PlainNet_20.caffemodel"
                ),
                9.91,
            ),
        ),
        dataset="CIFAR-10",
    ),
)
