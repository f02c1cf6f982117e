"""The classifier is exchanged, and everything else is kept."""

import keras
import numpy as np
import pytest

import keras_deep


def features(model, x):
    tap = keras.Model(model.input, model.get_layer("features").output)
    return keras.ops.convert_to_numpy(tap(x))


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"stack": True, "depth": 26},
        {"include_top": False},
        {"include_top": False, "pooling": "max"},
    ],
)
def test_weights_and_frozen_layers_stay(arguments, rng):
    model = keras_deep.CifarResNet(**arguments)
    model.get_layer("conv1_conv").trainable = False
    found = keras_deep.replace_top(model, 7)
    assert found.output_shape == (None, 7)
    assert not found.get_layer("conv1_conv").trainable
    x = rng.standard_normal((2, 32, 32, 3)).astype("float32")
    np.testing.assert_array_equal(features(found, x), features(model, x))
    np.testing.assert_allclose(np.sum(found(x), -1), 1, rtol=1e-5)
    # It is a copy: training one does not train the other.
    kernel = dict(keras_deep.named_weights(found))["conv1_conv/kernel"]
    kernel.set(0 * kernel.get())
    assert np.any(features(found, x) != features(model, x))


def test_card_builds_the_same_network():
    model = keras_deep.ResNet20(classes=5, input_shape=(40, 32, 3))
    facts = {"mean": [1.0, 2.0, 3.0]}
    card = keras_deep.card(model)
    card.preprocessing, card.class_names = facts, list("abcde")
    found = keras_deep.replace_top(model, 2, classifier_activation=None)
    card = keras_deep.card(found)
    assert card.preprocessing == facts and card.class_names is None
    assert keras_deep.card(model).class_names == list("abcde")
    again = keras_deep.create_model(card.builder, **card.arguments)
    assert again.output_shape == (None, 2)
    assert again.layers[-1].activation is keras.activations.linear
    assert again.count_params() == found.count_params()
    assert found.name == model.name


def test_only_the_last_layer_of_a_larger_top_is_exchanged(rng):
    model = keras_deep.VGG(blocks=(1, 1, 1, 1, 1), input_shape=(32, 32, 3))
    model.trainable = False
    found = keras_deep.replace_top(model, 1)
    assert [w.path for w in found.trainable_variables] == [
        "predictions/kernel",
        "predictions/bias",
    ]
    assert found.layers[-1].activation is keras.activations.sigmoid
    weights = dict(keras_deep.named_weights(found))
    for name, handle in keras_deep.named_weights(model):
        if not name.startswith("predictions"):
            np.testing.assert_array_equal(weights[name].get(), handle.get())


def test_the_new_layer_is_like_the_old_one():
    model = keras_deep.LooksLinearNet(blocks=(1, 1, 1, 1))
    found = keras_deep.replace_top(model, 3).get_layer("predictions")
    kernel = keras.ops.convert_to_numpy(found.kernel)
    half = kernel.shape[0] // 2
    np.testing.assert_array_equal(kernel[:half], -kernel[half:])


def test_other_models_and_classes_are_refused():
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    for model in (other, keras_deep.IRNN()):
        with pytest.raises(ValueError, match="image model"):
            keras_deep.replace_top(model, 3)
    for classes in (0, True, 2.5):
        with pytest.raises(ValueError, match="`classes` to be a positive"):
            keras_deep.replace_top(keras_deep.ResNet20(), classes)
