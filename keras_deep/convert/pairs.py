"""Which layer of another network is which of a model."""

from keras_deep.convert.families import family_of_model
from keras_deep.layers.names import flat_layers
from keras_deep.models.card import card
from keras_deep.models.registry import list_models


def pairs_of(model, names):
    """Returns pairs of our layer and the reference's, in the order of ours.

    If the reference has two layers for one of ours, as Caffe for a batch
    normalisation, the last one is compared.
    """
    ours = [layer.name for layer in flat_layers(model)]
    found = match_layers(model, names, ours)
    theirs = {mine: name for name, mine in found.items()}
    return [(mine, theirs[mine]) for mine in ours if mine in theirs]


def match_layers(model, names, ours):
    """Finds what layers of another network are in a model.

    Args:
        model: `keras.Model`. Of one that no builder made, such as
            `caffe_to_keras` gives, equal names are equal layers.
        names: dict of the names of the other network's layers to what Keras
            calls them.
        ours: list of the names of the model's layers.

    Returns:
        Dict of their names to ours.
    """
    built, known = card(model), set(ours)
    if built is None or built.builder not in list_models():
        return {name: mine for name, mine in names.items() if mine in known}
    matches = (o.match(names, ours) for o in family_of_model(model).origins)
    there = (
        {name: mine for name, mine in found.items() if mine in known}
        for found in matches
    )
    return max(there, key=len, default={})
