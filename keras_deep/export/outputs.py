"""Names of a network's inputs and outputs: probabilities, logits, features."""

import keras

from keras_deep.models.output_kind import INDEPENDENT
from keras_deep.models.output_kind import LOGITS
from keras_deep.models.output_kind import PROBABILITIES
from keras_deep.models.output_kind import output_kind

_FUNCTIONS = {
    PROBABILITIES: keras.activations.softmax,
    INDEPENDENT: keras.activations.sigmoid,
}


def with_named_outputs(model, features=False):
    """Builds a model of the same layers that names its outputs.

    Args:
        model: functional `keras.Model`.
        features: `True` for what the classifier's last layer takes, or a
            sequence of names of layers whose outputs are wanted, too.

    Returns:
        `keras.Model` with a dict of outputs: `"probabilities"` and, where it
        can be told, `"logits"` of a classifier; `"outputs"` of another model
        with one output; those of several keep their names. `"features"`, or
        those of layers by their names, come after them.

    Raises:
        ValueError: if there are no such features.
    """
    kind = kind_of(model)
    found = _own(model) if kind is None else _classifier(model, kind)
    for name, tensor in _features(model, features, kind).items():
        if name in found:
            raise ValueError(
                f"Expected `features` to have other names than {list(found)}. "
                f"Received: {name!r}"
            )
        found[name] = tensor
    return keras.Model(model.input, found, name=model.name)


def kind_of(model):
    """Returns the `output_kind` of a classifier, or `None` of another model."""
    try:
        kind = output_kind(model)
    except ValueError:
        return None
    return kind if len(model.outputs[0].shape) == 2 else None


def name_of_outputs(kind):
    """Returns the name that a model's own output has in an export."""
    if kind is None:
        return "outputs"
    return "logits" if kind == LOGITS else "probabilities"


def input_name(tensor):
    """Returns the name that an input of a model has in an export."""
    # A tensor of an input without a name is called anew in every copy.
    return tensor._keras_history.operation.name


def _own(model):
    if len(model.outputs) == 1:
        return {"outputs": model.outputs[0]}
    if isinstance(model.output, dict):
        return dict(model.output)
    names = model.output_names
    if len(set(names)) < len(names):
        names = [f"output_{i}" for i in range(len(names))]
    return dict(zip(names, model.outputs))


def _classifier(model, kind):
    outputs = model.outputs[0]
    if kind == LOGITS:
        function = _FUNCTIONS[PROBABILITIES]
        if outputs.shape[-1] == 1:  # That of the second of two classes.
            function = _FUNCTIONS[INDEPENDENT]
        logits = outputs
    else:
        function = _FUNCTIONS[kind]
        logits = _before(outputs, function)
    if logits is None:
        return {"probabilities": outputs}
    probabilities = keras.layers.Activation(
        function, dtype="float32", name="export_probabilities"
    )(logits)
    return {"probabilities": probabilities, "logits": logits}


def _before(tensor, function):
    """Returns what an activation was applied to in the end, or `None`."""
    operation, node, index = tensor._keras_history
    inputs = operation._inbound_nodes[node].input_tensors
    if len(inputs) != 1:
        return None
    if getattr(operation, "outputs", None):  # A nested model.
        inner = _before(operation.outputs[index], function)
        if inner is None:
            return None
        return keras.Model(operation.inputs, inner)(inputs)
    if isinstance(operation, keras.layers.Dense):
        if operation.activation is function:
            return _linear(operation, inputs[0])
    elif isinstance(operation, keras.layers.Activation):
        if operation.activation is function:
            return inputs[0]
    elif isinstance(operation, keras.layers.Softmax):
        if function is _FUNCTIONS[PROBABILITIES]:
            return inputs[0]
    elif isinstance(operation, (keras.layers.Identity, keras.layers.Dropout)):
        return _before(inputs[0], function)
    return None


def _linear(layer, inputs):
    """Applies a dense layer without its activation."""
    config = {**layer.get_config(), "activation": None, "name": "export_logits"}
    copy = type(layer).from_config(config)
    outputs = copy(inputs)
    copy.set_weights(layer.get_weights())
    return outputs


def _features(model, features, kind):
    if not features:
        return {}
    if features is True:
        last = model.outputs[0]._keras_history.operation
        inputs = getattr(last, "input", None)
        if kind is None or isinstance(inputs, (list, dict, type(None))):
            raise ValueError(
                "Expected a classifier for `features=True`: they are what its "
                f"last layer takes. Received: {model.name!r}. Pass names of "
                "layers instead."
            )
        return {"features": inputs}
    if isinstance(features, str):
        features = [features]
    names = [layer.name for layer in model.layers]
    for name in features:
        if name not in names:
            raise ValueError(
                f"Expected `features` to be names of layers of {model.name!r}, "
                f"such as {_ends(names)}. Received: {name!r}"
            )
    return {name: model.get_layer(name).output for name in features}


def _ends(names):
    return [name for name in names if name.endswith("_end")] or names[-3:]
