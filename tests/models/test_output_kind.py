"""What the outputs of a model are, however it ends."""

import keras
import numpy as np
import pytest
from keras import layers
from keras import ops

import keras_deep
from keras_deep.models.output_kind import INDEPENDENT
from keras_deep.models.output_kind import LOGITS
from keras_deep.models.output_kind import PROBABILITIES
from keras_deep.models.output_kind import output_kind


def dense(activation=None, units=3):
    return layers.Dense(units, activation)


def nested(*inner):
    return keras.Sequential([keras.Input((4,)), *inner])


def functional(*inner):
    x = inputs = keras.Input((4,))
    for layer in inner:
        x = layer(x)
    return keras.Model(inputs, x)


def twice(model):
    """A layer that gives the average of a model of two inputs."""
    x = keras.Input((4,))
    return keras.Model(x, layers.Average()([model(x), model(x * 2)]))


ENDS = {
    "dense": ([dense()], LOGITS),
    "softmax": ([dense("softmax")], PROBABILITIES),
    "sigmoid": ([dense("sigmoid")], INDEPENDENT),
    "function": ([dense(ops.softmax)], PROBABILITIES),
    "layer": ([dense(layers.Softmax())], PROBABILITIES),
    "log_softmax": ([dense("log_softmax")], LOGITS),
    "linear": ([dense(), layers.Activation("linear")], LOGITS),
    "linear softmax": (
        [dense("softmax"), layers.Activation("linear", dtype="float32")],
        PROBABILITIES,
    ),
    "activation": ([dense(), layers.Activation("softmax")], PROBABILITIES),
    "softmax layer": ([dense(), layers.Softmax()], PROBABILITIES),
    "dropped": ([dense(), layers.Dropout(0.1)], LOGITS),
    "rescaled": ([dense(), layers.Rescaling(0.5)], LOGITS),
    "normalised": ([dense("relu"), layers.BatchNormalization()], LOGITS),
    "nested": ([nested(dense())], LOGITS),
    "nested twice": ([nested(nested(dense("softmax")))], PROBABILITIES),
    "nested functional": ([functional(dense("sigmoid"))], INDEPENDENT),
    "nested, activation": (
        [nested(dense()), layers.Activation("softmax")],
        PROBABILITIES,
    ),
    "nested, linear": (
        [nested(dense("softmax")), layers.Activation("linear")],
        PROBABILITIES,
    ),
    "average": ([twice(nested(dense("softmax")))], PROBABILITIES),
    "average of logits": ([twice(nested(dense()))], LOGITS),
    "operation": ([dense(), ops.softmax], PROBABILITIES),
    "cast": ([dense(), lambda x: ops.cast(x, "float32")], LOGITS),
    "temperature": ([dense(), lambda x: x / 2.0], LOGITS),
    "convolution": (
        [
            layers.Reshape((2, 2, 1)),
            layers.Conv2D(3, 1),
            layers.GlobalAveragePooling2D(),
            layers.Softmax(),
        ],
        PROBABILITIES,
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_kind_is_followed_to_the_layer_that_makes_it(name):
    ends, kind = ENDS[name]
    model = functional(*ends)
    assert output_kind(model) == kind
    assert output_kind(keras.Sequential([keras.Input((4,)), model])) == kind
    assert output_kind(keras.models.clone_model(model)) == kind
    # The same as the numbers say.
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32") * 9
    y = np.array(model(x))
    sums_to_one = np.allclose(y.sum(axis=-1), 1, atol=1e-5)
    assert sums_to_one == (kind == PROBABILITIES)
    assert (np.abs(y - 0.5) <= 0.5).all() == (kind != LOGITS)


class Unknown(layers.Layer):
    def call(self, x):
        return x


UNKNOWN = {
    "relu": [dense("relu")],
    "relu layer": [dense("softmax"), layers.ReLU()],
    "custom layer": [dense("softmax"), Unknown()],
    "custom function": [dense(lambda x: ops.softmax(x * 2))],
    "scaled probabilities": [dense("softmax"), layers.Rescaling(2.0)],
    "shifted probabilities": [dense("softmax"), lambda x: x + 1],
    "of length 1": [dense("softmax"), layers.UnitNormalization()],
    "nested": [nested(dense("tanh"))],
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_cannot_be_known_is_refused_with_the_way_out(name):
    with pytest.raises(ValueError, match="Activation.*a loss of your own"):
        output_kind(functional(*UNKNOWN[name]))


def test_other_models_are_refused():
    x = keras.Input((4,))
    two = keras.Model(x, [dense()(x), dense()(x)])
    for model in (two, type("Own", (keras.Model,), {})()):
        with pytest.raises(ValueError, match="with one output"):
            output_kind(model)


SMALL = {"input_shape": (8, 8, 3), "blocks": (1,)}


def test_one_class_is_a_sigmoid_and_the_card_says_so():
    build = keras_deep.CifarResNet
    model = build(classes=1, **SMALL)
    assert output_kind(model) == INDEPENDENT
    arguments = keras_deep.card(model).arguments
    assert arguments["classifier_activation"] == "sigmoid"
    again = keras_deep.create_model("CifarResNet", **arguments)
    assert output_kind(again) == INDEPENDENT
    logits = build(classes=1, classifier_activation=None, **SMALL)
    assert output_kind(logits) == LOGITS
    assert (
        "classifier_activation"
        not in keras_deep.card(build(classes=2, **SMALL)).arguments
    )
    assert '`"softmax"` means `"sigmoid"`' in build.__doc__
    with pytest.raises(ValueError, match="Expected `classes`"):
        build(classes=True, **SMALL)


def test_a_softmax_of_one_class_is_refused():
    with pytest.raises(ValueError, match="would always be 1"):
        keras_deep.IRNN(8, (5, 1), classes=1, activation="softmax")
    assert keras_deep.IRNN(8, (5, 1), classes=1, activation=None)
