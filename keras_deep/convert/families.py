"""Which implementation weights come from, and which convention they need."""

from typing import NamedTuple

from keras_deep.convert.layout import layers_of
from keras_deep.convert.layout import without_prefix
from keras_deep.convert.origins import ORIGINS
from keras_deep.convert.rules import Origin
from keras_deep.models.card import card
from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import list_models
from keras_deep.models.saving import read_card

# What wrappers put before all names.
_PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "backbone.")


class Family(NamedTuple):
    """What decides which rules a model needs.

    Args:
        builder: string, the registered name of the builder.
        arguments: dict of all its arguments.
        conventions: dict of names to `Convention`: the family's table.
    """

    builder: str
    arguments: dict
    conventions: dict

    def __str__(self):
        version = self.arguments.get("version", 1)
        return self.builder + (f", version={version}" if version > 1 else "")


def family_of(name, arguments):
    """Returns the `Family` of what a builder builds with some arguments.

    Raises:
        ValueError: if there is no such builder.
    """
    entry, given = entry_of(name), arguments_of(name, arguments)
    return Family(entry.builder, given, entry.record.conventions_of(given))


def family_of_model(model):
    """Returns the `Family` of a model, from its card.

    Raises:
        ValueError: if it carries no card of a registered builder.
    """
    found = card(model)
    if found is None:
        raise ValueError(
            "Expected a model of one of this package's builders, whose card "
            f"says how it was built. Received: {model.name!r} without a card, "
            "as after a plain `model.save`. Build it again."
        )
    return family_of(found.builder, found.arguments)


def find_origin(source, family):
    """Finds the implementation whose names the weights have.

    Args:
        source: `Source`.
        family: `Family`.

    Returns:
        The `Origin`, and the `Arrays` without what wrappers put before the
        names.

    Raises:
        ValueError: if the names are those of no known implementation of the
            family.
    """
    arrays = source.arrays
    if source.format == "pytorch":
        arrays = without_prefix(arrays, _PREFIXES)
    if source.format == "keras":
        own = source.path and read_card(source.path)
        if own is not None:
            return _ours(family, (own.convention,), own.preprocessing), arrays
    layers = layers_of(arrays, source.format)
    known = [o for o in ORIGINS if o.format == source.format]
    here = [o for o in known if o.fits(family.builder, family.arguments)]
    best = _best(here, layers, arrays)
    if best:
        return best[0], arrays
    if source.format == "keras":
        return _ours(family, tuple(family.conventions)), arrays
    raise ValueError(
        f"Expected weights of {family} from one of "
        f"{[origin.name for origin in here]}. Received: {source.name!r} with "
        f"layers such as {layers[:3]}.{_look_like(known, layers, arrays)}"
    )


def _best(origins, layers, arrays):
    """Returns the origins that know most layers, if these are the most."""
    counts = {
        origin: len(origin.match(layers))
        for origin in origins
        if origin.needs is None or origin.needs in arrays
    }
    most = max(counts.values(), default=0)
    if 2 * most <= len(layers):
        return []
    return [origin for origin, count in counts.items() if count == most]


def _look_like(origins, layers, arrays):
    found = _best(origins, layers, arrays)
    told = dict.fromkeys(f"{o.name}'s of {o.told()}" for o in found)
    return f" They look like {' or '.join(told)}." if told else ""


def _ours(family, conventions, preprocessing=None):
    """A file of this package; a plain `model.save` loses its convention."""
    return Origin(
        "keras_deep",
        "keras",
        {family.builder: {}},
        conventions,
        {"{=name}": "{=name}"},
        preprocessing=preprocessing,
    )


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
    family = family_of_model(model)
    matches = (
        o.match(names, ours)
        for o in ORIGINS
        if o.fits(family.builder, family.arguments)
    )
    there = (
        {name: mine for name, mine in found.items() if mine in known}
        for found in matches
    )
    return max(there, key=len, default={})


def convention_of(origin, source, arrays):
    """Returns the convention that weights need, and whether that is a guess.

    Args:
        origin: `Origin`.
        source: `Source`.
        arrays: `Arrays` without prefix.
    """
    if len(origin.conventions) == 1 or origin.choose is None:
        return origin.conventions[0], False
    file = source.path.name if source.path else ""
    chosen = origin.choose(file, layers_of(arrays, source.format))
    return chosen or origin.conventions[0], chosen is None


def require_convention(model, origin, family, call):
    """Refuses weights of another convention than the model's.

    Args:
        model: `keras.Model`.
        origin: `Origin`.
        family: `Family`.
        call: string, the call of a function that builds the right model.

    Raises:
        ValueError: if the convention is another one.
    """
    table, ours = family.conventions, card(model).convention
    allowed = [table.get(name) for name in origin.conventions]
    if table[ours] in allowed:
        return
    wanted = origin.conventions[0]
    raise ValueError(
        f"Expected weights of the convention {ours!r}, which {model.name!r} "
        f"has. Received: weights of {origin.name}, whose convention is "
        f"{wanted!r}. Build the model with `convention={wanted!r}`, or call "
        f"`{call}`."
    )
