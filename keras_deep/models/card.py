"""The card: metadata that is saved with a model."""

import dataclasses
import importlib

from keras_deep.models.registry import entry_of
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
        """Returns the card as data for JSON, with `"format"`, its version."""
        return {"format": FORMAT, **dataclasses.asdict(self)}


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

    The card is attached to the input layer, so that models with the same
    inputs, such as `keras.Model(model.input, ...)`, share it. A plain
    `model.save` loses it; `keras_deep.save` does not.
    """
    return getattr(_input_layer(model), _ATTRIBUTE, None)


def attach_card(model, value):
    """Sets the card of a model and of all models that share its input."""
    setattr(_input_layer(model), _ATTRIBUTE, value)


def _input_layer(model):
    inputs = getattr(model, "inputs", None)
    if not inputs:
        raise ValueError(
            "Expected a functional `keras.Model`, whose input layer carries "
            f"the card. Received: model={model!r}"
        )
    return inputs[0]._keras_history.operation


def preprocessing_for(model):
    """Returns the preprocessing of images for `model`, from its card.

    Returns:
        Dict, an argument of `keras_deep.data.preprocess`.

    Raises:
        ValueError: if the card has no preprocessing.
    """
    found = card(model)
    if found is None:
        raise ValueError(
            f"Expected a model whose card has the preprocessing. Received: "
            f"{model.name!r} without a card, as after a plain `model.save`. "
            "Save with `keras_deep.save`."
        )
    if found.preprocessing is None:
        raise ValueError(
            "Expected a model whose card has the preprocessing. Received: "
            f"{model.name!r} {_why_unknown(found)} Set `preprocessing` of "
            "`keras_deep.card(model)`, a dict, to what you feed it."
        )
    return found.preprocessing


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
