"""A deeper network computes what the given one does."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.weights import copy_weights
from tests.support.stacks import randomised


def features(model, x):
    tap = keras.Model(model.input, model.get_layer("features").output)
    return keras.ops.convert_to_numpy(tap(x))


@pytest.mark.parametrize(
    "name, arguments, deeper",
    [
        ("ResNet20", {}, {"depth": 56}),
        ("ResNet20", {"stack": True}, {"depth": 56}),
        ("CifarResNet", {"version": 2, "shortcut": "B"}, {"depth": 32}),
        ("CifarSEResNet", {}, {"blocks": (3, 4, 5)}),
        ("PreRoR", {"blocks": (2, 2, 2)}, {"blocks": (3, 3, 3)}),
        # The last block of a stage has the stride.
        (
            "ResNet",
            {
                "convention": "keras",
                "version": 2,
                "block": "bottleneck",
                "blocks": (1, 2),
                "input_shape": (32, 32, 3),
            },
            {"blocks": (2, 4)},
        ),
    ],
)
def test_outputs_are_equal(name, arguments, deeper, rng):
    model = randomised(keras_deep.create_model(name, **arguments), rng)
    before = [np.array(w) for w in model.get_weights()]
    found = keras_deep.deepen(model, **deeper)
    assert found.count_params() > model.count_params()
    x = rng.standard_normal((2, 32, 32, 3)).astype("float32")
    expected = features(model, x)
    assert expected.std() > 1e-3
    np.testing.assert_array_equal(features(found, x), expected)
    np.testing.assert_array_equal(found(x), model(x))
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_it_is_the_builders_network_and_trains_on(rng):
    model = keras_deep.ResNet20(classes=3, name="mine")
    keras_deep.card(model).class_names = ["a", "b", "c"]
    deeper = keras_deep.deepen(model, 32)
    expected = keras_deep.CifarResNet(depth=32, classes=3)
    assert deeper.count_params() == expected.count_params()
    assert keras_deep.card(deeper).class_names == ["a", "b", "c"]
    assert keras_deep.card(deeper).arguments["depth"] == 32
    copy_weights(deeper, expected)
    name = "conv2_block5_2_bn/gamma"
    gamma = dict(keras_deep.named_weights(deeper))[name]
    assert not gamma.get().any()
    deeper.compile("sgd", "sparse_categorical_crossentropy")
    x = rng.standard_normal((4, 32, 32, 3)).astype("float32")
    deeper.train_on_batch(x, np.array([0, 1, 2, 0]))
    assert gamma.get().any()


@pytest.mark.parametrize(
    "name, arguments, deeper, message",
    [
        ("ResNet20", {}, {"depth": 14}, "with 0 new weights"),
        ("ResNet20", {}, {"depth": 20}, "with 0 new weights"),
        ("ResNet20", {}, {"depth": 33}, r"6 \* n \+ 2"),
        ("ResNet20", {}, {"blocks": (4, 2, 4)}, "conv3_block3"),
        ("CifarResNet", {"shortcut": "C"}, {"depth": 32}, "pass their input"),
        ("CifarPlainNet", {}, {"depth": 32}, "pass their input"),
        ("InceptionV4", {"input_shape": (96, 96, 3)}, {"depth": 5}, "blocks"),
    ],
)
def test_what_cannot_be_deepened_is_refused(name, arguments, deeper, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.deepen(keras_deep.create_model(name, **arguments), **deeper)
