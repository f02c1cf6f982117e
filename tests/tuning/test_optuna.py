"""Studies of Optuna, as its users know it."""

import dataclasses
import sys

import optuna
import pytest

import keras_deep
from keras_deep import data
from keras_deep import training
from keras_deep.training import Config
from keras_deep.tuning import Choice
from keras_deep.tuning import Floats
from keras_deep.tuning import optuna_objective
from keras_deep.utils.errors import Diverged

COMPLETE = optuna.trial.TrialState.COMPLETE
FAIL = optuna.trial.TrialState.FAIL
PRUNED = optuna.trial.TrialState.PRUNED
CONFIG = Config(epochs=2, schedule="cosine", seed=3)
TINY = {"depth": 2, "search": ["units", "transform_bias"]}
FIXED = {"blocks": (1,), "dropout_rate": 0.0, "compression": 0.5}


@pytest.fixture(autouse=True)
def quiet():
    optuna.logging.set_verbosity(optuna.logging.ERROR)


@pytest.fixture(scope="module")
def digits():
    return data.load("digits", seed=0, batch_size=64)


def study_of(**arguments):
    sampler = optuna.samplers.RandomSampler(seed=0)
    return optuna.create_study(
        direction="maximize", sampler=sampler, **arguments
    )


def objective_of(images, config=CONFIG, **arguments):
    arguments.setdefault("search", {"growth_rate": [4, 6]})
    return optuna_objective("DenseNetBC", images, config, **FIXED, **arguments)


def test_a_trial_is_a_training_that_is_not_tested(digits, tmp_path):
    poisoned = dataclasses.replace(digits, test="not to be looked at")
    objective = optuna_objective("HighwayMLP", poisoned, CONFIG, **TINY)
    # Two calls go on with one study, which another process might make.
    storage = f"sqlite:///{tmp_path}/study.db"
    for _ in range(2):
        study = study_of(
            storage=storage, study_name="digits", load_if_exists=True
        )
        study.optimize(objective, n_trials=1)
    assert [trial.state for trial in study.trials] == [COMPLETE] * 2
    best = objective.candidate(study.best_trial)
    result = training.fit(
        (best.name, best.arguments), digits, best.config(CONFIG)
    )
    assert study.best_value == max(result.history["val_accuracy"])
    attributes = study.best_trial.user_attrs
    trainable = keras_deep.profile(result.model).total.trainable
    assert attributes["parameters"] == trainable
    measured = result.card.training["result"]
    assert attributes["best_epoch"] == measured["best_epoch"]
    assert set(attributes) == {"parameters", "best_epoch", "seconds"}
    reported = study.best_trial.intermediate_values
    assert list(reported.values()) == result.history["val_accuracy"]
    assert list(reported) == [0, 1]


class PrunesAll(optuna.pruners.BasePruner):
    def prune(self, study, trial):
        return True


def test_the_pruner_stops_after_an_epoch(digits):
    study = study_of(pruner=PrunesAll())
    objective = optuna_objective("HighwayMLP", digits, CONFIG, **TINY)
    study.optimize(objective, n_trials=1)
    (trial,) = study.trials
    assert trial.state == PRUNED and list(trial.intermediate_values) == [0]
    assert trial.value == trial.intermediate_values[0]


@pytest.fixture
def untrained(monkeypatch):
    """What trials would be trained with, instead of a training."""
    calls = []
    module = sys.modules[optuna_objective.__module__]

    def fit(build, images, config, callbacks):
        calls.append((build, images, config))
        raise Diverged("Expected finite losses. Received: NaN in step 3.")

    monkeypatch.setattr(module, "fit", fit)
    return calls


def test_candidates_over_a_limit_are_pruned_without_a_training(
    digits, untrained
):
    small = keras_deep.DenseNetBC(
        growth_rate=4, input_shape=(8, 8, 1), classes=10, blocks=(1,)
    )
    most = keras_deep.profile(small).total.trainable
    search = {"growth_rate": [4, 64]}
    objective = objective_of(digits, search=search, max_parameters=most)
    study = study_of()
    study.enqueue_trial({"growth_rate": 64})
    study.optimize(objective, n_trials=1)
    (trial,) = study.trials
    assert trial.state == PRUNED and not untrained
    assert f"over max_parameters={most:,}" in trial.user_attrs["reason"]
    with pytest.raises(ValueError, match="Expected the default configuration"):
        objective_of(digits, search=search, max_parameters=most - 1)


def test_what_diverges_fails_and_the_study_goes_on(digits, untrained):
    study = study_of()
    study.optimize(objective_of(digits), n_trials=2)
    assert [trial.state for trial in study.trials] == [FAIL] * 2
    reason = "Expected finite losses. Received: NaN in step 3."
    assert all(t.user_attrs == {"reason": reason} for t in study.trials)


def test_what_cannot_be_built_fails(digits, untrained):
    objective = objective_of(digits, search={"growth_rate": [4, -4]})
    study = study_of()
    study.enqueue_trial({"growth_rate": -4})
    study.optimize(objective, n_trials=1)
    assert study.trials[0].state == FAIL and not untrained
    assert "growth_rate=-4" in study.trials[0].user_attrs["reason"]


def test_values_reach_the_training(untrained):
    given = {"name": "digits", "seed": 0, "batch_size": 64, "augment": None}
    search = {
        "growth_rate": [4, 6],
        "learning_rate": Floats(0.01, 0.1, log=True),
        "optimizer": ["sgd", "adam"],
        "momentum": [0.5, 0.6],
        "batch_size": [16, 32],
        "augment": Choice([None, "crop1"]),
    }
    config = dataclasses.replace(CONFIG, momentum=0.7)
    objective = objective_of(given, config, search=search)
    study = study_of()
    study.optimize(objective, n_trials=6)
    assert {t.params["optimizer"] for t in study.trials} == {"sgd", "adam"}
    for trial, (build, images, config) in zip(study.trials, untrained):
        params = trial.params
        assert ("momentum" in params) == (params["optimizer"] == "sgd")
        assert build[1]["growth_rate"] == params["growth_rate"]
        assert build[1]["blocks"] == (1,)
        assert config.learning_rate == params["learning_rate"]
        assert config.optimizer == params["optimizer"]
        assert config.momentum == params.get("momentum", 0.9)
        assert config.epochs == 2 and images.test is None
        (x, _), *_ = images.train
        assert len(x) == params["batch_size"] == images.arguments["batch_size"]
        augment = {"null": None}.get(params["augment"], params["augment"])
        assert images.arguments["augment"] == augment
        assert images.arguments["seed"] == 0


def test_refused(digits):
    with pytest.raises(ValueError, match="`objective`.*Did you mean 'val_acc"):
        objective_of(digits, objective="val_acuracy")
    with pytest.raises(ValueError, match="dict of arguments.*'batch_size' is"):
        objective_of(digits, search={"batch_size": [8, 16]})
    none = dataclasses.replace(digits, validation=None)
    with pytest.raises(ValueError, match="validation images for objective"):
        objective_of(none)
    loss = objective_of(digits, objective="val_loss")
    with pytest.raises(ValueError, match="direction='minimize' for.*'maximize"):
        study_of().optimize(loss, n_trials=1)
