"""Residual networks of residual networks: shortcuts at several levels."""

import functools

from keras import layers

from keras_deep.layers.conv import batch_norm
from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import channels
from keras_deep.layers.conv import conv2d
from keras_deep.layers.conv import relu
from keras_deep.layers.conventions import Convention
from keras_deep.layers.position import positions
from keras_deep.layers.residual import basic
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import block_v2
from keras_deep.layers.stage import stage_blocks
from keras_deep.layers.stage import stage_end
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stochastic_depth import stochastic_depth
from keras_deep.models.depths import cifar_stages
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant

_CONVENTIONS = {"paper": Convention()}


@image_model("RoR", "cifar10", _CONVENTIONS)
def RoR(
    inputs,
    depth=110,
    levels=3,
    shortcut="A",
    final_rate=0.0,
    blocks=None,
    stack="auto",
):
    """Builds a `CifarResNet` with shortcuts around stages and around all.

    The shortcuts of the upper levels are 1x1 convolutions with batch
    normalisation, added before the last activation of a stage. Two details are
    from memory, not checked in the authors' code: this normalisation, and that
    the lowest level has option A on CIFAR-10 and B on CIFAR-100. pytorchcv's
    `ror3_*` differ: one block less per stage and pooling between stages.

    Reference:
    - [Residual Networks of Residual Networks: Multilevel Residual Networks](
        https://arxiv.org/abs/1608.02908) (IEEE TCSVT 2018)

    Args:
        depth: int `6 * n + 2`, number of weighted layers except shortcuts: 110
            or 164 in the paper.
        levels: int (`m` in the paper): 1 for shortcuts around blocks only, 2
            adds one around all blocks, 3 also one around each stage.
        shortcut: string or function, of the lowest level, see `ResNet`.
        final_rate: float in `[0, 1)`. Stochastic depth: the probability of
            dropping the last block. The paper's "+SD" is 0.5.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth, number of levels or shortcut.
    """
    stages = cifar_stages(depth, blocks)
    block = functools.partial(block_v1, shortcut=shortcut)
    x = cifar_stem(inputs)
    return _levels(x, stages, block, levels, final_rate, stack)


@image_model("RoR", "cifar10", _CONVENTIONS)
def PreRoR(
    inputs,
    depth=110,
    levels=3,
    shortcut="A",
    final_rate=0.0,
    blocks=None,
    stack="auto",
):
    """Builds a `RoR` of pre-activation blocks.

    The shortcuts of the upper levels read tensors before the activation and
    are not normalised, as in version 2 of ResNet; from memory, not checked in
    the authors' code.

    Reference:
    - [Residual Networks of Residual Networks: Multilevel Residual Networks](
        https://arxiv.org/abs/1608.02908) (IEEE TCSVT 2018), Pre-RoR

    Args:
        depth: see `RoR`.
        levels: see `RoR`.
        shortcut: see `RoR`.
        final_rate: see `RoR`.
        blocks: see `RoR`.
        stack: see `ResNet`.

    Raises:
        ValueError: as `RoR`.
    """
    stages = cifar_stages(depth, blocks)
    block = functools.partial(block_v2, shortcut=shortcut)
    x = cifar_stem(inputs, activate=False)
    x = _levels(x, stages, block, levels, final_rate, stack, activate=None)
    return bn_relu(x, "post")


@image_model("RoR", "cifar10", _CONVENTIONS)
def WideRoR(
    inputs,
    depth=58,
    width=4,
    levels=3,
    dropout_rate=0.0,
    final_rate=0.0,
    blocks=None,
    stack="auto",
):
    """Builds a `WideResNet` with shortcuts around stages and around all.

    Reference:
    - [Residual Networks of Residual Networks: Multilevel Residual Networks](
        https://arxiv.org/abs/1608.02908) (IEEE TCSVT 2018), RoR-3-WRN58-4

    Args:
        depth: int `6 * n + 4`, number of weighted layers: 40 or 58.
        width: int, factor of the thin network's channels.
        levels: see `RoR`.
        dropout_rate: see `WideResNet`.
        final_rate: see `RoR`.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth or number of levels.
    """
    stages = cifar_stages(depth, blocks, 16 * width, extra=4)
    branch = functools.partial(basic, dropout_rate=dropout_rate)
    block = functools.partial(block_v2, branch=branch)
    x = cifar_stem(inputs, activate=False)
    x = _levels(x, stages, block, levels, final_rate, stack, activate=None)
    return bn_relu(x, "post")


def _levels(x, stages, block, levels, final_rate, stack, activate=relu):
    """Applies stages of blocks with shortcuts of the upper levels.

    `activate` is the last activation of a stage, or `None` for blocks of
    version 2, which end in a sum.
    """
    if levels not in (1, 2, 3):
        raise ValueError(
            f"Expected `levels` to be 1, 2 or 3. Received: levels={levels!r}"
        )
    drop = functools.partial(stochastic_depth, final_rate=final_rate)
    block = functools.partial(block, on_branch=drop)
    last = block
    if activate is not None:
        last = functools.partial(block, activation=None)
    normalize = activate is not None
    root, root_stride = x, 1
    places = positions(stages, channels(x))
    for blocks in places:
        stage, before = blocks[0].stage, x
        root_stride *= blocks[0].stride
        x = stage_blocks(x, blocks[:-1], block, stack)
        x = last(x, blocks[-1])
        if levels == 3:
            x = _around(before, x, blocks[0].stride, normalize, stage)
        if levels > 1 and blocks is places[-1]:
            x = _around(root, x, root_stride, normalize, "root")
        if activate is not None:
            x = activate(x, stage)
        x = stage_end(x, stage)
    return x


def _around(before, x, stride, normalize, name):
    """Adds a 1x1 convolution of `before` to `x`."""
    name = f"{name}_level"
    y = conv2d(before, channels(x), 1, stride, norm=normalize, name=name)
    y = batch_norm(y, name) if normalize else y
    return layers.Add(name=f"{name}_add")([y, x])


RoR3_110 = variant(RoR, "RoR3_110", depth=110)
RoR3_164 = variant(RoR, "RoR3_164", depth=164)
PreRoR3_164 = variant(PreRoR, "PreRoR3_164", depth=164)
RoR3_WRN58_4 = variant(WideRoR, "RoR3_WRN58_4", depth=58, width=4)
