"""Weights by logical name: the name that a weight has in the flat network."""

import dataclasses
from typing import Any

import keras


@dataclasses.dataclass(frozen=True)
class WeightHandle:
    """One weight of a model, wherever it is kept.

    Args:
        variable: the Keras variable.
        trainable: bool. False for moving statistics.
    """

    variable: Any
    trainable: bool

    @property
    def shape(self):
        """The shape of the weight, a tuple of int."""
        return tuple(self.variable.shape)

    @property
    def dtype(self):
        """The name of the weight's type, such as `"float32"`."""
        return keras.backend.standardize_dtype(self.variable.dtype)

    def get(self):
        """Returns the weight as a NumPy array."""
        return keras.ops.convert_to_numpy(self.variable.value)

    def set(self, value):
        """Sets the weight from an array of its shape."""
        self.variable.assign(value)


def named_weights(model):
    """Yields `(name, handle)` for every weight of a model, in a stable order.

    The name is the one of the flat network, such as
    `"conv2_block3_1_conv/kernel"`, whether or not the block stands in a nested
    model. Converters, masks and weights files use these names.

    Args:
        model: `keras.Model`.

    Yields:
        Pairs of a string and a `WeightHandle`.
    """
    for layer in flat_layers(model):
        trainable = {id(v) for v in layer.trainable_variables}
        for variable in layer.weights:
            name = variable.path.rpartition(f"{layer.name}/")[2]
            handle = WeightHandle(variable, id(variable) in trainable)
            yield f"{layer.name}/{name}", handle


def flat_layers(model):
    """Yields the layers of a model and of the models nested in it, in order."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from flat_layers(layer)
        else:
            yield layer


_LOADERS = {}


def use_loader(prepare):
    """Registers what loads the `weights` of a builder.

    It stands in a room above this one, which the package as a whole knows.

    Args:
        prepare: function of the value of `weights` that checks and finds the
            file, and returns a function that loads it into a model.
    """
    _LOADERS["weights"] = prepare


def prepare_weights(source):
    """Finds the file of `weights` before the model is built.

    Returns:
        Function of the model that loads it.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is of another kind.
    """
    return _LOADERS["weights"](source)
