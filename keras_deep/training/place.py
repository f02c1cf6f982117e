"""Where a training runs: on which devices, and as which of the workers."""

import contextlib
import random

import keras
import numpy as np

from keras_deep.training.asking import Asking
from keras_deep.training.state.options import Workers
from keras_deep.training.strategies import is_chief
from keras_deep.training.strategies import is_multi_worker
from keras_deep.training.strategies import strategy


def place_of(build, chosen):
    """Returns the `Place` of a training, and starts what it needs.

    Args:
        build: as in `fit`. A ready model stays where it was made.
        chosen: name of a strategy, a strategy, or `None` for the active one,
            else the best that there is.
    """
    if keras.backend.backend() != "tensorflow":
        return Place(chosen and strategy(chosen))
    import tensorflow as tf

    if chosen is not None:
        return Place(strategy(chosen))
    if isinstance(build, keras.Model):
        return Place(build.distribute_strategy)
    if tf.distribute.has_strategy():
        return Place(tf.distribute.get_strategy())
    return Place(strategy("auto"))


class Place:
    """The devices of a training, and what its workers do together.

    Args:
        strategy: `tf.distribute.Strategy`; on other backends what Keras has
            set, or `None`.
    """

    def __init__(self, strategy):
        self.strategy = strategy
        self.is_chief = is_chief(strategy)
        self._together = is_multi_worker(strategy)

    @property
    def replicas(self):
        """How many devices train, of those that TensorFlow knows."""
        return getattr(self.strategy, "num_replicas_in_sync", 1)

    def scope(self):
        """Returns a context in which a model is made for these devices."""
        if hasattr(self.strategy, "extended"):
            return self.strategy.scope()
        return contextlib.nullcontext()

    def check(self, model):
        """Refuses a model that was made for other devices.

        Raises:
            ValueError: if it was.
        """
        if hasattr(self.strategy, "extended"):
            from keras_deep.training.trainer.checks import check_scope

            check_scope(model, self.strategy)

    def check_batch(self, size):
        """Refuses batches of which a device would have no example.

        Args:
            size: int, or `None` if it is unknown.

        Raises:
            ValueError: if there are more devices.
        """
        if size is not None and size < self.replicas:
            raise ValueError(
                f"Expected `batch_size` to be at least {self.replicas}, an "
                "image for each device: a batch is that of all devices "
                f"together. Received: batch_size={size}"
            )

    def workers(self):
        """Returns the `Workers` that write checkpoints together."""
        if not self._together:
            return Workers()
        asking = Asking(self._gather)
        return Workers(self.is_chief, asking.agree, self._from_chief)

    def shared_seed(self, seed):
        """Returns a seed that is the same on all workers.

        Args:
            seed: int of 31 bits, or `None` to draw one if there are several.
                The chief's counts.
        """
        if not self._together:
            return seed
        if seed is None:
            seed = random.randrange(2**31)
        return int(self._from_chief(np.array([seed], "int32"))[0])

    def share(self, model):
        """Gives all workers the chief's values of a model's variables."""
        from keras_deep.training.trainer.replicas import broadcast

        if self._together:
            broadcast(self.strategy, model.variables)

    def _gather(self, values):
        from keras_deep.training.trainer.replicas import gathered

        return gathered(self.strategy, values)

    def _from_chief(self, array):
        from keras_deep.training.trainer.replicas import of_first

        return of_first(self.strategy, array)
