"""The calls of layers that a functional model consists of."""

import inspect

import keras


def calls(outputs):
    """Yields the calls behind tensors of a functional model, last ones first.

    Args:
        outputs: `KerasTensor`, or a list of them.

    Yields:
        Pairs of a layer and the list of tensors that it was called with; an
        input layer was called with none.
    """
    waiting, seen = list(keras.tree.flatten(outputs)), set()
    while waiting:
        layer, index, _ = waiting.pop()._keras_history
        if (id(layer), index) not in seen:
            seen.add((id(layer), index))
            inputs = list(layer._inbound_nodes[index].input_tensors)
            waiting.extend(inputs)
            yield layer, inputs


def nodes_of(model):
    """Returns the calls in a functional model, Keras's nodes, first ones first.

    Args:
        model: functional `keras.Model`. Calls of its layers outside of it do
            not count.
    """
    depths = sorted(model._nodes_by_depth.items(), reverse=True)
    return [node for _, nodes in depths for node in nodes]


def is_plain(node):
    """Returns whether a call has tensors as arguments and nothing else."""
    kwargs = dict(node.arguments.kwargs)
    if _trains_by_default(node.operation):
        # Keras notes it, and does what the call of the model says.
        kwargs.pop("training", None)
    given = keras.tree.flatten((node.arguments.args, kwargs))
    return all(
        isinstance(x, keras.KerasTensor) or x is None or x is False
        for x in given
    )


def _trains_by_default(layer):
    found = inspect.signature(layer.call).parameters.get("training")
    return found is not None and found.default is True
