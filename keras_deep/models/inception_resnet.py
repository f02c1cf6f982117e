"""Inception-ResNet: parallel branches whose concatenation is a residual."""

import functools
from typing import NamedTuple

from keras import layers

from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import channels
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conventions import Convention
from keras_deep.layers.inception import AVG
from keras_deep.layers.inception import MAX
from keras_deep.layers.inception import inception_block
from keras_deep.layers.inception import inception_branch
from keras_deep.layers.inception import inception_residual
from keras_deep.layers.inception import inception_stem
from keras_deep.layers.position import Stage
from keras_deep.layers.position import positions
from keras_deep.layers.stage import stage_blocks
from keras_deep.layers.stage import stage_end
from keras_deep.models.depths import check_blocks
from keras_deep.models.image_model import image_model
from keras_deep.models.top import dropout_classifier

_TIMM = Convention(epsilon=1e-3)
_V1_CONVENTIONS = {"pytorchcv": _TIMM}
_V2_CONVENTIONS = {
    "timm": _TIMM,
    "pytorchcv": _TIMM,
    "keras": Convention(epsilon=1e-3, norm_scale=False),
}


class _Stage(NamedTuple):
    """Branches of a stage, see `keras_deep.layers.inception`.

    Args:
        filters: int, channels of all blocks.
        steps: tuple of steps that the first block begins with.
        first: tuple of branches that the first block concatenates then, or an
            empty one.
        branches: tuple of branches of all further blocks, which are residual.
        scale: float, factor of those branches before the sum.
    """

    filters: int
    steps: tuple = ()
    first: tuple = ()
    branches: tuple = ()
    scale: float = 1.0


def _stages(conv3, a, conv4, b, conv5, c):
    """Returns the stages of a version.

    Args:
        conv3: `_Stage`, whose residual branches are missing.
        a: the filters of its residual branches, in their order.
        conv4: the channels of the next stage, then the filters of its first
            block.
        b: as `a`.
        conv5: as `conv4`.
        c: as `a`.
    """
    blocks_a = ((a[0], 1),), ((a[1], 1), (a[2], 3)), _chain(*a[3:])
    n, one, *two = conv4
    first_b = ((one, 3, 2),), _chain(*two, stride=2), (MAX,)
    blocks_b = ((b[0], 1),), ((b[1], 1), (b[2], (1, 7)), (b[3], (7, 1)))
    m, *d = conv5
    first_c = (
        ((d[0], 1), (d[1], 3, 2)),
        ((d[2], 1), (d[3], 3, 2)),
        _chain(*d[4:], stride=2),
        (MAX,),
    )
    blocks_c = ((c[0], 1),), ((c[1], 1), (c[2], (1, 3)), (c[3], (3, 1)))
    return (
        _Stage(192, (MAX, (80, 1), (192, 3, 1, "valid"))),
        conv3._replace(branches=blocks_a, scale=0.17),
        _Stage(n, (), first_b, blocks_b, 0.1),
        _Stage(m, (), first_c, blocks_c, 0.2),
    )


def _chain(one, two, three, stride=1):
    """Returns a branch of a 1x1 and two 3x3 convolutions."""
    return (one, 1), (two, 3), (three, 3, stride)


_V1 = _stages(
    _Stage(256, ((256, 3, 2),)),
    (32, 32, 32, 32, 32, 32),
    (896, 384, 192, 192, 256),
    (128, 128, 128, 128),
    (1792, 256, 384, 256, 256, 256, 256, 256),
    (192, 192, 192, 192),
)
_MIXED_5B = ((96, 1),), ((48, 1), (64, 5)), _chain(64, 96, 96), (AVG, (64, 1))
_V2 = _stages(
    _Stage(320, (MAX,), _MIXED_5B),
    (32, 32, 32, 32, 48, 64),
    (1088, 384, 256, 256, 384),
    (192, 128, 160, 192),
    (2080, 256, 384, 256, 288, 256, 288, 320),
    (192, 192, 224, 256),
)


