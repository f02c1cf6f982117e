"""keras-tuner's four oracles, within a budget and limits, and resumable."""

import copy
import warnings

import numpy as np
from keras_tuner import oracles

from keras_deep.tuning.oracle_state import Searching

# Random candidates among which the best one is looked for.
_DRAWN = 200


class Random(Searching, oracles.RandomSearchOracle):
    """Draws every candidate at random."""


class Hyperband(Searching, oracles.HyperbandOracle):
    """Gives more epochs to the better ones of many candidates."""


class Bayesian(Searching, oracles.BayesianOptimizationOracle):
    """Models the objective by a Gaussian process."""

    def populate_space(self, trial_id):
        """Returns the values of a new trial, alike in a continued search."""
        self._random_state = np.random.RandomState(
            (self.seed + len(self.trials)) % 2**32
        )
        with warnings.catch_warnings():
            # Of a likelihood that has no sharp maximum, as with few trials.
            warnings.filterwarnings("ignore", module="sklearn")
            found = super().populate_space(trial_id)
        if found["status"] == "RUNNING" and found["values"] is None:
            return {"status": "STOPPED", "values": None}
        return found

    def _vector_to_values(self, vector):
        values = super()._vector_to_values(vector)
        if not self._duplicate(values) and self.fits(values):
            return values
        return self._best_that_fits() or self._random_values()

    def _best_that_fits(self):
        """Returns the most promising random candidate within the limits.

        The optimum of the model may be over a limit, and would be so again.
        """
        drawn = [values for _ in range(_DRAWN) if (values := self.drawn())]
        if not drawn:
            return None
        points = [
            [
                entry.value_to_prob(values.get(entry.name, entry.default))
                for entry in self._nonfixed_space()
            ]
            for values in drawn
        ]
        mean, deviation = self.gpr.predict(np.array(points), return_std=True)
        order = np.argsort(mean - self.beta * deviation, kind="stable")
        return next((drawn[i] for i in order if self.fits(drawn[i])), None)


class Grid(Searching, oracles.GridSearchOracle):
    """Tries all combinations, the default first."""

    def _get_next_combination(self, values):
        values = super()._get_next_combination(values)
        while values is not None and not self.fits(values):
            values = super()._get_next_combination(values)
        return values

    def get_state(self):
        """Returns the state with the order, which keras-tuner leaves out."""
        ordered, index = [], 0 if self.trials else None
        while index is not None:
            ordered.append(self._ordered_ids._memory[index])
            index = self._ordered_ids._next_index[index]
        grid = {"ordered": ordered, "next": copy.copy(self._populate_next)}
        return {**super().get_state(), "grid": grid}

    def set_state(self, state):
        """Restores what `get_state` returned."""
        super().set_state(state)
        for trial_id in state["grid"]["ordered"]:
            self._ordered_ids.insert(trial_id)
        self._populate_next = state["grid"]["next"]


def make_oracle(tuner, objective, seed, epochs):
    """Returns a new oracle.

    Args:
        tuner: key of `keras_deep.utils.search.TUNERS`.
        objective: string or `keras_tuner.Objective`.
        seed: int.
        epochs: int, those of a full training.

    Raises:
        ImportError: if a package for it is missing.
    """
    # keras-tuner takes 0 for none.
    common = {"objective": objective, "seed": seed + 1}
    # One that fails is recorded, and the search goes on.
    common["max_consecutive_failed_trials"] = None
    if tuner == "hyperband":
        return Hyperband(max_epochs=epochs, hyperband_iterations=None, **common)
    # The budget is ours.
    return _KINDS[tuner](max_trials=None, **common)


_KINDS = {"random": Random, "bayesian": Bayesian, "grid": Grid}
