"""Weights that there are not: the error says which there are."""

import enum

import numpy as np
import pytest

import keras_deep
from keras_deep import convert

SECOND = "'torchvision://ResNet50_Weights.IMAGENET1K_V2'"


class ResNet50_Weights(enum.Enum):
    """As torchvision has them."""

    IMAGENET1K_V2 = 2


# What is given, and what is said to be meant.
GIVEN = {
    "imagenet": f"Did you mean .* or {SECOND}",
    "IMAGENET1K_V2": f"Did you mean {SECOND}",
    "ResNet50_Weights.IMAGENET1K_V2": f"Did you mean {SECOND}",
    "torchvision://ResNet50_Weights.IMAGENET1K_V3": "_V2'",
    "timm/resnet50.a1_in1k": "Did you mean 'hf://timm/resnet50.a1_in1k'",
    "resnet50.a1_in1k": "Did you mean 'hf://timm/resnet50.a1_in1k'",
    "hf://resnet50.a1_in1k": "Did you mean 'hf://timm/resnet50.a1_in1k'",
    "hf:timm/resnet50.a1_in1k": "Did you mean 'hf://timm/resnet50.a1_in1k'",
    "torchvison://ResNet50_Weights.IMAGENET1K_V2": f"Did you mean.*{SECOND}",
    "imagenet21k": "Published weights of ResNet50",
    "noisy-student": "Published weights of ResNet50",
    "resnet50_weights.h5": "Published weights of ResNet50",
    "": "Published weights of ResNet50",
    True: "Received: True Published weights of ResNet50",
    ResNet50_Weights.IMAGENET1K_V2: f"Did you mean {SECOND}",
}


@pytest.mark.parametrize("given", GIVEN, ids=str)
def test_near_misses_are_answered_with_the_names(given):
    messages = set()
    for build in (
        lambda: keras_deep.ResNet50(weights=given),
        lambda: keras_deep.ResNet(depth=50, weights=given),
        lambda: convert.from_pytorch(given, "ResNet50"),
        lambda: convert.from_file(given, "ResNet50"),
    ):
        with pytest.raises((FileNotFoundError, ValueError), match=GIVEN[given]):
            build()
        try:
            build()
        except (FileNotFoundError, ValueError) as error:
            messages.add(str(error))
    (message,) = messages
    for row in keras_deep.list_weights("ResNet50"):
        assert repr(row.weights) in message
    assert "_kernels.h5' (with convention='keras')" in message
    assert f"{SECOND}," in message and "ResNet-101" not in message


def test_the_convention_is_told_where_it_is_another_one():
    with pytest.raises(FileNotFoundError) as error:
        keras_deep.ResNet50(weights="imagenet", convention="keras")
    assert "_kernels.h5'." in str(error.value)
    assert "Did you mean" not in str(error.value)
    assert f"{SECOND} (with convention='torchvision')" in str(error.value)


def test_the_network_counts_and_not_the_builder():
    with pytest.raises(FileNotFoundError, match="weights of ResNet101: ") as e:
        keras_deep.ResNet(depth=101, classes=5, weights="imagenet")
    assert "ResNet50" not in str(e.value)
    with pytest.raises(FileNotFoundError, match="No published weights of this"):
        keras_deep.ResNet(blocks=(1, 1, 1, 1), weights="imagenet")
    with pytest.raises(FileNotFoundError, match="weights of ResNet20: .*aka"):
        keras_deep.ResNet20(weights="cifar10")


def test_every_model_that_takes_weights_answers():
    for name in keras_deep.list_models(kind="image"):
        rows = keras_deep.list_weights(name)
        with pytest.raises(FileNotFoundError) as error:
            keras_deep.create_model(name, weights="imagenet")
        told = [f"{row.weights!r}" in str(error.value) for row in rows]
        assert all(told)
        assert rows or "No published weights of this" in str(error.value)


def test_models_that_are_built_are_told_too():
    model = keras_deep.CifarResNet(blocks=(1, 1, 1), input_shape=(8, 8, 3))
    with pytest.raises(FileNotFoundError, match="weights of CifarResNet: .*ml"):
        convert.load_keras(model, "imagenet")


def test_no_weights_are_none_only():
    """Nothing that is given is passed over."""
    for given in (False, 0, {}):
        with pytest.raises(ValueError):
            keras_deep.CifarResNet(blocks=(1,), weights=given)
    with pytest.raises(ValueError, match="differences"):
        convert.from_keras({"a/kernel": np.zeros(1)}, "CifarResNet")
