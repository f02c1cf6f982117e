"""Weights by logical name: the name that a weight has in the flat network."""

import dataclasses
import pathlib
from typing import Any

import keras

from keras_deep.errors import did_you_mean
from keras_deep.models.card import card


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


def load_weights(model, path):
    """Loads a `.keras` or `.weights.h5` file into a model of this package.

    A `.keras` file is compared with the model first: its convention must be
    the model's, and every weight must be there in the right shape. Nothing is
    loaded unless all fits.

    Args:
        model: `keras.Model`.
        path: string or path of the file.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is of another kind or does not fit.
    """
    path = check_weights_file(path)
    if path.suffix == ".keras":
        _load_keras_file(model, path)
    else:
        model.load_weights(path)


def check_weights_file(path):
    """Returns the path of a weights file that exists and can be loaded.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is of another kind.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            "Expected `weights` to be the path of a file. "
            f"Received: weights={str(path)!r}, which does not exist."
        )
    if not path.name.endswith((".keras", ".weights.h5")):
        raise ValueError(
            "Expected `weights` to end in `.keras` or `.weights.h5`. "
            f"Received: weights={str(path)!r}"
        )
    return path


def _load_keras_file(model, path):
    from keras_deep.models.saving import load_file

    source = load_file(path)
    _check_convention(model, card(source), path)
    values = {name: handle.get() for name, handle in named_weights(source)}
    assign_weights(model, values, str(path))


def _check_convention(model, found, path):
    ours = card(model)
    if found is None or ours is None or found.convention == ours.convention:
        return
    raise ValueError(
        f"Expected weights of the convention {ours.convention!r}. Received: "
        f"{str(path)!r} with the convention {found.convention!r}. Build the "
        f"model with `convention={found.convention!r}` to load them."
    )


def assign_weights(model, values, source):
    """Sets every weight of a model, or none if one does not fit.

    Args:
        model: `keras.Model`.
        values: dict of logical name to array.
        source: string, where they come from, for the error.

    Raises:
        ValueError: lists all that is missing, unexpected or mis-shaped.
    """
    handles = dict(named_weights(model))
    problems = [
        f"missing {name}.{did_you_mean(name, values)}"
        for name in handles
        if name not in values
    ]
    problems += [f"unexpected {name}" for name in values if name not in handles]
    problems += [
        f"{name} has shape {values[name].shape}, expected {handle.shape}"
        for name, handle in handles.items()
        if name in values and values[name].shape != handle.shape
    ]
    if problems:
        raise ValueError(
            f"Expected weights for every layer of {model.name!r}, in its "
            f"shapes. Received: {source!r} with {len(problems)} differences:\n"
            + "\n".join(problems[:20])
        )
    for name, handle in handles.items():
        handle.set(values[name])
