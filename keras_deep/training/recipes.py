"""The papers' recipes of training: `RECIPES`, and one with changes."""

from keras_deep.training.config import Config
from keras_deep.utils.recipes import RECIPES
from keras_deep.utils.recipes import Recipe
from keras_deep.utils.resolve_recipe import resolve_recipe
from keras_deep.utils.text import print_lines

__all__ = ["RECIPES", "Recipe", "recipe"]


def recipe(name, /, **changes):
    """Returns a paper's recipe of training, perhaps with changes.

    With another batch size, the learning rate follows by the recipe's rule,
    which is the linear one of "Accurate, Large Minibatch SGD"
    (arXiv:1706.02677) for all of `RECIPES`, and steps are as many as see the
    same images. That is printed. `keras_deep.utils.recipes` says how our
    weight decay corresponds to the papers'.

    Example:

    ```python
    config, data = training.recipe("resnet_cifar", data_dir="cifar")
    result = training.fit("ResNet20", data, config, output="runs/resnet20")
    ```

    Args:
        name: string, a key of `RECIPES`: `"resnet_cifar"`,
            `"resnet110_cifar"`, `"wrn_cifar"`, `"densenet_cifar"` or
            `"stochastic_depth_cifar"`.
        **changes: fields of `Config`, and arguments of `keras_deep.data.load`.
            The `seed` is that of both.

    Returns:
        `Config`, and a dict of arguments of `keras_deep.data.load`.

    Raises:
        UnknownNameError: if there is no such recipe; with near misses.
        ValueError: if a change is unknown, with near misses, or refused.
    """
    settings, data, lines = resolve_recipe(name, changes)
    print_lines(lines)
    config = Config(**settings)
    if config.seed is not None:
        data["seed"] = config.seed
    return config, data
