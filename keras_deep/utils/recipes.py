"""The papers' recipes of training, as data: read without importing Keras.

**Weight decay.** The papers' is an L2 penalty: it adds `p * w` to the
gradient. With the momentum `m` a step so takes `rate * p * w` off a weight
`w`, and the velocity does it again in every step after, each time with `m`
times as much: `rate * p / (1 - m) * w` altogether. Ours takes `rate *
weight_decay * w` off at once and leaves the velocity alone. With `weight_decay
= p / (1 - m)`, ten times the penalty for a momentum of 0.9, both take the same
off for every step; the penalty does so `m / (1 - m)` steps later in the mean,
which are 9, and with Nesterov's momentum `m` times as many. All weights decay,
as in the authors' code.

**Start.** He's (arXiv:1502.01852) is that of all networks here.
"""

import dataclasses
import types

from keras_deep.utils.errors import UnknownNameError
from keras_deep.utils.errors import did_you_mean


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How the authors of a paper trained.

    Args:
        summary: string, what was trained.
        paper: string, its title.
        address: string.
        sources: string, where the numbers were read.
        settings: mapping of fields of `keras_deep.training.Config`.
        data: mapping of arguments of `keras_deep.data.load`.
        notes: tuple of strings, what deviates and what else to know.
        scaling: string, a key of `SCALINGS`.
    """

    summary: str
    paper: str
    address: str
    sources: str
    settings: types.MappingProxyType
    data: types.MappingProxyType
    notes: tuple = ()
    scaling: str = "linear"


# How the learning rate follows the batch size, as a function of its ratio.
SCALINGS = types.MappingProxyType({"linear": lambda ratio: ratio})
SCALING_SOURCES = types.MappingProxyType({"linear": "arXiv:1706.02677"})


def _cifar(validation, batch_size=128):
    return types.MappingProxyType(
        {
            "name": "cifar10",
            "batch_size": batch_size,
            "augment": "crop4_flip",
            "validation": validation,
        }
    )


# The defaults of `Config` are written out where the papers state them.
_SHARED = {"schedule": "step", "learning_rate": 0.1, "momentum": 0.9}
_RESNET = {
    **_SHARED,
    "iterations": 64_000,
    "boundaries": (0.5, 0.75),
    "factor": 0.1,
    "nesterov": False,
    "weight_decay": 1e-3,
}
_RESNET_NOTES = (
    "The paper subtracts the mean of every pixel; here it is that of every "
    "colour, and its deviation divides.",
    "The boundaries are 32,000 and 48,000 steps, as fractions.",
)
_EARLIER = "The authors' code changes the learning rate one epoch earlier."
RECIPES = types.MappingProxyType(
    {
        "resnet_cifar": Recipe(
            "ResNet-20 to ResNet-56 on CIFAR",
            "Deep Residual Learning for Image Recognition",
            "https://arxiv.org/abs/1512.03385",
            "section 4.2 of the paper",
            types.MappingProxyType(_RESNET),
            _cifar(0.1),
            _RESNET_NOTES,
        ),
        "resnet110_cifar": Recipe(
            "ResNet-110 and ResNet-1202 on CIFAR",
            "Deep Residual Learning for Image Recognition",
            "https://arxiv.org/abs/1512.03385",
            "section 4.2 of the paper",
            types.MappingProxyType(
                {**_RESNET, "warmup": 400, "warmup_rate": 0.01}
            ),
            _cifar(0.1),
            (
                *_RESNET_NOTES,
                "The paper warms up with 0.01 until the training error is "
                'below 80 %, "about 400 iterations"; here it is 400.',
            ),
        ),
        "wrn_cifar": Recipe(
            "Wide residual networks on CIFAR",
            "Wide Residual Networks",
            "https://arxiv.org/abs/1605.07146",
            "section 3 of the paper; scripts/train_cifar.sh and "
            "pytorch/main.py of szagoruyko/wide-residual-networks",
            types.MappingProxyType(
                {
                    **_SHARED,
                    "epochs": 200,
                    "boundaries": (0.3, 0.6, 0.8),
                    "factor": 0.2,
                    "nesterov": True,
                    "weight_decay": 5e-3,
                }
            ),
            _cifar(0.0),
            (
                "The boundaries are epochs 60, 120 and 160, as fractions.",
                _EARLIER,
                "The authors train on all 50,000 images, without validation, "
                "and pad by reflection before a crop; here it is with zeros.",
                "Their networks with dropout have `dropout_rate=0.3` "
                "(`--dropout-rate 0.3`).",
            ),
        ),
        "densenet_cifar": Recipe(
            "DenseNet and DenseNet-BC on CIFAR",
            "Densely Connected Convolutional Networks",
            "https://arxiv.org/abs/1608.06993",
            "section 4.2 of the paper; opts.lua and train.lua of "
            "liuzhuang13/DenseNet",
            types.MappingProxyType(
                {
                    **_SHARED,
                    "epochs": 300,
                    "boundaries": (0.5, 0.75),
                    "factor": 0.1,
                    "nesterov": True,
                    "weight_decay": 1e-3,
                }
            ),
            _cifar(0.0, batch_size=64),
            (
                "The authors train on all 50,000 images in the end, without "
                "validation.",
                _EARLIER,
                "Without augmentation (`augment=None`) their networks have "
                "`dropout_rate=0.2` (`--dropout-rate 0.2`).",
            ),
        ),
        "stochastic_depth_cifar": Recipe(
            "ResNet-110 with stochastic depth on CIFAR",
            "Deep Networks with Stochastic Depth",
            "https://arxiv.org/abs/1603.09382",
            "main.lua and cifar-dataset.lua of yueatsprograms/Stochastic_Depth",
            types.MappingProxyType(
                {
                    **_SHARED,
                    "epochs": 500,
                    "boundaries": (0.5, 0.75),
                    "factor": 0.1,
                    "nesterov": True,
                    "weight_decay": 1e-3,
                }
            ),
            _cifar(0.1),
            (
                "The authors subtract the mean of every pixel and divide by "
                "one deviation; here both are those of every colour.",
                _EARLIER,
            ),
        ),
    }
)


def find_recipe(name):
    """Returns the `Recipe` of a name.

    Raises:
        UnknownNameError: if there is none.
    """
    if name not in RECIPES:
        raise UnknownNameError(
            f"Expected a recipe, one of {list(RECIPES)}. "
            f"Received: {name!r}.{did_you_mean(name, RECIPES)}"
        )
    return RECIPES[name]
