"""Hypermodels in keras-tuner, as its users know it."""

import json
import os
import pathlib
import subprocess
import sys

import keras
import keras_tuner
import numpy as np
import pytest
from keras_tuner.errors import FatalValueError

import keras_deep
from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of
from keras_deep.training import Config
from keras_deep.tuning import Limits
from keras_deep.tuning import hypermodel
from tests.support.backends import only_tensorflow
from tests.support.small import batch
from tests.support.small import small_arguments
from tests.support.small import small_model

ROOT = pathlib.Path(__file__).parents[2]
BUILDERS = [
    name for name in keras_deep.list_models() if entry_of(name).builder == name
]
NAMES = ["learning_rate", "transform_bias"]
TINY = {"depth": 2, "units": 4, "input_shape": (8, 8, 1), "classes": 10}
SMALL = {"input_shape": (8, 8, 1), "classes": 10, "blocks": (1,)}


@pytest.fixture
def arrays(rng):
    """Images and classes for training and validation."""
    x = rng.standard_normal((48, 8, 8, 1)).astype("float32")
    return x, np.arange(48) % 10


@pytest.fixture
def small():
    """A hypermodel of a network that trains at once."""
    return hypermodel("DenseNetBC", search={"growth_rate": [4, 6]}, **SMALL)


def statuses(tuner):
    return [trial.status for trial in tuner.oracle.trials.values()]


def random_search(model, folder, **arguments):
    given = {"objective": "val_accuracy", "max_trials": 2, "seed": 0}
    return keras_tuner.RandomSearch(
        model, directory=folder, project_name="p", **{**given, **arguments}
    )


def check_search_of(name, folder):
    """Searches as a stock user would, and loads the best model."""
    arguments, known = small_arguments(name), arguments_of(name, {})
    x, y = batch(name, small_model(name))
    objective = "val_loss"
    if "classes" in known:
        objective = "val_accuracy"
        y = np.arange(len(x)) % max(arguments.get("classes", 1), 2)
    tuner = random_search(
        keras_deep.tuning.hypermodel(name, **arguments),
        folder,
        objective=objective,
    )
    tuner.search(x, y, validation_data=(x, y), epochs=1, verbose=0)
    assert set(statuses(tuner)) == {"COMPLETED"}
    best = tuner.get_best_models()[0]
    measured = best.evaluate(x, y, verbose=0, return_dict=True)
    (trial,) = tuner.oracle.get_best_trials()
    wanted = measured[objective.removeprefix("val_")]
    assert wanted == pytest.approx(trial.score, rel=1e-4)
    assert keras_deep.card(best).builder == name


@pytest.mark.parametrize(
    "name",
    [
        name
        if name in ("CifarResNet", "DenseNetBC", "HighwayMLP")
        else pytest.param(name, marks=pytest.mark.proof)
        for name in BUILDERS
    ],
)
@pytest.mark.filterwarnings("ignore:Skipping variable loading:UserWarning")
def test_random_search_of(name, tmp_path):
    check_search_of(name, tmp_path)


@pytest.mark.filterwarnings("ignore:Skipping variable loading:UserWarning")
def test_hyperband_hands_weights_on(arrays, tmp_path):
    model = hypermodel("HighwayMLP", search=NAMES, **TINY)
    tuner = keras_tuner.Hyperband(
        model, "val_accuracy", max_epochs=2, factor=2, directory=tmp_path
    )
    tuner.search(*arrays, validation_data=arrays, verbose=0)
    assert set(statuses(tuner)) == {"COMPLETED"}
    trials = tuner.oracle.trials.values()
    later = [t for t in trials if "tuner/trial_id" in t.hyperparameters]
    assert later and len(later) < len(trials)


@pytest.mark.filterwarnings("ignore:The optimal value found for dimension")
def test_bayesian_optimization(arrays, tmp_path):
    model = hypermodel("HighwayMLP", search=NAMES, **TINY)
    tuner = keras_tuner.BayesianOptimization(
        model,
        "val_accuracy",
        max_trials=3,
        num_initial_points=2,
        directory=tmp_path,
    )
    tuner.search(*arrays, epochs=1, validation_data=arrays, verbose=0)
    assert statuses(tuner) == ["COMPLETED"] * 3
    trials = tuner.oracle.trials.values()
    found = {str(model.values(trial.hyperparameters)) for trial in trials}
    assert len(found) == 3


def test_rejected_candidates_cost_a_slot_and_no_training(arrays, tmp_path):
    most = keras_deep.HighwayMLP(**TINY).count_params()
    given = {**TINY, "units": None, "transform_bias": -1.0}
    search = {"units": [4, 5, 6, 7]}
    model = hypermodel(
        "HighwayMLP", search=search, max_parameters=most, **given
    )
    trained = []
    tuner = keras_tuner.GridSearch(
        model,
        objective="val_accuracy",
        directory=tmp_path,
        max_consecutive_failed_trials=9,
    )
    fit = model.fit
    model.fit = lambda hp, *args, **kwargs: (
        trained.append(hp["units"]) or fit(hp, *args, **kwargs)
    )
    tuner.search(*arrays, epochs=1, validation_data=arrays, verbose=0)
    assert statuses(tuner) == ["COMPLETED"] + ["FAILED"] * 3
    assert trained == [4]
    message = list(tuner.oracle.trials.values())[1].message
    assert f"parameters, over max_parameters={most:,}" in message


