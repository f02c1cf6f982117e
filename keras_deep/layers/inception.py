"""Blocks of parallel branches, and their residual form.

A branch is a tuple of steps. A step is a convolution: filters, kernel size,
stride and padding, by default "valid" with a stride; each is normalised and
activated. `MAX` halves height and width, `AVG` keeps them; a tuple of two
convolutions, in last place, applies both to the same input.
"""

from keras import layers

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import channel_axis
from keras_deep.layers.conv import channels
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import relu
from keras_deep.layers.conventions import convention
from keras_deep.layers.shortcut import add

MAX, AVG = "max", "avg"
_STEM = ((32, 3, 2), (32, 3, 1, "valid"), (64, 3))


def inception_stem(x, name="conv1"):
    """Applies three 3x3 convolutions, the first with stride 2.

    Args:
        x: image tensor.
        name: string, prefix of the layer names.

    Returns:
        Image tensor with 64 channels and half the height and width.
    """
    (x,) = inception_branch(x, _STEM, name)
    return x


def inception_block(x, branches, name):
    """Applies branches and concatenates their outputs.

    Args:
        x: image tensor.
        branches: tuple of branches.
        name: string, prefix of the layer names. The branches are numbered
            from 0.
    """
    ends = []
    for i, branch in enumerate(branches):
        ends += inception_branch(x, branch, f"{name}_{i}")
    return layers.Concatenate(channel_axis(), name=f"{name}_concat")(ends)


def inception_branch(x, branch, name):
    """Applies the steps of a branch.

    Args:
        x: image tensor.
        branch: tuple of steps.
        name: string, prefix of the layer names. The steps are numbered from 1.

    Returns:
        List of the output tensors: one, or two where the last step applies two
        convolutions side by side.
    """
    for i, step in enumerate(branch, 1):
        if step == MAX:
            x = layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
        elif step == AVG:
            x = _averaged(x, name)
        elif isinstance(step[0], tuple):
            return [
                _convolution(x, f"{name}_{i}{letter}", *convolution)
                for letter, convolution in zip("ab", step)
            ]
        else:
            x = _convolution(x, f"{name}_{i}", *step)
    return [x]


def inception_residual(x, at, branches, scale, activate=True):
    """Adds a block to its input: a 1x1 convolution, scaling, sum and ReLU.

    The convolution brings the concatenated branches to the channels of `x`; it
    has a bias, and no normalisation follows. Scaling it down keeps the
    training stable where blocks have many filters, says the paper (from
    memory: more than 1000).

    Args:
        x: image tensor.
        at: `Position` of the block.
        branches: tuple of branches that keep height and width.
        scale: float, factor of the branches before the sum.
        activate: bool. Whether ReLU follows the sum.
    """
    y = inception_block(x, branches, at.name)
    y = conv2d(
        y, channels(x), 1, bias=True, norm=False, name=f"{at.name}_residual"
    )
    if scale != 1:
        y = layers.Rescaling(scale, name=f"{at.name}_scaled")(y)
    x = add(x, y, at)
    return relu(x, at.name) if activate else x


def _averaged(x, name):
    """Averages 3x3 pixels; whether zeros beyond a border count varies."""
    padding = "same"  # Only pixels of the image count.
    if convention().count_padding:
        x = layers.ZeroPadding2D(1, name=f"{name}_pad")(x)
        padding = "valid"
    return layers.AveragePooling2D(3, 1, padding, name=f"{name}_pool")(x)


def _convolution(x, name, filters, size, stride=1, padding=None):
    padding = padding or ("same" if stride == 1 else "valid")
    x = conv2d(x, filters, size, stride, padding=padding, name=name)
    return bn_relu(x, name)
