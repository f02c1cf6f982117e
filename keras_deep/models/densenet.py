"""DenseNet: every layer reads the concatenation of all layers before it.

Layers are not stacked, as their widths differ. Padded to the largest width,
DenseNet-BC-250-24 starts in 16 s instead of 25 s on 2 cores (batches of 8),
but a step takes 3.7 times as long, with less padding in four loops per dense
block 2.5 times. Two steps use up the time saved.
"""

import dataclasses
import functools

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conventions import Convention
from keras_deep.layers.conventions import convention
from keras_deep.layers.dense import dense_layer
from keras_deep.layers.dense import dense_positions
from keras_deep.layers.dense import transition
from keras_deep.layers.stage import stage_end
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stem import imagenet_stem
from keras_deep.models.depths import check_blocks
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant


@dataclasses.dataclass(frozen=True)
class DenseNetConvention(Convention):
    """Additional details of networks without bottlenecks for CIFAR.

    Args:
        plain_stem: int, channels of the stem, or `None` for twice the growth
            rate.
        plain_compression: float in `(0, 1]`, see `compression`.
    """

    plain_stem: int | None = 16
    plain_compression: float = 1.0


# In table 2 of the paper the stem has 16 channels for nets without bottlenecks,
# in the authors' Torch code twice the growth rate.
CIFAR_CONVENTIONS = {
    "paper": DenseNetConvention(),
    "torch7": DenseNetConvention(plain_stem=None),
    "pytorchcv": DenseNetConvention(plain_stem=None, plain_compression=0.5),
    "caffe": DenseNetConvention(round_up=True),  # liuzhuang13's.
}
_TORCH = Convention()
_CONVENTIONS = {
    "torchvision": _TORCH,
    "timm": _TORCH,
    "paper": _TORCH,
    # shicai's and soeaver's: only the stem does not round up.
    "caffe": Convention(round_up=True),
    "keras": Convention(epsilon=1.001e-5),
}


@image_model("DenseNet", "cifar10", CIFAR_CONVENTIONS)
def DenseNet(inputs, depth=40, growth_rate=12, dropout_rate=0.0, blocks=None):
    """Builds a DenseNet without bottleneck layers and compression.

    With the convention `"torch7"`, of the authors' code, the stem has
    `2 * growth_rate` channels instead of the paper's 16. `"pytorchcv"` also
    compresses by 0.5, which the paper does in `DenseNetBC` only. `"caffe"`
    rounds odd sides up where it halves them.

    Reference:
    - [Densely Connected Convolutional Networks](
        https://arxiv.org/abs/1608.06993) (CVPR 2017)

    Args:
        depth: int `3 * n + 4`, the number of weighted layers, for three dense
            blocks of `n` layers.
        growth_rate: int. Channels that each layer adds (`k` in the paper).
        dropout_rate: float in `[0, 1)`. Dropout after each convolution except
            the first. The paper uses 0.2 for CIFAR without augmentation.
        blocks: sequence of int, layers of each dense block, instead of
            `depth`.

    Raises:
        ValueError: if an argument is not as above.
    """
    blocks = _blocks_of(depth, blocks, step=3)
    filters = convention().plain_stem or 2 * growth_rate
    x = cifar_stem(inputs, filters, activate=False)
    layer = functools.partial(
        dense_layer,
        growth_rate=growth_rate,
        bottleneck=False,
        dropout_rate=dropout_rate,
    )
    compression = convention().plain_compression
    return _dense_stages(x, blocks, layer, compression, dropout_rate)


