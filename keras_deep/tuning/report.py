"""Shows the trials of a search: while it runs, and in the end."""

import contextlib
import sys

from keras_deep.tuning.rows import best_of
from keras_deep.utils.text import print_plain

_STYLES = {
    "COMPLETED": None,
    "FAILED": "red",
    "INVALID": "red",
    "RUNNING": "cyan",
}
_SHOWN = 12  # rows of the live table, the newest


def trials_table(rows, objective, direction, best_first=False, caption=None):
    """Returns a `rich.table.Table` of trials, with the best one in green.

    Args:
        rows: list of what `row_of` returns.
        objective: string.
        direction: `"min"` or `"max"`.
        best_first: bool. Whether rows are in the order of their scores.
        caption: string, or `None`.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    best = best_of(rows, direction)
    table = Table(title="Trials", caption=caption, box=box.SIMPLE)
    for name in ("trial", "status", objective, "epochs", "seconds"):
        table.add_column(name, no_wrap=True)
    table.add_column("values", overflow="fold", ratio=1)
    for row in _in_order(rows, direction) if best_first else rows:
        style = "green" if row is best else _STYLES.get(row["status"])
        cells = (*_cells(row), row["reason"] or _values(row, rows))
        table.add_row(*(Text(cell) for cell in cells), style=style)
    return table


def line_of(row, objective):
    """Returns a line about a trial that has ended.

    Args:
        row: what `row_of` returns.
        objective: string.
    """
    trial, status, score, epochs, seconds = _cells(row)
    if row["reason"]:
        return f"trial {trial}  {status}  {row['reason']}"
    return (
        f"trial {trial}  {objective} {score}  {epochs} epochs  {seconds} s  "
        f"{_values(row, [row])}"
    )


@contextlib.contextmanager
def shown(oracle, read):
    """Shows the trials of an oracle while they run.

    On a terminal it is a table that is kept up to date, elsewhere a line for
    every trial that has ended.

    Args:
        oracle: oracle of `keras_deep.tuning.oracles`.
        read: function that returns all rows, see `row_of`.
    """
    from rich.console import Console
    from rich.live import Live

    # What a trial prints goes elsewhere, and this does not.
    console = Console(file=sys.stdout)
    name, direction = oracle.objective.name, oracle.objective.direction
    if not console.is_terminal:

        def tell(what, trial):
            if what == "end":
                rows = {row["trial"]: row for row in read()}
                line = line_of(rows[trial.trial_id], name)
                print_plain(console, line)

        oracle.watchers.append(tell)
        yield
        return

    def table():
        rows = read()
        count = len(oracle.rejected)
        caption = f"{len(rows)} trials, {count} candidates rejected"
        best = best_of(rows, direction)
        kept = [r for r in rows if r in rows[-_SHOWN:] or r is best]
        return trials_table(kept, name, direction, caption=caption)

    with Live(
        get_renderable=table, console=console, refresh_per_second=1
    ) as live:
        oracle.watchers.append(lambda what, trial: live.refresh())
        yield
        live.transient = True  # It stays where the search was stopped.


def _in_order(rows, direction):
    sign = -1 if direction == "max" else 1

    def rank(row):
        none = row["score"] is None
        return none, 0 if none else sign * row["score"], row["trial"]

    return sorted(rows, key=rank)


def _cells(row):
    score, seconds = row["score"], row["seconds"]
    return (
        row["trial"],
        row["status"],
        "" if score is None else f"{score:.4f}",
        "" if row["epochs"] is None else str(row["epochs"]),
        "" if seconds is None else f"{seconds:.0f}",
    )


def _values(row, rows):
    """Returns the hyperparameters that are not the same in all trials."""
    return "  ".join(
        f"{name}={_short(value)}"
        for name, value in row["values"].items()
        if len(rows) < 2 or any(r["values"].get(name) != value for r in rows)
    )


def _short(value):
    return f"{value:.3g}" if isinstance(value, float) else str(value)
