"""Finds the implementation of weights and the convention they need."""

from typing import NamedTuple

from keras_deep.convert.advice import arguments_told
from keras_deep.convert.families import Family
from keras_deep.convert.heads import heads_by_shape
from keras_deep.convert.heads import heads_by_word
from keras_deep.convert.layout import in_our_layout
from keras_deep.convert.layout import layers_of
from keras_deep.convert.layout import under_our_names
from keras_deep.convert.layout import without_prefix
from keras_deep.convert.networks import find_networks
from keras_deep.convert.networks import notes_of
from keras_deep.convert.networks import the_network
from keras_deep.convert.rules import Origin
from keras_deep.convert.sources import Source
from keras_deep.convert.unmatched import best_of
from keras_deep.convert.unmatched import refuse
from keras_deep.formats.arrays import Arrays
from keras_deep.models.card import card
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
        arrays: `Arrays` without what wrappers put before the names.
        layers: list of the names of the network's layers.
        notes: tuple of strings: what else the file has.
    """

    source: Source
    family: Family
    origin: Origin
    arrays: Arrays
    layers: list
    notes: tuple = ()

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

    def heads(self, arrays, targets):
        """Returns the names of arrays that are of no part of the network.

        Args:
            arrays: `Arrays` of `in_our_layout`.
            targets: see `in_our_layout`.
        """
        ours = dict.fromkeys(name.rpartition("/")[0] for name in targets)
        names = self.origin.match(self.layers, list(ours))
        if self.source.format == "keras":
            return heads_by_shape(arrays, ours, names)
        return heads_by_word(arrays, names, self.source.format)


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
    here = [o for o in family.origins if o.format == source.format]
    if source.format == "pytorch":
        return _in_pytorch(source, family, here)
    arrays = source.arrays
    layers = layers_of(arrays, source.format)
    origin = _own(source, family) or _origin(source, family, here, layers)
    return Match(source, family, origin, arrays, layers)


def _in_pytorch(source, family, here):
    networks = find_networks(source.arrays, here)
    if not networks:
        arrays = without_prefix(source.arrays, _PREFIXES)
        layers = layers_of(arrays, "pytorch")
        return refuse(source, family, here, arrays, layers)
    name = source.name if source.path else None
    network, others = the_network(networks, name)
    return Match(
        source,
        family,
        network.origins[0],
        network.arrays,
        network.layers,
        notes_of(network, others, source.arrays, name),
    )


def _own(source, family):
    """Returns the origin of a file that this package wrote, else `None`."""
    if source.format != "keras" or not source.path:
        return None
    own = read_card(source.path)
    if own is None:
        return None
    images = own.preprocessing and as_preprocessing(own.preprocessing)
    return _ours(family, (own.convention,), images)


def _origin(source, family, here, layers):
    best = best_of(here, layers, source.arrays)
    if best:
        return best[0]
    if source.format == "keras":  # Stock Keras wrote it.
        return _ours(family, tuple(family.conventions))
    return refuse(source, family, here, source.arrays, layers)


def _ours(family, conventions, preprocessing=None):
    return Origin(
        "keras_deep",
        "keras",
        {family.builder: {}},
        conventions,
        {"{=name}": "{=name}"},
        preprocessing=preprocessing,
    )
