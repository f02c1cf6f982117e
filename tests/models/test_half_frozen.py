"""A loop that misses the normalisation of a stack gives a warning."""

import warnings

import keras
import pytest

import keras_deep
from tests.support import stacks
from tests.support.frozen import NORM
from tests.support.frozen import build
from tests.support.frozen import frozen_as_in_guides


def test_a_forgotten_stack_gives_a_warning_that_names_freeze():
    model = frozen_as_in_guides(build(True))
    x, y = stacks.data(model)
    with pytest.warns(UserWarning, match=r"keras_deep\.freeze\(model"):
        stacks.compiled(model).fit(x, y, verbose=0)


def nested(backbone):
    inputs = keras.Input((8, 8, 3))
    x = backbone(inputs)
    return keras.Model(inputs, keras.layers.Dense(2)(x))


def with_head(backbone):
    x = keras.layers.Dense(4)(backbone.get_layer("avg_pool").output)
    x = keras.layers.BatchNormalization()(x)
    return keras.Model(backbone.input, keras.layers.Dense(2)(x))


def norm_behind():
    """A network whose only visible normalisation is behind its stack."""
    network = stacks.network("v2", blocks=2)
    x = network.get_layer("conv2_block1_to_block2").output
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(network.input, keras.layers.Dense(2)(x))


FORGOTTEN = {
    "a loop": lambda: frozen_as_in_guides(build(True)),
    "nested": lambda: nested(frozen_as_in_guides(build(True))),
    "a new head": lambda: with_head(frozen_as_in_guides(build(True))),
    "loaded": lambda: keras.models.clone_model(
        frozen_as_in_guides(build(True))
    ),
    "behind": lambda: frozen_as_in_guides(norm_behind()),
    "the first layers, and the kind": lambda: frozen_as_in_guides(
        first_layers(build(True), 3)
    ),
}


def first_layers(model, count):
    for layer in model.layers[:count]:
        layer.trainable = False
    return model


def last_stack(model):
    model.trainable = False
    stacks.stacks_in(model)[-1].trainable = True
    return model


def judged(model):
    """A trained network, judged by one that is frozen."""
    judge = build(True, name="judge")
    judge.trainable = False
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, padding="same")(inputs)
    x = stacks.network("plain", blocks=2).get_layer(index=1)(x)
    x = keras.layers.Conv2D(3, 3, padding="same")(x)
    return keras.Model(inputs, judge(x))


def by_freeze(*what):
    model = build(True)
    if what:
        keras_deep.freeze(model, *what)
    return model


MEANT = {
    "nothing": by_freeze,
    "everything": lambda: by_freeze("*"),
    "everything, by Keras": lambda: first_layers(build(True), None),
    "all normalisation": lambda: by_freeze(NORM),
    "up to a stage": lambda: by_freeze("up to conv2"),
    "up to the stem": lambda: by_freeze("up to conv1"),
    "a layer": lambda: by_freeze("conv1_bn"),
    "the first layers": lambda: first_layers(build(True), 4),
    "all but the last stack": lambda: last_stack(build(True)),
    "all but the classifier": lambda: first_layers(build(True), -1),
    "judged by a frozen one": lambda: judged(build(True)),
    "flat": lambda: frozen_as_in_guides(build(False)),
}


def messages(model):
    x = stacks.data(model)[0]
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        model(x, training=True)
        model(x, training=True)
    return [str(one.message) for one in seen]


@pytest.mark.parametrize("kind", FORGOTTEN)
def test_a_forgotten_stack_gives_one_warning(kind):
    (message,) = messages(FORGOTTEN[kind]())
    assert "'batch normalisation')" in message


@pytest.mark.parametrize("kind", MEANT)
def test_what_is_frozen_on_purpose_gives_no_warning(kind):
    assert messages(MEANT[kind]()) == []
