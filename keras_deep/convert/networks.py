"""Where in a file of PyTorch a network stands: behind which prefix.

Wrappers put something before the names of its tensors, other things stand
beside it, and a file may have two of it: the weights and their average.
"""

import re
from typing import NamedTuple

from keras_deep.convert.layout import layers_of
from keras_deep.formats.arrays import Arrays
from keras_deep.utils.text import enumerated

# What keeps an average of weights is called so.
_AVERAGE = re.compile(r"ema|swa|avg|average|teacher|target|momentum|shadow")
# A part with fewer of all names is no network beside others.
_SMALLEST = 8
_DEEPEST = 6


class Network(NamedTuple):
    """A network in a file.

    Args:
        prefix: string, what stands before its names, `""` or `"model."`.
        arrays: `Arrays` without it.
        layers: list of the names of its layers.
        origins: list of the `Origin`s that know most of them, the same number.
        known: int, how many these know.
    """

    prefix: str
    arrays: Arrays
    layers: list
    origins: list
    known: int

    @property
    def fits(self):
        """Whether most of the layers are known."""
        return 2 * self.known > len(self.layers)


def find_networks(arrays, origins):
    """Finds the networks that origins know in a file of PyTorch.

    Args:
        arrays: `Arrays`.
        origins: list of `Origin`.

    Returns:
        List of `Network`: those that have more than half as many known layers
        as the best; empty if there are none. If the best has no prefix, what
        stands behind the prefixes of others is none of its layers.
    """
    whole = _network(arrays, "", origins)
    if whole.known == len(whole.layers):
        return [whole] if whole.known else []
    inner = [_network(arrays, p, origins) for p in _prefixes(arrays)]
    best = max([whole, *inner], key=lambda network: network.known)
    twins = [n for n in inner if n.fits and 2 * n.known > best.known]
    if best is whole:
        prefixes = tuple(network.prefix for network in twins)
        entries = {
            name: arrays.entry(name)
            for name in arrays
            if not name.startswith(prefixes)
        }
        whole = _network(Arrays(arrays.source, entries), "", origins)
        return [whole, *twins] if whole.fits else twins
    return twins


def the_network(networks, file):
    """Returns the network to load, and list of those beside it.

    Args:
        networks: list of one or more `Network`.
        file: string, what the user gave, or `None` for a mapping.

    Raises:
        ValueError: if several are no averages.
    """
    plain = [n for n in networks if not _AVERAGE.search(n.prefix.lower())]
    found = plain if len(networks) > 1 else networks
    if len(found) != 1:
        told = [network.prefix.rstrip(".") for network in networks]
        chosen = next(filter(None, told))
        way = "only the tensors of one of them, without that"
        if file is not None:
            way = f"the name of the file with one of them, as {file!r}"
            way = f"{way[:-1]}#{chosen}'"
        raise ValueError(
            "Expected one network. Received: "
            f"{file or 'arrays'} with several, behind {told}. Pass {way}."
        )
    return found[0], [n for n in networks if n is not found[0]]


def notes_of(network, others, arrays, file):
    """Says which network of a file is taken, and what stands beside it.

    Args:
        network: `Network`.
        others: list of `Network`, beside it.
        arrays: `Arrays`, all of the file.
        file: see `the_network`.

    Returns:
        Tuple of strings.
    """
    notes, prefixes = [], tuple(n.prefix for n in (network, *others))
    parts = [*arrays.others, *(n.prefix.rstrip(".") for n in others)]
    if parts:
        taken = network.prefix.rstrip(".") if others else arrays.part
        also = " and ".join(map(repr, parts))
        way = f": {f'{file}#{parts[0]}'!r} loads that" if file else ""
        notes.append(
            f"the weights are those of {taken or 'no prefix'!r}; the file has "
            f"{also}, too{way}"
        )
    beside = [
        name
        for name in layers_of(arrays, "pytorch")
        if network.prefix and not f"{name}.".startswith(prefixes)
    ]
    if beside:
        notes.append(
            f"the network is behind {network.prefix!r}; left out beside it: "
            f"{enumerated(beside)}"
        )
    return tuple(notes)


def _network(arrays, prefix, origins):
    inside = arrays.under(prefix) if prefix else arrays
    layers = layers_of(inside, "pytorch")
    counts = {origin: len(origin.match(layers)) for origin in origins}
    known = max(counts.values(), default=0)
    best = [origin for origin, count in counts.items() if count == known]
    return Network(prefix, inside, layers, best, known)


def _prefixes(arrays):
    """Returns what stands before many names, up to each of their dots."""
    counts = {}
    for name in arrays:
        parts = name.split(".")[:-1]
        for end in range(1, min(len(parts), _DEEPEST + 1)):
            prefix = ".".join(parts[:end]) + "."
            counts[prefix] = counts.get(prefix, 0) + 1
    return [p for p, n in counts.items() if _SMALLEST * n >= len(arrays)]
