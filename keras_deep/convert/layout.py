"""The arrays of each format under our names and with our axes."""

import math

import numpy as np

from keras_deep.formats.arrays import Arrays

# What stands between a layer's name and its array's.
SEPARATORS = {"pytorch": ".", "caffe": "/", "keras": "/"}
# Counters that are no weights: of batch normalisation, of a profiler.
_NO_WEIGHTS = ("num_batches_tracked", "total_ops", "total_params")

_PYTORCH = {"weight": "kernel", "bias": "bias"}
_PYTORCH_BN = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
}
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


def in_our_layout(arrays, form, layers):
    """Returns the arrays of a file under our names and with our axes.

    What belongs to no layer of ours keeps its name.

    Args:
        arrays: `Arrays`.
        form: `"pytorch"`, `"caffe"` or `"keras"`.
        layers: dict of their layers to ours.

    Raises:
        ValueError: if two arrays of the file would become one of ours.
    """
    entries, sources = {}, {}
    for name in arrays:
        layer, _, leaf = name.rpartition(SEPARATORS[form])
        if leaf in _NO_WEIGHTS or _is_factor(arrays, layer, leaf):
            continue
        ours = layers.get(layer)
        target = ours and _leaves(arrays, form, layer, ours).get(leaf, leaf)
        new = f"{ours}/{target}" if ours else name
        if new in entries:
            raise ValueError(
                f"Expected one array for {new!r}. Received: {sources[new]!r} "
                f"and {name!r} of {arrays.source!r}."
            )
        sources[new] = name
        entries[new] = _converted(arrays, name, form)
    return Arrays(arrays.source, entries)


def _leaves(arrays, form, layer, ours):
    if form == "pytorch":
        return _PYTORCH_BN if ours.endswith("_bn") else _PYTORCH
    if form == "caffe":
        return _CAFFE_KINDS.get(arrays.kinds.get(layer), _CAFFE)
    return {}


def _is_factor(arrays, layer, leaf):
    return arrays.kinds.get(layer) == "BatchNorm" and leaf == "2"


def _converted(arrays, name, form):
    entry = arrays.entry(name)
    if form == "keras":
        return entry
    if form == "caffe":
        entry = _without_ones(arrays, name, entry)
    # Output channels last: (O, I, h, w) to (h, w, I, O), (O, I) to (I, O).
    axes = {4: (2, 3, 1, 0), 2: (1, 0)}.get(len(entry.shape))
    if axes is None:
        return entry
    return entry._replace(
        shape=tuple(entry.shape[axis] for axis in axes),
        read=lambda: entry.read().transpose(axes),
    )


def _without_ones(arrays, name, entry):
    """Takes away the axes of length 1 that Caffe's older files write."""
    layer, _, leaf = name.rpartition("/")
    kind = arrays.kinds.get(layer)
    if kind == "InnerProduct" and leaf == "0":
        shape = entry.shape[-2:]
    elif leaf != "0" or kind in _CAFFE_KINDS:
        shape = (math.prod(entry.shape),)
    else:
        return entry
    if kind == "BatchNorm":
        return entry._replace(
            shape=shape, read=lambda: _unscaled(arrays, layer, entry.read())
        )
    return entry._replace(shape=shape, read=lambda: entry.read().reshape(shape))


def _unscaled(arrays, layer, sums):
    """Divides the sums of a batch normalisation by what they are sums of."""
    factor = arrays[f"{layer}/2"].ravel()[0]
    return sums.ravel() / factor if factor else np.zeros_like(sums.ravel())