def test_models_are_compiled_as_the_settings_say(small):
    hp = keras_tuner.HyperParameters()
    model = small.build(hp)
    assert hp.values == small.space.defaults()
    assert isinstance(model.optimizer, keras_deep.optimizers.SGD)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.1)
    assert model.optimizer.built and model.loss.name.startswith("sparse")
    assert small.name == "DenseNetBC" and small.limits == Limits()

    config = Config(optimizer="adamw", learning_rate=1e-3, decay="kernels")
    search = {
        "growth_rate": 4,
        "schedule": ["cosine"],
        "label_smoothing": [0.1],
        "precision": "mixed_bfloat16",
    }
    other = hypermodel(
        "DenseNetBC", search=search, config=config, steps=100, **SMALL
    )
    model = other.build(keras_tuner.HyperParameters())
    assert model.compute_dtype == "bfloat16"
    assert keras.config.dtype_policy().name == "float32"
    schedule = model.optimizer.get_config()["learning_rate"]["config"]
    assert (schedule["warmup_steps"], schedule["decay_steps"]) == (5, 95)
    gamma = next(v for v in model.trainable_variables if "gamma" in v.path)
    assert not model.optimizer._use_weight_decay(gamma)
    # A twentieth, at most, of the class's own share of a smoothed label.
    y, p = np.array([0]), np.eye(10, dtype="float32")[:1] * 0.9 + 0.01
    assert model.loss(y, p) > keras.losses.SparseCategoricalCrossentropy()(y, p)


def test_searched_batch_size_is_used(arrays):
    search = {"growth_rate": 4, "batch_size": [12, 48]}
    model = hypermodel("DenseNetBC", search=search, **SMALL)
    hp = keras_tuner.HyperParameters()
    built = model.build(hp)
    x, y = arrays
    for size in (12, 48):
        hp.values["batch_size"] = size
        before = int(built.optimizer.iterations)
        model.fit(hp, built, x, y, verbose=0)
        assert int(built.optimizer.iterations) - before == 48 // size
    for given, named in (
        ((x, y, 8), {}),
        ((keras_deep.data.load("digits").train,), {}),
        ((), {"x": x, "y": y, "batch_size": 8}),
    ):
        with pytest.raises(FatalValueError, match="no other `batch_size`"):
            model.fit(hp, built, *given, **named)


@pytest.mark.parametrize(
    "search, advice",
    [
        ({"augment": [None, "standard"]}, "`tuning.search` trains with all"),
        ({"schedule": ["cosine", "step"]}, "the `steps` of a training"),
        ({"boundaries": [[0.3], [0.5]]}, "the `steps` of a training"),
    ],
)
def test_what_has_no_effect_is_refused(search, advice, arrays):
    model = hypermodel("DenseNetBC", search=search, **SMALL)
    with pytest.raises(FatalValueError, match=advice):
        model.fit(keras_tuner.HyperParameters(), None, *arrays)


def test_builders_arguments_of_such_names_are_searched(rng):
    model = hypermodel("SwapoutResNet", **small_arguments("SwapoutResNet"))
    assert "model.schedule" in model.space
    x, y = batch("SwapoutResNet", small_model("SwapoutResNet"))
    hp = keras_tuner.HyperParameters()
    history = model.fit(hp, model.build(hp), x, y, verbose=0).history
    assert np.isfinite(history["loss"][0])


MIRRORED = """
import json, sys
import keras_deep.tuning
assert not {"keras_tuner", "optuna"} & set(sys.modules)
import keras_tuner, numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
model = keras_deep.tuning.hypermodel(
    "CifarResNet", input_shape=(8, 8, 1), classes=10, blocks=(1,),
    max_parameters=10**6,
)
tuner = keras_tuner.GridSearch(
    model, "val_accuracy", max_trials=1, directory=sys.argv[1],
    distribution_strategy=strategy,
)
x = np.random.default_rng(0).standard_normal((48, 8, 8, 1)).astype("float32")
y = np.arange(48) % 10
tuner.search(x, y, batch_size=24, validation_data=(x, y), epochs=1, verbose=0)
best = tuner.get_best_models()[0]
plain = model.build(tuner.get_best_hyperparameters()[0])
plain.set_weights(best.get_weights())
print(json.dumps({
    "status": [t.status for t in tuner.oracle.trials.values()],
    "replicas": strategy.num_replicas_in_sync,
    "mirrored": type(best.trainable_variables[0].value).__name__,
    "two": best.evaluate(x, y, batch_size=24, verbose=0),
    "one": plain.evaluate(x, y, verbose=0),
}))
"""


@only_tensorflow("A strategy of TensorFlow.")
def test_two_devices(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MIRRORED, tmp_path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["status"] == ["COMPLETED"] and found["replicas"] == 2
    assert found["mirrored"] == "MirroredVariable"
    assert found["two"] == pytest.approx(found["one"], abs=1e-5)
