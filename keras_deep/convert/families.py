"""Families of networks, which determine the rules for a model's weights."""

from typing import NamedTuple

from keras_deep.convert.origins import ORIGINS
from keras_deep.models.card import card
from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of


class Family(NamedTuple):
    """A builder and its arguments, which determine the rules for weights.

    Args:
        builder: string, the registered name of the builder.
        arguments: dict of all its arguments.
        conventions: dict of names to `Convention`: the family's table.
    """

    builder: str
    arguments: dict
    conventions: dict

    @property
    def origins(self):
        """List of the `Origin`s of the family."""
        return [o for o in ORIGINS if o.fits(self.builder, self.arguments)]

    def __str__(self):
        version = self.arguments.get("version", 1)
        return self.builder + (f", version={version}" if version > 1 else "")


def family_of(name, arguments):
    """Returns the `Family` of the models that a call of a builder makes.

    Raises:
        ValueError: if there is no such builder.
    """
    entry, given = entry_of(name), arguments_of(name, arguments)
    return Family(entry.builder, given, entry.record.conventions_of(given))


def family_of_model(model):
    """Returns the `Family` of a model, from its card.

    Raises:
        ValueError: if it has no card of a registered builder.
    """
    found = card(model)
    if found is None:
        raise ValueError(
            "Expected a model of one of this package's builders, whose card "
            f"says how it was built. Received: {model.name!r} without a card, "
            "as in a file that stock Keras wrote. Build it again."
        )
    return family_of(found.builder, found.arguments)
