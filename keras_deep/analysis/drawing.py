"""Drawings of a network's block structure."""

import pathlib

from keras_deep.analysis.blocks import blocks_of
from keras_deep.analysis.profile import profile
from keras_deep.utils.files import refuse_existing
from keras_deep.utils.files import written_whole
from keras_deep.utils.text import amount

_WIDTH, _STEP = 2.2, 0.42
_COLORS = {"branch": "#dbe9f6", "shortcut": "#fde9d0", "join": "#d9f0d3"}


def draw(model, path, overwrite=False):
    """Draws the blocks of a network, a run of equal blocks once.

    Args:
        model: a model of one of this package's builders.
        path: string or path of the file to write, `.png` or `.svg`.
        overwrite: bool. Whether an existing picture may be replaced.

    Raises:
        ValueError: if `path` has another ending.
        FileExistsError: if the file exists and `overwrite` is not set.
        ImportError: if matplotlib is not installed.
    """
    path = pathlib.Path(path)
    if path.suffix not in (".png", ".svg"):
        raise ValueError(
            "Expected `path` to end in `.png` or `.svg`. "
            f"Received: path={str(path)!r}"
        )
    if not overwrite:
        refuse_existing(path, "Pass `overwrite=True` (`--force`).")
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "Drawing needs matplotlib: pip install 'keras_deep[plot]'."
        ) from error
    blocks = blocks_of(model)
    rows = max(len(block.branch) for block in blocks) + 2
    size = (_WIDTH * len(blocks) + 0.4, _STEP * rows + 1.5)
    # Makes SVG files reproducible: no date, no random identifiers.
    with matplotlib.rc_context({"svg.hashsalt": "keras_deep"}):
        figure = Figure(figsize=size)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, size[0]))
        axes.set(ylim=(size[1], 0))
        axes.axis("off")
        axes.text(0.3, 0.35, _title(model), fontsize=13, weight="bold")
        for i, block in enumerate(blocks):
            _draw_block(axes, block, 0.3 + i * _WIDTH, rows)
        with written_whole(path) as temporary:
            metadata = {"Date": None} if path.suffix == ".svg" else None
            figure.savefig(temporary, dpi=110, metadata=metadata)


def _title(model):
    if None in model.input_shape[1:]:
        return model.name
    total = profile(model, 1).total
    return (
        f"{model.name}: {amount(total.trainable)} weights, "
        f"{amount(total.multiply_adds)} multiply-adds, "
        f"{total.depth} layers deep"
    )


def _draw_block(axes, block, left, rows):
    """Draws a block as a column, with its shortcut on the right."""
    middle, top = left + 0.75, 1.25
    times = f"  x {block.count}" if block.count > 1 else ""
    axes.text(left, 0.8, block.stage + times, fontsize=11, weight="bold")
    y = top
    for step in block.branch:
        _box(axes, left, y, 1.5, step, _COLORS["branch"])
        y += _STEP
    if block.join:
        _draw_shortcut(axes, block, left, top, y)
        _box(axes, left, y, 1.5, block.join, _COLORS["join"])
    axes.text(
        middle,
        top + _STEP * rows - 0.1,
        " x ".join(map(str, block.output_shape)),
        ha="center",
        fontsize=9,
        color="#555555",
    )
    arrow = {"arrowstyle": "-|>", "color": "#555555"}
    axes.annotate(
        "",
        (left + _WIDTH - 0.05, top - 0.3),
        (left, top - 0.3),
        arrowprops=arrow,
    )


def _draw_shortcut(axes, block, left, top, bottom):
    """Draws the line past the branch and the shortcut's steps on it."""
    x = left + 1.78
    line = {"color": "#d98a2b", "lw": 1.4}
    axes.plot(
        [left + 0.75, x, x], [top - 0.14, top - 0.14, bottom + 0.13], **line
    )
    axes.annotate(
        "",
        (left + 1.5, bottom + 0.13),
        (x + 0.01, bottom + 0.13),
        arrowprops={"arrowstyle": "-|>", "color": "#d98a2b"},
    )
    text = "\n".join(block.shortcut) or "identity"
    axes.text(
        x,
        (top + bottom) / 2,
        text,
        rotation=90,
        ha="center",
        va="center",
        fontsize=8,
        bbox={"fc": _COLORS["shortcut"], "ec": "#d98a2b", "boxstyle": "round"},
    )


def _box(axes, left, top, width, text, color):
    axes.text(
        left + width / 2,
        top + 0.13,
        text,
        ha="center",
        va="center",
        fontsize=9,
        bbox={"fc": color, "ec": "#777777", "boxstyle": "round,pad=0.25"},
    )
