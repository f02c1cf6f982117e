"""Models with preprocessing on their card, and models around them."""

import dataclasses
import functools

import keras

import keras_deep
from keras_deep.models.card import attach_card
from tests.support.small import small_model

NEEDS = {"mean": [1.0]}


def with_needs(model, needs=NEEDS, class_names=None, training=None):
    """Attaches a card with preprocessing to a model and returns the model."""
    found = keras_deep.card(model)
    changes = {"class_names": class_names, "training": training}
    attach_card(
        model, dataclasses.replace(found, preprocessing=needs, **changes)
    )
    return model


@functools.cache
def network(builder="CifarResNet", /, **arguments):
    """Builds a network once; a test attaches what it needs."""
    return small_model(builder, **arguments)


def model_around(*models, before=()):
    """Makes a model around others, as users do."""
    inputs = keras.Input(models[0].input_shape[1:])
    x = inputs
    for layer in before:
        x = layer(x)
    outputs = [model(x) for model in models]
    x = outputs[0] if len(outputs) == 1 else keras.layers.Average()(outputs)
    return keras.Model(inputs, keras.layers.Dense(3)(x), name="outer")


def saved(load, save=keras.Model.save):
    def copy(model, folder):
        save(model, folder / "a.keras")
        return load(folder / "a.keras")

    return copy


plainly_saved = saved(keras.models.load_model)
loaded = saved(keras_deep.load)
kept = saved(
    keras_deep.load, functools.partial(keras_deep.save, overwrite=True)
)
