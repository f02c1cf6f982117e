"""Residual attention networks: features scaled by masks of their context."""

import dataclasses
import functools

from keras_deep.layers.conventions import Convention
from keras_deep.layers.position import Stage
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stem import imagenet_stem
from keras_deep.models.attention import attention_blocks
from keras_deep.models.attention import attention_stages
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant


@dataclasses.dataclass(frozen=True)
class AttentionConvention(Convention):
    """Additional details of residual attention networks.

    Args:
        raw_skips: see `keras_deep.layers.attention_module`.
        next_activation: Keras activation of the mask among ResNeXt's units.
    """

    raw_skips: bool = False
    next_activation: str = "sigmoid"


_PAPER = AttentionConvention(pool="caffe")
_CONVENTIONS = {
    "paper": _PAPER,
    # The authors' prototxts, which are the only code of the paper.
    "caffe": dataclasses.replace(_PAPER, next_activation="tanh"),
    "pytorchcv": AttentionConvention(raw_skips=True),
}
_CIFAR_CONVENTIONS = {"paper": AttentionConvention()}
# Attention modules of each stage: the prototxts; section 4.1 for CIFAR.
_MODULES = {56: (1, 1, 1), 92: (1, 2, 3)}
_CIFAR_MODULES = {
    depth: (number,) * 3
    for depth, number in {56: 1, 92: 2, 128: 3, 164: 4, 236: 6, 452: 6}.items()
}


@image_model("ResidualAttentionNet", "imagenet", _CONVENTIONS, min_size=32)
def ResidualAttentionNet(
    inputs,
    depth=56,
    block="bottleneck",
    learning="residual",
    counts=(1, 2, 1),
    blocks=None,
    stack="auto",
):
    """Builds a residual attention network for ImageNet-sized images.

    Each of three stages has a residual unit and attention modules, three
    more units follow. The smallest mask of each stage has 7x7 pixels. The
    convention `"paper"` is the authors' prototxts with one change: among
    ResNeXt's units their mask is a hyperbolic tangent (`"caffe"`), in the
    paper a sigmoid. In `"pytorchcv"`, the mask reads the output of the trunk,
    too, and what its pooling halves is added with a unit and without. The
    prototxts have bilinear interpolation to the size of another tensor, so all
    image sizes fit; pytorchcv's double the size.

    Reference:
    - [Residual Attention Network for Image Classification](
        https://arxiv.org/abs/1704.06904) (CVPR 2017)

    Args:
        depth: int, number of weighted layers along the trunk: 56 or 92.
        block: string: `"bottleneck"` for the units of `ResNet` version 2,
            `"resnext"` (AttentionNeXt) for those of version 1 whose 3x3
            convolution has 32 groups of 4 channels.
        learning: `"residual"` for features times one plus the mask, or
            `"naive"` for features times the mask.
        counts: sequence of three ints (`p`, `t` and `r` in the paper): units
            before trunk and mask, and again after their product; units of the
            trunk; units of the mask branch at each scale, on the way down and
            again on the way up.
        blocks: sequence of one to three ints, attention modules of each stage,
            instead of `depth`.
        stack: see `ResNet`; equal attention modules of a stage are blocks.

    Raises:
        ValueError: if an argument is not as above.
    """
    blocks = attention_blocks(depth, blocks, _MODULES)
    stages = [
        Stage(1, 256 * 2**i, 2 if i else 1) for i in range(len(blocks))
    ] + [Stage(3, 256 * 2 ** len(blocks), 2)]
    return attention_stages(
        imagenet_stem(inputs), stages, blocks, block, counts, learning, stack
    )


@image_model("ResidualAttentionNet", "cifar10", _CIFAR_CONVENTIONS)
def CifarResidualAttentionNet(
    inputs,
    depth=92,
    learning="residual",
    counts=None,
    blocks=None,
    stack="auto",
):
    """Builds a residual attention network for CIFAR-sized images.

    A reconstruction, as the authors published no code for CIFAR and the paper
    no channels: a `ResidualAttentionNet` of the bottlenecks of `CifarResNet`
    version 2, with 64, 128 and 256 channels at 32, 16 and 8 pixels, whose last
    three units keep channels and size. Its convolutions have the 1.9 and 5.1
    million weights that the paper states for 92 and 236 layers, but 10.1
    million for 452, where the paper states 8.6. The paper's figures for CIFAR
    are from public transcriptions of it.

    Reference:
    - [Residual Attention Network for Image Classification](
        https://arxiv.org/abs/1704.06904) (CVPR 2017), section 4.1

    Args:
        depth: int, number of weighted layers along the trunk: `36 * m + 20`
            for `m` modules in each stage (56, 92, 128, 164, 236), or 452, of 6
            larger modules.
        learning: see `ResidualAttentionNet`.
        counts: see `ResidualAttentionNet`. `None` is (2, 4, 3) for a depth of
            452, otherwise (1, 2, 1).
        blocks: see `ResidualAttentionNet`.
        stack: see `ResidualAttentionNet`.

    Raises:
        ValueError: if an argument is not as above.
    """
    if counts is None:
        counts = (2, 4, 3) if depth == 452 and not blocks else (1, 2, 1)
    blocks = attention_blocks(depth, blocks, _CIFAR_MODULES)
    stages = [Stage(1, 64 * 2**i, 2 if i else 1) for i in range(len(blocks))]
    stages += [Stage(3, stages[-1].filters)]
    x = cifar_stem(inputs, activate=False)
    return attention_stages(
        x, stages, blocks, "bottleneck", counts, learning, stack
    )


_imagenet = functools.partial(variant, ResidualAttentionNet)
ResidualAttentionNet56 = _imagenet("ResidualAttentionNet56", depth=56)
ResidualAttentionNet92 = _imagenet("ResidualAttentionNet92", depth=92)
AttentionNeXt56 = _imagenet("AttentionNeXt56", depth=56, block="resnext")
AttentionNeXt92 = _imagenet("AttentionNeXt92", depth=92, block="resnext")

_cifar = functools.partial(variant, CifarResidualAttentionNet)
CifarResidualAttentionNet92 = _cifar("CifarResidualAttentionNet92", depth=92)
CifarResidualAttentionNet236 = _cifar("CifarResidualAttentionNet236", depth=236)
CifarResidualAttentionNet452 = _cifar("CifarResidualAttentionNet452", depth=452)
