"""Recipes of Caffe layers that reshape or permute, and of InnerProduct."""

import math

from keras import layers

from keras_deep.convert.caffe.fillers import filler
from keras_deep.convert.caffe.recipe import Recipe
from keras_deep.convert.caffe.recipe import axis_of
from keras_deep.convert.caffe.recipe import beyond_batch
from keras_deep.convert.caffe.recipe import kept_axis
from keras_deep.convert.caffe.recipe import kept_shape
from keras_deep.convert.caffe.recipe import known
from keras_deep.convert.caffe.recipe import readable


def inner_product(layer, shape):
    message = layer.param("inner_product_param")
    axis = beyond_batch(layer, axis_of(layer, message, shape))
    inputs = known(layer, shape[axis:], "a layer with weights for each")
    units = message.integer("num_output", low=1)
    use_bias = message.boolean("bias_term", True)
    transposed = message.boolean("transpose", False)
    config = {
        "units": units,
        "use_bias": use_bias,
        "kernel_initializer": filler(
            message, "weight_filler", "glorot_uniform"
        ),
        "bias_initializer": filler(message, "bias_filler", "zeros"),
    }
    flat = (*shape[:axis], inputs)
    outputs = (*shape[:axis], units)
    if len(outputs) == 4:
        raise layer.error("an `axis` of 1 or 2", axis)

    def build(make, x):
        if flat != tuple(shape):
            x = refold(make.before("flat"), x, shape, flat)
        return make(layers.Dense, **config)(x)

    def weights(kernel, *bias):
        return [kernel if transposed else kernel.T, *bias]

    kernel = (inputs, units) if transposed else (units, inputs)
    blobs = [kernel, (units,)] if use_bias else [kernel]
    return Recipe([outputs], build, [(layer, blobs)], weights)


def flatten(layer, shape):
    message = layer.param("flatten_param")
    first = beyond_batch(layer, axis_of(layer, message, shape))
    last = axis_of(layer, message, shape, "end_axis", -1)
    if last < first:
        raise layer.error("`end_axis` not before `axis`", f"{last}, {first}")
    middle = shape[first : last + 1]
    side = None if None in middle else math.prod(middle)
    return _refolded(layer, shape, (*shape[:first], side, *shape[last + 1 :]))


def permute(layer, shape):
    order = layer.param("permute_param").integers("order", 0, len(shape) - 1)
    order += [axis for axis in range(len(shape)) if axis not in order]
    if len(order) != len(shape) or order[0] != 0:
        raise layer.error(
            "an `order` of different axes, the batch first", order
        )
    new = tuple(shape[axis] for axis in order)
    # The axis of the input's Keras tensor for each axis of the output's.
    dims = kept_shape([kept_axis(shape, axis) for axis in order])
    return Recipe([new], lambda make, x: make(layers.Permute, dims=dims[1:])(x))


def reshape(layer, shape):
    message = layer.param("reshape_param")
    first = axis_of(layer, message, shape, default=0, end=1)
    count = message.integer("num_axes", -1, -1, len(shape) - first)
    last = len(shape) if count == -1 else first + count
    dims = message.message("shape").integers("dim", -1)
    old = shape[first:last]
    if dims.count(-1) > 1 or any(
        dim == 0 and i >= len(old) for i, dim in enumerate(dims)
    ):
        raise layer.error(
            f"a shape for {readable(old)} with at most one -1", dims
        )
    dims = [old[i] if dim == 0 else dim for i, dim in enumerate(dims)]
    return _refolded(layer, shape, (*shape[:first], *dims, *shape[last:]))


def _refolded(layer, shape, new):
    """Returns the recipe of a reshape that keeps the batch.

    One side of `new` may be -1. Its batch size must be the file's.
    """
    batch, *sides = new
    wrong = layer.error(
        f"the batch and as many values as {readable(shape)}", readable(new)
    )
    is_batch = batch == shape[0] or shape[0] is None and -1 not in sides
    unknown = [side for side in sides if side is None or side == -1]
    if None in shape[1:]:
        if len(unknown) > 1:
            known(layer, shape[1:], "this shape")
        if not is_batch:
            raise wrong
        sides = [None if side == -1 else side for side in sides]
    else:
        size = math.prod(shape[1:])
        rest = math.prod(side for side in sides if side != -1)
        sides = [size // rest if side == -1 else side for side in sides]
        if math.prod(sides) != size or not (is_batch or batch == -1):
            raise wrong
    new = (shape[0], *sides)
    return Recipe([new], lambda make, x: refold(make, x, shape, new))


def refold(make, x, before, after):
    """Reshapes a tensor between two shapes in Caffe's order.

    The values are reshaped in Caffe's order, so images are transposed to
    channels first before it and back after it.
    """
    target = [-1 if side is None else side for side in after[1:]]
    steps = [(layers.Reshape, {"target_shape": target})]
    if _has_pixels(before):
        steps.insert(0, (layers.Permute, {"dims": (3, 1, 2)}))
    if _has_pixels(after):
        steps.append((layers.Permute, {"dims": (2, 3, 1)}))
    elif len(after) == 4:
        steps[-1][1]["target_shape"] = kept_shape([None, *target])[1:]
    for i, (cls, config) in enumerate(steps, 1 - len(steps)):
        x = make(cls, f"order_{-i}" if i else "", **config)(x)
    return x


def _has_pixels(shape):
    return len(shape) == 4 and tuple(shape[2:]) != (1, 1)
