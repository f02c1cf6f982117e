"""Loads arrays of channels-first networks into models of any layers."""

import numpy as np

from keras_deep.convert.assign import assign
from keras_deep.convert.layout import in_our_layout
from keras_deep.convert.targets import targets_of
from keras_deep.formats.arrays import Arrays
from keras_deep.formats.arrays import as_arrays


def load(model, weights, form="pytorch", kinds=None):
    """Loads arrays as if from a file whose layers have our names.

    Args:
        model: `keras.Model`.
        weights: dict of names, such as `"a.weight"`, to arrays.
        form: string, the format, which determines axes and weights' names.
        kinds: dict of the layers' types in a Caffe file.
    """
    arrays = as_arrays(weights)
    entries = {name: arrays.entry(name) for name in arrays}
    arrays = Arrays("theirs", entries, kinds)
    targets = targets_of(model)
    ours = {name.rpartition("/")[0] for name in targets}
    names = dict(zip(ours, ours))
    return assign(model, in_our_layout(arrays, form, names, targets))


def last(x):
    """Moves the channels of images last."""
    return np.moveaxis(x, 1, -1)
