"""Residual networks of stochastic depth."""

import dataclasses
import functools

from keras_deep import backend
from keras_deep.layers.conventions import convention
from keras_deep.layers.normalization import is_synchronized
from keras_deep.layers.stochastic_depth import stochastic_depth
from keras_deep.models.image_model import image_model
from keras_deep.models.registry import variant
from keras_deep.models.residual import CIFAR_CONVENTIONS
from keras_deep.models.residual import ResNetConvention
from keras_deep.models.residual import cifar_residual


@dataclasses.dataclass(frozen=True)
class _DroppingConvention(ResNetConvention):
    """Additional details of networks of stochastic depth.

    Args:
        mode: string, see `keras_deep.layers.StochasticDepth`.
    """

    mode: str = "batch"


def _like(name, **details):
    """Returns a convention of residual networks with other details."""
    fields = dataclasses.asdict(CIFAR_CONVENTIONS[name])
    return _DroppingConvention(**{**fields, **details})


_CONVENTIONS = {
    "paper": _like("paper"),
    "pytorchcv": _like("pytorchcv", mode="batch_scaled"),
    # The authors' code, yueatsprograms/Stochastic_Depth.
    "torch7": _like("torch7", bias="all", average=True),
}


@image_model("StochasticDepthResNet", "cifar10", _CONVENTIONS)
def StochasticDepthResNet(
    inputs, depth=110, final_rate=0.5, mode=None, blocks=None, stack="auto"
):
    """Builds a `CifarResNet` whose branches are dropped at random in training.

    Block `l` of `L` is dropped with probability `final_rate * l / L`.
    Convention `"paper"` has the shortcuts of `CifarResNet`. In `"torch7"`, the
    authors' code, option A averages and pads after the channels, and
    convolutions have biases.

    Equal blocks that are stacked are not computed when they are dropped, as in
    the paper, and their statistics do not see that batch. Ordinary layers
    compute every branch.

    Reference:
    - [Deep Networks with Stochastic Depth](https://arxiv.org/abs/1603.09382)
        (ECCV 2016)

    Example:

    ```python
    model = keras_deep.StochasticDepthResNet(depth=110)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train, batch_size=128)  # x_train: (n, 32, 32, 3)
    ```

    Args:
        depth: int `6 * n + 2`, number of weighted layers: 110 or 1202 in the
            paper.
        final_rate: float in `[0, 1)`, the probability of dropping the last
            block (`1 - p_L` in the paper). 0 is a `CifarResNet`.
        mode: `"batch"`, the paper's: one coin for every block and batch; what
            survives is not scaled, and inference multiplies every branch by
            its probability of survival. `"batch_scaled"`: training divides by
            it instead. `"sample"`, usual in other libraries: the same with a
            coin for every block and image. `None` is the convention's:
            `"batch_scaled"` in `"pytorchcv"`, else `"batch"`.
        blocks: sequence of int, blocks of each stage, instead of `depth`.
        stack: see `ResNet`. Where `"batch"` and `"batch_scaled"` drop blocks,
            `"auto"` stacks from two equal blocks on, except on JAX on the CPU.

    Raises:
        ValueError: if there is no such depth, rate or mode.
    """
    mode = convention().mode if mode is None else mode
    skips = mode != "sample"
    drop = functools.partial(
        stochastic_depth, final_rate=final_rate, mode=mode, skips_block=skips
    )
    if stack == "auto" and skips and final_rate and not is_synchronized():
        stack = backend.slow_loops() is False or stack
    return cifar_residual(
        inputs, depth, 1, "basic", None, blocks, stack, on_branch=drop
    )


StochasticDepthResNet110 = variant(
    StochasticDepthResNet, "StochasticDepthResNet110", depth=110
)
StochasticDepthResNet1202 = variant(
    StochasticDepthResNet, "StochasticDepthResNet1202", depth=1202
)
