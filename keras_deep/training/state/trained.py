"""All that a training needs to go on exactly, at one moment of it."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np

from keras_deep import backend
from keras_deep.training.state.archive import State
from keras_deep.training.state.callbacks import pack_callbacks
from keras_deep.training.state.callbacks import restore_callbacks
from keras_deep.training.state.generators import generators
from keras_deep.training.state.generators import set_generators
from keras_deep.training.state.names import METRICS
from keras_deep.training.state.names import check_same
from keras_deep.training.state.names import named_variables
from keras_deep.training.state.packing import pack
from keras_deep.training.state.packing import unpack


def read(variables):
    """Returns copies of the values of variables as a list of arrays."""
    return [np.asarray(variable.numpy()) for variable in variables]


def write(variables, arrays):
    """Sets variables to arrays of their shapes and types."""
    for variable, array in zip(variables, arrays, strict=True):
        if not backend.set_array(variable, array):
            variable.assign(array)


@dataclasses.dataclass(frozen=True)
class Trained:
    """What is captured and restored.

    Args:
        model: compiled `keras.Model` whose optimizer and metrics are built.
        callbacks: list of all Keras callbacks of the training that have a
            state, `History` included.
        parts: dict of string to an object with `get_state()` and
            `set_state(state)`: whatever else the loop keeps, such as gradient
            accumulators, or iterators over data that know their position.
        read: function of variables that returns their values, see `read`.
        write: function that sets them, see `write`.
    """

    model: keras.Model
    callbacks: list = ()
    parts: dict = dataclasses.field(default_factory=dict)
    read: Callable = read
    write: Callable = write

    def capture(self, epoch, step, tested=False, **facts):
        """Returns the `State` after `step` steps of an epoch, from 0.

        Args:
            epoch: int.
            step: int.
            tested: bool. Whether to take only what a validation may change:
                neither weights nor the optimizer's variables.
            **facts: data of JSON, which the state has, too.
        """
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()
        variables = named_variables(self.model, metrics=step > 0)
        if tested:
            kept = (*self.model.weights, *self.model.optimizer.variables)
            kept = {id(variable) for variable in kept}
            variables = {
                n: v for n, v in variables.items() if id(v) not in kept
            }
        arrays = dict(zip(variables, self.read(list(variables.values()))))
        parts = {name: part.get_state() for name, part in self.parts.items()}
        facts |= {
            "epoch": int(epoch),
            "step": int(step),
            "variables": len(variables),
            "generators": pack(generators(), "generators", arrays),
            "callbacks": pack_callbacks(self.callbacks, arrays),
            "parts": pack(parts, "parts", arrays),
        }
        return State(facts, arrays)

    def restore(self, state, metrics=False):
        """Restores a `State`, in callbacks whose training has begun.

        Args:
            state: `State`.
            metrics: bool. Whether the metrics are restored, too, if the state
                is one within an epoch.

        Raises:
            ValueError: if it is that of another model or optimizer. Nothing
                has been changed then.
        """
        facts, arrays = state.facts, state.arrays
        self.restore_variables(state, metrics)
        restore_callbacks(self.callbacks, facts["callbacks"], arrays)
        set_generators(unpack(facts["generators"], arrays))

    def restore_variables(self, state, metrics=False):
        """Restores the values of variables and the parts; see `restore`."""
        variables = named_variables(self.model, metrics and state.position[1])
        names = list(state.arrays)[: state.facts["variables"]]
        saved = {
            name: state.arrays[name]
            for name in names
            if metrics or not name.startswith(METRICS)
        }
        values = check_same(saved, variables, state.source)
        self.write(list(variables.values()), values)
        for name, part in self.parts.items():
            if name in state.facts["parts"]:
                part.set_state(unpack(state.facts["parts"][name], state.arrays))
