"""Plots learning curves."""

import importlib.util

from keras_deep.utils.files import written_whole


def require_matplotlib():
    """Raises an `ImportError` if matplotlib is missing; does not import it."""
    if importlib.util.find_spec("matplotlib") is None:
        raise ImportError(
            "The learning curve needs matplotlib: "
            "pip install 'keras_deep[plot]'."
        )


def draw_curve(history, path, title):
    """Plots training and validation loss and accuracy by epoch.

    Args:
        history: dict of lists, the `history` of `Model.fit`.
        path: path of a PNG or SVG file, which is replaced.
        title: string.

    Raises:
        ImportError: if matplotlib is not installed.
    """
    require_matplotlib()
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator
    from matplotlib.ticker import MaxNLocator
    from matplotlib.ticker import NullFormatter

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    figure.suptitle(title)
    left, right = figure.subplots(1, 2)
    epochs = range(1, len(history["loss"]) + 1)
    for axes, name in ((left, "loss"), (right, "accuracy")):
        marker = "." if len(epochs) < 40 else None
        axes.plot(epochs, history[name], label="training", marker=marker)
        if f"val_{name}" in history:
            held = history[f"val_{name}"]
            axes.plot(epochs, held, label="validation", marker=marker)
        axes.set(xlabel="epoch", ylabel=name)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
    left.set_yscale("log")
    left.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    left.yaxis.set_major_formatter("{x:g}")  # 0.5, not 5 x 10^-1.
    left.yaxis.set_minor_formatter(NullFormatter())
    right.legend(loc="lower right")
    with written_whole(path) as temporary:
        figure.savefig(temporary, dpi=120)
