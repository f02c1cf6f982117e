"""Residual networks that are recurrent: their blocks share weights."""

import functools

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import channels
from keras_deep.layers.conventions import convention
from keras_deep.layers.position import positions
from keras_deep.layers.residual import block_v2
from keras_deep.layers.stage import shared_blocks
from keras_deep.layers.stage import stage_end
from keras_deep.layers.stem import cifar_stem
from keras_deep.models.depths import cifar_stages
from keras_deep.models.image_model import image_model
from keras_deep.models.residual import CIFAR_CONVENTIONS


@image_model("SharedResNet", "cifar10", {"paper": CIFAR_CONVENTIONS["paper"]})
def SharedResNet(inputs, depth=56, blocks=None, stack="auto"):
    """Builds a `CifarResNet` of version 2 whose equal blocks share kernels.

    A stage is then a recurrent network, unrolled over as many steps as it has
    blocks, and depth is time. Batch normalisation is the step's own, gamma and
    beta too, as activations of the steps are distributed differently. Blocks
    that change the shape, the first of the second and third stage, have
    kernels of their own. So 56 layers have a fifth of the parameters, and any
    other depth has almost the same number.

    From memory, not checked in the authors' code: that blocks are
    pre-activation blocks with option A, and three stages of 16, 32 and 64
    channels. The paper's networks in which later stages feed back into earlier
    ones are not built.

    Reference:
    - [Bridging the Gaps Between Residual Learning, Recurrent Neural Networks
        and Visual Cortex](https://arxiv.org/abs/1604.03640) (2016)

    Args:
        depth: int `6 * n + 2`, number of weighted layers of the unrolled
            network, in which a stage has `n` steps.
        blocks: sequence of int, steps of each stage, instead of `depth`.
        stack: see `ResNet`; here `keras_deep.layers.SharedBlocks`. Ordinary
            layers are called once in every step.

    Raises:
        ValueError: if there is no such depth.
    """
    block = functools.partial(block_v2, shortcut=convention().shortcut[0])
    x = cifar_stem(inputs, activate=False)
    for places in positions(cifar_stages(depth, blocks), channels(x)):
        first, *rest = places
        equal = rest if first.projects else places
        if first.projects:
            x = block(x, first)
        if equal:
            x = shared_blocks(x, equal, block, stack)
        x = stage_end(x, first.stage)
    return bn_relu(x, "post")
