"""`keras-deep list` and `keras-deep show`."""

import pathlib
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from keras_deep import catalogue
from keras_deep.cli.arguments import builder_arguments
from keras_deep.cli.arguments import complete_model
from keras_deep.cli.tables import add_row
from keras_deep.cli.tables import print_table
from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.files import check_new_file
from keras_deep.utils.selection import select
from keras_deep.utils.text import amount
from keras_deep.utils.text import print_lines


def _values(key):
    """Returns a help text with all values of an attribute of models."""
    values = {getattr(model, key) for model in catalogue.models().values()}
    return f"One of {', '.join(sorted(values))}."


def list_command(
    pattern: Annotated[
        str,
        typer.Argument(
            help="With wildcards: 'ResNet*'.", autocompletion=complete_model
        ),
    ] = "*",
    family: Annotated[str | None, typer.Option(help=_values("family"))] = None,
    dataset: Annotated[
        str | None, typer.Option(help=_values("dataset"))
    ] = None,
    kind: Annotated[str | None, typer.Option(help=_values("kind"))] = None,
):
    """List the models with their costs, papers and published results."""
    models = catalogue.models()
    names = select(models, pattern, family=family, dataset=dataset, kind=kind)
    if not names:
        raise ValueError(
            f"Expected a pattern that matches a model. Received: {pattern!r}"
            f".{did_you_mean(pattern, models)}"
        )
    table = Table(title="Models", box=box.SIMPLE)
    table.add_column("model", no_wrap=True)
    table.add_column("weights", justify="right", no_wrap=True)
    table.add_column("mul-adds", justify="right", no_wrap=True)
    table.add_column("published")
    table.add_column("paper", no_wrap=True)
    for name in names:
        model = models[name]
        table.add_row(
            name,
            amount(model.trainable),
            amount(model.multiply_adds),
            "\n".join(map(result_line, model.published)),
            *(paper.rpartition("/abs/")[2] for _, paper in model.papers[:1]),
        )
    print_table(table)


def show_command(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            help="A name of `keras-deep list`.", autocompletion=complete_model
        ),
    ],
    batch_size: Annotated[
        int, typer.Option(min=1, help="Images for the activation memory.")
    ] = 32,
    draw: Annotated[
        pathlib.Path | None,
        typer.Option(help="Draw the block structure to this PNG or SVG file."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing picture.")
    ] = False,
):
    """Show the costs of a model by stage, its papers, results and weights.

    The builder's own arguments are options too: --depth 110 --shortcut B.
    """
    arguments = builder_arguments(model, context)
    if draw is not None:
        check_new_file(draw, "draw", force, "Pass `--force` to replace it.")

    from keras_deep.analysis.drawing import check_picture
    from keras_deep.analysis.profile import profile
    from keras_deep.models.card import card
    from keras_deep.models.published import papers
    from keras_deep.models.published import published
    from keras_deep.models.registry import create_model

    if draw is not None:
        check_picture(draw, force)
    built = create_model(model, **arguments)
    print_table(_profile_table(profile(built, batch_size), built))
    lines = [f"Convention: {card(built).convention}"]
    for title, address in papers(model, arguments):
        lines.append(f"Paper: {title}, {address}")
    for record in published(model, arguments):
        lines.append(f"Published: {result_line(record)} ({record['source']})")
    print_lines(lines)
    weights = weights_table(model, arguments)
    if weights.row_count:
        print_table(weights)
    if draw is not None:
        from keras_deep.analysis.drawing import draw as draw_model

        draw_model(built, draw, overwrite=force)
        print_lines([f"Wrote {draw}"])


def _profile_table(found, model):
    from keras_deep.analysis.tables import HEADINGS
    from keras_deep.analysis.tables import caption
    from keras_deep.analysis.tables import cells

    table = Table(title=model.name, caption=caption(found), box=box.SIMPLE)
    for i, heading in enumerate(HEADINGS):
        table.add_column(
            heading, justify="right" if i > 1 else "left", no_wrap=True
        )
    for row in found.rows:
        table.add_row(*cells(row))
    table.add_section()
    table.add_row(*cells(found.total))
    return table


def weights_table(name, arguments):
    """Returns a table of the published weights that load into a model.

    Args:
        name: string, a registered model.
        arguments: dict of arguments of its builder.
    """
    from keras_deep.convert.published_weights import list_weights

    table = Table(
        title="Published weights",
        caption="Values of --weights; a name without a hub or URL is that "
        "of a file to download elsewhere. Errors: top-1, in %.",
        box=box.SIMPLE,
    )
    for column in ("weights", "convention", "error", "licence", "images"):
        table.add_column(column)
    for row in list_weights(name, **arguments):
        add_row(
            table,
            row.weights,
            row.convention,
            _known(row.error and f"{row.error:g}"),
            _known(row.licence),
            _known(row.preprocessing and _images(row.preprocessing)),
        )
    return table


def _known(text):
    return text or "unknown"


def _images(found):
    height, width, _ = found.shape
    return f"{height} x {width}, crop {found.crop:.3g}, {found.order}"


def result_line(record):
    """Returns a published result with its metric in one line."""
    return f"{record['dataset']}: {record['result']} {record['metric']}"
