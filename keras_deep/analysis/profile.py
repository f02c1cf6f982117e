"""Parameters, multiply-adds, memory and depth of a network, by stage."""

import dataclasses
import math
import re

import keras

from keras_deep.analysis.tables import as_html
from keras_deep.analysis.tables import as_text
from keras_deep.analysis.walk import walk
from keras_deep.layers.highway import HighwayGate

_STAGE = re.compile(r"(conv|pool)\d+")
_CONVS = ("Conv", "SeparableConv", "DepthwiseConv")
# Layers that keep their input's values or whose output no gradient needs.
_FREE = ("InputLayer", "Identity", "ZeroPadding", "Flatten", "Reshape")


@dataclasses.dataclass
class Row:
    """Costs of a stage, or of the whole network.

    Args:
        stage: string, such as `"conv2"`.
        output_shape: tuple without the batch axis.
        trainable: int, trainable parameters.
        non_trainable: int, other parameters, such as moving statistics.
        multiply_adds: int, those of convolutions, dense layers and the steps
            of recurrent layers for one image or sequence. Biases,
            normalisation, activations and pooling are not counted, as in most
            tables; "FLOPs" are often twice as many.
        depth: int, convolutions and dense layers on the longest path from
            the input: the papers' depth. A recurrent layer counts once.
        convolutions: int.
        merges: int, layers that add or concatenate tensors.
        activation_bytes: int, see `profile`.
        receptive_field: int, side of an output's receptive field in pixels.
        stride: int, pixels between neighbouring outputs.
    """

    stage: str
    output_shape: tuple = ()
    trainable: int = 0
    non_trainable: int = 0
    multiply_adds: int = 0
    depth: int = 0
    convolutions: int = 0
    merges: int = 0
    activation_bytes: int = 0
    receptive_field: int = 1
    stride: int = 1


@dataclasses.dataclass(frozen=True)
class Profile:
    """Costs of a network.

    Args:
        rows: list of `Row`, one per stage.
        total: `Row` of the whole network.
        batch_size: int, for which the activation memory holds.
    """

    rows: list
    total: Row
    batch_size: int

    def __str__(self):
        return as_text(self)

    def _repr_html_(self):
        return as_html(self)


@dataclasses.dataclass(frozen=True)
class _State:
    depth: int = 0
    receptive_field: int = 1
    stride: int = 1


def profile(model, batch_size=32, input_shape=None):
    """Computes what a network costs, without running it.

    Activation memory is the sum of all layers' outputs, which a training step
    keeps for the backward pass, without padding and layers that only pass
    their input through. It is an upper bound: a framework that fuses layers
    keeps less.

    Args:
        model: functional `keras.Model` with one image input.
        batch_size: int, for the activation memory.
        input_shape: tuple, the shape of an image, needed if the height and
            width of the model's input are unknown.

    Returns:
        `Profile`.

    Raises:
        ValueError: if height or width is unknown.
    """
    shape = tuple(input_shape or model.inputs[0].shape[1:])
    if None in shape:
        raise ValueError(
            "Expected a model with fixed sides, or `input_shape`, such as "
            f"(224, 224, 3). Received: {model.name!r} of shape {shape}"
        )
    rows = {}

    def visit(layer, args, outputs, states, shared):
        state = _follow(layer, states, args)
        row = rows.setdefault(_stage_of(layer), Row(_stage_of(layer)))
        _count(row, layer, args, outputs, batch_size, shared)
        row.depth = max(row.depth, state.depth)
        row.receptive_field = state.receptive_field
        row.stride = state.stride
        return state

    walk(model, visit, _State(), shape)
    return Profile(list(rows.values()), _total(rows.values()), batch_size)


def _stage_of(layer):
    """Returns the stage in a layer's name; the stem includes its pool."""
    match = _STAGE.match(layer.name)
    if match is None:
        return "top"
    return "conv1" if match[0] == "pool1" else match[0]


def _follow(layer, states, args):
    """Returns depth, receptive field and stride after a layer."""
    if isinstance(layer, HighwayGate):
        # Its kernel reads the first input, beside the layer that it gates.
        gate = _through(layer, states[:1], args[0])
        return _through(None, [gate, *states], args)
    return _through(layer, states, args)


def _through(layer, states, args):
    depth = max((s.depth for s in states), default=0)
    field = max((s.receptive_field for s in states), default=1)
    stride = max((s.stride for s in states), default=1)
    if _is_weighted(layer):
        depth += 1
    sides = getattr(layer, "kernel_size", getattr(layer, "pool_size", (1,)))
    dilation = getattr(layer, "dilation_rate", (1,))
    field += (sides[0] - 1) * dilation[0] * stride
    stride *= getattr(layer, "strides", (1,))[0]
    if type(layer).__name__.startswith("Global"):
        first = layer.data_format == "channels_first"
        side = args[0].shape[2 if first else 1]
        field += (side - 1) * stride
        stride *= side
    return _State(depth, field, stride)


def _is_weighted(layer):
    kinds = (keras.layers.Dense, keras.layers.RNN, HighwayGate)
    return isinstance(layer, kinds) or _is_conv(layer)


def _is_conv(layer):
    kinds = (kind.__name__ for kind in type(layer).__mro__)
    return any(kind.startswith(_CONVS) for kind in kinds)


def _count(row, layer, args, outputs, batch_size, counted):
    """Adds a call of a layer to the row of its stage."""
    shape = tuple(keras.tree.flatten(outputs)[0].shape[1:])
    row.output_shape = shape
    if not counted:
        trainable = sum(math.prod(w.shape) for w in layer.trainable_weights)
        total = sum(math.prod(w.shape) for w in layer.weights)
        row.trainable += trainable
        row.non_trainable += total - trainable
    row.multiply_adds += _multiply_adds(layer, args, shape)
    row.convolutions += _is_conv(layer)
    row.merges += isinstance(args[0], (list, tuple)) and len(args[0]) > 1
    if not type(layer).__name__.startswith(_FREE):
        size = keras.backend.standardize_dtype(layer.compute_dtype)
        row.activation_bytes += batch_size * math.prod(shape) * _bytes(size)


def _multiply_adds(layer, args, shape):
    if not _is_weighted(layer):
        return 0
    if isinstance(layer, HighwayGate):
        return layer.multiply_adds(shape)
    kernels = (
        w
        for w in layer.trainable_weights + layer.non_trainable_weights
        if "kernel" in w.name
    )
    per_place = sum(math.prod(w.shape) for w in kernels)
    if isinstance(layer, keras.layers.RNN):
        return args[0].shape[1] * per_place
    if isinstance(layer, keras.layers.Dense):
        return per_place * math.prod(shape[:-1])
    places = shape[1:] if layer.data_format == "channels_first" else shape[:-1]
    return per_place * math.prod(places)


def _bytes(dtype):
    return {"float64": 8, "float32": 4}.get(dtype, 2)


def _total(rows):
    rows = list(rows)
    total = dataclasses.replace(rows[-1], stage="total")
    for name in (
        "trainable",
        "non_trainable",
        "multiply_adds",
        "convolutions",
        "merges",
        "activation_bytes",
    ):
        setattr(total, name, sum(getattr(row, name) for row in rows))
    total.depth = max(row.depth for row in rows)
    return total
