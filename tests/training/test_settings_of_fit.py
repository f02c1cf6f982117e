"""What `fit` makes of the settings of a configuration."""

import dataclasses
import json

import keras
import numpy as np
import pytest

from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.loss import SmoothedCrossentropy
from tests.support.backends import only_tensorflow

tensorflow = only_tensorflow("JAX keeps the steps of an epoch to itself.")


class Count(keras.callbacks.Callback):
    """Counts steps and executions."""

    def __init__(self):
        super().__init__()
        self.batches = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)

    def on_train_end(self, logs=None):
        self.steps = int(self.model.optimizer.iterations)


def test_iterations_end_within_an_epoch(tmp_path, digits, linear):
    batches = len(digits.train)
    assert batches > 4
    config = Config(iterations=batches + 3, learning_rate=0.01, seed=0)
    count = Count()
    result = fit(linear, digits, config, tmp_path, callbacks=count)
    assert count.steps == len(count.batches) == batches + 3
    assert len(result.history["val_loss"]) == 2
    written = json.loads((tmp_path / "result.json").read_text())
    assert written["training"]["config"]["iterations"] == batches + 3
    assert written["training"]["config"]["epochs"] == 2
    assert Config(**written["training"]["config"]).steps(batches) == batches + 3


@tensorflow
def test_iterations_end_within_executions_and_updates(digits, linear):
    updates = -(-len(digits.train) // 3)
    settings = {"accumulate_steps": 3, "steps_per_execution": 2}
    config = Config(iterations=updates + 3, seed=0, **settings)
    count = Count()
    result = fit(linear, digits, config, callbacks=count)
    assert count.steps == updates + 3 and count.batches[-1] == 8
    assert len(result.history["loss"]) == 2


@tensorflow
def test_the_schedule_ends_with_the_iterations(digits, linear):
    rates = []

    class Rates(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            rates.append(float(self.model.optimizer.learning_rate))

    config = Config(
        iterations=8, schedule="polynomial", learning_rate=0.08, seed=0
    )
    fit(linear, digits, config, callbacks=Rates())
    np.testing.assert_allclose(rates, np.arange(8, 0, -1) / 100, rtol=1e-5)


def test_a_plateau_lowers_the_rate(digits, linear):
    config = Config(
        *(4, 1e-12, "plateau"), weight_decay=0, factor=0.5, patience=1, seed=0
    )
    rates = fit(linear, digits, config).history["learning_rate"]
    # Of the rate at the beginning of an epoch nothing is learnt.
    assert rates == pytest.approx([1e-12, 1e-12, 5e-13, 2.5e-13])


def test_a_plateau_needs_validation(tmp_path, digits, linear):
    data = dataclasses.replace(digits, validation=None)
    config = Config(epochs=1, schedule="plateau")
    with pytest.raises(ValueError, match="Expected validation images"):
        fit(linear, data, config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_warmup_sets_the_rate_too(digits, linear):
    config = Config(epochs=1, schedule="constant", warmup=3)
    callback = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate)
    with pytest.raises(ValueError, match="warmup=3, which sets it"):
        fit(linear, digits, config, callbacks=callback)


def test_several_steps_are_one_execution(digits, linear):
    count = Count()
    config = Config(epochs=1, seed=0, steps_per_execution=4)
    fit(linear, digits, config, callbacks=count)
    batches = len(digits.train)
    assert count.steps == batches
    assert len(count.batches) == -(-batches // 4)


@tensorflow
def test_steps_are_compiled_by_xla_when_asked(digits, linear):
    fit(linear, digits, Config(epochs=1, jit_compile=True))
    assert linear.jit_compile is True


def test_labels_are_smoothed(digits, linear, tmp_path):
    """A network sure of the right class has the loss that smoothing gives."""
    config = Config(epochs=1, seed=0, label_smoothing=0.1)
    fit(linear, digits, config, tmp_path)
    logits = np.full((1, 10), 0.0)
    logits[0, 3] = 5.0
    shares = np.exp(logits) / np.exp(logits).sum()
    labels = np.full(10, 0.01)
    labels[3] += 0.9
    expected = -(labels * np.log(shares)).sum()
    assert float(SmoothedCrossentropy(True, 0.1)([3], logits)) == (
        pytest.approx(expected, rel=1e-5)
    )
    assert isinstance(linear.loss, SmoothedCrossentropy)
    # Files name Keras's loss.
    found = keras.saving.serialize_keras_object(linear.loss)
    assert found["class_name"] == "SparseCategoricalCrossentropy"


@tensorflow
def test_a_ready_model_of_other_devices_is_refused(digits, linear):
    with pytest.raises(ValueError, match="made outside of it"):
        fit(linear, digits, Config(epochs=1, strategy="mirrored"))


@tensorflow
def test_gradients_are_accumulated(digits, linear):
    fit(linear, digits, Config(epochs=1, seed=0, accumulate_steps=4))
    batches = len(digits.train)
    assert int(linear.optimizer.iterations) == -(-batches // 4)
