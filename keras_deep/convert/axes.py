"""Converts arrays of channels-first files to the axes of our weights.

PyTorch and Caffe have `(outputs, inputs, height, width)` and `(outputs,
inputs)` where Keras has `(height, width, inputs, outputs)` and `(inputs,
outputs)`. Transposed convolutions have inputs and outputs swapped in both.
"""

import math

from keras import layers

from keras_deep.convert.flattening import image_before

_CONVOLUTIONS = (
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv3D,
    layers.Conv1DTranspose,
    layers.Conv2DTranspose,
    layers.Conv3DTranspose,
)


def in_our_axes(entry, name, target):
    """Transposes an array of a channels-first file to the axes of a weight.

    Axes of length 1 are ignored: a dense layer and a 1x1 convolution accept
    each other's arrays, a normalisation those of shape `(1, channels, 1, 1)`.
    An array of another size keeps a wrong shape, which is refused later.

    Args:
        entry: `Entry`.
        name: string, the logical name of the weight.
        target: `Target`, the weight.

    Returns:
        `Entry`.

    Raises:
        ValueError: if the order of the axes of such a layer is unknown.
    """
    shape = tuple(target.shape)
    kernel = name.endswith("/kernel")
    theirs, axes = _layout(name, target.layer, shape, kernel)
    if _without_ones(entry.shape) not in (
        _without_ones(theirs),
        _without_ones((theirs[0], math.prod(theirs[1:]))),
    ):
        return _transposed(entry) if kernel else entry
    return entry._replace(
        shape=shape,
        read=lambda: (
            entry.read().reshape(theirs).transpose(axes).reshape(shape)
        ),
    )


def _layout(name, layer, shape, kernel):
    """Returns the shape in the file, and its axes in our order."""
    dense, sides = isinstance(layer, layers.Dense), image_before(layer)
    if kernel and isinstance(layer, _CONVOLUTIONS):
        *window, inputs, outputs = shape
    elif kernel and dense:
        *window, inputs = sides or shape[:1]
        outputs = shape[1]
    elif (dense or sides is None) and (
        len(_without_ones(shape)) <= 1 or isinstance(layer, layers.Embedding)
    ):
        return shape, tuple(range(len(shape)))
    else:
        raise ValueError(
            "Expected weights of convolutions, dense layers, embeddings or "
            "normalisations of channels, whose axes are known in files that "
            f"keep channels first. Received: {name!r} of shape {shape} in a "
            f"layer of the class {type(layer).__name__}"
            + (f" behind a flattened image {sides}." if sides else ".")
        )
    return (outputs, inputs, *window), (*range(2, len(window) + 2), 1, 0)


def _transposed(entry):
    """Moves the channels of a kernel of another size last."""
    rank = len(entry.shape)
    axes = (*range(2, rank), *range(min(rank, 2))[::-1])
    return entry._replace(
        shape=tuple(entry.shape[axis] for axis in axes),
        read=lambda: entry.read().transpose(axes),
    )


def _without_ones(shape):
    return tuple(n for n in shape if n != 1)