def _embedding(x):
    """Applies 512 normalised units without activation, as in pytorchcv."""
    x = layers.Dense(512, use_bias=False, name="fc1")(x)
    return batch_norm(x, "fc1")


_inception = functools.partial(
    image_model, "Inception", "imagenet", min_size=75, shape=(299, 299, 3)
)


@_inception(
    _V1_CONVENTIONS, top=functools.partial(dropout_classifier, neck=_embedding)
)
def InceptionResNetV1(
    inputs, dropout_rate=0.2, blocks=(5, 10, 6), stack="auto"
):
    """Builds Inception-ResNet-v1, for images of 299 pixels.

    The network is pytorchcv's, as the authors have released none. It has 512
    normalised units without activation before the classifier and a sixth block
    in the last stage, which the paper has not (from memory). That last block
    does not scale its branches, and no ReLU follows. The other scales, 0.17,
    0.1 and 0.2, are pytorchcv's too; the paper says 0.1 to 0.3 (from memory).

    Reference:
    - [Inception-v4, Inception-ResNet and the Impact of Residual Connections on
        Learning](https://arxiv.org/abs/1602.07261) (AAAI 2017)

    Args:
        dropout_rate: float in `[0, 1)`. Dropout before the last dense layers;
            the paper keeps 0.8 (from memory), pytorchcv 0.4.
        blocks: sequence of three ints, the residual blocks of each stage.
        stack: see `ResNet`.

    Raises:
        ValueError: if images are smaller than 75 pixels, or `blocks` is not
            as above.
    """
    return _features(inputs, _V1, blocks, stack)


@_inception(_V2_CONVENTIONS, top=dropout_classifier)
def InceptionResNetV2(
    inputs, dropout_rate=0.2, blocks=(10, 20, 10), stack="auto"
):
    """Builds Inception-ResNet-v2, for images of 299 pixels.

    The network is that of the authors' TensorFlow release, for which all
    published weights are. It has the stem of Inception-v3 and one block of
    branches where the paper draws the stem of `InceptionV4`, twice as many
    residual blocks as the paper's figure (from memory), and a convolution to
    1536 channels in the end. The last block does not scale its branches, and
    no ReLU follows. Batch normalisation has a scale as in the PyTorch
    releases; in the authors' and with the convention `"keras"` it has none,
    30,272 parameters less.

    Reference:
    - [Inception-v4, Inception-ResNet and the Impact of Residual Connections on
        Learning](https://arxiv.org/abs/1602.07261) (AAAI 2017)

    Args:
        dropout_rate: see `InceptionV4`.
        blocks: see `InceptionResNetV1`.
        stack: see `ResNet`.

    Raises:
        ValueError: if images are smaller than 75 pixels, or `blocks` is not
            as above.
    """
    x = _features(inputs, _V2, blocks, stack)
    return bn_relu(conv2d(x, 1536, 1, name="post"), "post")


def _features(x, stages, blocks, stack):
    """Applies the stem and all stages."""
    numbers = check_blocks(blocks)
    if len(numbers) != 3:
        raise ValueError(
            f"Expected `blocks` to have three ints. Received: blocks={blocks}"
        )
    x = inception_stem(x)
    sizes = [
        Stage(1 + number, stage.filters, 2)
        for number, stage in zip((0, *numbers), stages)
    ]
    for places, stage in zip(positions(sizes, channels(x)), stages):
        residual = functools.partial(
            inception_residual, branches=stage.branches, scale=stage.scale
        )
        first = functools.partial(_first, stage=stage)
        last = places.pop() if stage is stages[-1] else None
        x = stage_blocks(x, places, residual, stack, first)
        if last:
            x = residual(x, last, scale=1, activate=False)
        x = stage_end(x, places[0].stage)
    return x


def _first(x, at, stage):
    """Applies the first block of a stage, which halves height and width."""
    (x,) = inception_branch(x, stage.steps, at.name)
    return inception_block(x, stage.first, at.name) if stage.first else x
