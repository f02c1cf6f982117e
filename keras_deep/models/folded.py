"""Rebuilds functional models for inference, layer by layer."""

import collections

import keras

from keras_deep.layers.calls import is_plain
from keras_deep.layers.calls import nodes_of
from keras_deep.layers.grouped_conv import class_of_copy
from keras_deep.layers.identity import Identity
from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.stacked import StackedBlocks
from keras_deep.models.block_arrays import OwnWeights
from keras_deep.models.block_arrays import StackedWeights
from keras_deep.models.copying import cloned
from keras_deep.models.copying import input_like
from keras_deep.models.inference_rules import equivalent
from keras_deep.models.inference_rules import rule_of
from keras_deep.models.nested import as_functional
from keras_deep.models.pending import Made

_TRAINING_ONLY = ("_regularizer", "_constraint")


def folded(model, store=None):
    """Rebuilds a functional model for inference.

    Args:
        model: functional `keras.Model`.
        store: `OwnWeights`, or the `StackedWeights` of a template.

    Returns:
        `keras.Model` with weights of its own, and the names of `model`, of its
        inputs and of its outputs.

    Raises:
        ValueError: if a nested model is not functional.
    """
    return Folding(store or OwnWeights(), _calls(model)).model(model)


class Folding:
    """Rebuilds a model and those nested in it.

    Args:
        store: see `folded`.
        calls: dict of the `id` of a layer to the number of its calls.
    """

    def __init__(self, store, calls):
        self.store = store
        self.calls = calls
        self.last = set()  # Ids of layers that make outputs.
        self._copies = {}

    def model(self, model):
        """Returns the rebuilt model."""
        nodes = nodes_of(model)
        self.last.update(id(_maker(x)) for x in model.outputs)
        uses = collections.Counter(id(x) for x in model.outputs)
        for node in nodes:
            uses.update(id(x) for x in node.input_tensors)
        inputs = [input_like(x) for x in model.inputs]
        found = {id(x): Made(new) for x, new in zip(model.inputs, inputs)}
        for node in nodes:
            if node.is_input:
                continue
            for x in node.input_tensors:
                if uses[id(x)] > 1:  # What follows must not change it.
                    found[id(x)] = Made(found[id(x)].make())
            results = self._results(node, found)
            found.update({id(x): r for x, r in zip(node.outputs, results)})
        outputs = [_named_like(found[id(x)].make(), x) for x in model.outputs]
        pack = keras.tree.pack_sequence_as
        return keras.Model(
            pack(model._inputs_struct, inputs),
            pack(model._outputs_struct, outputs),
            name=model.name,
        )

    def _results(self, node, found):
        """Returns what the outputs of a call become."""
        layer, plain = node.operation, is_plain(node)
        rule = rule_of(layer) if plain else None
        if rule is not None:
            values = [found[id(x)] for x in node.input_tensors]
            result = rule(self, layer, *values)
            if result is not None:
                return [result]
        tensors = {id(x): found[id(x)].make() for x in node.input_tensors}
        args, kwargs = node.arguments.fill_in(tensors)
        outputs = self.call(layer, *args, folds=plain, **kwargs)
        return [Made(x) for x in keras.tree.flatten(outputs)]

    def call(self, layer, *args, folds=True, **kwargs):
        """Calls the copy of a layer, of which there is one for all calls.

        Args:
            layer: the layer, or an operation that is none.
            *args: arguments of the call.
            folds: bool. Whether the layers of a nested model may be folded.
            **kwargs: arguments of the call.
        """
        if not isinstance(layer, keras.Layer):
            return layer(*args, **kwargs)
        finish = None
        if id(layer) not in self._copies:
            self._copies[id(layer)], finish = self._copy(layer, folds)
        copy = self._copies[id(layer)]
        outputs = copy(*args, **kwargs)
        if finish is not None:  # It has weights only now.
            finish(copy)
        return outputs

    def call_with(self, weights, x):
        """Calls a copy of a linear layer that has other weights.

        Args:
            weights: `Weights`.
            x: tensor.
        """
        layer = weights.layer
        config = {**self.config_of(layer), "use_bias": weights.bias is not None}
        for key in config:
            if key.endswith("_initializer"):
                config[key] = "zeros"  # Random numbers would take longer.
        copy = class_of_copy(layer).from_config(config)
        outputs = copy(x)
        self.store.write(copy, weights.arrays())
        return outputs

    def config_of(self, layer):
        """Returns the configuration of a layer without what training needs."""
        config = layer.get_config()
        for key in config:
            if key.endswith(_TRAINING_ONLY):
                config[key] = None
        return config

    def _copy(self, layer, folds):
        """Returns a copy, and a function of it that sets the weights."""
        if isinstance(layer, keras.Model):
            if folds:
                return self.model(as_functional(layer)), None
            copy = cloned(layer)
            pairs = list(zip(flat_layers(layer), flat_layers(copy)))
            return copy, lambda _: [self._move(*pair) for pair in pairs]
        if type(layer) is StackedBlocks:
            store = StackedWeights(layer)
            template = folded(layer.get_template(), store)
            config = {**layer.get_config(), "template": template}
            return type(layer)(**config), store.assign
        copy = equivalent(layer) or class_of_copy(layer).from_config(
            self.config_of(layer)
        )
        return copy, lambda copy: self._move(layer, copy)

    def _move(self, layer, copy):
        if copy.weights:
            self.store.write(copy, self.store.read(layer))


def _calls(model):
    """Counts the calls of every layer in a model and in those nested in it."""
    found, waiting, seen = collections.Counter(), [model], set()
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            found.update(id(node.operation) for node in nodes_of(one))
            nested = (x for x in one.layers if isinstance(x, keras.Model))
            waiting.extend(map(as_functional, nested))
    return found


def _maker(tensor):
    return tensor._keras_history.operation


def _named_like(tensor, old):
    """Returns an output that has the name of an old one."""
    name = _maker(old).name
    if _maker(tensor).name == name:
        return tensor
    return Identity(dtype=tensor.dtype, name=name)(tensor)
