"""Which weights an optimizer adapts the length of the step to."""

import re

from keras import ops

from keras_deep.layers.stacks.template import WAY_OUT
from keras_deep.optimizers.slices import logical_names
from keras_deep.optimizers.slices import model_variable


class Adaptive:
    """Mixin of optimizers whose step is as long as the norm of a weight says.

    In a stacked variable every block is a weight, see
    `keras_deep.layers.StackedBlocks`.
    """

    def exclude_from_adaptation(self, var_list=None, var_names=None):
        """Excludes weights from the adaptation: their trust ratio is 1.

        It replaces what was excluded before, and like
        `exclude_from_weight_decay` it is no part of the configuration.

        Example:

        ```python
        optimizer.exclude_from_adaptation(var_names=["/bias$", "_bn/"])
        ```

        Args:
            var_list: list of variables.
            var_names: list of regular expressions. A weight is excluded if
                one is found in its logical name, such as
                `"conv2_block3_1_conv/kernel"`, which is the same whether
                blocks are stacked or not.
        """
        self._not_adapted = {self._var_key(x) for x in var_list or ()}
        self._not_adapted_names = "|".join(var_names or ())


def is_adapted(optimizer, variable):
    """Returns whether an optimizer adapts its step to a variable.

    Args:
        optimizer: `keras.optimizers.Optimizer`; those that are not `Adaptive`
            exclude nothing.
        variable: what its `update_step` was called with.

    Raises:
        ValueError: if some blocks of a stack are excluded and others not.
    """
    if optimizer._var_key(variable) in getattr(optimizer, "_not_adapted", ()):
        return False
    pattern = getattr(optimizer, "_not_adapted_names", "")
    if not pattern:
        return True
    names = logical_names(model_variable(optimizer, variable))
    found = [name for name in names if re.search(pattern, name)]
    if found and len(found) < len(names):
        raise ValueError(
            "Expected to exclude a weight from the adaptation in all blocks "
            f"of a stack, or in none. Received: var_names that match "
            f"{found[:3]} and not all of {names[0]!r} ... {names[-1]!r}. "
            f"{WAY_OUT}"
        )
    return not found


def ratio(above, below):
    """Returns the quotient of two norms, and 1 where either is 0."""
    quotient = ops.divide_no_nan(above, below)
    return ops.where(ops.greater(quotient, 0), quotient, 1.0)
