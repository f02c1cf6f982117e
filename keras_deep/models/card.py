"""The card: metadata that is saved with a model."""

import dataclasses

from keras_deep.layers.carrying import Carried
from keras_deep.layers.carrying import Carrying
from keras_deep.models.nested import nested_models
from keras_deep.models.nested import preparing_before
from keras_deep.utils.json_text import json_text
from keras_deep.utils.json_text import parse_json

# Version of the JSON. A change that older packages would misread raises it;
# a new field does not.
FORMAT = 1
_ATTRIBUTE = "keras_deep_card"


@dataclasses.dataclass
class Card:
    """Describes the origin of a model, in fields that are valid JSON.

    Args:
        builder: string, the registered name.
        arguments: dict of the network's own arguments, including defaults, and
            of common ones that differ from their defaults. Functions are
            represented by their names.
        convention: string, the resolved convention.
        preprocessing: dict or `None`: preprocessing of images, see
            `keras_deep.utils.preprocessing.Preprocessing`.
        class_names: list of strings or `None`.
        weights: dict or `None`: `source` and `sha256` of loaded weights.
        training: dict or `None`: how the model was trained.
    """

    builder: str
    arguments: dict = dataclasses.field(default_factory=dict)
    convention: str | None = None
    preprocessing: dict | None = None
    class_names: list | None = None
    weights: dict | None = None
    training: dict | None = None

    def to_dict(self):
        """Returns the card as data of JSON, with `"format"`, its version."""
        fields = dataclasses.asdict(self)
        return parse_json(json_text({"format": FORMAT, **fields}))


def parse_card(text, source):
    """Parses a card from the JSON of `Card.to_dict`.

    Args:
        text: string or bytes. Cards without `"format"`, which predate
            versions, are read too; unknown fields are ignored.
        source: string, the file, for messages.

    Returns:
        `Card`.

    Raises:
        ValueError: if it is not a card, or one of a newer format.
    """
    try:
        found = parse_json(text)
    except ValueError as error:
        raise ValueError(
            f"Expected the JSON of a card in {source!r}. Received: {error}"
        ) from error
    if not isinstance(found, dict) or "builder" not in found:
        raise ValueError(
            f"Expected a card with a `builder` in {source!r}. Received: "
            f"{str(found)[:80]}"
        )
    version = found.get("format", FORMAT)
    if type(version) is not int or version > FORMAT:
        raise ValueError(
            f"Expected a card of format {FORMAT} or older in {source!r}. "
            f"Received: format={version!r}. Update the package that reads it: "
            "pip install --upgrade keras_deep."
        )
    known = {field.name for field in dataclasses.fields(Card)}
    return Card(**{name: found[name] for name in found if name in known})


def card(model):
    """Returns the `Card` of a model, or `None` if it has none.

    The card is in the configuration of the first layer that can hold one (see
    `keras_deep.layers.carrying`). So copies and files of the model have it,
    and models of its layers, such as `keras.Model(model.input, ...)`, share
    it. A model without a card has that of the model that is nested in it.
    Copies of a model of Keras's own layers only have none; `keras_deep.save`
    writes it all the same.

    Raises:
        ValueError: if several models with different cards are nested in it.
    """
    found = cards(model)
    if len(found) > 1:
        raise ValueError(
            f"Expected one card in {model.name!r}. Received: models with "
            f"different ones, of {[one.builder for one in found]}. Ask for "
            "the card of each of them: `keras_deep.card(model.get_layer(name))`"
        )
    return found[0] if found else None


def card_if_clear(model):
    """Returns the card that holds for a model as a whole, or `None`.

    That of a nested model comes without its preprocessing if a layer before
    it may prepare images. There is none if nested models have different ones.
    """
    found = cards(model)
    if len(found) != 1:
        return None
    if not own_cards(model) and any(
        preparing_before(model, inner)
        for inner in nested_models(model)
        if cards(inner)
    ):
        return dataclasses.replace(found[0], preprocessing=None)
    return found[0]


def attach_card(model, value):
    """Sets the card of a model and of all models that share its layers."""
    setattr(_input_layer(model), _ATTRIBUTE, value)
    layers = [x for x in model.layers if isinstance(x, Carrying)]
    for layer in layers:
        layer.carried = None
    if layers:
        layers[0].carried = Carried(value)
        return
    inner = [x for x in nested_models(model) if cards(x)]
    # For copies, which lose what only the input layer has.
    if len(inner) == 1 and not preparing_before(model, inner[0]):
        attach_card(inner[0], value)


def own_cards(model):
    """Returns the different cards of a model without those nested in it."""
    found = []
    for layer in model.layers:
        if isinstance(layer, Carrying) and layer.carried is not None:
            if isinstance(layer.carried.value, dict):  # From a configuration.
                text = json_text(layer.carried.value)
                layer.carried.value = parse_card(text, model.name)
            found.append(layer.carried.value)
    found = found or [getattr(_input_layer(model), _ATTRIBUTE, None)]
    return _different(one for one in found if one is not None)


def cards(model):
    """Returns the different cards of a model, or of those nested in it."""
    inner = (one for x in nested_models(model) for one in cards(x))
    return own_cards(model) or _different(inner)


def _different(values):
    found = {}
    for value in values:
        found.setdefault(json_text(value.to_dict()), value)
    return list(found.values())


def _input_layer(model):
    inputs = getattr(model, "inputs", None)
    if not inputs:
        raise ValueError(
            "Expected a functional `keras.Model`, whose layers carry the "
            f"card. Received: model={model!r}. Ask for that of a functional "
            "model in it."
        )
    return inputs[0]._keras_history.operation
