"""An objective for Optuna's studies of registered networks."""

import gc
import math

from keras_deep.training.config import Config
from keras_deep.training.data import load_data
from keras_deep.training.fit import fit
from keras_deep.tuning.asking import from_optuna
from keras_deep.tuning.candidates import candidates
from keras_deep.tuning.limits import Limits
from keras_deep.tuning.reporting import Reporting
from keras_deep.tuning.trial_data import TrialData
from keras_deep.utils.checks import check_one_of
from keras_deep.utils.errors import Diverged
from keras_deep.utils.extras import require

OBJECTIVES = ("val_accuracy", "val_loss", "accuracy", "loss")


def optuna_objective(
    name,
    data,
    config=None,
    search=None,
    objective="val_accuracy",
    recipe=False,
    max_parameters=None,
    max_multiply_adds=None,
    max_activation_memory=None,
    max_latency=None,
    **arguments,
):
    """Returns a function for `study.optimize` of Optuna.

    A trial trains by `training.fit`, without looking at the test images, and
    its value is that of its best epoch. After every epoch it reports to the
    study's pruner. A candidate over a limit is pruned without a training. One
    whose losses are not finite, or which cannot be built, gives NaN, which is
    a failed trial for Optuna, and the study goes on. `trial.user_attrs` has
    the `reason` of both, and else `parameters`, `best_epoch` and `seconds`.
    All other errors end the study, unless its argument `catch` has them.

    Example:

    ```python
    objective = keras_deep.tuning.optuna_objective(
        "DenseNetBC", {"name": "cifar10"}, training.Config(epochs=30)
    )
    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=20)
    best = objective.candidate(study.best_trial)
    ```

    Args:
        name: string, a registered network.
        data: `Data` of `keras_deep.data.load`, or a dict of its arguments.
        config: `training.Config` with the settings that are not searched.
        search: see `tuning.hypermodel`.
        objective: `"val_accuracy"` or `"accuracy"`, to be maximized, or
            `"val_loss"` or `"loss"`, to be minimized.
        recipe: see `tuning.hypermodel`.
        max_parameters: see `tuning.Limits`.
        max_multiply_adds: see `tuning.Limits`.
        max_activation_memory: see `tuning.Limits`.
        max_latency: see `tuning.Limits`.
        **arguments: other arguments of the builder, which are not searched.

    Returns:
        `Objective`.

    Raises:
        ImportError: if Optuna is not installed.
        TypeError: if the builder has no such argument.
        ValueError: if an argument is invalid, or the default configuration
            cannot be built or is over a limit.
    """
    require("optuna", "optuna")
    check_one_of(OBJECTIVES, objective=objective)
    limits = Limits(
        max_parameters, max_multiply_adds, max_activation_memory, max_latency
    )
    loaded = load_data((name, arguments), data)
    trial_data = TrialData(data, loaded)
    given = {**trial_data.arguments(name), **arguments}
    found = candidates(
        name, given, search, recipe, config, limits, trial_data.batch_size
    )
    trial_data.check(found)
    if objective.startswith("val_") and loaded.validation is None:
        raise ValueError(
            f"Expected validation images for objective={objective!r}. "
            f"Received: {loaded.name!r} without; `validation` of `data.load` "
            "holds some out."
        )
    return Objective(found, trial_data, config or Config(), objective)


class Objective:
    """Trains the candidates of Optuna's trials.

    Args:
        candidates: `Candidates`.
        data: `TrialData`.
        config: `Config`.
        objective: string, one of `OBJECTIVES`.
    """

    def __init__(self, candidates, data, config, objective):
        self.candidates = candidates
        self.data = data
        self.config = config
        self.objective = objective

    @property
    def space(self):
        """The `Space`."""
        return self.candidates.space

    def candidate(self, trial):
        """Returns the `Candidate` of a trial, such as `study.best_trial`."""
        return self.candidates.candidate(from_optuna(self.space, trial))

    def __call__(self, trial):
        """Trains a candidate.

        Args:
            trial: `optuna.trial.Trial`.

        Returns:
            Float, the value of the best epoch, or NaN.

        Raises:
            optuna.TrialPruned: if it is over a limit, or the pruner says so.
            ValueError: if the study has the other direction.
        """
        import optuna

        self._check_direction(trial)
        candidate = self.candidate(trial)
        try:
            reason = self.candidates.reason(candidate)
        except ValueError as error:
            return _failed(trial, error)
        if reason is not None:
            trial.set_user_attr("reason", reason)
            raise optuna.TrialPruned(reason)
        report = Reporting(trial, self.objective)
        try:
            result = fit(
                (candidate.name, candidate.arguments),
                self.data.of(candidate),
                candidate.config(self.config),
                callbacks=[report],
            )
        except Diverged as error:
            return _failed(trial, error)
        measured = result.card.training["result"]
        parameters = result.model.trainable_weights
        count = sum(math.prod(weight.shape) for weight in parameters)
        trial.set_user_attr("parameters", count)
        for key in ("best_epoch", "seconds"):
            trial.set_user_attr(key, measured[key])
        best = max if self._rises else min
        value = float(best(result.history[self.objective]))
        del result, parameters
        gc.collect()  # Models are cycles of layers.
        if report.pruned:
            raise optuna.TrialPruned(
                f"The pruner stopped it after epoch {report.epochs}."
            )
        return value

    @property
    def _rises(self):
        return self.objective.endswith("accuracy")

    def _check_direction(self, trial):
        study = getattr(trial, "study", None)  # A `FixedTrial` has none.
        wanted = "maximize" if self._rises else "minimize"
        if study is not None and study.direction.name.lower() != wanted:
            raise ValueError(
                f"Expected a study with direction={wanted!r} for "
                f"objective={self.objective!r}. Received: "
                f"{study.direction.name.lower()!r}"
            )


def _failed(trial, error):
    """Notes why a trial failed; a value of NaN is a failed trial."""
    trial.set_user_attr("reason", str(error))
    return float("nan")
