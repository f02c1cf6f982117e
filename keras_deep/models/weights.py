"""Weights by logical name: the name that a weight has in the flat network."""

import dataclasses
import importlib
import itertools
from typing import Any

import keras
import numpy as np

from keras_deep import backend
from keras_deep.layers.names import flat_layers
from keras_deep.layers.names import weight_name
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.utils.threads import in_threads
from keras_deep.utils.threads import is_large


@dataclasses.dataclass(frozen=True)
class WeightHandle:
    """One weight of a model, wherever it is kept.

    Args:
        variable: the Keras variable.
        trainable: bool. False for moving statistics.
        index: int, the place of the weight in a stacked variable, or `None`
            for a variable of its own.
    """

    variable: Any
    trainable: bool
    index: int | None = None

    @property
    def shape(self):
        """The shape of the weight, a tuple of int."""
        return tuple(self.variable.shape)[0 if self.index is None else 1 :]

    @property
    def dtype(self):
        """The name of the weight's type, such as `"float32"`."""
        return keras.backend.standardize_dtype(self.variable.dtype)

    def get(self):
        """Returns the weight as a NumPy array."""
        value = self.variable.value
        if self.index is not None:
            value = value[self.index]
        return keras.ops.convert_to_numpy(value)

    def set(self, value):
        """Sets the weight from an array of its shape.

        One block of a stack costs as much as all: see `set_weights`.
        """
        set_weights({"": self}, {"": value}.get)


def named_weights(model):
    """Yields `(name, handle)` for every weight of a model, in a stable order.

    The name is the one of the flat network, such as
    `"conv2_block3_1_conv/kernel"`, whether the block stands by itself, in a
    nested model or in a stack. Converters, masks and weights files use these
    names.

    Args:
        model: `keras.Model`.

    Yields:
        Pairs of a string and a `WeightHandle`.
    """
    for layer in flat_layers(model):
        trainable = {id(v) for v in layer.trainable_variables}
        if isinstance(layer, BlockChain):
            for name, variable, index in layer.named_weights():
                trains = id(variable) in trainable
                yield name, WeightHandle(variable, trains, index)
            continue
        for variable in layer.weights:
            handle = WeightHandle(variable, id(variable) in trainable)
            yield weight_name(layer, variable), handle


def set_weights(handles, read):
    """Sets many weights, every variable once.

    Large ones are read and turned round in threads, a few at a time.

    Args:
        handles: dict of names to `WeightHandle`.
        read: function of a name that returns the array of its shape. It is
            called in several threads.
    """
    variables = {}
    for name, handle in handles.items():
        variables.setdefault(id(handle.variable), []).append((name, handle))
    large, small = [], []
    for group in variables.values():
        shape = group[0][1].variable.shape
        (large if is_large(shape) else small).append(group)

    def value_unless_set(group):
        variable, value = group[0][1].variable, _value_of(group, read)
        return None if backend.set_array(variable, value) else value

    values = itertools.chain(
        in_threads(value_unless_set, large), map(value_unless_set, small)
    )
    for group, value in zip(large + small, values):
        if value is not None:
            group[0][1].variable.assign(value)


def _value_of(group, read):
    """Returns the value of a variable from those of the weights in it."""
    name, handle = group[0]
    if handle.index is None:
        return np.asarray(read(name), handle.dtype)
    variable = handle.variable
    if len(group) == variable.shape[0]:
        value = np.empty(variable.shape, handle.dtype)
    else:
        value = np.array(keras.ops.convert_to_numpy(variable.value))
    for name, handle in group:
        value[handle.index] = read(name)
    return value


def copy_weights(source, target):
    """Gives a model the weights of another one, by their names.

    Args:
        source: `keras.Model`.
        target: `keras.Model` of the same network, stacked or not.

    Raises:
        ValueError: if the names differ.
    """
    given, wanted = dict(named_weights(source)), dict(named_weights(target))
    if given.keys() != wanted.keys():
        odd = sorted(given.keys() ^ wanted.keys())[:5]
        raise ValueError(
            f"Expected two models of one network. Received: {source.name!r} "
            f"and {target.name!r}, of which one lacks {odd}."
        )
    arrays = {}  # A stacked variable is read once.
    for handle in given.values():
        key = id(handle.variable)
        if key not in arrays:
            arrays[key] = keras.ops.convert_to_numpy(handle.variable.value)

    def read(name):
        handle = given[name]
        array = arrays[id(handle.variable)]
        return array if handle.index is None else array[handle.index]

    set_weights(wanted, read)


def prepare_weights(source):
    """Finds the file of `weights` before the model is built.

    Returns:
        Function of the model that loads it.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is of another kind.
    """
    # What reads files stands above this folder: the package knows where.
    return importlib.import_module("keras_deep")._prepare_weights(source)
