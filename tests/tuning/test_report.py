"""What is shown of the trials of a search."""

import io

import pytest

pytest.importorskip("keras_tuner")

import keras_tuner
from rich.console import Console

from keras_deep.tuning import report
from keras_deep.tuning.rows import best_of


def row(trial, score, epochs=2, **values):
    failed = score is None
    return {
        "trial": trial,
        "status": "FAILED" if failed else "COMPLETED",
        "score": score,
        "best_epoch": None if failed else 1,
        "epochs": None if failed else epochs,
        "seconds": None if failed else 12.4,
        "ended_at": 20.0,
        "continues": None,
        "reason": "Diverged: loss [nan]" if failed else None,
        "values": {"depth": 40, **values},
    }


ROWS = [
    row("0000", 0.5, rate=0.1),
    row("0001", None, rate=3.0),
    row("0002", 0.75, rate=0.0123456),
    row("0003", 0.75, epochs=6, rate=0.0123456),
]


@pytest.mark.parametrize("direction, trial", [("max", "0003"), ("min", "0000")])
def test_the_best_row(direction, trial):
    assert best_of(ROWS, direction)["trial"] == trial
    assert best_of(ROWS[1:2], direction) is None


def printed(table):
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    console.print(table)
    return console.file.getvalue()


def test_the_table_has_the_best_first_and_in_green():
    table = report.trials_table(ROWS, "val_loss", "min", best_first=True)
    lines = [x for x in printed(table).splitlines() if "\x1b" in x or "00" in x]
    shown = [line for line in lines if "0.5000" in line or "0.7500" in line]
    assert "\x1b[32m" in shown[0] and "0.5000" in shown[0]
    assert not any("\x1b[32m" in line for line in shown[1:])
    text = printed(table)
    # What all have in common says nothing; brackets are no markup.
    assert "depth" not in text and "rate=0.0123 " in text
    assert "Diverged: loss [nan]" in text


def test_lines_about_trials():
    found = report.line_of(ROWS[2], "val_accuracy")
    assert found == (
        "trial 0002  val_accuracy 0.7500  2 epochs  12 s  depth=40  rate=0.0123"
    )
    found = report.line_of(ROWS[1], "val_accuracy")
    assert found == "trial 0001  FAILED  Diverged: loss [nan]"


class Oracle:
    """What `shown` reads of one."""

    objective = keras_tuner.Objective("val_accuracy", "max")
    rejected = {"a": {}}

    def __init__(self):
        self.watchers = []


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_has_a_table_while_trials_run(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    terminal, oracle, rows = Terminal(), Oracle(), []
    monkeypatch.setattr("sys.stdout", terminal)
    with report.shown(oracle, lambda: rows):
        # More than a terminal has lines, of which the newest are shown.
        for number in range(30):
            score = 0.9 if number == 3 else number / 100
            rows.append(row(f"{number:04d}", score, rate=number / 10))
            oracle.watchers[0]("end", None)
        last = terminal.getvalue().rpartition("Trials")[2]
    found = [n for n in range(30) if f"{n:04d} " in last]
    assert found == [3, *range(18, 30)]
    assert "30 trials, 1 candidates rejected" in last
