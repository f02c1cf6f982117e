"""Attention modules: features scaled by a soft mask of their surroundings."""

from keras import layers

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import channels
from keras_deep.layers.conv import conv2d
from keras_deep.layers.resize import Resize
from keras_deep.layers.stem import max_pool
from keras_deep.utils.checks import check_one_of


def residual_learning(trunk, mask, at):
    """Merges by `(1 + mask) * trunk`: attention residual learning."""
    return layers.Add(name=f"{at.name}_add")(
        [trunk, naive_learning(trunk, mask, at)]
    )


def naive_learning(trunk, mask, at):
    """Merges by `mask * trunk`: naive attention learning."""
    return layers.Multiply(name=f"{at.name}_masked")([trunk, mask])


LEARNING = {"residual": residual_learning, "naive": naive_learning}


def resolve_learning(learning):
    """Returns the function `(trunk, mask, at) -> tensor` of a name.

    Raises:
        ValueError: if it is neither a key of `LEARNING` nor a function.
    """
    if callable(learning):
        return learning
    check_one_of(LEARNING, " or a function", learning=learning)
    return LEARNING[learning]


def attention_module(
    x,
    at,
    unit,
    scales,
    counts=(1, 2, 1),
    learning="residual",
    activation="sigmoid",
    preactivated=True,
    raw_skips=False,
):
    """Applies units, then a trunk of units scaled by a soft mask, then units.

    The mask is the output of units at smaller and smaller scales, with max
    pooling in front of each, and back: bilinear interpolation after each, to
    the exact size from before the pooling, so that any size fits. At each size
    in between, a unit of what was pooled is added. Two 1x1 convolutions and
    the activation follow. `x` and the output have the same shape.

    Args:
        x: image tensor with `at.filters` channels.
        at: `Position` of the module.
        unit: function `(x, at) -> tensor`, a residual block.
        scales: int, how often the mask branch halves the size.
        counts: tuple of three ints (`p`, `t` and `r` in the paper): units
            before trunk and mask, and again after their product; units of the
            trunk; units of the mask branch at each scale, on the way down and
            again on the way up.
        learning: `"residual"` for `(1 + mask) * trunk`, `"naive"` for
            `mask * trunk`, or a function `(trunk, mask, at) -> tensor`.
        activation: Keras activation of the mask.
        preactivated: bool. Whether the units begin with normalisation and
            activation; what follows them then does so, too.
        raw_skips: bool. Whether what was pooled is added itself, too, and the
            trunk to the mask's last size, as in pytorchcv.

    Raises:
        ValueError: if `learning` is unknown.

    Reference:
        [Residual Attention Network for Image Classification](
        https://arxiv.org/abs/1704.06904), CVPR 2017.
    """
    merge = resolve_learning(learning)
    pre, trunk, between = counts
    at = at._replace(stride=1, projects=False)

    def units(x, name, count):
        for i in range(1, count + 1):
            x = unit(x, at._replace(name=f"{at.name}_{name}{i}"))
        return x

    def soft(x, scale=1):
        """Returns a mask of `x` before its last convolutions."""
        size, name = x, f"{at.name}_pool{scale}"
        x = max_pool(x, activated=not preactivated, name=name)
        x = units(x, f"down{scale}_", between)
        if scale < scales:
            skipped = units(x, f"skip{scale}_", 1)
            if raw_skips:
                skipped = _sum(x, skipped, f"{at.name}_raw{scale}")
            x = _sum(skipped, soft(x, scale + 1), f"{at.name}_sum{scale}")
        x = units(x, f"up{scale}_", between)
        name = f"{at.name}_resize{scale}"
        return Resize(align_corners=True, name=name)([x, size])

    x = units(x, "first", pre)
    features, mask = units(x, "trunk", trunk), soft(x)
    if raw_skips:
        mask = _sum(features, mask, f"{at.name}_raw")
    mask = _mask(mask, f"{at.name}_mask", activation, preactivated)
    return units(merge(features, mask, at), "last", pre)


def _mask(x, name, activation, preactivated):
    """Applies two 1x1 convolutions and the activation."""
    filters, first, second = channels(x), f"{name}_1", f"{name}_2"
    if preactivated:
        x = bn_relu(x, f"{name}_preact")
    x = bn_relu(conv2d(x, filters, 1, name=first), first)
    x = conv2d(x, filters, 1, norm=False, name=second)
    return layers.Activation(activation, name=f"{name}_gate")(x)


def _sum(x, y, name):
    return layers.Add(name=f"{name}_add")([x, y])
