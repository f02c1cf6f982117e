"""A warning of stacks that were forgotten when a network was frozen."""

import warnings

import keras

from keras_deep.layers.calls import calls
from keras_deep.layers.stacks.chain import BlockChain


def warn_if_half_frozen(stack):
    """Warns if batch normalisation is frozen by its kind, but not a stack's.

    Loops over `model.layers`, as in most guides to fine-tuning, do not see the
    layers of a stack. It counts what is before the stack, or all that is
    around it if no normalisation is before it. If nothing of that is trained,
    it was frozen by its place, and the stack may well be trained.

    Args:
        stack: `BlockChain`.
    """
    inside = filter(_is_norm, stack.get_template().layers)
    if stack.untracked.warned or not any(x.trainable for x in inside):
        return
    tensors = [x for node in stack._inbound_nodes for x in node.input_tensors]
    found = _is_half_frozen(layer for layer, _ in calls(tensors))
    if found is None:
        found = _is_half_frozen(_around(stack))
    if not found:
        return
    for layer in (stack, *_around(stack)):  # Once for a network.
        if isinstance(layer, BlockChain):
            layer.untracked.warned = True
    warnings.warn(
        "The batch normalisation of the model is frozen, but not that of "
        f"stacked blocks, as of {stack.name!r}, which a loop over "
        "`model.layers` does not see. `keras_deep.freeze(model, 'batch "
        "normalisation')` before `compile` freezes both.",
        stacklevel=3,
    )


def _is_half_frozen(layers):
    """Returns whether only the normalisation among layers is frozen.

    `None` if there is none. Only layers that a loop sees count.
    """
    norm = others = False
    for layer in layers:
        if isinstance(layer, (keras.Model, BlockChain)):
            continue
        if _is_norm(layer):
            if layer.trainable:
                return False
            norm = True
        elif getattr(layer, "weights", ()):
            others = others or layer.trainable
    return others if norm else None


def _is_norm(layer):
    return isinstance(layer, keras.layers.BatchNormalization)


def _around(layer):
    """Yields all other layers of the graph that a layer is in."""
    waiting, seen = [layer], {id(layer)}
    while waiting:
        one = waiting.pop()
        near = [node.operation for node in one._outbound_nodes]
        for node in one._inbound_nodes:
            near += [t._keras_history.operation for t in node.input_tensors]
        for other in near:
            if id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)
                yield other
