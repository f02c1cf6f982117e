"""Statistics of batch normalisation that a network can be validated with."""

import keras
import numpy as np

from keras_deep.layers.statistics import statistics

# A share of the initial statistics that changes nothing.
_NEGLIGIBLE = 1e-6


class FirstStatistics(keras.callbacks.Callback):
    """Takes the initial statistics out of the averages, once.

    Moving statistics begin at 0 and 1, of which `momentum ** steps` is left
    when a network is first validated. After a few steps that is most of them,
    and a network of many hundred layers, which multiplies the error in every
    block, would answer NaN. What is left is the average over the steps, in
    which later ones count more, as ever.

    Layers whose statistics were not initial or did not change are left alone.
    """

    def __init__(self):
        super().__init__()
        self._steps = 0
        self._fresh = []

    def get_state(self):
        """Returns what a resumed training goes on with."""
        fresh = {id(record.mean) for record in self._fresh}
        found = [id(r.mean) in fresh for r in statistics(self.model)]
        return {"steps": self._steps, "fresh": found}

    def set_state(self, state):
        """Restores what `get_state` returned."""
        records = zip(statistics(self.model), state["fresh"], strict=True)
        self._steps = state["steps"]
        self._fresh = [record for record, fresh in records if fresh]

    def on_train_begin(self, logs=None):
        self._fresh = [r for r in statistics(self.model) if _is_initial(r)]

    def on_train_batch_end(self, batch, logs=None):
        self._steps += 1

    def on_test_begin(self, logs=None):
        self._correct()

    def on_epoch_end(self, epoch, logs=None):
        self._correct()  # There may be no validation.

    def _correct(self):
        if not self._steps:
            return
        for record in self._fresh:
            left = record.layer.momentum**self._steps
            if left > _NEGLIGIBLE and not _is_initial(record):
                _take_out(record, left)
        self._fresh = []


def _is_initial(record):
    mean, variance = _arrays(record)
    return not mean.any() and (variance == 1).all()


def _take_out(record, left):
    mean, variance = _arrays(record)
    variance = (variance - left) / (1 - left)
    # Less than nothing is left where a step calls a layer several times.
    if (variance >= -_NEGLIGIBLE).all():
        record.mean.assign(mean / (1 - left))
        record.variance.assign(np.maximum(variance, 0))


def _arrays(record):
    return (
        np.float64(keras.ops.convert_to_numpy(variable))
        for variable in (record.mean, record.variance)
    )
