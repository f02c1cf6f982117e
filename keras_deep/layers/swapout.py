"""Swapout: every unit is a random choice of shortcut and branch."""

import keras
import numpy as np
from keras import ops

from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.stacks.current_block import at_block
from keras_deep.utils.checks import check_one_of


@keras.saving.register_keras_serializable("keras_deep")
class Swapout(NeedsPackage, keras.layers.Layer):
    """Adds a shortcut and a branch of which units are dropped independently.

    In training the output is `mask1 * x + mask2 * y`, with masks of
    independent zeros and ones for every unit of either input, so that a unit
    may be 0, `x`, `y` or `x + y`. Nothing is scaled: inference multiplies by
    the probabilities instead. With both at 1 this is the sum of a residual
    block; with 0 and `p`, dropout of a plain layer; with 1 and `p`, dropout of
    the branch.

    Not to be confused with dropout of the sum, which has one mask for both.

    Args:
        keep_shortcut: float in `[0, 1]` (`theta_1` in the paper), the
            probability that a unit of `x` is kept, or a sequence of one for
            every block of the stack that the layer is part of.
        keep_branch: the same for `y` (`theta_2`).
        seed: int or `None`.

    Call arguments:
        inputs: list of two tensors of one shape, `x` and `y`.
        training: bool.

    Raises:
        ValueError: if a probability is not in `[0, 1]`.

    Reference:
        [Swapout: Learning an ensemble of deep architectures](
        https://arxiv.org/abs/1605.06465), NeurIPS 2016.
    """

    per_block = ("keep_shortcut", "keep_branch")

    def __init__(self, keep_shortcut=0.5, keep_branch=0.5, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.keep_shortcut = _checked("keep_shortcut", keep_shortcut)
        self.keep_branch = _checked("keep_branch", keep_branch)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        x, y = inputs
        kept = self._kept(x, self.keep_shortcut, training)
        return kept + self._kept(y, self.keep_branch, training)

    def _kept(self, x, probability, training):
        keep = ops.cast(at_block(probability), "float32")
        if training:
            # Numbers are drawn from `[0, 1)`, so 0 and 1 are exact.
            drawn = keras.random.uniform(
                ops.shape(x), dtype="float32", seed=self.seed_generator
            )
            keep = drawn < keep
        return x * ops.cast(keep, x.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return {
            **super().get_config(),
            "keep_shortcut": self.keep_shortcut,
            "keep_branch": self.keep_branch,
            "seed": self.seed,
        }


def _checked(name, probability):
    values = np.asarray(probability, "float64")
    if values.ndim > 1 or not np.all((values >= 0) & (values <= 1)):
        raise ValueError(
            f"Expected `{name}` to be in [0, 1], or a sequence with one such "
            f"number for every block. Received: {name}={probability!r}"
        )
    return values.tolist()


def _linear(first, last):
    """Returns a schedule of both probabilities from first to last block."""

    def schedule(fraction):
        keep = first + (last - first) * fraction
        return keep, keep

    return schedule


# Of those that the paper compares, the first is the best.
SCHEDULES = {
    "linear": _linear(1.0, 0.5),
    "rising": _linear(0.5, 1.0),
    "constant": _linear(0.5, 0.5),
}


def resolve_schedule(schedule):
    """Returns the schedule function of a name or function.

    Args:
        schedule: key of `SCHEDULES`, or function `fraction -> (keep_shortcut,
            keep_branch)` of a float or array, 0 for the first block of the
            network and 1 for the last.

    Raises:
        ValueError: if the name is unknown.
    """
    if callable(schedule):
        return schedule
    check_one_of(SCHEDULES, " or a function", schedule=schedule)
    return SCHEDULES[schedule]


def swapout(x, y, at, schedule="linear"):
    """Merges shortcut and branch by `Swapout`; for `Shortcut.merge`.

    Args:
        x: tensor, the shortcut.
        y: tensor, the branch.
        at: `Position` of the block.
        schedule: see `resolve_schedule`.
    """
    number = np.asarray(at.progress) * at.total  # From 1.
    fraction = np.clip((number - 1) / max(at.total - 1, 1), 0, 1)
    keeps = resolve_schedule(schedule)(fraction)
    # A schedule may have one value for all blocks.
    keeps = [np.broadcast_to(keep, fraction.shape) for keep in keeps]
    return Swapout(*keeps, name=f"{at.name}_swapout")([x, y])
