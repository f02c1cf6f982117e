"""Training configuration: learning rate, optimizer, precision and so on."""

import dataclasses

from keras_deep.training.named_optimizers import optimizer_of
from keras_deep.training.schedules import plateau_callbacks
from keras_deep.training.schedules import rate_of
from keras_deep.utils.settings import Settings


@dataclasses.dataclass(frozen=True)
class Config(Settings):
    """JSON-serializable settings of a training run.

    The defaults are the recipe of DenseNet for CIFAR: stochastic gradient
    descent with Nesterov momentum and a stepped learning rate. Those of other
    papers are in `keras_deep.training.recipes`.

    A step is an update of the weights. Where steps are given, an int is their
    number, and a float the fraction of the run.

    Args:
        epochs: int, passes over the training images.
        learning_rate: float, the schedule's maximum. SGD's suits no other
            optimizer: Adam's is about 1e-3.
        schedule: `"step"`, `"cosine"`, `"polynomial"`, `"one_cycle"`,
            `"constant"`, or `"plateau"`, which waits for the validation loss
            to stop falling: see `keras_deep.training.schedules`.
        momentum: float in `[0, 1)`, of `"sgd"` and `"lars"`.
        weight_decay: float. A step removes this fraction, times the learning
            rate, of every weight. It is decoupled from the momentum: the
            papers' L2 penalty of 1e-4 with momentum 0.9 removes
            `1e-4 / (1 - 0.9)`, the default. Of `"lars"` it is the penalty.
        precision: string, a Keras dtype policy such as `"mixed_bfloat16"`, or
            `None` for the global one, `keras.config.dtype_policy()`. `fit`
            writes the name of the one that was used.
        seed: int in `[0, 2**32)` or `None`. On the CPU of one machine equal
            seeds give bit-identical weights.
        ema: float in `(0, 1)`, or `None`. With `0.99` an average of the
            weights is kept, in which a step counts one hundredth; it is what
            is validated, saved and returned.
        optimizer: `"sgd"`, `"adam"`, `"adamw"`, `"lamb"` or `"lars"`. With a
            weight decay, `"adam"` is `"adamw"`.
        nesterov: bool, of `"sgd"` and `"lars"`, where `momentum` is not 0.
        decay: `"all"` weights, or `"kernels"`, which spares biases and
            normalisation.
        warmup: steps in which the learning rate rises, in a line from 0. By
            default 1/20 of the run of `"cosine"`, 3/10 of `"one_cycle"`, and
            none of the others.
        warmup_rate: float, a constant learning rate of the warm-up instead,
            of `"step"` and `"constant"`.
        boundaries: sequence of steps, the first ones with the next learning
            rate of `"step"`; by default one after 1/2 and 3/4 of the run.
        factor: float in `(0, 1)` by which the learning rate is multiplied
            there, or after a plateau.
        power: float, the exponent of `"polynomial"`.
        patience: int, epochs of a plateau.
        iterations: int, steps of the run instead of `epochs`, or `None`.
        accumulate_steps: int, batches of a step.
        clipnorm: float, the largest norm of a weight's gradient, or `None`.
        global_clipnorm: float, the largest norm of all gradients together.
        clipvalue: float, the largest entry of a gradient. At most one of the
            three is given.
        label_smoothing: float in `[0, 1)`, the share of the labels that is
            spread over all classes.
        class_weight: `"balanced"`, with which the training loss of an image
            is multiplied so that all classes have the same weight, those of
            few images as well; or `None`.
        steps_per_execution: int, steps between two looks of the callbacks.
        jit_compile: bool, whether steps are compiled by XLA, or `"auto"`.
        strategy: `"auto"`, `"one_device"`, `"mirrored"`, `"multi_worker"`,
            `"tpu"`, or `None` for one device or the strategy that is given.
        batch_norm: `"replica"`, statistics of each replica, which are
            averaged, or `"synchronized"`.
        checkpoint_steps: int, steps between two checkpoints, or `None`.
        checkpoint_minutes: float, minutes between two checkpoints.

    Raises:
        TypeError: if there is no field of such a name.
        ValueError: if a field is out of its range, or the others leave it
            without an effect.
    """

    def make_optimizer(self, steps, model=None):
        """Returns the optimizer for a training run.

        Args:
            steps: int, how often the run updates the weights.
            model: `keras.Model`, needed for `decay="kernels"`.

        Raises:
            ValueError: if the run is too short for the warm-up or the
                boundaries, or a model is needed.
        """
        optimizer = optimizer_of(self, rate_of(self, steps))
        if self.decay == "all":
            return optimizer
        if model is None:
            raise ValueError(
                "Expected the `model` whose biases and normalisation are "
                f"spared. Received: model=None with decay={self.decay!r}"
            )
        from keras_deep.training.optimizers import spare_small

        spare_small(optimizer, model)
        return optimizer

    def callbacks(self, validation):
        """Returns the callbacks that the settings need, a list.

        Args:
            validation: bool. Whether there are validation images.

        Raises:
            ValueError: if `schedule="plateau"` has none to watch.
        """
        if self.schedule == "plateau" and not validation:
            raise ValueError(
                "Expected validation images, whose loss decides, with "
                "schedule='plateau'. Received: none. Another schedule needs "
                "none."
            )
        return plateau_callbacks(self)
