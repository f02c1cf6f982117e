"""A run ends well however it ends: NaN and interruptions."""

import dataclasses
import math
import os
import signal

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.training import Config
from keras_deep.training import fit
from tests.support.run_files import strict_json
from tests.support.run_files import table

CONFIG = Config(epochs=3, learning_rate=0.01, schedule="constant", seed=3)


class Poison(keras.callbacks.Callback):
    """Makes a weight NaN or infinite once."""

    def __init__(self, value, epoch, batch=None):
        super().__init__()
        self.value, self.epoch, self.batch = value, epoch, batch
        self.now = 0

    def poison(self):
        weights = self.model.get_weights()
        weights[0][0, 0] = self.value
        self.model.set_weights(weights)

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch + 1

    def on_train_batch_begin(self, batch, logs=None):
        if (self.now, batch) == (self.epoch, self.batch):
            self.poison()

    def on_epoch_end(self, epoch, logs=None):
        if self.batch is None and self.now == self.epoch:
            self.poison()


def finite(model):
    return all(np.isfinite(array).all() for array in model.get_weights())


@pytest.mark.parametrize(
    "value, batch", [(math.nan, 0), (math.inf, 7), (math.nan, None)]
)
def test_nan_stops_the_run_and_keeps_finite_weights(
    tmp_path, digits, linear, value, batch
):
    kept = []

    class Remember(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            kept.append(self.model.get_weights())

    callbacks = [Remember(), Poison(value, 2 if batch is None else 3, batch)]
    with pytest.raises(FloatingPointError, match="epoch [23]") as error:
        fit(linear, digits, CONFIG, tmp_path, callbacks=callbacks)
    end = 1 if batch is None else 2
    for a, b in zip(linear.get_weights(), kept[end - 1], strict=True):
        np.testing.assert_array_equal(a, b)
    for name in ("best.keras", "last.keras"):
        assert finite(keras_deep.load(tmp_path / name))
    assert not (tmp_path / "result.json").exists()
    assert f"weights of epoch {end} again" in str(error.value)
    assert str(tmp_path / "last.keras") in str(error.value)
    assert "learning_rate" in str(error.value)
    if batch is not None:
        assert f"in step {batch + 1} of epoch 3" in str(error.value)
    epochs = [row["epoch"] for row in table(tmp_path / "history.csv")]
    assert epochs[:end] == ["1", "2"][:end]


def test_nan_in_the_first_epoch_gives_a_model_its_weights_back(digits, linear):
    before = linear.get_weights()
    with pytest.raises(FloatingPointError, match="weights that it came with"):
        fit(linear, digits, CONFIG, callbacks=[Poison(math.nan, 1, 4)])
    for a, b in zip(linear.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_loss_too_large_ends_at_once_and_leaves_no_files(tmp_path, digits):
    def build():
        return keras.Sequential(
            [keras.Input((8, 8, 1)), keras.layers.Flatten()]
            + [keras.layers.Dense(10) for _ in range(4)]
        )

    config = Config(epochs=2, learning_rate=1e30, schedule="constant", seed=0)
    with pytest.raises(FloatingPointError, match="no weights are kept"):
        fit(build, digits, config, tmp_path)
    assert [p for p in tmp_path.iterdir() if p.name != "logs"] == []


class NanAtTest(keras.layers.Layer):
    """Gives NaN where a model is not training, until `bad` calls are over."""

    def __init__(self, bad):
        super().__init__()
        self.calls = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False
        )
        self.bad = bad

    def call(self, x, training=False):
        if training:
            return x
        self.calls.assign(self.calls + 1)
        return x + keras.ops.where(self.calls <= self.bad, math.nan, 0.0)


@pytest.mark.parametrize("bad, best", [(3, 2), (10**6, None)])
def test_an_epoch_whose_validation_is_nan_is_never_the_best(
    tmp_path, digits, bad, best
):
    # A very deep network may need statistics before its outputs are finite.
    x = inputs = keras.Input((8, 8, 1))
    x = NanAtTest(bad)(keras.layers.Flatten()(x))
    model = keras.Model(inputs, keras.layers.Dense(10, "softmax")(x))
    config = Config(epochs=2, learning_rate=1e-4, schedule="constant", seed=0)
    if best is None:
        with pytest.raises(FloatingPointError, match="no epoch"):
            fit(model, digits, config, tmp_path)
        assert not (tmp_path / "best.keras").exists()
        return
    result = fit(model, digits, config, tmp_path)
    assert not math.isfinite(result.history["val_loss"][0])
    assert result.card.training["result"]["best_epoch"] == best
    assert strict_json(tmp_path / "result.json")


class Interrupt(keras.callbacks.Callback):
    def __init__(self, epoch, hook):
        super().__init__()
        self.epoch, self.hook, self.now = epoch, hook, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch + 1

    def _signal(self, hook):
        if self.now == self.epoch and self.hook == hook:
            os.kill(os.getpid(), signal.SIGINT)

    def on_train_batch_end(self, batch, logs=None):
        if batch == 2:
            self._signal("train")

    def on_test_begin(self, logs=None):
        self._signal("test")

    def on_train_end(self, logs=None):
        self._signal("end")


@pytest.mark.parametrize(
    "epoch, hook, place, files",
    [
        (1, "train", "step 3 of epoch 1 ", {"last.keras"}),
        (2, "train", "step 3 of epoch 2 ", {"best.keras", "last.keras"}),
        (3, "test", " of epoch 3 ", {"best.keras", "last.keras"}),
        (3, "end", " of epoch 3 ", {"best.keras"}),
    ],
)
def test_an_interrupted_run_says_what_it_wrote_and_how_to_go_on(
    tmp_path, digits, linear, epoch, hook, place, files
):
    callbacks = [Interrupt(epoch, hook)]
    with pytest.raises(KeyboardInterrupt) as error:
        fit(linear, digits, CONFIG, tmp_path, callbacks=callbacks)
    text = str(error.value)
    assert place in text and "--force" in text
    assert {p.name for p in tmp_path.glob("*.keras")} == files
    for name in files:
        assert str(tmp_path / name) in text
        assert finite(keras_deep.load(tmp_path / name))
    assert (tmp_path / "history.csv").exists() == (epoch > 1)
    assert not [p for p in tmp_path.rglob("*.csv") if not p.stat().st_size]
    with pytest.raises(FileExistsError, match="config.epochs=3"):
        fit(linear, digits, dataclasses.replace(CONFIG, epochs=5), tmp_path)
    assert fit(linear, digits, CONFIG, tmp_path).card.training["result"]
    assert len(table(tmp_path / "history.csv")) == 3
    with pytest.raises(FileExistsError, match="of a run"):
        fit(linear, digits, CONFIG, tmp_path)
