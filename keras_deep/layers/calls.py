"""The calls of layers that a functional model consists of."""

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
