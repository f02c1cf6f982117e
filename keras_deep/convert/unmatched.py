"""What to say of weights whose names are those of no known implementation."""

from keras_deep.convert.origins import ORIGINS


def refuse(source, family, here, arrays, layers):
    """Raises an error that says what the names look like.

    Args:
        source: `Source`.
        family: `Family`.
        here: list of the `Origin`s of the family and of the source's format.
        arrays: `Arrays`.
        layers: list of the names of their layers.

    Raises:
        ValueError: always.
    """
    known = [o for o in ORIGINS if o.format == source.format]
    raise ValueError(
        f"Expected weights of {family} from one of "
        f"{[origin.name for origin in here]}. Received: {source.name!r} with "
        f"layers such as {layers[:3]}{_odd(layers)}."
        f"{_look_like(known, layers, arrays)}"
    )


def _odd(layers):
    """Names layers that stand apart from most of the others."""
    firsts = [name.partition(".")[0] for name in layers]
    most = max(firsts, key=firsts.count, default=None)
    odd = [name for name, first in zip(layers, firsts) if first != most]
    apart = 2 * len(odd) < len(layers) and odd[:3]
    return f" and, apart from {most!r}, {apart}" if apart else ""


def best_of(origins, layers, arrays):
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
    found = best_of(origins, layers, arrays)
    told = dict.fromkeys(f"{o.name}'s of {o.told()}" for o in found)
    return f" They look like {' or '.join(told)}." if told else ""
