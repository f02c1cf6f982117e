"""What the folder of a trial tells about it."""

import csv
import math

from keras_deep.training.run_folder import HISTORY
from keras_deep.utils.files import written_whole
from keras_deep.utils.json_text import json_text
from keras_deep.utils.json_text import parse_json

LOG = "log.txt"
FAILURE = "failure.json"


def read_history(path):
    """Returns what a training measured, a list of a dict per epoch.

    Args:
        path: `pathlib.Path` of the folder of the training.
    """
    try:
        text = (path / HISTORY).read_text()
    except FileNotFoundError:
        return []
    return [
        {
            name: int(value) if name == "epoch" else float(value)
            for name, value in row.items()
            if value
        }
        for row in csv.DictReader(text.splitlines())
    ]


def best_row(rows, objective):
    """Returns the epoch with the best objective, the first of equal ones.

    Args:
        rows: list of dicts, as `read_history` returns it.
        objective: `keras_tuner.Objective`.

    Raises:
        ValueError: if no epoch has a finite one.
    """
    known = [r for r in rows if math.isfinite(r.get(objective.name, math.nan))]
    if not known:
        names = sorted({name for row in rows for name in row} - {"epoch"})
        raise ValueError(
            "Expected `objective` to be what a training measures, "
            f"{' or '.join(names) or 'which has had no epoch'}. Received: "
            f"objective={objective.name!r}"
        )
    best = max if objective.direction == "max" else min
    return best(known, key=lambda row: row[objective.name])


def note_failure(path, error, trace):
    """Notes why a trial failed.

    Args:
        path: `pathlib.Path` of its folder.
        error: exception.
        trace: string, its traceback.
    """
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    with written_whole(path / FAILURE) as temporary:
        text = json_text({"reason": reason, "traceback": trace}, indent=2)
        temporary.write_text(f"{text}\n", "utf-8")


def failure_of(path, message=None):
    """Returns in a line why a trial failed, or `None`.

    Args:
        path: `pathlib.Path` of its folder.
        message: string, what is said where the folder says nothing.
    """
    try:
        return parse_json((path / FAILURE).read_bytes())["reason"]
    except (OSError, ValueError, KeyError):
        lines = (message or "").strip().splitlines()
        return lines[-1] if lines else None
