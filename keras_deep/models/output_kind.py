"""What the outputs of a classifier are: followed from the last layer back."""

import keras
from keras import layers

LOGITS = "logits"
PROBABILITIES = "probabilities"  # Of one class out of several.
INDEPENDENT = "independent probabilities"  # A sigmoid for every output.
KINDS = (LOGITS, PROBABILITIES, INDEPENDENT)

_ATTRIBUTE = "keras_deep_output"

# By the name of a function or of an operation of `keras.ops`.
_ACTIVATIONS = {
    "linear": LOGITS,
    "log_softmax": LOGITS,  # The softmax of it is the probability.
    "logsoftmax": LOGITS,
    "softmax": PROBABILITIES,
    "softmax_v2": PROBABILITIES,  # TensorFlow's.
    "sigmoid": INDEPENDENT,
}

# What has another value for every output, but is of the same kind.
_PASSING = (
    layers.Identity,
    layers.Dropout,
    layers.ActivityRegularization,
    layers.Flatten,
    layers.Reshape,
    layers.GlobalAveragePooling1D,
    layers.GlobalAveragePooling2D,
    layers.Average,
)
_PASSING_OPERATIONS = ("Cast", "Identity", "Reshape", "Squeeze", "Copy")

# What makes logits of logits, and of anything else what nobody knows.
_LINEAR = (layers.Add, layers.Subtract, layers.Rescaling)
_LINEAR_OPERATIONS = ("Add", "Subtract", "Multiply", "Divide", "TrueDivide")


def output_kind(model):
    """Returns what the outputs of a classifier are.

    They are followed through nested models, activations and layers that
    change no kind, to the layer that makes them.

    Args:
        model: functional `keras.Model` with one output.

    Returns:
        `LOGITS`, `PROBABILITIES` or `INDEPENDENT`, strings.

    Raises:
        ValueError: if it cannot be known; the message has the way out.
    """
    outputs = getattr(model, "outputs", None)
    if not outputs or len(outputs) != 1:
        raise ValueError(
            "Expected a functional or sequential `keras.Model` with one "
            f"output. Received: model={model!r}"
        )
    return _kind_of(outputs[0], model)


def mark_output(layer, kind):
    """Says what the outputs of a layer are that cannot be looked into."""
    setattr(layer, _ATTRIBUTE, kind)


def _kind_of(tensor, model):
    operation, node, index = tensor._keras_history
    if getattr(operation, _ATTRIBUTE, None) in KINDS:
        return getattr(operation, _ATTRIBUTE)
    if getattr(operation, "outputs", None):  # A nested model.
        return _kind_of(operation.outputs[index], model)
    name = type(operation).__name__
    inputs = operation._inbound_nodes[node].input_tensors
    is_layer = isinstance(operation, keras.Layer)
    if _changes_nothing(operation) or (
        not is_layer and name in _PASSING_OPERATIONS
    ):
        kinds = {_kind_of(tensor, model) for tensor in inputs}
        if len(kinds) == 1:
            return kinds.pop()
    elif isinstance(operation, _LINEAR) or (
        not is_layer and name in _LINEAR_OPERATIONS
    ):
        if {_kind_of(tensor, model) for tensor in inputs} == {LOGITS}:
            return LOGITS
    else:
        kind = _kind_of_activation(operation, is_layer)
        if kind is not None:
            return kind
    if name == "TFSMLayer":
        raise ValueError(
            "Expected an export that says whether its outputs are "
            f"probabilities or logits. Received: {model.name!r}, which other "
            "programs or an older version of this package wrote. Export the "
            "model again with `keras_deep.export.saved_model` (`keras-deep "
            "export`), or use its `.keras` file."
        )
    raise ValueError(
        "Expected a classifier that ends in a softmax, a sigmoid or no "
        f"activation, so that its loss is known. Received: {model.name!r}, "
        f"whose outputs are made by {name} {operation.name!r}. If they are "
        'logits, end the model in `keras.layers.Activation("softmax")`; else '
        "compile and evaluate it with a loss of your own."
    )


def _changes_nothing(operation):
    if isinstance(operation, layers.Activation):
        return operation.activation is keras.activations.linear
    return isinstance(operation, _PASSING)


def _kind_of_activation(operation, is_layer):
    if isinstance(operation, layers.BatchNormalization):
        return LOGITS
    activation = operation
    if is_layer and not isinstance(operation, layers.Softmax):
        activation = getattr(operation, "activation", None)
    if not _is_last(getattr(activation, "axis", -1)):
        return None
    name = getattr(activation, "__name__", type(activation).__name__)
    return _ACTIVATIONS.get(name.lower())


def _is_last(axis):
    # Outputs have two axes; before a pooling, channels may come first.
    return axis in (-1, 1, None)
