"""Ensembles of classifiers."""

import dataclasses

import keras

from keras_deep.layers.identity import Identity
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.models.card import card
from keras_deep.models.copying import copied
from keras_deep.models.output_kind import INDEPENDENT
from keras_deep.models.output_kind import LOGITS
from keras_deep.models.output_kind import output_kind


def ensemble(models, name="ensemble"):
    """Makes a model of the mean of the probabilities of several classifiers.

    It is an ordinary model, which can be saved, exported and trained. Outputs
    that are logits go through a softmax first.

    Example:

    ```python
    models = [keras_deep.load(path) for path in paths]
    mean = keras_deep.ensemble(models)
    ```

    Args:
        models: sequence of two or more `keras.Model`, for the same images and
            classes.
        name: string, the name of the model.

    Returns:
        `keras.Model` from images to probabilities. It has copies of the
        models, whose layers are called `"{model}_{layer}"`.

    Raises:
        ValueError: if there are fewer than two models, or they differ in the
            shape, the preprocessing, the classes or the kind of outputs.
    """
    models = list(models)
    if len(models) < 2:
        raise ValueError(
            f"Expected two or more models. Received: {len(models)}"
        )
    kinds = [output_kind(model) for model in models]
    same = {
        "images": [m.input_shape[1:] for m in models],
        "classes": [m.output_shape[1:] for m in models],
        "outputs that are probabilities": [k == INDEPENDENT for k in kinds],
    }
    cards = [card(model) for model in models]
    for field in ("preprocessing", "class_names"):
        same[f"`{field}` on the card"] = [
            getattr(c, field, None) for c in cards
        ]
    for what, values in same.items():
        _check_equal(what, values, models)
    inputs = keras.Input(models[0].input_shape[1:], name="image")
    outputs = []
    for model, title, kind in zip(models, _titles(models), kinds):
        y = _renamed(model, title)(inputs)
        if kind == LOGITS:
            y = keras.layers.Softmax(name=f"{title}_softmax")(y)
        outputs.append(y)
    mean = keras.layers.Average(name="mean")(outputs)
    # It carries the card, into copies and files too.
    mean = Identity(name="predictions")(mean)
    result = keras.Model(inputs, mean, name=name)
    attach_card(result, _card_of(cards, name))
    return result


def _check_equal(what, values, models):
    for model, value in zip(models[1:], values[1:]):
        if value != values[0]:
            raise ValueError(
                f"Expected models of the same {what}. Received: "
                f"{models[0].name!r} with {values[0]} and {model.name!r} with "
                f"{value}"
            )


def _titles(models):
    """Returns a different name for every model."""
    names = [model.name for model in models]
    if len(set(names)) == len(names):
        return names
    return [f"{name}_{i}" for i, name in enumerate(names, 1)]


def _renamed(model, title):
    """Copies a model with names of layers that no other member has."""

    def rename(layer):
        config = layer.get_config()
        config["name"] = f"{title}_{layer.name}"
        if isinstance(layer, BlockChain):
            template = layer.get_template()
            inner = keras.models.clone_model(template, clone_function=rename)
            inner.name = f"{title}_{template.name}"
            config["template"] = keras.saving.serialize_keras_object(inner)
        return type(layer).from_config(config)

    result = copied(model, rename, prefix=f"{title}_")
    result.name = title
    return result


def _card_of(cards, name):
    """Returns the card of an ensemble: what its members' cards agree on."""
    members = [one and one.to_dict() for one in cards]
    found = cards[0] or Card(name)
    data = [(one and one.training or {}).get("data") for one in cards]
    alike = data[0] is not None and all(one == data[0] for one in data)
    return dataclasses.replace(
        found,
        builder=name,
        arguments={"members": members},
        convention=None,
        weights=None,
        training={"data": data[0]} if alike else None,
    )
