"""A lecture's residual network for MNIST, of one width and resolution."""

import functools

from keras import layers

from keras_deep.layers.position import Stage
from keras_deep.layers.residual import Conv
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import residual_stages
from keras_deep.models.image_model import image_model


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
    sizes = {"blocks": blocks, "filters": filters, "kernel_size": kernel_size}
    for name, value in sizes.items():
        odd = name != "kernel_size" or value % 2 == 1
        if value < 1 or not odd:
            raise ValueError(
                f"Expected `{name}` to be a positive int"
                f"{' and odd' if not odd else ''}. Received: {name}={value!r}"
            )
    x = layers.Conv2D(filters, 1, name="conv1_conv")(inputs)
    x = layers.Activation("relu", name="conv1_relu")(x)

    def branch(at):
        return (Conv(at.filters, kernel_size), Conv(at.filters, kernel_size))

    block = functools.partial(block_v1, branch=branch, bias=use_bias)
    return residual_stages(x, [Stage(blocks, filters)], block, stack)
