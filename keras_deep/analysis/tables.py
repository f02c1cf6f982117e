"""A profile as a table of text, for the terminal and for notebooks."""

import html

from keras_deep.utils.text import amount

HEADINGS = (
    "stage",
    "output",
    "weights",
    "mul-adds",
    "depth",
    "field",
    "activations",
)


def cells(row):
    """Returns the texts of a `Row`, in the order of `HEADINGS`."""
    return (
        row.stage,
        " x ".join(map(str, row.output_shape)),
        f"{row.trainable:,}",
        amount(row.multiply_adds),
        str(row.depth),
        str(row.receptive_field),
        amount(row.activation_bytes) + "B",
    )


def caption(profile):
    """Returns what the columns of a `Profile` hold for."""
    return (
        f"Activations of {profile.batch_size} images; field: the receptive "
        "field in pixels."
    )


def as_html(profile):
    """Returns a `Profile` as a table for notebooks."""
    rows = "".join(
        _html_row("td", cells(row)) for row in (*profile.rows, profile.total)
    )
    return (
        f"<table><caption>{html.escape(caption(profile))}</caption>"
        f"<thead>{_html_row('th', HEADINGS)}</thead><tbody>{rows}</tbody>"
        "</table>"
    )


def as_text(profile):
    """Returns a `Profile` as aligned lines of text."""
    rows = [HEADINGS, *map(cells, (*profile.rows, profile.total))]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = (
        "  ".join(
            text.rjust(width) if i > 1 else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    )
    return "\n".join([*lines, caption(profile)])


def _html_row(tag, texts):
    return (
        "<tr>"
        + "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)
        + "</tr>"
    )
