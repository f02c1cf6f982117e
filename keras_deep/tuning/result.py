"""What a search found."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True)
class SearchResult:
    """The result of a search.

    Args:
        best: dict of the hyperparameters of the best trial.
        score: float, its objective.
        trial: string, its id.
        config: path of `best.json`, which `keras-deep train --config` repeats.
        model: path of `best.keras`, its weights of the best epoch.
        objective: string.
        direction: `"min"` or `"max"`, what is better.
        trials: list of dicts, one per trial, in order: `"trial"`, `"status"`,
            `"score"`, `"best_epoch"`, `"epochs"`, `"seconds"`, `"ended_at"`
            (seconds of the search), `"continues"` (an earlier trial),
            `"reason"` (why it failed) and `"values"`.
        rejected: list of dicts with `"values"` and `"reason"`: candidates
            over a limit, which were not trained.
        seconds: float, of the whole search.
        why_ended: string, why it ended before its budget, or `None`.
    """

    best: dict
    score: float
    trial: str
    config: pathlib.Path
    model: pathlib.Path
    objective: str
    direction: str
    trials: list = dataclasses.field(repr=False)
    rejected: list = dataclasses.field(repr=False)
    seconds: float
    why_ended: str | None = None
