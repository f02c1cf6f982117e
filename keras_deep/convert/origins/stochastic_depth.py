"""Weights for networks of stochastic depth, which are those of ResNets."""

import dataclasses

from keras_deep.convert.origins.cifar_resnet import V1_ORIGINS


def _pytorchcv(card):
    own = card.arguments
    if own["blocks"]:
        return []
    return [("pytorchcv", f"resdropresnet{own['depth']}_cifar10")]


ORIGINS = tuple(
    dataclasses.replace(
        origin, networks={"StochasticDepthResNet": {}}, reference=_pytorchcv
    )
    for origin in V1_ORIGINS
    if origin.name == "pytorchcv"
)
