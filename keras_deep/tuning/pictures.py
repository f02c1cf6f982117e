"""Pictures of a search: its trials as lines, and what it found by when."""

from keras_deep.tuning.axis import Axis
from keras_deep.tuning.rows import best_of
from keras_deep.utils.files import written_whole

_BEST, _OTHERS = "#d62728", "viridis"
_WIDTH = 1.35  # inches of an axis


def parallel_coordinates(rows, objective, direction, path):
    """Draws an axis per hyperparameter, and a line per trial across them.

    Args:
        rows: list of what `row_of` returns.
        objective: string.
        direction: `"min"` or `"max"`.
        path: `pathlib.Path` of a PNG or SVG file, which is replaced.
    """
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    scored = [row for row in rows if row["score"] is not None]
    best = best_of(rows, direction)
    names = list({name: None for row in scored for name in row["values"]})
    columns = {name: [r["values"].get(name) for r in scored] for name in names}
    columns = {k: v for k, v in columns.items() if len(set(map(str, v))) > 1}
    axes_of = [Axis(name, column) for name, column in columns.items()]
    axes_of.append(Axis(objective, [row["score"] for row in scored]))
    scores = [axes_of[-1].place(row["score"]) for row in scored]

    figure = Figure((_WIDTH * len(axes_of) + 2.2, 5.2), layout="constrained")
    axes = figure.subplots()
    colors = colormaps[_OTHERS]
    # The best one last, above the others.
    for number in sorted(range(len(scored)), key=lambda i: scored[i] is best):
        row = scored[number]
        values = [row["values"].get(axis.name) for axis in axes_of[:-1]]
        heights = [axis.place(v) for axis, v in zip(axes_of, values)]
        heights.append(scores[number])
        chosen = row is best
        axes.plot(
            range(len(axes_of)),
            heights,
            color=_BEST if chosen else colors(scores[number]),
            linewidth=2.8 if chosen else 1.2,
            alpha=1.0 if chosen else 0.65,
            marker="o" if chosen else None,
            label=f"best: trial {row['trial']}" if chosen else None,
        )
    for x, axis in enumerate(axes_of):
        _draw_axis(axes, x, axis)
    axes.set(xlim=(-0.4, len(axes_of) - 0.4), ylim=(-0.06, 1.06))
    axes.set_xticks(
        range(len(axes_of)),
        [axis.title for axis in axes_of],
        rotation=20,
        ha="right",
        rotation_mode="anchor",
    )
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.set_title(f"{len(scored)} trials by hyperparameters")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.06), frameon=False)
    with written_whole(path) as temporary:
        figure.savefig(temporary, dpi=130)


def objective_over_time(rows, objective, direction, path):
    """Draws the score of every trial against time, and the best so far.

    Args:
        rows: as in `parallel_coordinates`.
        objective: string.
        direction: `"min"` or `"max"`.
        path: as in `parallel_coordinates`.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    ended = [row for row in rows if row["ended_at"] is not None]
    ended = sorted(ended, key=lambda row: row["ended_at"])
    scored = [row for row in ended if row["score"] is not None]
    failed = [row for row in ended if row["score"] is None]
    longest = ended[-1]["ended_at"] if ended else 0.0
    unit, size = ("minutes", 60) if longest > 300 else ("seconds", 1)
    best = best_of(rows, direction)
    first = max if direction == "max" else min

    figure = Figure((8, 4.5), layout="constrained")
    axes = figure.subplots()
    times = [row["ended_at"] / size for row in scored]
    scores = [row["score"] for row in scored]
    so_far = [first(scores[: i + 1]) for i in range(len(scores))]
    axes.step(
        [*times, longest / size],
        [*so_far, so_far[-1]],
        where="post",
        color=_BEST,
        label="best so far",
    )
    drawn = axes.scatter(
        times,
        scores,
        c=[row["epochs"] for row in scored],
        cmap=_OTHERS,
        s=34,
        zorder=3,
        label="a trial",
    )
    axes.scatter(
        best["ended_at"] / size,
        best["score"],
        s=150,
        facecolors="none",
        edgecolors=_BEST,
        linewidths=2,
        zorder=4,
        label=f"best: trial {best['trial']}",
    )
    for row in failed:
        axes.axvline(
            row["ended_at"] / size,
            color="0.6",
            linestyle=":",
            label="failed" if row is failed[0] else None,
        )
    axes.set(xlabel=f"{unit} of the search", ylabel=objective)
    axes.set_xlim(left=0)
    axes.grid(alpha=0.3)
    axes.legend(loc="best")
    bar = figure.colorbar(drawn, label="epochs of the trial")
    bar.locator = MaxNLocator(integer=True)
    bar.update_ticks()
    with written_whole(path) as temporary:
        figure.savefig(temporary, dpi=130)


def _draw_axis(axes, x, axis):
    axes.axvline(x, color="0.35", linewidth=1, zorder=0)
    for height, text in axis.ticks():
        axes.annotate(
            text,
            (x, height),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            bbox={"facecolor": "white", "alpha": 0.75, "pad": 0.6, "lw": 0},
            zorder=5,
        )
