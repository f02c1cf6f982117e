"""Shortcuts past a residual branch, and how they are merged with it."""

from typing import NamedTuple

from keras import initializers
from keras import layers

from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conv import channel_axis
from keras_deep.layers.conv import channels
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conventions import convention
from keras_deep.utils.checks import check_one_of

# Initial bias of the gates: the shortcut carries sigmoid(6) of its signal. The
# best value of those tried in Identity Mappings in Deep Residual Networks.
GATE_BIAS = -6.0


def projection_shortcut(x, at, normalize):
    """Applies option B: a 1x1 convolution if the shape changes, or identity."""
    if at.projects:
        return convolution_shortcut(x, at, normalize)
    if at.stride > 1:
        return layers.MaxPooling2D(1, at.stride, name=f"{at.name}_0_pool")(x)
    return x


def convolution_shortcut(x, at, normalize):
    """Applies option C: a 1x1 convolution in every block."""
    name = f"{at.name}_0"
    x = conv2d(x, at.filters, 1, at.stride, norm=normalize, name=name)
    norm = normalize and convention().projection_norm
    return batch_norm(x, name) if norm else x


def padding_shortcut(x, at, normalize):
    """Applies option A: subsamples and adds zero channels; no parameters.

    The convention determines whether the zeros follow the channels of `x` or
    surround them, and whether subsampling averages.

    Raises:
        ValueError: if the block reduces the number of channels.
    """
    del normalize  # There is nothing to normalise.
    missing = at.filters - channels(x)
    if missing < 0:
        raise ValueError(
            'Expected `shortcut="A"` where blocks keep or add channels. '
            f"Received: {channels(x)} channels into {at.filters} at "
            f'{at.name}. `shortcut="B"` projects.'
        )
    if at.stride > 1:
        # Faster than `x[:, ::2, ::2]`, whose gradient scatters.
        size = at.stride if convention().average else 1
        pool = layers.AveragePooling2D(
            size, at.stride, "same", name=f"{at.name}_0_pool"
        )
        x = pool(x)
    if missing:
        x = _pad_channels(x, missing, name=f"{at.name}_0_pad")
    return x


def _pad_channels(x, missing, name):
    before = missing // 2 if convention().padding == "both" else 0
    pad = (before, missing - before)
    # The stock layer pads axes 2 and 3, or 1 and 2, whatever they mean.
    if channel_axis() == -1:
        padding, data_format = ((0, 0), pad), "channels_first"
    else:
        padding, data_format = (pad, (0, 0)), "channels_last"
    return layers.ZeroPadding2D(padding, data_format, name=name)(x)


def add(x, y, at):
    """Merges by the sum, as in the papers.

    The shortcut is the first input, which Keras follows first when it walks
    the graph recursively: along the branches the recursion would be much
    deeper.
    """
    return layers.Add(name=f"{at.name}_add")([x, y])


def add_scaled(x, y, at):
    """Merges by the mean: constant scaling in Identity Mappings."""
    return layers.Average(name=f"{at.name}_average")([x, y])


def add_shortcut_scaled(x, y, at):
    """Merges by `x / 2 + y`: constant scaling of the shortcut only."""
    return add(layers.Rescaling(0.5, name=f"{at.name}_0_half")(x), y, at)


def add_gated(x, y, at):
    """Merges by `(1 - g(x)) x + g(x) y`: exclusive gating."""
    carry, gate = _gates(x, at)
    y = layers.Multiply(name=f"{at.name}_gated")([y, gate])
    return add(_carried(x, carry, at), y, at)


def add_shortcut_gated(x, y, at):
    """Merges by `(1 - g(x)) x + y`: shortcut-only gating."""
    return add(_carried(x, _gates(x, at)[0], at), y, at)


def add_dropout(x, y, at):
    """Merges by the sum after dropout of the shortcut at rate 0.5."""
    return add(layers.Dropout(0.5, name=f"{at.name}_0_drop")(x), y, at)


def _gates(x, at):
    """Returns `1 - g` and `g`, the sigmoid of a 1x1 convolution of `x`."""
    logits = layers.Conv2D(
        at.filters,
        1,
        kernel_initializer="he_normal",
        bias_initializer=initializers.Constant(GATE_BIAS),
        name=f"{at.name}_gate_conv",
    )(x)
    gate = layers.Activation("sigmoid", name=f"{at.name}_gate")(logits)
    carry = layers.Rescaling(-1.0, 1.0, name=f"{at.name}_carry")(gate)
    return carry, gate


def _carried(x, carry, at):
    return layers.Multiply(name=f"{at.name}_carried")([x, carry])


class Shortcut(NamedTuple):
    """A shortcut: a function that projects `x` and one that merges.

    Args:
        project: function `(x, at, normalize) -> tensor`.
        merge: function `(x, y, at) -> tensor` of shortcut and branch.
    """

    project: callable = projection_shortcut
    merge: callable = add


# Options A, B and C: section 3.3 of Deep Residual Learning for Image
# Recognition. The others: section 3 of Identity Mappings in Deep Residual
# Networks, on option A; "1x1" is option C there.
SHORTCUTS = {
    "A": Shortcut(padding_shortcut),
    "B": Shortcut(projection_shortcut),
    "C": Shortcut(convolution_shortcut),
    "1x1": Shortcut(convolution_shortcut),
    "scaled": Shortcut(padding_shortcut, add_scaled),
    "shortcut_scaled": Shortcut(padding_shortcut, add_shortcut_scaled),
    "gated": Shortcut(padding_shortcut, add_gated),
    "shortcut_gated": Shortcut(padding_shortcut, add_shortcut_gated),
    "dropout": Shortcut(padding_shortcut, add_dropout),
}


def resolve_shortcut(shortcut):
    """Returns the `Shortcut` of a name or function.

    Args:
        shortcut: key of `SHORTCUTS`, `Shortcut`, or function `(x, at,
            normalize) -> tensor` of the tensor, the `Position` of the block
            and whether the branch ends in batch normalisation.

    Raises:
        ValueError: if the name is unknown.
    """
    if isinstance(shortcut, Shortcut):
        return shortcut
    if callable(shortcut):
        return Shortcut(shortcut)
    check_one_of(SHORTCUTS, " or a function", shortcut=shortcut)
    return SHORTCUTS[shortcut]
