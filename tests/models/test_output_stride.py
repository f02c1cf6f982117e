"""A smaller output stride gives the same features at more pixels."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.weights import copy_weights
from tests.support.stacks import randomised

SMALL = {"blocks": (1, 2, 2, 2), "input_shape": (64, 96, 3)}
KERAS = {"convention": "keras", "version": 2, "block": "bottleneck", **SMALL}
CIFAR = {"input_shape": (16, 24, 3)}


@pytest.mark.parametrize(
    "name, arguments, stride",
    [
        ("ResNet", {"block": "basic", **SMALL}, 8),
        ("ResNet", {"block": "basic", "shortcut": "A", **SMALL}, 16),
        ("ResNet", KERAS, 8),
        ("ResNet", {**SMALL, "convention": "paper"}, 4),
        ("WideResNet50_2", {"width": 1, **SMALL}, 16),
        ("PlainNet", SMALL, 8),
        ("CifarResNet", {"stack": True, **CIFAR}, 1),
        ("CifarResNet", {"version": 2, **CIFAR}, 2),
    ],
)
def test_every_original_pixel_is_equal(name, arguments, stride, rng):
    build = getattr(keras_deep, name)
    model = randomised(build(include_top=False, **arguments), rng)
    dense = build(include_top=False, output_stride=stride, **arguments)
    copy_weights(model, dense)
    x = rng.standard_normal((2, *model.input_shape[1:])).astype("float32")
    expected = keras.ops.convert_to_numpy(model(x))
    found = keras.ops.convert_to_numpy(dense(x))
    assert found.shape[1:3] == tuple(n // stride for n in x.shape[1:3])
    step = found.shape[1] // expected.shape[1]
    assert step > 1 and expected.std() > 0.01
    error = np.abs(found[:, ::step, ::step] - expected).max()
    assert error < 1e-5 * np.abs(expected).max()


def test_features_of_every_stage_and_any_size(rng):
    model = keras_deep.ResNet18(include_top=False, output_stride=16)
    outputs = keras_deep.features(model)(np.ones((1, 64, 128, 3), "float32"))
    sizes = [tuple(x.shape[1:3]) for x in outputs]
    assert sizes == [(16, 32), (8, 16), (4, 8), (4, 8)]
    assert keras_deep.card(model).arguments["output_stride"] == 16


@pytest.mark.parametrize(
    "name, stride, message",
    [
        ("ResNet18", 3, r"one of \[1, 2, 4, 8, 16, 32\]"),
        ("ResNet18", 2, "'pool1_pool', a MaxPooling2D"),
        ("DenseNet121", 8, "'pool3_pool', a AveragePooling2D"),
    ],
)
def test_what_cannot_be_dilated_is_refused(name, stride, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.create_model(
            name, output_stride=stride, input_shape=(64, 64, 3)
        )
