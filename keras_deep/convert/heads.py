"""What of a file is a head of its owner's, on a network that we know.

Only what stands apart from the network may be one: an attention layer inside a
block makes another network, whose weights are refused.
"""

import re

from keras_deep.convert.layout import layer_of

# The layers of ours behind the features.
_TOP = re.compile(r"predictions|fc\d+(_bn)?")


def is_top(layer):
    """Returns whether a layer of ours stands behind the features."""
    return _TOP.fullmatch(layer) is not None


def heads_by_word(arrays, names, form):
    """Finds heads where rules say which layer of a file is which of ours.

    No rule knows a head, and its name begins with another word than those of
    the body: `fc.1` or `projector.0` beside `conv1` and `layer1.0.conv1`.

    Args:
        arrays: `Arrays`; what no rule knows has the file's names.
        names: dict of the names of the file's layers to ours.
        form: `"pytorch"` or `"caffe"`.

    Returns:
        Set of names of arrays.
    """
    ours = set(filter(None, names.values()))
    body = {
        _word(n) for n, mine in names.items() if not (mine and is_top(mine))
    }
    return {
        name
        for name in arrays
        if layer_of(name, "keras") not in ours
        and layer_of(name, form) not in names
        and _word(name) not in body
    }


def heads_by_shape(arrays, ours, names):
    """Finds heads where the file has our names: `dense_1`, `normalization`.

    Args:
        arrays: `Arrays`.
        ours: iterable of the names of our layers.
        names: dict of the names of the file's layers to ours, or to `None`
            where there are more of them than of ours.

    Returns:
        Set of names of arrays, of which none looks like one of the body with
        other numbers.
    """
    body = {_shape(layer) for layer in ours if not is_top(layer)}
    layers = {name: layer_of(name, "keras") for name in arrays}
    return {
        name
        for name, layer in layers.items()
        if _shape(layer) not in body
        and not is_top(layer)
        and names.get(layer, layer) is not None
    }


def _word(name):
    return re.match(r"[A-Za-z]*", name)[0]


def _shape(name):
    return re.sub(r"\d+", "#", name)
