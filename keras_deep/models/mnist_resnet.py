"""A lecture's residual network for MNIST, of one width and resolution."""

import functools

from keras import layers

from keras_deep.layers.position import Stage
from keras_deep.layers.residual import Conv
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import residual_stages
from keras_deep.models.image_model import image_model
from keras_deep.utils.checks import check_sizes


@image_model(family="MnistResNet", dataset="mnist", min_size=1)
def MnistResNet(
    inputs,
    blocks=25,
    filters=16,
    kernel_size=3,
    use_bias=True,
    stack="auto",
):
    """Builds a residual network of equal blocks for MNIST-sized images.

    A 1x1 convolution maps the image to `filters` channels; every block is
    conv-BN-ReLU-conv-BN with an identity shortcut, at full resolution. The
    default network has 117,802 parameters.

    Reference:
    - François Fleuret, [Deep Learning](https://fleuret.org/dlc/), lecture
        6.5, residual networks, after [Deep Residual Learning for Image
        Recognition](https://arxiv.org/abs/1512.03385) (CVPR 2016)

    Args:
        blocks: int, number of blocks.
        filters: int, channels of every layer.
        kernel_size: int, odd, height and width of the blocks' kernels.
        use_bias: bool. Whether the blocks' convolutions have biases, as in
            the lecture, although batch normalisation cancels them.
        stack: see `ResNet`.

    Raises:
        ValueError: if `blocks`, `filters` or `kernel_size` is not as above.
    """
    check_sizes(blocks=blocks, filters=filters, kernel_size=kernel_size)
    if kernel_size % 2 == 0:
        raise ValueError(
            "Expected `kernel_size` to be odd. "
            f"Received: kernel_size={kernel_size}"
        )
    x = layers.Conv2D(filters, 1, name="conv1_conv")(inputs)
    x = layers.Activation("relu", name="conv1_relu")(x)

    def branch(at):
        return (Conv(at.filters, kernel_size), Conv(at.filters, kernel_size))

    block = functools.partial(block_v1, branch=branch, bias=use_bias)
    return residual_stages(x, [Stage(blocks, filters)], block, stack)