@image_model(
    family="DenseNet",
    dataset=lambda a: "imagenet" if a["stem"] == "imagenet" else "cifar10",
    conventions=lambda a: (
        _CONVENTIONS if a["stem"] == "imagenet" else CIFAR_CONVENTIONS
    ),
)
def DenseNetBC(
    inputs,
    depth=100,
    growth_rate=12,
    compression=0.5,
    dropout_rate=0.0,
    stem="cifar",
    blocks=None,
):
    """Builds a DenseNet with bottleneck layers (B) and compression (C).

    Reference:
    - [Densely Connected Convolutional Networks](
        https://arxiv.org/abs/1608.06993) (CVPR 2017)

    Example:

    ```python
    model = keras_deep.DenseNetBC(depth=100, growth_rate=12, classes=10)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train, batch_size=64)  # x_train: (n, 32, 32, 3)
    ```

    Args:
        depth: int `6 * n + 4`, the number of weighted layers, for three dense
            blocks of `n` layers.
        growth_rate: int. Channels that each layer adds (`k` in the paper).
        compression: float in `(0, 1]`. Fraction of the channels that a
            transition between two dense blocks keeps.
        dropout_rate: float in `[0, 1)`. Dropout after each convolution except
            the first. The paper uses 0.2 for CIFAR without augmentation.
        stem: `"cifar"` (one 3x3 convolution) or `"imagenet"` (7x7
            convolution and pooling, each with stride 2).
        blocks: sequence of int, layers of each dense block, instead of
            `depth`, such as `(6, 12, 24, 16)` for DenseNet-121.

    Raises:
        ValueError: if an argument is not as above.
    """
    blocks = _blocks_of(depth, blocks, step=6)
    if not 0 < compression <= 1:
        raise ValueError(
            "Expected `compression` to be in (0, 1]. "
            f"Received: compression={compression!r}"
        )
    if stem not in ("cifar", "imagenet"):
        raise ValueError(
            'Expected `stem` to be "cifar" or "imagenet". '
            f"Received: stem={stem!r}"
        )
    if stem == "cifar":
        x = cifar_stem(inputs, 2 * growth_rate, activate=False)
    else:
        x = imagenet_stem(inputs, 2 * growth_rate)
    layer = functools.partial(
        dense_layer, growth_rate=growth_rate, dropout_rate=dropout_rate
    )
    return _dense_stages(x, blocks, layer, compression, dropout_rate)


def _dense_stages(x, blocks, layer, compression, dropout_rate):
    """Applies dense blocks with transitions in between."""
    for i, positions in enumerate(dense_positions(blocks), 2):
        if i > 2:
            x = transition(x, compression, dropout_rate, name=f"pool{i - 1}")
        for at in positions:
            x = layer(x, at)
        x = stage_end(x, f"conv{i}")
    return bn_relu(x, "post")


def _blocks_of(depth, blocks, step):
    if blocks is not None:
        return check_blocks(blocks)
    n, rest = divmod(depth - 4, step)
    if n < 1 or rest:
        raise ValueError(
            f"Expected `depth` to be {step} * n + 4 with n >= 1, or `blocks` "
            f"to be given. Received: depth={depth!r}"
        )
    return (n, n, n)


_bc = functools.partial(variant, DenseNetBC)
DenseNetBC100_12 = _bc("DenseNetBC100_12", depth=100, growth_rate=12)
DenseNetBC250_24 = _bc("DenseNetBC250_24", depth=250, growth_rate=24)
DenseNetBC190_40 = _bc("DenseNetBC190_40", depth=190, growth_rate=40)

# Layers of each dense block: table 1 of the paper; 161 is the Torch release's.
_imagenet = functools.partial(
    variant, DenseNetBC, stem="imagenet", growth_rate=32
)
DenseNet121 = _imagenet("DenseNet121", blocks=(6, 12, 24, 16))
DenseNet161 = _imagenet("DenseNet161", blocks=(6, 12, 36, 24), growth_rate=48)
DenseNet169 = _imagenet("DenseNet169", blocks=(6, 12, 32, 32))
DenseNet201 = _imagenet("DenseNet201", blocks=(6, 12, 48, 32))
DenseNet264 = _imagenet("DenseNet264", blocks=(6, 12, 64, 48))
