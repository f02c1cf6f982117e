"""Converts arrays of all formats to our names and axes."""

import math

import numpy as np
from keras import layers

from keras_deep.convert.axes import in_our_axes
from keras_deep.formats.arrays import Arrays

# Separators of the names of layer and array.
SEPARATORS = {"pytorch": ".", "caffe": "/", "keras": "/"}
# Counters of batch normalisation and of a profiler, which are no weights.
_NO_WEIGHTS = ("num_batches_tracked", "total_ops", "total_params")

_CONV = {"weight": "kernel"}
_NORM = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
}
# PyTorch's last names by the class of our layer.
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
    """Returns the name of the layer of an array."""
    return name.rpartition(SEPARATORS[form])[0]


def layers_of(arrays, form):
    """Returns the names of all layers with arrays, in order."""
    weights = (n for n in arrays if not n.endswith(_NO_WEIGHTS))
    return list(dict.fromkeys(layer_of(name, form) for name in weights))


def without_prefix(arrays, prefixes):
    """Returns arrays without the prefixes that wrappers add to all names."""
    for prefix in prefixes:
        if len(arrays) and all(name.startswith(prefix) for name in arrays):
            entries = {
                name.removeprefix(prefix): arrays.entry(name) for name in arrays
            }
            return without_prefix(Arrays(arrays.source, entries), prefixes)
    return arrays


def under_our_names(arrays, form, names, kinds):
    """Renames the arrays of a file to our names, without changing axes.

    Arrays that belong to none of our layers keep their names.

    Args:
        arrays: `Arrays`.
        form: `"pytorch"`, `"caffe"` or `"keras"`.
        names: dict of the file's layer names to ours.
        kinds: dict of our layer names to Keras layers, which determine whether
            a `weight` is a kernel; empty if there is no model yet.

    Returns:
        `Arrays`.

    Raises:
        ValueError: if two arrays get the same name.
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
    """Converts the arrays of a file to our names and axes.

    Args:
        arrays: `Arrays`.
        form: `"pytorch"`, `"caffe"` or `"keras"`; axes of the latter are ours.
        names: dict of the file's layer names to ours.
        targets: dict of our logical names to `Target`, see `targets_of`.

    Returns:
        `Arrays`.

    Raises:
        ValueError: if two arrays get the same name, or the order of a layer's
            axes is unknown.
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
    if kind is None:  # Without our layer: for messages.
        return _NORM if ours.endswith("_bn") else _CONV
    found = (leaves for cls, leaves in _PYTORCH if isinstance(kind, cls))
    return next(found, _CONV)


def _is_factor(arrays, layer, leaf):
    return arrays.kinds.get(layer) == "BatchNorm" and leaf == "2"


def _entry(arrays, name, form):
    """Returns an entry; of Caffe's without factors and axes of length 1."""
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
        shape = entry.shape[-2:]  # After two axes of length 1.
        return entry._replace(
            shape=shape, read=lambda: entry.read().reshape(shape)
        )
    return entry


def _unscaled(arrays, layer, sums):
    """Divides the sums of a batch normalisation by their scale factor."""
    factor = arrays[f"{layer}/2"].ravel()[0]
    return sums.ravel() / factor if factor else np.zeros_like(sums.ravel())
