"""The table at the end of a training run."""

from rich.table import Table

from keras_deep.cli.tables import add_row
from keras_deep.cli.tables import print_table


def print_summary(card, output):
    """Prints a table of the settings and results of a training run."""
    training, result = card.training, card.training["result"]
    own = ", ".join(
        f"{k}={v}" for k, v in card.arguments.items() if v is not None
    )
    table = Table(title="Summary", show_header=False)
    rows = {
        "model": f"{card.builder}({own})",
        "data": training["data"]["name"],
        "best epoch": f"{result['best_epoch']} of "
        f"{training['config']['epochs']}",
        "validation accuracy": _percent(result["validation_accuracy"]),
        "test accuracy": _percent(result.get("test_accuracy")),
        "time per step": f"{1000 * result['seconds_per_step']:.1f} ms",
        "total time": f"{result['seconds']:.0f} s",
        "seed": str(training["config"]["seed"]),
        "results in": str(output),
    }
    for name, value in rows.items():
        add_row(table, name, value)
    print_table(table)


def _percent(accuracy):
    return "-" if accuracy is None else f"{accuracy:.2%}"
