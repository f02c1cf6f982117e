"""Names of outputs, with logits where they can be told."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.export.outputs import with_named_outputs

INPUTS = keras.Input((6,))


def net(*end):
    inputs = keras.Input((6,))
    x = layers.Dense(5, "relu", name="neck")(inputs)
    for layer in end:
        x = layer(x)
    return keras.Model(inputs, x, name="net")


def nested():
    return keras.Model(INPUTS, net(layers.Dense(3, "softmax"))(INPUTS))


def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize(
    "build, function",
    [
        (lambda: net(layers.Dense(3, "softmax")), softmax),
        (lambda: net(layers.Dense(3)), softmax),
        (lambda: net(layers.Dense(3), layers.Softmax()), softmax),
        (lambda: net(layers.Dense(3), layers.Activation("softmax")), softmax),
        (lambda: net(layers.Dense(3, "sigmoid")), sigmoid),
        (lambda: net(layers.Dense(1, "sigmoid")), sigmoid),
        (lambda: net(layers.Dense(1)), sigmoid),
        (nested, softmax),
    ],
)
def test_probabilities_and_logits(rng, build, function):
    model = build()
    x = 3 * rng.standard_normal((4, 6)).astype("float32")
    found = with_named_outputs(model)(x)
    assert list(found) == ["probabilities", "logits"]
    logits = np.asarray(found["logits"])
    assert np.abs(logits).max() > 1  # No probabilities, nor their logarithm.
    assert not np.allclose(logits.sum(-1), 1)
    np.testing.assert_allclose(
        found["probabilities"], function(logits), rtol=1e-5
    )
    own = np.asarray(model(x))
    name = "logits" if np.allclose(own, logits) else "probabilities"
    np.testing.assert_allclose(found[name], own, rtol=1e-5)


def test_a_mean_of_probabilities_has_no_logits():
    members = [nested(), nested()]
    for i, member in enumerate(members):
        member.name = f"member_{i}"
    x = layers.Average()([member(INPUTS) for member in members])
    assert list(with_named_outputs(keras.Model(INPUTS, x)).output) == [
        "probabilities"
    ]


def test_other_models_keep_their_outputs():
    one = net()
    assert list(with_named_outputs(one).output) == ["outputs"]
    ends = [layers.Dense(2, name=n)(one.outputs[0]) for n in ("left", "right")]
    several = keras.Model(one.inputs, ends)
    assert list(with_named_outputs(several).output) == ["left", "right"]
    given = keras.Model(one.inputs, dict(zip("ab", ends)))
    assert list(with_named_outputs(given).output) == ["a", "b"]


def test_features(rng):
    model = keras_deep.CifarResNet(blocks=(1, 1), input_shape=(8, 8, 3))
    x = rng.standard_normal((2, 8, 8, 3)).astype("float32")
    found = with_named_outputs(model, True)(x)
    pooled = np.asarray(keras_deep.features(model)(x)[-1]).mean(axis=(1, 2))
    np.testing.assert_allclose(found["features"], pooled, rtol=1e-5, atol=1e-6)
    ends = [n.name for n in model.layers if n.name.endswith("_end")]
    found = with_named_outputs(model, ends)(x)
    for name, theirs in zip(ends[:-1], keras_deep.features(model)(x)):
        np.testing.assert_allclose(found[name], theirs, rtol=1e-5, atol=1e-6)


def test_features_that_there_are_not():
    model = net(layers.Dense(3, "softmax"))
    with pytest.raises(ValueError, match="names of layers.*'no such'"):
        with_named_outputs(model, ["no such"])
    with pytest.raises(ValueError, match="Pass names of layers"):
        with_named_outputs(net(), True)
