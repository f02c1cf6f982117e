"""Visits the layers of a functional model in the order of their calls."""

import keras

from keras_deep.layers.stacks.chain import BlockChain


def walk(model, visit, start, input_shape=None):
    """Calls `visit` for every layer of a model, nested models included.

    Keras's `clone_model` repeats the calls with the same layers, so that the
    shapes are right for another input size too. Stacked blocks are visited
    one after the other, each layer by layer.

    Args:
        model: functional `keras.Model` with one input.
        visit: function `(layer, args, outputs, states, shared) -> state`: the
            layer, the positional arguments and the outputs of the call as
            `KerasTensor`s, the state that `visit` returned for each tensor
            among the arguments, and whether the layer was visited before.
        start: state of the input.
        input_shape: tuple without the batch axis, or `None` for the model's.

    Returns:
        State of the first output.
    """
    shape = tuple(input_shape or model.inputs[0].shape[1:])
    inputs = keras.Input(shape, dtype=model.inputs[0].dtype)
    states = {id(inputs): start}
    seen = set()
    kept = []  # Keeps the tensors alive, so that their ids stay unique.

    def call(layer, *args, **kwargs):
        outputs = layer(*args, **kwargs)
        tensors = [t for t in keras.tree.flatten(args) if id(t) in states]
        given = [states[id(tensor)] for tensor in tensors]
        if isinstance(layer, keras.Model):
            state = walk(layer, visit, given[0], tensors[0].shape[1:])
        elif isinstance(layer, BlockChain):
            state = _walk_blocks(layer, visit, given[0], tensors[0].shape[1:])
        else:
            state = visit(layer, args, outputs, given, layer in seen)
            seen.add(layer)
        for tensor in keras.tree.flatten(outputs):
            kept.append(tensor)
            states[id(tensor)] = state
        return outputs

    single = keras.Model(model.inputs[0], model.outputs[0])
    keras.models.clone_model(
        single,
        input_tensors=inputs,
        clone_function=lambda layer: layer,
        call_function=call,
    )
    return states[id(kept[-1])] if kept else start


def _walk_blocks(stack, visit, state, shape):
    """Walks the template once and replays its calls for every block."""
    calls = []

    def note(layer, args, outputs, places, shared):
        calls.append((layer, args, outputs, places, shared))
        return len(calls)

    last = walk(stack.get_template(), note, 0, shape)
    for number in range(stack.blocks):
        states = [state]
        for layer, args, outputs, places, shared in calls:
            given = [states[place] for place in places]
            again = shared or number > 0 and stack.shares(layer)
            states.append(visit(layer, args, outputs, given, again))
        state = states[last]
    return state
