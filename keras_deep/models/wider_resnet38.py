"""ResNet-38 of Wider or Deeper: few blocks with many channels."""

import functools

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conventions import Convention
from keras_deep.layers.position import Stage
from keras_deep.layers.residual import Conv
from keras_deep.layers.residual import block_v2
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stem import max_pool
from keras_deep.models.depths import check_blocks
from keras_deep.models.image_model import image_model
from keras_deep.utils.checks import check_one_of

_CONVENTIONS = {
    # The release, of an old MXNet: its pooling is Caffe's.
    "paper": Convention(epsilon=1.001e-5, pool="caffe"),
    "mapillary": Convention(),
}
# Output channels of the stages: levels B2 to B7 of the paper's table 1.
_FILTERS = (128, 256, 512, 1024, 2048, 4096)
# How many of the five halvings are poolings; strides of convolutions follow.
_POOLINGS = {"A": 5, "A1": 0, "A2": 2}


@image_model("WiderResNet38", "imagenet", _CONVENTIONS, min_size=32)
def WiderResNet38(
    inputs,
    variant="A",
    width=1.0,
    dropout_rates=(0.0, 0.0),
    blocks=(3, 3, 6, 3, 1, 1),
    stack="auto",
):
    """Builds ResNet-38, a wide network of pre-activation blocks.

    A 3x3 convolution keeps the size of the image. Six stages follow, the first
    five of which halve it, so that the features have strides 2, 4, 8, 16, 32
    and 32. In the last two stages a block is a 1x1, a 3x3 and a 1x1
    convolution, with a quarter, half and all of the channels; in the one
    before, the first of two 3x3 convolutions has half of them. A block with a
    stride has it at its first convolution. `variant="A2"`, which the paper
    uses on large images, and the convention `"mapillary"`, whose pooling has
    padding as in PyTorch, follow mapillary/inplace_abn's release, since the
    authors' has only A and A1.

    Reference:
    - [Wider or Deeper: Revisiting the ResNet Model for Visual Recognition](
        https://arxiv.org/abs/1611.10080) (2016)

    Args:
        variant: string: `"A"` for 3x3 max pooling in front of the first five
            stages, `"A1"` for blocks with strides in its place, `"A2"` for
            pooling in front of the first two, then strides. All have the same
            weights.
        width: float, factor of all channels.
        dropout_rates: pair of floats in `[0, 1)`. Dropout before the last
            convolution of the last two stages' blocks; 0.3 and 0.5 in
            mapillary's A2, where whole channels drop out.
        blocks: sequence of six ints, blocks of each stage.
        stack: see `ResNet`.

    Raises:
        ValueError: if an argument is not as above.
    """
    pooled = _poolings_of(variant)
    _check(width, dropout_rates, blocks)
    filters = [round(width * count / 4) * 4 for count in _FILTERS]
    strides = [2 if pooled <= i < 5 else 1 for i in range(6)]
    stages = [Stage(*stage) for stage in zip(blocks, filters, strides)]
    names = [f"conv{i}" for i in range(2, 8)]
    rates = dict(zip(names[4:], dropout_rates))
    block = functools.partial(
        block_v2, branch=functools.partial(_branch, rates=rates)
    )

    def first_block(x, at):
        if at.stage in names[:pooled]:
            x = max_pool(x, activated=False, name=f"{at.stage}_0")
        return block(x, at)

    x = cifar_stem(inputs, round(width * 64), activate=False)
    x = residual_stages(x, stages, block, stack, first_block)
    return bn_relu(x, "post")


def _branch(at, rates):
    """Returns the convolutions of a block, by its stage."""
    half = at.filters // 2
    if at.stage in rates:
        return (
            Conv(at.filters // 4, 1, at.stride),
            Conv(half, 3),
            Conv(at.filters, 1, dropout_rate=rates[at.stage]),
        )
    first = half if at.stage == "conv5" else at.filters
    return Conv(first, 3, at.stride), Conv(at.filters, 3)


def _poolings_of(variant):
    check_one_of(_POOLINGS, variant=variant)
    return _POOLINGS[variant]


def _check(width, dropout_rates, blocks):
    if not width * 64 >= 1:
        raise ValueError(
            f"Expected `width` to be 1/64 or more. Received: width={width!r}"
        )
    if len(dropout_rates) != 2:
        raise ValueError(
            "Expected `dropout_rates` to be two, of the last two stages. "
            f"Received: dropout_rates={dropout_rates!r}"
        )
    if len(check_blocks(blocks)) != 6:
        raise ValueError(
            "Expected `blocks` to be six ints, the blocks of each stage. "
            f"Received: blocks={blocks}"
        )
