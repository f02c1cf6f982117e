"""Where the batches of an epoch come from."""

import inspect
import threading

import keras

from keras_deep.training.stop_after import last_place
from keras_deep.training.strategies import is_multi_worker
from keras_deep.training.trainer.class_weights import with_class_weights
from keras_deep.training.trainer.datasets import check_dataset
from keras_deep.training.trainer.datasets import has_equal_shares
from keras_deep.training.trainer.datasets import number_of_batches
from keras_deep.training.trainer.datasets import shared_out
from keras_deep.training.trainer.iterators import Pass
from keras_deep.training.trainer.iterators import has_states


class Batches:
    """Batches of all epochs, shared out among the replicas.

    Args:
        data: `tf.data.Dataset` of global batches, or object whose iterators
            have `get_state` and `set_state`; or a function of the number of an
            epoch, from 0, that returns one. The function may also take the
            number of batches of the epoch that are left out.
        strategy: `tf.distribute.Strategy`.
        steps: int, batches in an epoch, or `None` for all. With a dataset the
            next epoch goes on where the last one ended, and its end is followed
            by its beginning.
        start: tuple of the first epoch and step.
        fixed: bool. Whether all shares have to have the same fixed size, to
            which they are filled up. The first batch of the epoch is read for
            it, which must be the largest.
        class_weight: dict, see `with_class_weights`, or `None`.
        state: what `get_state` returned at the start, or `None`.
    """

    def __init__(
        self,
        data,
        strategy,
        steps=None,
        start=(0, 0),
        fixed=False,
        class_weight=None,
        state=None,
    ):
        self.strategy = strategy
        self.steps = steps
        self._class_weight = class_weight
        self._pass, self._state = None, state
        knows = has_states(data)
        self._make = data if callable(data) else None
        if knows and steps is None:
            self._make = lambda epoch: data
        if knows and steps is not None:
            self._pass = Pass(data, True, start[1], state)
            data = self._pass.dataset()
        self._first = self._made(*start) if self._make else self._weighted(data)
        check_dataset(self._first, strategy.num_replicas_in_sync)
        self._size = self._largest(start) if fixed else None
        self.dataset = self._first
        # Where the number of steps is the user's the data may end before.
        self._exhausts = steps is not None and self._make is not None
        if steps is not None and not (self._make or self._pass):
            self.dataset = self._first.repeat()
        if steps is None:
            self.steps = number_of_batches(self._first)
            if self.steps is not None:
                self.steps += start[1] if self._make else 0
            self._exhausts = self.steps is None
        self._skipped = 0 if self._make or self._pass else start[1]
        self._state = None
        self._shared = self._iterator = None
        self._endless = steps is not None and not self._make

    def end(self, epochs, iterations, accumulate_steps):
        """Returns the last epoch, from 0, and the number of its steps.

        Args:
            epochs: int.
            iterations: int, the most updates of the weights, or `None`.
            accumulate_steps: int, batches of an update.

        Raises:
            ValueError: if `iterations` are given, but the steps are unknown.
        """
        if iterations is None:
            return epochs - 1, self.steps
        if self.steps is None:
            raise ValueError(
                "Expected data of known length with `iterations`. Received: "
                f"iterations={iterations} with a dataset that does not say "
                "how many batches it has. Give `steps_per_epoch`."
            )
        last = last_place(iterations, self.steps, accumulate_steps)
        return min((epochs - 1, self.steps), last)

    def of(self, epoch, step=0):
        """Returns an iterator over an epoch, from a step on."""
        if self._iterator is None or not self._endless:
            self._close()
            self._iterator = iter(self._shares(epoch, step))
        return self._iterator

    def _close(self):
        """Ends the iterator of the epoch before.

        Among several workers TensorFlow sleeps for seconds before it has ended
        the threads, and all workers would wait for that.
        """
        held, self._iterator = [self._iterator], None
        if is_multi_worker(self.strategy):
            threading.Thread(target=held.clear, daemon=True).start()

    def _shares(self, epoch, step):
        if self._make:
            made, self._first = self._first, None
            made = self._made(epoch, step) if made is None else made
            return self._share(made)
        if self._skipped:
            skipped, self._skipped = self._skipped, 0
            return self._share(self.dataset.skip(skipped))
        if self._shared is None:
            self._shared = self._share(self.dataset)
        return self._shared

    def passed(self, number):
        """Notes that so many batches more have been trained on."""
        if self._pass is not None:
            self._pass.passed(number)

    def get_state(self):
        """Returns the state of the data, or `None` if they have none."""
        return None if self._pass is None else self._pass.get_state()

    def _share(self, dataset):
        return shared_out(dataset, self.strategy, self._exhausts, self._size)

    def _largest(self, start):
        """Returns the size of the first batch; `None` if none need be filled.

        Raises:
            ValueError: if reading it would change what comes next.
        """
        replicas = self.strategy.num_replicas_in_sync
        if replicas == 1 or has_equal_shares(self._first, replicas):
            return None
        if self._pass is not None:
            raise ValueError(
                "Expected batches of a fixed size that is a multiple of "
                f"{replicas} with `jit_compile=True`, as XLA and TPUs need "
                "them, from data whose iterators have a state. Received: "
                f"{self._first.element_spec}"
            )
        data = self._made(start[0]) if self._make else self._first
        for batch in data.take(1):
            return len(keras.tree.flatten(batch)[0])
        return None

    def _made(self, epoch, step=0):
        parameters = inspect.signature(self._make).parameters.values()
        positional = [p for p in parameters if p.kind <= p.VAR_POSITIONAL]
        if len(positional) > 1 or any(p.name == "step" for p in parameters):
            return self._weighted(self._make(epoch, step))
        made = self._make(epoch)
        if has_states(made):
            # At the beginning it would be that of the end of the epoch before.
            state = self._state if step else None
            self._pass = Pass(made, False, step, state)
            return self._weighted(self._pass.dataset())
        made = self._weighted(made)
        return made.skip(step) if step else made

    def _weighted(self, dataset):
        if self._class_weight is None:
            return dataset
        check_dataset(dataset)
        return with_class_weights(dataset, self._class_weight)
