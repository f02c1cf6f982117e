"""Access to weights by logical name, their name in the flat network."""

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
    """A weight of a model, in a variable of its own or in a stacked one.

    Args:
        variable: the Keras variable.
        trainable: bool. False for moving statistics.
        index: int, the index of the weight in a stacked variable, or `None`
            for a variable of its own.
    """

    variable: Any
    trainable: bool
    index: int | None = None

    @property
    def shape(self):
        """Tuple of int, the shape of the weight."""
        return tuple(self.variable.shape)[0 if self.index is None else 1 :]

    @property
    def dtype(self):
        """String, the data type, such as `"float32"`."""
        return keras.backend.standardize_dtype(self.variable.dtype)

    def get(self):
        """Returns the weight as a NumPy array."""
        value = self.variable.value
        if self.index is not None:
            value = value[self.index]
        return keras.ops.convert_to_numpy(value)

    def set(self, value):
        """Sets the weight to an array of its shape.

        In a stack one block takes as long as all, see `set_weights`.
        """
        set_weights({"": self}, {"": value}.get)


def named_weights(model):
    """Yields `(name, handle)` for every weight of a model, in a stable order.

    Names are those of the flat network, such as
    `"conv2_block3_1_conv/kernel"`, also for blocks in nested models and
    stacks. Converters, masks and weights files use these names.

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
    """Sets many weights, assigning every variable once.

    Large ones are read and transposed in threads, a few at a time.

    Args:
        handles: dict of names to `WeightHandle`.
        read: function of a name that returns an array of the weight's shape.
            It is called in several threads.
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
    """Returns the value of a variable, made of its weights."""
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


def copy_weights(source, target, prefix=""):
    """Copies the weights of a model to another one, by name.

    Those of a layer whose names Keras made up, and numbered, go by order.

    Args:
        source: `keras.Model`.
        target: `keras.Model` of the same network, stacked or not.
        prefix: string before the names of the layers of `target`.

    Raises:
        ValueError: if the names differ.
    """
    given, wanted = _by_layer(source, prefix), _by_layer(target)
    found = {}
    for layer in given.keys() | wanted.keys():
        ours, theirs = given.get(layer, {}), wanted.get(layer, {})
        if ours.keys() != theirs.keys():
            if _shapes(ours) != _shapes(theirs):
                odd = sorted(ours.keys() ^ theirs.keys())[:5]
                raise ValueError(
                    "Expected two models of one network. Received: "
                    f"{source.name!r} and {target.name!r}, of which one lacks "
                    f"{odd}."
                )
            ours = dict(zip(theirs, ours.values()))
        found.update(ours)
    arrays = {}  # A stacked variable is read once.
    for handle in found.values():
        key = id(handle.variable)
        if key not in arrays:
            arrays[key] = keras.ops.convert_to_numpy(handle.variable.value)

    def read(name):
        handle = found[name]
        array = arrays[id(handle.variable)]
        return array if handle.index is None else array[handle.index]

    set_weights(dict(named_weights(target)), read)


def _by_layer(model, prefix=""):
    """Returns a dict of a layer's name to that of its weights' names."""
    found = {}
    for name, handle in named_weights(model):
        name = f"{prefix}{name}"
        found.setdefault(name.partition("/")[0], {})[name] = handle
    return found


def _shapes(handles):
    return [handle.shape for handle in handles.values()]


def prepare_weights(source, name, arguments):
    """Finds the file of `weights` before the model is built.

    Args:
        source: what a builder was given as `weights`.
        name: string, the registered builder.
        arguments: dict of its arguments.

    Returns:
        Function of the model that loads it, or `None` if there are none.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the kind of file is unknown.
    """
    if source is None:
        return None
    # What reads files stands above this folder: the package knows where.
    prepare = importlib.import_module("keras_deep")._prepare_weights
    return prepare(source, name, arguments)
