"""The trials of a search as data."""

import csv
import io

from keras_deep.tuning.search_folder import LIST
from keras_deep.tuning.search_folder import TABLE
from keras_deep.tuning.search_folder import TRIALS
from keras_deep.tuning.trial_folder import failure_of
from keras_deep.tuning.trial_folder import read_history
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text

# Columns of a table before those of the hyperparameters.
COLUMNS = (
    *("trial", "status", "score", "best_epoch", "epochs", "seconds"),
    *("ended_at", "continues", "reason"),
)
_FAILED = ("FAILED", "INVALID")


class Rows:
    """The rows of all trials of an oracle, as they are now.

    Args:
        oracle: oracle of `keras_deep.tuning.oracles`.
        folder: `SearchFolder`.
        hypermodel: what `keras_deep.tuning.hypermodel` returns.
    """

    def __init__(self, oracle, folder, hypermodel):
        self._oracle, self._folder = oracle, folder
        self._hypermodel = hypermodel
        self._ended = {}

    def read(self):
        """Returns a list of what `row_of` returns."""
        rows = []
        for trial in [*self._oracle.trials.values()]:
            # Asked first: another thread may end it.
            ended = trial.trial_id in self._oracle.end_order
            row = self._ended.get(trial.trial_id)
            if row is None:
                row = row_of(
                    self._oracle, self._folder, self._hypermodel, trial
                )
            if ended:
                self._ended[trial.trial_id] = row
            rows.append(row)
        return rows

    def write(self, tuner):
        """Writes them to the folder."""
        oracle, rows = self._oracle, self.read()
        best = best_of(rows, oracle.objective.direction)
        facts = {
            "tuner": tuner,
            "objective": oracle.objective.name,
            "direction": oracle.objective.direction,
            "best": best and best["trial"],
            "seconds": oracle.seconds,
            "rejected": [*oracle.rejected.values()],
        }
        write_rows(self._folder, rows, facts)


def row_of(oracle, folder, hypermodel, trial):
    """Returns a trial as data.

    Args:
        oracle: oracle of `keras_deep.tuning.oracles`.
        folder: `SearchFolder`.
        hypermodel: what `keras_deep.tuning.hypermodel` returns.
        trial: `keras_tuner.engine.trial.Trial`.

    Returns:
        Dict with `COLUMNS`, and `"values"`, the hyperparameters. Seconds are
        those of the trial, `"ended_at"` those of the search by its end.
    """
    path, given = folder / TRIALS / trial.trial_id, trial.hyperparameters
    epochs, ended_at = _measured(trial, "epochs"), oracle.ended_at
    if trial.status == "RUNNING":
        epochs = len(read_history(path)) or None
    reason = None
    if trial.status in _FAILED:
        reason = failure_of(path, trial.message)
    return {
        "trial": trial.trial_id,
        "status": trial.status,
        "score": None if trial.score is None else float(trial.score),
        "best_epoch": _whole(_measured(trial, "best_epoch")),
        "epochs": _whole(epochs),
        "seconds": _measured(trial, "seconds"),
        "ended_at": ended_at.get(trial.trial_id),
        "continues": given.values.get("tuner/trial_id"),
        "reason": reason,
        "values": hypermodel.values(given.copy()),
    }


def best_of(rows, direction):
    """Returns the row with the best score, or `None`.

    Of equal scores that with more epochs counts, else the earlier one.

    Args:
        rows: list of what `row_of` returns.
        direction: `"min"` or `"max"`.
    """
    sign = 1 if direction == "max" else -1
    scored = [row for row in rows if row["status"] == "COMPLETED"]
    return max(
        scored,
        key=lambda row: (sign * row["score"], row["epochs"]),
        default=None,
    )


def write_rows(folder, rows, facts):
    """Writes `trials.csv` and `trials.json`.

    Args:
        folder: `SearchFolder`.
        rows: list of what `row_of` returns.
        facts: dict of what else the JSON says.
    """
    names = list({name: None for row in rows for name in row["values"]})
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*COLUMNS, *names])
    writer.writeheader()
    for row in rows:
        plain = {name: row[name] for name in COLUMNS}
        writer.writerow({**row["values"], **plain})
    with written_whole(folder / TABLE) as temporary:
        temporary.write_text(text.getvalue(), "utf-8", newline="")
    with written_whole(folder / LIST) as temporary:
        text = json_text({**facts, "trials": rows}, indent=2)
        temporary.write_text(f"{text}\n", "utf-8")


def _measured(trial, name):
    if not trial.metrics.exists(name):
        return None
    return float(trial.metrics.get_last_value(name))


def _whole(number):
    return None if number is None else int(number)
