"""A walk along the graph of a functional model, in the order of its calls."""

import keras


def walk(model, visit, start, input_shape=None):
    """Calls `visit` for every layer of a model and of the models in it.

    Keras's own `clone_model` makes the calls again, on the same layers, so
    the shapes are those of another input size too.

    Args:
        model: functional `keras.Model` with one input.
        visit: function `(layer, args, outputs, states) -> state`: the layer,
            the positional arguments and the outputs of the call as
            `KerasTensor`s, and what `visit` returned for each tensor among
            the arguments.
        start: state of the input.
        input_shape: tuple without the batch axis, or `None` for the model's.

    Returns:
        State of the (first) output.
    """
    shape = tuple(input_shape or model.inputs[0].shape[1:])
    inputs = keras.Input(shape, dtype=model.inputs[0].dtype)
    states = {id(inputs): start}
    kept = []  # An id names a tensor only as long as it lives.

    def call(layer, *args, **kwargs):
        outputs = layer(*args, **kwargs)
        tensors = [t for t in keras.tree.flatten(args) if id(t) in states]
        given = [states[id(tensor)] for tensor in tensors]
        if isinstance(layer, keras.Model):
            state = walk(layer, visit, given[0], tensors[0].shape[1:])
        else:
            state = visit(layer, args, outputs, given)
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
