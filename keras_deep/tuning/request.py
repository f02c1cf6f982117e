"""What a search was asked for, checked, and the same in all its processes."""

import dataclasses
import os

from keras_deep.training.config import Config
from keras_deep.training.data import load_data
from keras_deep.training.run_call import call_of
from keras_deep.tuning.candidates import candidates
from keras_deep.tuning.limits import Limits
from keras_deep.tuning.search_arguments import objective_of
from keras_deep.tuning.trial_data import TrialData
from keras_deep.utils.checks import check_one_of
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
        search: as in `hypermodel`.
        recipe: as in `hypermodel`.
        limits: `Limits`.
        arguments: dict of arguments of the builder that are not searched.
        strategy: as in `training.fit`.
        callbacks: sequence of Keras callbacks.
    """

    model: object
    data: object
    config: Config
    tuner: str
    objective: object
    seed: int
    search: object
    recipe: object
    limits: Limits
    arguments: dict
    strategy: object
    callbacks: tuple

    def __post_init__(self):
        check_one_of(TUNERS, tuner=self.tuner)
        strategy = self.strategy or self.config.strategy
        cluster = "TF_CONFIG" in os.environ
        if strategy == "multi_worker" or cluster:
            raise ValueError(
                "Expected trials that are trained by a process each. Received: "
                f"strategy={strategy!r}{' with TF_CONFIG' * cluster}. "
                "`workers` (`--workers`) trains several trials at once; train "
                "the best one on several machines then."
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
            self.search
            or self.recipe
            or self.arguments
            or self.limits != Limits()
        ):
            raise ValueError(
                "Expected space and limits to be given to `tuning.hypermodel`, "
                "or `model` to be a registered name. Received: a hypermodel, "
                f"search={self.search!r}, recipe={self.recipe!r}, "
                f"{self.limits}, and arguments {self.arguments}"
            )

    def open(self):
        """Loads the data, and makes what they are needed for.

        Returns:
            Tuple of the hypermodel, `TrialData`, `Config` and
            `keras_tuner.Objective`.

        Raises:
            ValueError: if the space, or the objective, cannot be one.
        """
        from keras_deep.tuning.deep_hypermodel import DeepHyperModel

        objective = objective_of(self.objective)
        found, name, config = self.model, self.model, self.config
        if not isinstance(name, str):
            name = found.candidates.name
        loaded = load_data(name, self.data)
        if loaded.validation is None and objective.name.startswith("val_"):
            raise ValueError(
                "Expected validation images, or another objective than "
                f"{objective.name!r}. Received: none, with "
                f"validation={loaded.arguments.get('validation')!r}"
            )
        data = TrialData(self.data, loaded)
        if found is name:
            found = DeepHyperModel(
                candidates(
                    name,
                    {**data.arguments(name), **self.arguments},
                    *(self.search, self.recipe, config, self.limits),
                    data.batch_size,
                )
            )
        data.check(found.candidates)
        return found, data, config, objective

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
