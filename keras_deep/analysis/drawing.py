"""Drawings of a network's block structure."""

import pathlib

from keras_deep.analysis.blocks import blocks_of
from keras_deep.analysis.profile import profile
from keras_deep.models.registry import list_models
from keras_deep.utils.files import check_new_file
from keras_deep.utils.files import written_whole
from keras_deep.utils.text import amount

# In inches: a column and the box in it, a row and the box, the first row.
_WIDTH, _BOX, _STEP, _HEIGHT, _TOP = 2.4, 1.6, 0.46, 0.26, 1.15
_COLORS = {
    "input": "#eeeeee",
    "branch": "#dbe9f6",
    "shortcut": "#fde9d0",
    "join": "#d9f0d3",
}
_GREY, _ORANGE = "#555555", "#d98a2b"
_ARROW = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0}


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
    path = check_picture(path, overwrite)
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "Drawing needs matplotlib: pip install 'keras_deep[plot]'."
        ) from error
    blocks = blocks_of(model)
    rows = max(len(block.branch) for block in blocks) + 2
    size = (_WIDTH * len(blocks) + 0.4, _STEP * rows + 1.6)
    # Makes SVG files reproducible: no date, no random identifiers.
    with matplotlib.rc_context({"svg.hashsalt": "keras_deep"}):
        figure = Figure(figsize=size)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, size[0]))
        axes.set(ylim=(size[1], 0))
        axes.axis("off")
        axes.text(0.3, 0.35, _title(model), fontsize=13, weight="bold")
        for i, block in enumerate(blocks):
            left = 0.3 + i * _WIDTH
            bottom = _draw_block(axes, block, left, rows)
            if i + 1 < len(blocks):
                _join_columns(axes, left, bottom)
        with written_whole(path) as temporary:
            metadata = {"Date": None} if path.suffix == ".svg" else None
            figure.savefig(temporary, dpi=110, metadata=metadata)


def check_picture(path, overwrite=False):
    """Refuses a path that no picture can be written to; returns it.

    Raises:
        ValueError: if `path` has another ending.
        OSError: if nothing can be written there, or the file exists and
            `overwrite` is not set.
    """
    path = pathlib.Path(path)
    if path.suffix not in (".png", ".svg"):
        raise ValueError(
            "Expected a path that ends in .png or .svg for the picture. "
            f"Received: {str(path)!r}"
        )
    check_new_file(
        path, "path", overwrite, "Pass `overwrite=True` (`--force`)."
    )
    return path


def _title(model):
    # A model is called by the registered name, in lower case.
    registered = {name.lower(): name for name in list_models()}
    name = registered.get(model.name, model.name)
    if None in model.input_shape[1:]:
        return name
    total = profile(model, 1).total
    return (
        f"{name}: {amount(total.trainable)} weights, "
        f"{amount(total.multiply_adds)} multiply-adds, "
        f"{total.depth} layers deep"
    )


def _draw_block(axes, block, left, rows):
    """Draws a block as a column, with its shortcut on the right.

    Returns:
        The y of the lower side of its last box.
    """
    top = _TOP
    times = f"  x {block.count}" if block.count > 1 else ""
    axes.text(left, 0.8, block.stage + times, fontsize=11, weight="bold")
    steps = [(step, _COLORS["branch"]) for step in block.branch]
    if block.join:
        steps.insert(0, ("x", _COLORS["input"]))
        steps.append((block.join, _COLORS["join"]))
    for i, (text, color) in enumerate(steps):
        y = top + i * _STEP
        _box(axes, left, y, text, color)
        if i:
            _arrow(axes, [(left + _BOX / 2, y - _STEP + _HEIGHT)], y)
    bottom = top + (len(steps) - 1) * _STEP
    if block.join:
        _draw_shortcut(axes, block, left, top, bottom)
    axes.text(
        left + _BOX / 2,
        top + _STEP * rows + 0.2,
        " x ".join(map(str, block.output_shape)),
        ha="center",
        fontsize=9,
        color=_GREY,
    )
    return bottom + _HEIGHT


def _join_columns(axes, left, bottom):
    """Draws the line from the last box of a column to the next column."""
    gutter, above = left + _WIDTH - 0.17, _TOP - 0.14
    points = [
        (left + _BOX / 2, bottom),
        (left + _BOX / 2, bottom + 0.14),
        (gutter, bottom + 0.14),
        (gutter, above),
        (left + _WIDTH + _BOX / 2, above),
    ]
    _arrow(axes, points, _TOP)


def _draw_shortcut(axes, block, left, top, bottom):
    """Draws the line past the branch and the shortcut's steps on it."""
    x, middle = left + _BOX + 0.26, _HEIGHT / 2
    y, end = top + middle, bottom + middle
    axes.plot([left + _BOX, x, x], [y, y, end], color=_ORANGE, lw=1.4)
    axes.annotate(
        "",
        (left + _BOX, end),
        (x + 0.01, end),
        arrowprops={**_ARROW, "color": _ORANGE},
    )
    text = "\n".join(block.shortcut) or "identity"
    axes.text(
        x,
        (top + bottom + _HEIGHT) / 2,
        text,
        rotation=90,
        ha="center",
        va="center",
        fontsize=8,
        bbox={"fc": _COLORS["shortcut"], "ec": _ORANGE, "boxstyle": "round"},
    )


def _arrow(axes, points, end):
    """Draws a line through points, and down from the last one to `end`."""
    if len(points) > 1:
        axes.plot(*zip(*points), color=_GREY, lw=1)
    x, y = points[-1]
    axes.annotate("", (x, end), (x, y), arrowprops={**_ARROW, "color": _GREY})


def _box(axes, left, top, text, color):
    from matplotlib.patches import FancyBboxPatch

    axes.add_patch(
        FancyBboxPatch(
            (left, top),
            _BOX,
            _HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.06",
            fc=color,
            ec="#777777",
        )
    )
    axes.text(
        left + _BOX / 2,
        top + _HEIGHT / 2,
        text,
        ha="center",
        va="center",
        fontsize=9,
    )
