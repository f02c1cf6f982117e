"""Preprocessing of images for a model, also for one nested in it."""

import importlib

from keras_deep.models.card import card
from keras_deep.models.card import own_cards
from keras_deep.models.nested import nested_models
from keras_deep.models.nested import preparing_before
from keras_deep.models.registry import entry_of


def preprocessing_for(model):
    """Returns the preprocessing of images for `model`, from its card.

    A model without a card has that of the model that is nested in it, unless
    a layer before that may prepare images; augmentation and resizing do not.

    Returns:
        Dict, an argument of `keras_deep.data.preprocess`.

    Raises:
        ValueError: if the card has no preprocessing, or that of nested models
            cannot be told.
    """
    found = known_preprocessing(model)
    if found is not None:
        return found
    known = card(model)
    if known is None:
        raise ValueError(
            f"Expected a model whose card has the preprocessing. Received: "
            f"{model.name!r} without a card, as in a file that was saved "
            "without this package. Save with `keras_deep.save`."
        )
    raise ValueError(
        "Expected a model whose card has the preprocessing. Received: "
        f"{model.name!r} {_why_unknown(known)} Set `preprocessing` of "
        "`keras_deep.card(model)`, a dict, to what you feed it."
    )


def known_preprocessing(model):
    """Returns what `preprocessing_for` does, or `None` if no card has it.

    Raises:
        ValueError: if that of nested models cannot be told.
    """
    found = _needs(model)
    if len(found) > 1:
        raise ValueError(
            f"Expected one preprocessing for {model.name!r}. Received: "
            f"models in it that need different ones: {found}. Ask for each of "
            "them: `keras_deep.preprocessing_for(model.get_layer(name))`"
        )
    return found[0] if found else None


def _needs(model):
    """Returns the different preprocessings that a model's cards state."""
    own = own_cards(model)
    if own:
        given = [one.preprocessing for one in own]
    else:
        given = []
        for inner in nested_models(model):
            needs = _needs(inner)
            if needs:
                _check_nothing_before(model, inner)
            given.extend(needs)
    found = []
    for one in given:
        if one is not None and one not in found:
            found.append(one)
    return found


def _check_nothing_before(model, inner):
    odd = preparing_before(model, inner)
    if odd:
        raise ValueError(
            f"Expected {inner.name!r} to be the first that prepares images in "
            f"{model.name!r}. Received: {odd} before it, which may do so "
            "already. What it takes itself: `keras_deep.preprocessing_for("
            f"model.get_layer({inner.name!r}))`"
        )


def _why_unknown(found):
    """Says why a card has no preprocessing, and what others expect."""
    if found.weights or found.training:
        return "whose weights came without it."
    text = "with random weights, which expect nothing of images yet."
    expected = {
        (tuple(row.preprocessing.mean), tuple(row.preprocessing.std))
        for row in importlib.import_module("keras_deep").list_weights()
        if row.convention == found.convention
        and entry_of(row.model).builder == found.builder
        and row.preprocessing is not None
    }
    for mean, std in sorted(expected):
        text += (
            " Published weights of its convention expect the mean "
            f"{mean} subtracted and the result divided by {std}."
        )
    return text
