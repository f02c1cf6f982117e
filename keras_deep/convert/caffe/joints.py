"""Recipes of Caffe layers that merge, split, crop and resize tensors."""

from keras import layers

from keras_deep.convert.caffe.keras_layers.cuts import CaffeCrop
from keras_deep.convert.caffe.keras_layers.cuts import CaffeInterp
from keras_deep.convert.caffe.recipe import Recipe
from keras_deep.convert.caffe.recipe import axis_of
from keras_deep.convert.caffe.recipe import beyond_batch
from keras_deep.convert.caffe.recipe import differ
from keras_deep.convert.caffe.recipe import image_shape
from keras_deep.convert.caffe.recipe import kept_axis
from keras_deep.convert.caffe.recipe import known
from keras_deep.convert.caffe.recipe import of_layer
from keras_deep.convert.caffe.recipe import readable
from keras_deep.layers.resize import Resize
from keras_deep.layers.split import Split

_OPERATIONS = {
    "PROD": layers.Multiply,
    "SUM": layers.Add,
    "MAX": layers.Maximum,
}
_OPERATIONS |= {str(i): cls for i, cls in enumerate(_OPERATIONS.values())}


def eltwise(layer, *shapes):
    for shape in shapes[1:]:
        if len(shape) != len(shapes[0]) or differ(shape, shapes[0]):
            raise layer.error("equal shapes", " ".join(map(readable, shapes)))
    message = layer.param("eltwise_param")
    operation = message.choice("operation", _OPERATIONS, layers.Add)
    factors = message.numbers("coeff")
    is_sum = operation is layers.Add
    if factors and (not is_sum or len(factors) != len(shapes)):
        raise layer.error(
            "one `coeff` for each term of a sum, or none", factors
        )
    factors = factors or [1.0] * len(shapes)

    def build(make, *inputs):
        terms = [
            x if factor == 1 else _multiple(make, x, factor, i)
            for i, (x, factor) in enumerate(zip(inputs, factors))
        ]
        # Keras traverses the first input first: the shortest path to the
        # network's input keeps its recursion shallow.
        depths = [make.depth(x) for x in inputs]
        order = sorted(range(len(inputs)), key=depths.__getitem__)
        return make(operation)([terms[i] for i in order])

    return Recipe([_merged(shapes)], build)


def _multiple(make, x, factor, index):
    return make(layers.Rescaling, f"coeff_{index}", scale=factor)(x)


def _merged(shapes):
    """Returns the common shape of equal shapes, of which each may have gaps."""
    return tuple(
        next((side for side in sides if side is not None), None)
        for sides in zip(*shapes)
    )


def axpy(layer, factors, shape, shortcut):
    """Returns the recipe of SENet's `a * x + y`, with one `a` per channel."""
    image_shape(layer, shape)
    image_shape(layer, shortcut)
    full = (*shape[:2], 1, 1)
    if tuple(factors) not in (full, full[:2]) or differ(shape, shortcut):
        raise layer.error(
            "one factor for each channel, and equal shapes",
            " ".join(map(readable, (factors, shape, shortcut))),
        )

    def build(make, a, x, y):
        if len(factors) == 2:
            a = make(layers.Reshape, "a", target_shape=(1, 1, shape[1]))(a)
        x = make(layers.Multiply, "product")([x, a])
        return make(layers.Add)([y, x])

    return Recipe([_merged((shape, shortcut))], build)


def concat(layer, *shapes):
    axis = _joined_axis(layer, "concat_param", "concat_dim", shapes[0])
    rest = [(*shape[:axis], *shape[axis + 1 :]) for shape in shapes]
    if any(len(s) != len(rest[0]) or differ(s, rest[0]) for s in rest):
        raise layer.error(
            f"shapes that only differ in axis {axis}",
            " ".join(map(readable, shapes)),
        )
    sides = [shape[axis] for shape in shapes]
    joined = list(_merged(rest))
    joined.insert(axis, None if None in sides else sum(sides))
    kept = kept_axis(shapes[0], axis)
    return Recipe(
        [tuple(joined)],
        lambda make, *inputs: make(layers.Concatenate, axis=kept)(inputs),
    )


def _joined_axis(layer, param, old_name, shape):
    message = layer.param(param)
    name = old_name if old_name in message else "axis"
    return beyond_batch(layer, axis_of(layer, message, shape, name))


def slices(layer, shape):
    axis = _joined_axis(layer, "slice_param", "slice_dim", shape)
    side = known(layer, shape[axis : axis + 1], "the axis to slice")
    points = layer.param("slice_param").integers("slice_point", 1)
    count = len(layer.tops)
    if not points and side % count == 0:
        points = list(range(side // count, side, side // count))
    edges = [0, *points, side]
    if len(points) != count - 1 or edges != sorted(set(edges)):
        raise layer.error(
            f"`slice_point` that cut {side} into {count} parts", points
        )
    config = {"parts": points or 1, "axis": kept_axis(shape, axis)}
    return of_layer(Split, config, shape)


def split(layer, shape):
    count = len(layer.tops)
    return Recipe(
        [shape] * count, lambda make, x: [make(layers.Identity)(x)] * count
    )


def crop(layer, shape, reference):
    message = layer.param("crop_param")
    if len(shape) != len(reference):
        raise layer.error(
            "two tensors of as many axes",
            f"{readable(shape)} {readable(reference)}",
        )
    first = axis_of(layer, message, shape, default=2)
    axes = range(first, len(shape))
    offsets = message.integers("offset", 0) or [0]
    offsets = offsets * len(axes) if len(offsets) == 1 else offsets
    if len(offsets) != len(axes):
        raise layer.error(f"one `offset`, or {len(axes)}", len(offsets))
    for axis, offset in zip(axes, offsets):
        ours, theirs = shape[axis], reference[axis]
        beyond = None not in (ours, theirs) and offset + theirs > ours
        if beyond or (axis == 0 and offset):
            raise layer.error(
                f"a part of {readable(shape)}",
                f"{readable(reference)} from {offset} in axis {axis}",
            )
    kept = {
        kept_axis(shape, axis): offset
        for axis, offset in zip(axes, offsets)
        if axis > 0
    }
    config = {"axes": list(kept), "offsets": list(kept.values())}
    return of_layer(CaffeCrop, config, shape, reference)


def interp(layer, shape, reference=None):
    image_shape(layer, shape)
    message = layer.param("interp_param")
    begin = message.integer("pad_beg", 0, low=-(2**31), high=0)
    end = message.integer("pad_end", 0, low=-(2**31), high=0)
    cropped = [side and side + begin + end for side in shape[2:]]
    cls, config = Resize, {"align_corners": True}
    shapes = [(*shape[:2], *cropped)]
    if reference is not None:
        image_shape(layer, reference)
        shapes.append(reference)
    elif {"zoom_factor", "shrink_factor"} & set(message):
        cls = CaffeInterp
        config["shrink"] = message.integer("shrink_factor", 1, 1)
        config["zoom"] = message.integer("zoom_factor", 1, 1)
    else:
        names = ("height", "width")
        config["size"] = [message.integer(name, low=1) for name in names]
    if any(side is not None and side < 1 for side in cropped):
        raise layer.error("pixels left to resize", readable(shape))
    resized = of_layer(cls, config, *shapes)

    def build(make, x, *others):
        if begin or end:
            edges = [(-begin, -end)] * 2
            x = make(layers.Cropping2D, "crop", cropping=edges)(x)
        return resized.build(make, x, *others)

    return Recipe(resized.shapes, build)
