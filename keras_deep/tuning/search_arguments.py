"""What the arguments of a search mean: objective, budget and seed."""

import dataclasses
import random

from keras_deep.utils.checks import check_numbers
from keras_deep.utils.checks import check_sizes


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
