"""Residual networks whose units choose shortcut, branch, both or none."""

import functools

from keras_deep.layers.conv import bn_relu
from keras_deep.layers.residual import block_v2
from keras_deep.layers.residual import residual_stages
from keras_deep.layers.shortcut import Shortcut
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.swapout import resolve_schedule
from keras_deep.layers.swapout import swapout
from keras_deep.models.depths import cifar_stages
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant
from keras_deep.utils.checks import check_sizes


@image_model("SwapoutResNet", "cifar10")
def SwapoutResNet(
    inputs, depth=20, width=1, schedule="linear", blocks=None, stack="auto"
):
    """Builds a wide residual network of pre-activation blocks with swapout.

    It is the paper's "v2". Blocks that change the shape have a 1x1 projection,
    whose units are dropped as those of other shortcuts are; that they project,
    and that the stem is as wide as the first stage, follows from the paper's
    numbers of parameters, which are quoted from memory.

    `model.predict` is the paper's deterministic inference, which multiplies by
    the probabilities. The paper's results are of its stochastic inference,
    `keras_deep.predict_stochastic`.

    Reference:
    - [Swapout: Learning an ensemble of deep architectures](
        https://arxiv.org/abs/1605.06465) (NeurIPS 2016)

    Example:

    ```python
    model = keras_deep.SwapoutResNet(depth=20, width=4)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train, batch_size=128)  # x_train: (n, 32, 32, 3)
    probabilities = keras_deep.predict_stochastic(model, x_test, samples=30)
    ```

    Args:
        depth: int `6 * n + 2`, number of weighted layers: 20 or 32.
        width: int, factor of the channels of `CifarResNet`: 1, 2 or 4 ("W1",
            "W2" and "W4").
        schedule: string: `"linear"`, probabilities of keeping a unit from 1 in
            the first to 0.5 in the last block for both shortcut and branch;
            `"rising"` from 0.5 to 1; `"constant"` 0.5; or a function of a
            number from 0 for the first to 1 for the last block, or an array of
            them, that returns both probabilities.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`.

    Raises:
        ValueError: if there is no such depth, width or schedule.
    """
    check_sizes(width=width)
    resolve_schedule(schedule)
    merge = functools.partial(swapout, schedule=schedule)
    block = functools.partial(block_v2, shortcut=Shortcut(merge=merge))
    stages = cifar_stages(depth, blocks, 16 * width)
    x = cifar_stem(inputs, 16 * width, activate=False)
    return bn_relu(residual_stages(x, stages, block, stack), "post")


_variant = functools.partial(variant, SwapoutResNet)
SwapoutResNet20_W1 = _variant("SwapoutResNet20_W1", depth=20, width=1)
SwapoutResNet20_W2 = _variant("SwapoutResNet20_W2", depth=20, width=2)
SwapoutResNet20_W4 = _variant("SwapoutResNet20_W4", depth=20, width=4)
SwapoutResNet32_W4 = _variant("SwapoutResNet32_W4", depth=32, width=4)
