"""What a search was asked for, checked, and the same in all its processes."""

import dataclasses
import os
import random

from keras_deep.training.build import image_shape
from keras_deep.training.config import Config
from keras_deep.training.data import load_data
from keras_deep.training.run_call import call_of
from keras_deep.tuning.hypermodel import hypermodel
from keras_deep.utils.checks import check_numbers
from keras_deep.utils.checks import check_one_of
from keras_deep.utils.checks import check_sizes
from keras_deep.utils.json_text import json_text
from keras_deep.utils.json_text import parse_json
from keras_deep.utils.tuners import TUNERS


@dataclasses.dataclass(frozen=True)
class Request:
    """The arguments of `search` that decide its trials.

    Args:
        model: registered name, or what `hypermodel` returns.
        data: as in `training.fit`.
        config: `Config`.
        tuner: one of `TUNERS`.
        objective: string or `keras_tuner.Objective`.
        seed: int, of the candidates that are drawn.
        options: dict of other arguments of `hypermodel`.
        strategy: as in `training.fit`.
        callbacks: sequence of Keras callbacks.
    """

    model: object
    data: object
    config: Config
    tuner: str
    objective: object
    seed: int
    options: dict
    strategy: object
    callbacks: tuple

    def __post_init__(self):
        check_one_of(TUNERS, tuner=self.tuner)
        strategy = self.strategy or self.config.strategy
        if strategy == "multi_worker" or "TF_CONFIG" in os.environ:
            raise ValueError(
                "Expected trials that one process each trains. Received: "
                f"strategy={strategy!r}"
                + " with TF_CONFIG"
                * ("TF_CONFIG" in os.environ)
                + ". `workers` (`--workers`) trains several trials at once; "
                "train the best one on several machines then."
            )
        if "KERASTUNER_ORACLE_IP" in os.environ:
            raise ValueError(
                "Expected `workers` (`--workers`) to give the number of "
                "processes, which are started here. Received: "
                "KERASTUNER_ORACLE_IP in the environment."
            )
        if self.config.iterations is not None:
            raise ValueError(
                "Expected `epochs`, as searches divide them. Received: "
                f"iterations={self.config.iterations}"
            )
        if not isinstance(self.model, str) and (
            given := [k for k, v in self.options.items() if v is not None]
        ):
            raise ValueError(
                f"Expected {given[0]!r} to be given to `tuning.hypermodel`, "
                "or `model` to be a registered name. Received: both a "
                f"hypermodel and {given[0]}={self.options[given[0]]!r}"
            )

    def open(self):
        """Loads the data, and returns the hypermodel, `Config` and objective.

        Raises:
            ValueError: if the hypermodel, or the objective, cannot be one.
        """
        objective = objective_of(self.objective)
        name, config = self.model, self.config
        made = not isinstance(name, str)
        data = load_data(name.candidates.name if made else name, self.data)
        if data.validation is None and objective.name.startswith("val_"):
            raise ValueError(
                "Expected validation images, or another objective than "
                f"{objective.name!r}. Received: none, with "
                f"validation={data.arguments.get('validation')!r}"
            )
        if made:
            own = name.candidates.config
            config = dataclasses.replace(
                own, epochs=config.epochs, seed=config.seed
            )
            return name, config, objective
        facts = {"input_shape": image_shape(data), "classes": data.classes}
        given = {**facts, "config": config, **self.options}
        return hypermodel(name, **given), config, objective

    def call(self, found, config, objective):
        """Returns what another call has to be the same in, data of JSON.

        Args:
            found: the hypermodel.
            config: `Config`.
            objective: `keras_tuner.Objective`.
        """
        chosen = found.candidates
        build = (chosen.name, chosen.arguments)
        searched = {
            "fixed": chosen.fixed,
            "limits": vars(chosen.limits),
            "space": {k: vars(v) for k, v in chosen.space.entries.items()},
            "tuner": self.tuner,
            "objective": [objective.name, objective.direction],
        }
        return {
            **call_of(build, self.data, config),
            "search": parse_json(json_text(searched)),
        }


def objective_of(given):
    """Returns a `keras_tuner.Objective`.

    Args:
        given: the same, or a string whose direction keras-tuner knows.

    Raises:
        ValueError: if it does not know that.
    """
    import keras_tuner
    from keras_tuner.engine import metrics_tracking

    if not isinstance(given, str):
        return given
    direction = metrics_tracking.infer_metric_direction(given)
    if direction is None:
        raise ValueError(
            "Expected `objective` to be 'val_accuracy', 'val_loss', "
            "'accuracy' or 'loss', or a `keras_tuner.Objective` that says "
            f"which direction is better. Received: objective={given!r}"
        )
    return keras_tuner.Objective(given, direction)


def budget_of(trials, max_seconds):
    """Returns the checked budget, of which the default is 20 trials.

    Raises:
        ValueError: if it is none.
    """
    if trials is not None:
        check_sizes(trials=trials)
    if max_seconds is None:
        return trials or 20, None
    check_numbers(max_seconds=max_seconds)
    if max_seconds <= 0:
        raise ValueError(
            "Expected `max_seconds` to be positive. Received: "
            f"max_seconds={max_seconds!r}"
        )
    return trials, max_seconds


def seeded(data, config, seed, recorded):
    """Returns data and configuration with a seed, and that of the search.

    Args:
        data: as in `training.fit`.
        config: `Config`.
        seed: int that decides candidates and trainings, or `None` for that of
            the configuration, else to draw one for the candidates only.
        recorded: int, the seed of the search that is continued, or `None`.
    """
    if seed is None:
        seed = config.seed
    config = dataclasses.replace(config, seed=seed)
    if seed is None:
        seed = random.randrange(2**31) if recorded is None else recorded
    if isinstance(data, dict) and data.get("seed") is None:
        data = {**data, "seed": seed}
    return data, config, seed
