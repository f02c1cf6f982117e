import csv
import dataclasses
import json
import os
import signal

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.training import Config
from keras_deep.training import fit
from keras_deep.training.build import build_in_precision
from keras_deep.utils.errors import Terminated
from tests.support.backends import only_tensorflow
from tests.support.digits import NETWORK
from tests.support.digits import load_digits

CONFIG = Config(epochs=2, schedule="cosine", seed=3)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The result of a training, and the folder it was written to."""
    folder = tmp_path_factory.mktemp("fit") / "run"
    return fit(NETWORK, load_digits(), CONFIG, output=folder), folder


def test_learns_and_writes_all_files(trained):
    result, folder = trained
    for name in ("best.keras", "result.json", "history.csv"):
        assert (folder / name).is_file()
    picture = (folder / "learning_curve.png").read_bytes()
    assert picture.startswith(b"\x89PNG")

    written = json.loads((folder / "result.json").read_text())
    assert written == json.loads(json.dumps(result.card.to_dict()))
    assert written["format"] == 1
    assert written["builder"] == "DenseNetBC"
    assert written["arguments"]["blocks"] == [1, 1]
    assert written["convention"] == "paper"
    training = written["training"]
    assert training["config"]["seed"] == 3
    assert training["started_from"] == "a registered name"
    assert training["data"]["name"] == "digits"
    assert training["versions"]["keras"] == keras.__version__
    assert training["result"]["seconds_per_step"] > 0
    rows = (folder / "history.csv").read_text().splitlines()
    assert len(list(csv.DictReader(rows))) == 2
    # Chance is 0.1.
    assert training["result"]["test_accuracy"] > 0.3


def test_best_checkpoint_is_the_model_that_was_measured(trained, digits):
    result, folder = trained
    loaded = keras_deep.load(folder / "best.keras")
    assert keras_deep.card(loaded).to_dict() == json.loads(
        (folder / "result.json").read_text()
    )
    loaded.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    _, accuracy = loaded.evaluate(digits.test, verbose=0)
    measured = result.card.training["result"]
    assert accuracy == pytest.approx(measured["test_accuracy"], abs=1e-6)
    best = max(result.history["val_accuracy"])
    assert measured["validation_accuracy"] == pytest.approx(best)


def test_equal_seeds_give_equal_weights():
    network = ("DenseNetBC", {"blocks": (1,), "growth_rate": 4})

    def weights(seed):
        data = {"name": "digits", "seed": seed, "batch_size": 64}
        config = Config(epochs=1, seed=seed)
        return fit(network, data, config).model.get_weights()

    first, second, other = weights(1), weights(1), weights(2)
    for a, b in zip(first, second):
        np.testing.assert_array_equal(a, b)
    assert any(not np.array_equal(a, b) for a, b in zip(first, other))


def test_keeps_the_weights_of_the_best_epoch_in_memory(digits, network):
    seen = []

    class Remember(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((logs["val_accuracy"], self.model.get_weights()))

    result = fit(network, digits, CONFIG, callbacks=[Remember()])
    best = result.card.training["result"]["best_epoch"]
    for a, b in zip(result.model.get_weights(), seen[best - 1][1]):
        np.testing.assert_array_equal(a, b)
    assert seen[best - 1][0] == max(accuracy for accuracy, _ in seen)


@pytest.mark.parametrize(
    "number, kind",
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)],
)
def test_interrupt_leaves_a_usable_checkpoint(
    tmp_path, digits, network, number, kind
):
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                os.kill(os.getpid(), number)

    handler = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt, match="step 3 of .*--force") as error:
        fit(network, digits, CONFIG, tmp_path, callbacks=[Interrupt()])
    assert type(error.value) is kind
    assert signal.getsignal(number) is handler
    loaded = keras_deep.load(tmp_path / "last.keras")
    scores = loaded.predict(np.zeros((2, 8, 8, 1), "float32"), verbose=0)
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-5)
    assert not (tmp_path / "result.json").exists()
    assert keras_deep.preprocessing_for(loaded) == digits.preprocessing


def test_builds_a_name_a_function_or_takes_a_model(digits):
    def build():
        return keras_deep.DenseNetBC(
            blocks=(1,), growth_rate=4, input_shape=(8, 8, 1)
        )

    config = Config(epochs=1, seed=0)
    assert fit(build, digits, config).card.builder == "DenseNetBC"
    model = build()
    assert fit(model, digits, config).model is model
    stock = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    result = fit(stock, digits, config)
    # A model without activation at its end gives logits.
    assert result.card.training["result"]["test_accuracy"] > 0.3


def test_wrong_models_are_errors(digits):
    with pytest.raises(ValueError, match="Expected a model from images"):
        fit(("DenseNetBC", {"blocks": (1,), "classes": 7}), digits)
    with pytest.raises(ValueError, match="Expected `build`"):
        fit(3, digits)


def test_the_global_precision_is_obeyed_and_written(digits, network):
    keras.config.set_dtype_policy("mixed_bfloat16")
    result = fit(network, digits, Config(epochs=1, seed=0))
    assert result.model.get_layer("conv1_conv").compute_dtype == "bfloat16"
    written = result.card.training["config"]["precision"]
    assert written == "mixed_bfloat16"


@pytest.mark.parametrize(
    "everywhere, asked",
    [("float32", "mixed_bfloat16"), ("mixed_bfloat16", "float32")],
)
def test_the_precision_that_is_asked_for_goes_first(
    digits, network, everywhere, asked
):
    keras.config.set_dtype_policy(everywhere)
    model, used = build_in_precision(network, digits, asked)
    policy = keras.dtype_policies.get(asked)
    found = model.get_layer("conv1_conv").compute_dtype
    assert (used, found) == (asked, policy.compute_dtype)
    assert keras.config.dtype_policy().name == everywhere


def test_a_ready_model_of_another_precision_is_refused(digits, linear):
    with pytest.raises(ValueError, match="computes in 'float32'"):
        fit(linear, digits, Config(epochs=1, precision="mixed_float16"))
    # Whatever the global policy is now.
    keras.config.set_dtype_policy("mixed_bfloat16")
    result = fit(linear, digits, Config(epochs=1, seed=0))
    assert result.card.training["config"]["precision"] == "float32"


@pytest.mark.filterwarnings("error:Skipping variable")
def test_any_load_model_opens_a_run_in_half_precision(
    tmp_path, digits, network
):
    config = Config(epochs=1, precision="mixed_float16")
    result = fit(network, digits, config, output=tmp_path)
    for load in (keras.models.load_model, keras_deep.load):
        optimizer = load(tmp_path / "best.keras").optimizer
        for ours, theirs in zip(
            optimizer.variables, result.model.optimizer.variables, strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)


class CountsTraces(keras.layers.Layer):
    """Counts how often Python, that is a trace, calls it in training."""

    traces = 0

    def call(self, inputs, training=False):
        CountsTraces.traces += bool(training)
        return inputs


@only_tensorflow("TensorFlow traces twice")
@pytest.mark.parametrize("classes", [10, 2])
@pytest.mark.parametrize("ema", [None, 0.9])
def test_a_step_is_traced_once(classes, ema):
    data = load_digits()
    if classes == 2:
        data = dataclasses.replace(
            data,
            classes=2,
            class_names=None,
            train=data.train.map(lambda x, y: (x, y % 2)),
            validation=None,
            test=data.test.map(lambda x, y: (x, y % 2)),
        )
    outputs, activation = (10, "softmax") if classes == 10 else (1, "sigmoid")
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            CountsTraces(),
            keras.layers.Flatten(),
            keras.layers.Dense(outputs, activation),
        ]
    )
    CountsTraces.traces = 0
    fit(model, data, Config(epochs=2, ema=ema))
    assert CountsTraces.traces == 1
