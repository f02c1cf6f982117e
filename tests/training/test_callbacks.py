"""Callbacks of Keras work, or are refused before the training."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.training import Config
from keras_deep.training import fit

callbacks = keras.callbacks
FIXED = Config(epochs=3, learning_rate=0.02, schedule="constant", seed=0)


@pytest.mark.parametrize("schedule", ["step", "cosine"])
@pytest.mark.parametrize(
    "callback",
    [
        callbacks.ReduceLROnPlateau(patience=2),
        callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
        type("Mine", (callbacks.ReduceLROnPlateau,), {})(),
    ],
)
def test_a_rate_that_a_schedule_sets_is_refused(
    digits, linear, schedule, callback, tmp_path
):
    before = linear.get_weights()
    config = Config(epochs=1, schedule=schedule)
    with pytest.raises(ValueError, match='Config.schedule="constant"'):
        fit(linear, digits, config, tmp_path / "run", callbacks=[callback])
    np.testing.assert_array_equal(linear.get_weights()[0], before[0])
    assert not (tmp_path / "run").exists()


def test_a_constant_rate_may_be_set(digits, linear):
    reduce = callbacks.ReduceLROnPlateau("loss", 0.5, 1, min_delta=100)
    result = fit(linear, digits, FIXED, callbacks=reduce)
    assert result.history["learning_rate"] == pytest.approx([0.02, 0.02, 0.01])
    halve = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    result = fit(linear, digits, FIXED, callbacks=(halve,))
    rates = [0.01, 0.005, 0.0025]
    assert result.history["learning_rate"] == pytest.approx(rates)


@pytest.mark.parametrize("given", [[], [callbacks.SwapEMAWeights()]])
def test_averages_of_weights_are_what_is_measured_and_saved(
    tmp_path, digits, linear, given
):
    steps = []

    class Remember(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            steps.append(self.model.get_weights()[0])

    config = Config(1, 0.02, "constant", seed=0, ema=0.9)
    seen = [*given, Remember()]
    result = fit(linear, digits, config, tmp_path, callbacks=seen)
    average = steps[0]
    for step in steps[1:]:
        average = 0.9 * average + 0.1 * step
    loaded = keras_deep.load(tmp_path / "best.keras")
    for model in (result.model, loaded):
        found = model.get_weights()[0]
        np.testing.assert_allclose(found, average, rtol=1e-4, atol=1e-6)
    assert np.abs(found - steps[-1]).max() > 1e-3
    _, accuracy = loaded.evaluate(digits.validation, verbose=0)
    measured = result.card.training["result"]["validation_accuracy"]
    assert accuracy == pytest.approx(measured)


def test_averages_that_nothing_keeps_are_refused(digits, linear):
    with pytest.raises(ValueError, match="Config.ema=0.99"):
        fit(linear, digits, callbacks=[callbacks.SwapEMAWeights(True)])


@pytest.mark.parametrize(
    "callback",
    [
        callbacks.EarlyStopping("val_acuracy"),
        callbacks.EarlyStopping("learning_rate"),
        callbacks.ReduceLROnPlateau("validation_loss"),
        callbacks.ModelCheckpoint("x.keras", "val_acc", save_best_only=True),
    ],
)
def test_a_value_that_the_run_does_not_have_is_refused(
    digits, linear, callback
):
    with pytest.raises(ValueError, match="`monitor` of .* Received: monitor="):
        fit(linear, digits, FIXED, callbacks=[callback])


def test_without_validation_its_values_are_refused(linear):
    data = {"name": "digits", "validation": 0.0, "seed": 0}
    with pytest.raises(ValueError, match="no validation images"):
        fit(linear, data, FIXED, callbacks=[callbacks.EarlyStopping()])


def test_what_is_no_callback_is_refused(digits, linear):
    with pytest.raises(ValueError, match="to be Keras callbacks"):
        fit(linear, digits, FIXED, callbacks=[callbacks.EarlyStopping])


def test_a_value_that_another_callback_adds_may_be_watched(digits, linear):
    class Add(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["mine"] = 1.0

    stop = callbacks.EarlyStopping("mine", mode="max", patience=1)
    result = fit(linear, digits, FIXED, callbacks=[Add(), stop])
    assert len(result.history["loss"]) == 2
