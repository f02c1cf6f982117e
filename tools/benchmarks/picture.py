"""Plots the result of a topic."""

from typing import NamedTuple

from benchmarks.text import bar_of
from benchmarks.text import spread_text
from benchmarks.text import verdict

# Colours that colour-blind people can distinguish.
_MET, _NOT_MET, _NO_BAR = "#0072b2", "#d55e00", "#999999"


class _Row(NamedTuple):
    label: str
    spread: dict
    bar: dict | None


def draw(result, path):
    """Writes a PNG file of `figure_of`."""
    figure_of(result).savefig(path, dpi=120, format="png")


def figure_of(result):
    """Plots ratios and values with their spread, and their bars as lines.

    On the left are the first contender's values over another's, on a
    logarithmic scale with equality in the middle. On the right are values with
    a bar of their own, over that bar.

    Args:
        result: dict, as `benchmarks.run.run` yields it.

    Returns:
        Matplotlib figure.
    """
    from matplotlib.figure import Figure

    cases = [case for case in result["cases"] if "crash" not in case]
    drawings = [(_draw_ratios, _ratios(cases)), (_draw_values, _values(cases))]
    drawings = [(drawn, rows) for drawn, rows in drawings if rows]
    tallest = max((len(rows) for _, rows in drawings), default=0)
    size = (7 * max(len(drawings), 1), 1.4 + 0.5 * tallest)
    figure = Figure(size, layout="constrained")
    figure.suptitle(_title(result), fontsize="medium")
    for number, (drawn, rows) in enumerate(drawings, 1):
        axes = figure.add_subplot(1, len(drawings), number)
        drawn(axes, rows)
        axes.set_ylim(tallest - 0.5, -0.5)
    return figure


def _title(result):
    machine = result["machine"]
    lines = [
        f"{result['topic']}: median, minimum and maximum, "
        f"rounds: {result['rounds']}",
        f"{machine['cpu']}, {machine['cores']} cores",
    ]
    crashed = [case["name"] for case in result["cases"] if "crash" in case]
    if crashed:
        lines.append(f"crashed: {', '.join(crashed)}")
    if result["unfinished"]:
        lines.append(f"unfinished: {', '.join(result['unfinished'])}")
    return "\n".join(lines)


def _ratios(cases):
    return [
        _Row(
            f"{case['name']}: {measure} / {other}",
            spread,
            bar_of(case, measure, other),
        )
        for case in cases
        for other, spreads in case["ratios"].items()
        for measure, spread in spreads.items()
    ]


def _values(cases):
    """Returns the rows of values with a bar of their own."""
    rows = []
    for case in cases:
        first = next(iter(case["contenders"].values()))
        for measure, spread in first["values"].items():
            bar = bar_of(case, measure, None)
            if bar is not None:
                unit = case["measures"][measure]
                label = f"{case['name']}: {measure}, {unit}"
                rows.append(_Row(label, spread, bar))
    return rows


def _draw_ratios(axes, rows):
    from matplotlib.ticker import LogLocator
    from matplotlib.ticker import NullFormatter

    axes.set_xscale("log")
    _draw_rows(axes, rows, [1] * len(rows), start=1)
    low, high = axes.get_xlim()
    low, high = min(low, 0.4), max(high, 2.5)
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(LogLocator(subs=_digits(high / low)))
    axes.xaxis.set_major_formatter("{x:g}")  # 0.5, not 5 x 10^-1.
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xlabel("ratio: less than 1\nis better than the other")


def _digits(span):
    """Returns the digits to label in every power of ten, fewer if many."""
    if span <= 20:
        return (1, 2, 5)
    return (1, 3) if span <= 300 else (1,)


def _draw_values(axes, rows):
    allowed = [row.bar["at_most"] for row in rows]
    _draw_rows(axes, rows, allowed, start=0)
    axes.set_xlabel("part of what is allowed")


def _draw_rows(axes, rows, units, start):
    """Plots each row's median from `start`, in its unit, and its bar."""
    for place, (row, unit) in enumerate(zip(rows, units)):
        middle, low, high = (
            row.spread[key] / unit for key in ("median", "min", "max")
        )
        axes.barh(place, middle - start, 0.6, start, color=_colour(row.bar))
        axes.errorbar(
            middle,
            place,
            xerr=[[middle - low], [high - middle]],
            color="black",
            capsize=4,
        )
        if row.bar is not None:
            limit = row.bar["at_most"] / unit
            axes.vlines(limit, place - 0.4, place + 0.4, "black", linewidth=3)
    axes.set_yticks(range(len(rows)), [_words(row) for row in rows])
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)


def _words(row):
    text = f"{row.label}\n{spread_text(row.spread)}"
    return text if row.bar is None else f"{text}, {verdict(row.bar)}"


def _colour(bar):
    if bar is None:
        return _NO_BAR
    return _MET if bar["met"] else _NOT_MET
