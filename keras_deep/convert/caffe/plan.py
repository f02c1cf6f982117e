"""Checks a Caffe network from inputs to outputs, before any weights exist.

All errors of a network are found here, before memory is allocated.
"""

import collections
import dataclasses
import math

from keras_deep.convert.caffe.input_shapes import input_shapes
from keras_deep.convert.caffe.layers import layer_type
from keras_deep.convert.caffe.norms import scaled_batch_norm
from keras_deep.convert.caffe.recipe import Recipe
from keras_deep.convert.caffe.recipe import checked_shape
from keras_deep.formats.caffe.net import CaffeLayer
from keras_deep.formats.caffe.net import Net
from keras_deep.formats.caffe.prototxt_message import LARGEST

# The limit of a file: protobuf messages end at 2 GiB.
_MOST_WEIGHTS = 2**29


@dataclasses.dataclass(frozen=True)
class Step:
    """A layer with its inputs and outputs in the graph.

    Args:
        layer: `CaffeLayer`.
        inputs: list of int, its input tensors.
        outputs: list of int, its output tensors: new ones also for a layer
            that works in place.
        norm: `CaffeLayer`, the BatchNorm merged with this Scale, or `None`.
        recipe: `Recipe`, or `None` before the shapes are known.
    """

    layer: CaffeLayer
    inputs: list
    outputs: list
    norm: CaffeLayer | None = None
    recipe: Recipe | None = None


@dataclasses.dataclass(frozen=True)
class Plan:
    """A checked network, ready to be built. Tensors are ints.

    Args:
        net: `Net`.
        inputs: dict of `NetInput` to tensor, of inputs that a layer reads.
        shapes: dict of tensor to shape, in Caffe's order.
        steps: list of `Step`.
        outputs: dict of blob to tensor, of blobs that no layer reads.
    """

    net: Net
    inputs: dict
    shapes: dict
    steps: list
    outputs: dict


def make_plan(net, input_shape=None):
    """Checks a network and infers all shapes.

    Args:
        net: `Net`.
        input_shape: the shape of one image, channels last, for the network's
            only input, or a dict of blob to shape. `None` for the shapes in
            the file.

    Returns:
        `Plan`.

    Raises:
        ValueError: if the network is invalid; names the layer and its line.
    """
    for one in net.inputs:
        checked_shape(one.message, one.dims or ())
    steps, inputs, outputs = _graph(net)
    sizes = input_shapes(inputs, input_shape)
    shapes = dict(zip(inputs.values(), sizes))
    steps = _with_recipes(steps, shapes)
    _check_weights(steps)
    return Plan(net, inputs, shapes, steps, outputs)


def _check_weights(steps):
    counts = [
        sum(math.prod(b) for _, blobs in step.recipe.blobs for b in blobs)
        for step in steps
    ]
    if sum(counts) > _MOST_WEIGHTS:
        largest = max(counts)
        raise steps[counts.index(largest)].layer.error(
            f"at most {_MOST_WEIGHTS} weights, as a file can hold",
            f"{sum(counts)}, {largest} of them",
        )


def _graph(net):
    """Returns steps without recipes, inputs that are read, and outputs."""
    current = {one.top: i for i, one in enumerate(net.inputs)}
    absent = set(net.absent)
    read, steps = set(), []
    count = len(current)
    for i, layer in enumerate(net.layers):
        layer_type(layer)
        if layer.bottoms and absent.issuperset(layer.bottoms):
            absent.update(layer.tops)  # It only prepares labels.
            continue
        _check_blobs(net, i, current, absent)
        inputs = [current[bottom] for bottom in layer.bottoms]
        read.update(inputs)
        outputs = list(range(count, count + len(layer.tops)))
        count += len(outputs)
        current.update(zip(layer.tops, outputs))
        steps.append(Step(layer, inputs, outputs))
    inputs = {one: i for i, one in enumerate(net.inputs) if i in read}
    outputs = {
        top: tensor
        for top, tensor in current.items()
        if tensor not in read and tensor >= len(net.inputs)
    }
    if not outputs:
        raise net.message.error("a layer that gives an output", "none")
    return _with_scales_joined(steps), inputs, outputs


def _with_scales_joined(steps):
    """Merges each BatchNorm with the Scale that is its only reader.

    Keras has both in one layer, which is faster than two.
    """
    readers = collections.Counter(t for step in steps for t in step.inputs)
    norms = {
        step.outputs[0]: step
        for step in steps
        if step.layer.type == "BatchNorm" and readers[step.outputs[0]] == 1
    }
    joined = {}
    for step in steps:
        norm = norms.get(step.inputs[0])
        if norm is not None and _scales_channels(step.layer):
            joined[norm.layer.name] = None
            joined[step.layer.name] = dataclasses.replace(
                step, inputs=norm.inputs, norm=norm.layer
            )
    steps = [joined.get(step.layer.name, step) for step in steps]
    return [step for step in steps if step is not None]


def _scales_channels(layer):
    message = layer.param("scale_param")
    return (
        layer.type == "Scale"
        and len(layer.bottoms) == 1
        and message.integer("axis", 1, -LARGEST) == 1
        and message.integer("num_axes", 1, -1) == 1
    )


def _check_blobs(net, index, current, absent):
    """Checks that a layer's bottoms exist and its tops are new or in place.

    Raises:
        ValueError: if not; names the layer and the blob.
    """
    layer = net.layers[index]
    for bottom in layer.bottoms:
        if bottom in current:
            continue
        later = [one.name for one in net.layers[index:] if bottom in one.tops]
        received = f"{bottom!r}, which no layer gives"
        if later:
            received = f"{bottom!r}, which only {later[0]!r}, later, gives"
        if bottom in absent:
            received = f"{bottom!r}, the labels, which the model does not have"
        raise layer.error("bottoms that a layer before gives", received)
    for i, top in enumerate(layer.tops):
        in_place = layer.bottoms[i : i + 1] == (top,)
        if layer.tops.count(top) > 1 or top in current and not in_place:
            raise layer.error(
                "tops that no other layer gives, unless in place", f"{top!r}"
            )


def _with_recipes(steps, shapes):
    """Returns the steps with recipes and adds their outputs to `shapes`."""
    finished = []
    for step in steps:
        layer, norm = step.layer, step.norm
        bottoms = [shapes[tensor] for tensor in step.inputs]
        if norm is None:
            recipe = layer_type(layer).recipe(layer, *bottoms)
        else:
            recipe = scaled_batch_norm(norm, layer, *bottoms)
        for tensor, shape in zip(step.outputs, recipe.shapes):
            shapes[tensor] = checked_shape(layer, shape)
        finished.append(dataclasses.replace(step, recipe=recipe))
    return finished
