"""`keras-deep convert`."""

import math
import pathlib
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from keras_deep.cli.arguments import builder_arguments
from keras_deep.cli.arguments import complete_model
from keras_deep.cli.tables import add_row
from keras_deep.cli.tables import print_table
from keras_deep.utils.files import check_new_file
from keras_deep.utils.files import existing_file
from keras_deep.utils.text import print_lines


def convert_command(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            help="A file of PyTorch, Caffe or Keras, hf://owner/name, "
            "torchvision://NAME_Weights.TAG or an address. Behind # may stand "
            "which weights of a checkpoint: run.pth#model_ema."
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(
            help="A name of `keras-deep list`.", autocompletion=complete_model
        ),
    ] = None,
    output: Annotated[
        pathlib.Path, typer.Option("--output", "-o", help="A .keras file.")
    ] = pathlib.Path("converted.keras"),
    prototxt: Annotated[
        pathlib.Path | None,
        typer.Option(
            help="The graph of a Caffe net. Without --to it is converted "
            "as it is."
        ),
    ] = None,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Compare with the source, layer by layer; it is run with "
            "PyTorch or OpenCV, whichever is its own, in another process.",
        ),
    ] = False,
    time_limit: Annotated[
        float,
        typer.Option(min=1, help="The seconds that the source may run."),
    ] = 600,
    reference: Annotated[
        pathlib.Path | None,
        typer.Option(
            help="Stored outputs (.npz) to verify with, where the source "
            "cannot be run."
        ),
    ] = None,
    image: Annotated[
        list[pathlib.Path] | None,
        typer.Option(help="Images to verify with, in place of noise."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing file.")
    ] = False,
):
    """Convert weights of PyTorch, Caffe or Keras into a .keras file.

    The builder's own arguments are options too: --depth 110 --convention timm.
    """
    if output.suffix != ".keras":
        raise ValueError(
            f"Expected `--output` to end in .keras. Received: {output}"
        )
    if image and reference:
        raise ValueError(
            "Expected `--image` or `--reference`: stored outputs belong to the "
            "images that are stored with them. Received: both."
        )
    check_new_file(output, "output", force, "Pass `--force` to replace it.")
    given = {"prototxt": [prototxt], "reference": [reference], "image": image}
    for name, paths in given.items():
        for path in filter(None, paths or ()):
            existing_file(path, f"`{name}` to be the path of a file")

    from keras_deep.models.saving import save

    console = Console()
    with console.status("Reading and building ..."):
        model = _convert(source, to, prototxt, context)
    _print_card(model)
    if verify or reference or image:
        with console.status("Comparing with the source ..."):
            found = _verify(
                model, source, reference, prototxt, image, time_limit
            )
        print_table(comparison_table(found))
        print_lines([found.verdict()])
        if found.first is not None:
            raise ValueError(f"Nothing was written: {found.verdict()}")
    with console.status("Writing ..."):
        save(model, output, overwrite=force)
    print_lines([f"Wrote {output}"])


def _convert(source, to, prototxt, context):
    from keras_deep import convert

    if to is not None:
        arguments = builder_arguments(to, context)
        return convert.from_file(source, to, **arguments)
    if prototxt is None:
        raise ValueError(
            "Expected `--to` with the name of a model, or `--prototxt` with "
            "the graph of a Caffe net. Received: neither."
        )
    if context.args:
        raise ValueError(
            f"Expected options of a builder together with `--to`. "
            f"Received: {context.args}"
        )
    return convert.caffe_to_keras(prototxt, source)


def _verify(model, source, reference, prototxt, images, time_limit):
    from keras_deep.convert import verify

    if reference is not None:
        return verify(model, reference)
    given = None
    if images:
        import numpy as np

        from keras_deep.data import decode_image
        from keras_deep.data import preprocess
        from keras_deep.models.image_needs import preprocessing_for

        record = preprocessing_for(model)
        decoded = np.stack([decode_image(path, record) for path in images])
        given = preprocess(decoded, record)
    return verify(model, source, given, prototxt, time_limit=time_limit)


def _print_card(model):
    from keras_deep.models.card import card

    found = card(model)
    if found is None or found.weights is None:
        return
    rows = {
        "model": found.builder,
        "weights of": found.weights.get("origin"),
        "convention": found.convention,
        # As `list` and `show` count: without moving statistics.
        "parameters": f"{_trainable(model):,}",
        "sha256": found.weights["sha256"],
    }
    table = Table(show_header=False)
    for name, value in rows.items():
        add_row(table, name, value)
    print_table(table)


def _trainable(model):
    return sum(math.prod(v.shape) for v in model.trainable_variables)


def comparison_table(found):
    """Returns a `Comparison` as a table, one section for each stage."""
    table = Table("layer", "source", title="Largest relative differences")
    table.add_column("difference", justify="right", no_wrap=True)
    stage = None
    for row in found.rows:
        if row.stage != stage:
            table.add_section()
            stage = row.stage
        style = "red" if row is found.first else None
        texts = (row.layer, row.reference, f"{row.difference:.1e}")
        add_row(table, *texts, style=style)
    return table
