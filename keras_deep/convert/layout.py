"""The arrays of each format under our names and with our axes."""

import math

import numpy as np
from keras import layers

from keras_deep.convert.axes import in_our_axes
from keras_deep.formats.arrays import Arrays

# What stands between a layer's name and its array's.
SEPARATORS = {"pytorch": ".", "caffe": "/", "keras": "/"}
# Counters that are no weights: of batch normalisation, of a profiler.
_NO_WEIGHTS = ("num_batches_tracked", "total_ops", "total_params")

_CONV = {"weight": "kernel"}
_NORM = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
}
# PyTorch's leaves by the kind of our layer.
_PYTORCH = (
    (layers.BatchNormalization, _NORM),
    (layers.GroupNormalization, _NORM),
    (layers.LayerNormalization, _NORM),
    (layers.Embedding, {"weight": "embeddings"}),
    (layers.PReLU, {"weight": "alpha"}),
)
_CAFFE = {"0": "kernel", "1": "bias"}
_CAFFE_KINDS = {
    "BatchNorm": {"0": "moving_mean", "1": "moving_variance"},
    "Scale": {"0": "gamma", "1": "beta"},
    "BN": {
        "0": "gamma",
        "1": "beta",
        "2": "moving_mean",
        "3": "moving_variance",
    },
}


def layer_of(name, form):
    """Returns the layer that an array of a file belongs to."""
    return name.rpartition(SEPARATORS[form])[0]


def layers_of(arrays, form):
    """Returns the names of the layers that have arrays, in order."""
    weights = (n for n in arrays if not n.endswith(_NO_WEIGHTS))
    return list(dict.fromkeys(layer_of(name, form) for name in weights))


def without_prefix(arrays, prefixes):
    """Returns arrays without what wrappers put before every name."""
    for prefix in prefixes:
        if len(arrays) and all(name.startswith(prefix) for name in arrays):
            entries = {
                name.removeprefix(prefix): arrays.entry(name) for name in arrays
            }
            return without_prefix(Arrays(arrays.source, entries), prefixes)
    return arrays


def under_our_names(arrays, form, names, kinds):
    """Returns the arrays of a file under our names, with their own axes.

    What belongs to no layer of ours keeps its name.

    Args:
        arrays: `Arrays`.
        form: `"pytorch"`, `"caffe"` or `"keras"`.
        names: dict of the names of their layers to ours.
        kinds: dict of the names of our layers to Keras layers, as far as the
            model is there: they say whether a `weight` is a kernel.

    Raises:
        ValueError: if two arrays of the file would become one of ours.
    """
    entries, sources = {}, {}
    for name in arrays:
        layer, _, leaf = name.rpartition(SEPARATORS[form])
        if leaf in _NO_WEIGHTS or _is_factor(arrays, layer, leaf):
            continue
        ours, new = names.get(layer), name
        if ours:
            leaves = _leaves(arrays, form, layer, ours, kinds.get(ours))
            new = f"{ours}/{leaves.get(leaf, leaf)}"
        if new in entries:
            raise ValueError(
                f"Expected one array for {new!r}. Received: {sources[new]!r} "
                f"and {name!r} of {arrays.source!r}."
            )
        sources[new] = name
        entries[new] = _entry(arrays, name, form)
    return Arrays(arrays.source, entries)


def in_our_layout(arrays, form, names, targets):
    """Returns the arrays of a file under our names and with our axes.

    Args:
        arrays: `Arrays`.
        form: `"pytorch"`, `"caffe"` or `"keras"`, whose axes are ours.
        names: dict of the names of their layers to ours.
        targets: dict of our logical names to `Target`, see `targets_of`.

    Raises:
        ValueError: if two arrays of the file would become one of ours, or if
            nothing says how the axes of a layer are ordered.
    """
    kinds = {name.rpartition("/")[0]: t.layer for name, t in targets.items()}
    named = under_our_names(arrays, form, names, kinds)
    if form == "keras":
        return named
    entries = {name: named.entry(name) for name in named}
    for name, entry in entries.items():
        if name in targets:
            entries[name] = in_our_axes(entry, name, targets[name])
    return Arrays(arrays.source, entries)


def _leaves(arrays, form, theirs, ours, kind):
    if form == "caffe":
        return _CAFFE_KINDS.get(arrays.kinds.get(theirs), _CAFFE)
    if form == "keras":
        return {}
    if kind is None:  # No layer of ours: for messages.
        return _NORM if ours.endswith("_bn") else _CONV
    found = (leaves for cls, leaves in _PYTORCH if isinstance(kind, cls))
    return next(found, _CONV)


def _is_factor(arrays, layer, leaf):
    return arrays.kinds.get(layer) == "BatchNorm" and leaf == "2"


def _entry(arrays, name, form):
    """Returns an array; of Caffe's without what older files add to it."""
    entry = arrays.entry(name)
    if form != "caffe":
        return entry
    layer, _, leaf = name.rpartition("/")
    kind = arrays.kinds.get(layer)
    if kind == "BatchNorm":
        return entry._replace(
            shape=(math.prod(entry.shape),),
            read=lambda: _unscaled(arrays, layer, entry.read()),
        )
    if kind == "InnerProduct" and leaf == "0":
        shape = entry.shape[-2:]  # Behind two axes of length 1.
        return entry._replace(
            shape=shape, read=lambda: entry.read().reshape(shape)
        )
    return entry


def _unscaled(arrays, layer, sums):
    """Divides the sums of a batch normalisation by what they are sums of."""
    factor = arrays[f"{layer}/2"].ravel()[0]
    return sums.ravel() / factor if factor else np.zeros_like(sums.ravel())
