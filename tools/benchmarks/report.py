"""Reports the result of a topic: a JSON file, a plot and a table."""

from benchmarks.picture import draw
from benchmarks.text import bar_of
from benchmarks.text import spread_text
from benchmarks.text import verdict


def write_report(result, folder):
    """Writes `result.json` and `result.png` to a folder, each atomically."""
    from keras_deep.utils.files import written_whole
    from keras_deep.utils.json_text import json_text

    with written_whole(folder / "result.json") as path:
        path.write_text(json_text(result, indent=1) + "\n")
    with written_whole(folder / "result.png") as path:
        draw(result, path)


def print_report(result):
    """Prints the table and, for crashed cases, the reason."""
    from rich.console import Console
    from rich.table import Table

    machine = result["machine"]
    table = Table(
        title=f"{result['topic']}: median (minimum to maximum), "
        f"rounds: {result['rounds']}",
        caption=f"{machine['cpu']}, {machine['cores']} cores, load "
        f"{machine['load_average']}. Ratios are taken round by round.",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for name in ("measure", "contender", "value", "bar"):
        table.add_column(name)
    console = Console()
    for case in result["cases"]:
        if "crash" in case:
            console.print(crash_line(case), markup=False, highlight=False)
            continue
        table.add_row()
        table.add_row(case["name"], style="bold")
        for row in _rows(case):
            table.add_row(*row)
    console.print(table)


def crash_line(case):
    """Returns a message about a crashed case."""
    crash = case["crash"]
    return (
        f"{case['name']}: {crash['contender']} crashed in round "
        f"{crash['round']}. {crash['message']}"
    )


def _rows(case):
    """Yields a row for each value and each ratio to another contender's."""
    first = next(iter(case["contenders"]))
    for measure, unit in case["measures"].items():
        label = f"{measure}, {unit}"
        for name, contender in case["contenders"].items():
            bar = bar_of(case, measure, None) if name == first else None
            value = spread_text(contender["values"][measure])
            yield label, name, value, verdict(bar)
        for name, ratios in case["ratios"].items():
            bar = bar_of(case, measure, name)
            value = spread_text(ratios[measure])
            yield label, f"ratio to {name}", value, verdict(bar)
