"""Squeeze and excitation: channels scaled by gates of the global means."""

from keras import layers

from keras_deep.layers.conv import channels
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import relu


def squeeze_excite(y, at, reduction=16):
    """Scales each channel by a gate computed from the means of all channels.

    For `on_branch` of a block.

    Args:
        y: image tensor.
        at: `Position` of the block.
        reduction: int, ratio of channels to hidden units; there is at least
            one hidden unit.

    Returns:
        Image tensor of the same shape.

    Reference:
        [Squeeze-and-Excitation Networks](https://arxiv.org/abs/1709.01507),
        CVPR 2018.
    """
    name = f"{at.name}_se"
    hidden = max(1, channels(y) // reduction)
    s = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_pool")(y)
    s = relu(conv2d(s, hidden, 1, bias=True, name=f"{name}_1"), f"{name}_1")
    s = conv2d(s, channels(y), 1, bias=True, name=f"{name}_2")
    s = layers.Activation("sigmoid", name=f"{name}_gate")(s)
    return layers.Multiply(name=f"{name}_scale")([y, s])
