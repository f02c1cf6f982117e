"""Networks without shortcuts that start as linear maps."""

from keras import layers

from keras_deep.initializers.delta import DeltaOrthogonal
from keras_deep.initializers.looks_linear import LooksLinear
from keras_deep.layers.conv import channel_axis
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conventions import Convention
from keras_deep.layers.crelu import CReLU
from keras_deep.layers.residual import residual_stages
from keras_deep.models.depths import cifar_stages
from keras_deep.models.image_model import image_model
from keras_deep.models.top import pooled
from keras_deep.utils.checks import check_one_of

_CONVENTIONS = {"paper": Convention(bias="all")}
# Name: the initializers of kernels that read an image and of those behind a
# CReLU. Functions, as an initializer draws the same numbers in every call.
_STARTS = {
    "looks_linear": (
        DeltaOrthogonal,
        lambda: LooksLinear(DeltaOrthogonal()),
    ),
    "looks_linear_patches": (lambda: "orthogonal", LooksLinear),
    "he": (lambda: "he_normal", lambda: "he_normal"),
}


def _top(x, top):
    behind = _start(top.arguments["initializer"])[1]
    return top.predictions(pooled(x, "avg"), behind())


@image_model("LooksLinear", "cifar10", _CONVENTIONS, top=_top)
def LooksLinearNet(
    inputs,
    depth=30,
    filters=16,
    initializer="looks_linear",
    blocks=None,
    stack="auto",
):
    """Builds a plain network of CReLUs that starts as a linear map.

    Each layer is a `CReLU`, whose halves are `relu(x)` and `relu(-x)`, and a
    3x3 convolution whose initial kernels for them are `W` and `-W`. Without
    shortcuts and normalisation such networks train at depths where plain ones
    do not. The paper's depths, looks-linear initialisation and the order of
    the halves are from memory. Ours are the four stages, between which average
    pooling halves the sides and the channels double, and that `W` is
    delta-orthogonal, which was published later: the initial map then keeps the
    lengths of signals at any depth.

    Reference:
    - [The Shattered Gradients Problem: If resnets are the answer, then what is
        the question?](https://arxiv.org/abs/1702.08591) (ICML 2017)

    Args:
        depth: int `4 * n + 2`, number of weighted layers: 6, 14, 30, 54, 102,
            198 in the paper.
        filters: int, channels of the first stage.
        initializer: `"looks_linear"`, `"looks_linear_patches"` with the
            paper's `W`, orthogonal for the patches that a window sees, or
            `"he"`, which does not look linear, for comparison.
        blocks: sequence of int, layers of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth or initializer.
    """
    first, behind = _start(initializer)
    axis = channel_axis()

    def block(x, at):
        if at.stride > 1:
            name = f"{at.name}_pool"
            x = layers.AveragePooling2D(2, padding="same", name=name)(x)
        x = CReLU(axis, name=f"{at.name}_crelu")(x)
        name = f"{at.name}_1"
        return conv2d(x, at.filters, initializer=behind(), name=name)

    if blocks is None and (depth < 6 or depth % 4 != 2):
        raise ValueError(
            "Expected `depth` to be 4 * n + 2 with n >= 1, or `blocks` to be "
            f"given. Received: depth={depth!r}"
        )
    blocks = blocks or ((depth - 2) // 4,) * 4
    x = conv2d(inputs, filters, initializer=first(), name="conv1")
    stages = cifar_stages(None, blocks, filters)
    x = residual_stages(x, stages, block, stack)
    return CReLU(axis, name="post_crelu")(x)


def _start(initializer):
    check_one_of(_STARTS, initializer=initializer)
    return _STARTS[initializer]
