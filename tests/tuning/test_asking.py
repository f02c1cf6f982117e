"""One space in keras-tuner and in Optuna."""

import keras_tuner
import optuna
import pytest

from keras_deep.tuning import Choice
from keras_deep.tuning import Floats
from keras_deep.tuning import Integers
from keras_deep.tuning import Space
from keras_deep.tuning import from_keras_tuner
from keras_deep.tuning import from_optuna
from keras_deep.tuning.asking import declare
from keras_deep.tuning.space import is_active
from keras_deep.tuning.space import values_of

SPACE = Space(
    {
        "blocks": Choice([[3, 3, 3], [5, 5, 5]]),
        "shortcut": Choice([None, "A", "null"]),
        "flag": Choice([True, False]),
        "optimizer": Choice(["adam", "sgd"]),
        "momentum": Choice([0.8, 0.9], when={"optimizer": ["sgd"]}),
        "nesterov": Choice([False, True], when={"momentum": [0.9]}),
        "width": Integers(2, 10, step=4),
        "units": Integers(1, 64, log=True),
        "rate": Floats(1e-4, 1.0, log=True),
        "dropout": Floats(0.0, 0.5, step=0.1),
        "of_five": Choice([1, 2], when={"blocks": [[5, 5, 5]]}),
    }
)


def check(point):
    """Every value is one of its entry, and inactive ones are left out."""
    for name, entry in SPACE.entries.items():
        assert (name in point) == is_active(entry, point), (name, point)
        if name not in point:
            continue
        value = point[name]
        if isinstance(entry, Floats):
            assert entry.low <= value <= entry.high
            assert entry.grid is None or value in entry.grid
        else:
            kinds = [(type(v), v) for v in values_of(entry)]
            assert (type(value), value) in kinds


class Nothing(keras_tuner.HyperModel):
    """Builds nothing: only the oracle is asked."""

    def build(self, hp):
        from_keras_tuner(SPACE, hp)


@pytest.fixture
def oracle():
    """A random oracle that knows the space."""
    found = keras_tuner.oracles.RandomSearchOracle(
        objective=keras_tuner.Objective("x", "max"), max_trials=99, seed=0
    )
    hp = found.get_space()
    declare(SPACE, hp)
    found.update_space(hp)
    return found


def test_points_of_keras_tuner(oracle):
    seen = []
    for number in range(40):
        hp = oracle.get_space()
        hp.values = oracle.populate_space(str(number))["values"]
        before = len(hp.space)
        seen.append(from_keras_tuner(SPACE, hp))
        check(seen[-1])
        # Nothing was missing, and keras-tuner has only what is active.
        assert len(hp.space) == before and set(hp.values) == set(seen[-1])
    for name in SPACE:
        assert len({str(point.get(name)) for point in seen}) > 1, name


def test_keras_tuner_shows_conditions_and_simple_values(oracle):
    entries = {hp.name: hp for hp in oracle.get_space().space}
    assert list(entries) == list(SPACE)
    assert entries["blocks"].values == ["[3, 3, 3]", "[5, 5, 5]"]
    # "null" would stand for two of them.
    assert entries["shortcut"].values == ["null", '"A"', '"null"']
    assert entries["flag"].values == ["true", "false"]
    assert entries["optimizer"].values == ["adam", "sgd"]
    assert entries["dropout"].values == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert entries["units"].sampling == entries["rate"].sampling == "log"
    conditions = [(c.name, c.values) for c in entries["nesterov"].conditions]
    assert conditions == [("optimizer", ["sgd"]), ("momentum", [0.9])]
    (condition,) = entries["of_five"].conditions
    assert condition.values == ["[5, 5, 5]"]


def test_fresh_hyperparameters_have_the_defaults():
    hp = keras_tuner.HyperParameters()
    assert from_keras_tuner(SPACE, hp) == SPACE.defaults()
    # What the user has set counts.
    hp = keras_tuner.HyperParameters()
    hp.Fixed("width", 3)
    assert from_keras_tuner(SPACE, hp) == {**SPACE.defaults(), "width": 3}
    again = keras_tuner.HyperParameters.from_config(hp.get_config())
    assert from_keras_tuner(SPACE, again) == from_keras_tuner(SPACE, hp)


def test_a_tuner_builds_once_to_know_the_space(tmp_path):
    """It tries values for conditions that it has not seen fulfilled."""
    built = []

    class Declared(Nothing):
        def declare_hyperparameters(self, hp):
            declare(SPACE, hp)

        def build(self, hp):
            built.append(dict(hp.values))
            from_keras_tuner(SPACE, hp)

    arguments = {"directory": tmp_path, "max_trials": 1, "objective": "loss"}
    keras_tuner.RandomSearch(Declared(), **arguments)
    assert len(built) == 1


def test_points_of_optuna():
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    seen = []
    for _ in range(40):
        trial = study.ask()
        seen.append(from_optuna(SPACE, trial))
        check(seen[-1])
        study.tell(trial, 0.0)
        # A finished trial gives its point again.
        assert from_optuna(SPACE, study.trials[-1]) == seen[-1]
    for name in SPACE:
        assert len({str(point.get(name)) for point in seen}) > 1, name
    fixed = optuna.trial.FixedTrial(study.trials[0].params)
    assert from_optuna(SPACE, fixed) == seen[0]
