"""Finds the implementation of weights and the convention they need."""

from typing import NamedTuple

from keras_deep.convert.advice import arguments_told
from keras_deep.convert.families import Family
from keras_deep.convert.families import family_of_model
from keras_deep.convert.layout import in_our_layout
from keras_deep.convert.layout import layers_of
from keras_deep.convert.layout import under_our_names
from keras_deep.convert.layout import without_prefix
from keras_deep.convert.origins import ORIGINS
from keras_deep.convert.rules import Origin
from keras_deep.convert.sources import Source
from keras_deep.formats.arrays import Arrays
from keras_deep.models.card import card
from keras_deep.models.registry import list_models
from keras_deep.models.saving import read_card
from keras_deep.utils.preprocessing import as_preprocessing

# Prefixes that wrappers add to all names.
_PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "backbone.")


class Match(NamedTuple):
    """Weights, and the implementation whose names they have.

    Args:
        source: `Source`.
        family: `Family` of the models that they are for.
        origin: `Origin`.
        arrays: `Arrays` without the prefixes of wrappers.
        layers: list of the file's layer names.
    """

    source: Source
    family: Family
    origin: Origin
    arrays: Arrays
    layers: list

    def hashed(self):
        """Returns a copy with the hash of the file, if there is a file."""
        return self._replace(source=self.source.hashed())

    def convention(self):
        """Returns the required convention, and whether it is a guess."""
        first, *more = self.origin.conventions
        if not more or self.origin.choose is None:
            return first, False
        path = self.source.path
        chosen = self.origin.choose(path.name if path else "", self.layers)
        return chosen or first, chosen is None

    def require_convention(self, model):
        """Checks that the weights have the model's convention.

        Raises:
            ValueError: if they need another one.
        """
        found, table = card(model), self.family.conventions
        ours = found.convention
        if table[ours] in [table.get(n) for n in self.origin.conventions]:
            return
        wanted, guessed = self.convention()
        if guessed:
            wanted = " or ".join(map(repr, self.origin.conventions))
        else:
            wanted = repr(wanted)
        # What was given as a mapping has no name of its own.
        given = repr(self.source.name) if self.source.path else "weights"
        raise ValueError(
            f"Expected weights of the convention {ours!r}, which "
            f"{model.name!r} has. Received: weights of {self.origin.name}, "
            f"whose convention is {wanted}. Build the model with "
            f"`convention={wanted}`, or call `keras_deep.convert."
            f"from_{self.source.format}({given}, {arguments_told(found)})`."
        )

    def named(self):
        """Returns the arrays with our names and the file's axes.

        Layers that are only numbered are unknown without a model.
        """
        names = self.origin.match(self.layers)
        return under_our_names(self.arrays, self.source.format, names, {})

    def in_our_layout(self, targets):
        """Returns the arrays with our names and axes.

        Args:
            targets: dict of logical names to `Target`.
        """
        ours = dict.fromkeys(name.rpartition("/")[0] for name in targets)
        names = self.origin.match(self.layers, list(ours))
        return in_our_layout(self.arrays, self.source.format, names, targets)


def match(source, family):
    """Finds the implementation of weights by their names.

    Args:
        source: `Source`.
        family: `Family`.

    Returns:
        `Match`.

    Raises:
        ValueError: if the names match no known implementation of the family.
    """
    arrays = source.arrays
    if source.format == "pytorch":
        arrays = without_prefix(arrays, _PREFIXES)
    layers = layers_of(arrays, source.format)
    origin = _own(source, family) or _origin(source, family, arrays, layers)
    return Match(source, family, origin, arrays, layers)


def _own(source, family):
    """Returns the origin of a file that this package wrote, else `None`."""
    if source.format != "keras" or not source.path:
        return None
    own = read_card(source.path)
    if own is None:
        return None
    images = own.preprocessing and as_preprocessing(own.preprocessing)
    return _ours(family, (own.convention,), images)


def _origin(source, family, arrays, layers):
    here = [o for o in family.origins if o.format == source.format]
    best = _best(here, layers, arrays)
    if best:
        return best[0]
    if source.format == "keras":  # A plain `model.save` loses the card.
        return _ours(family, tuple(family.conventions))
    known = [o for o in ORIGINS if o.format == source.format]
    raise ValueError(
        f"Expected weights of {family} from one of "
        f"{[origin.name for origin in here]}. Received: {source.name!r} with "
        f"layers such as {layers[:3]}.{_look_like(known, layers, arrays)}"
    )


def _ours(family, conventions, preprocessing=None):
    return Origin(
        "keras_deep",
        "keras",
        {family.builder: {}},
        conventions,
        {"{=name}": "{=name}"},
        preprocessing=preprocessing,
    )


def _best(origins, layers, arrays):
    """Returns the origins that match most layers, if more than half."""
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


def match_layers(model, names, ours):
    """Maps the layer names of another network to those of a model.

    Args:
        model: `keras.Model`. In a model without a builder, such as those of
            `caffe_to_keras`, equal names are equal layers.
        names: dict of the other network's layer names to valid Keras names.
        ours: list of the model's layer names.

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
