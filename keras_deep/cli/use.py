"""`keras-deep evaluate`, `predict` and `export`, for trained models."""

import pathlib
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

_MODEL = Annotated[
    pathlib.Path, typer.Argument(help="A .keras file or a SavedModel.")
]


def evaluate_command(
    model: _MODEL,
    data: Annotated[
        str | None,
        typer.Option(help="By default the model's training data set."),
    ] = None,
    data_dir: Annotated[
        str | None, typer.Option(help="Folder of the data set's files.")
    ] = None,
    split: Annotated[
        str, typer.Option(help="test, validation or train.")
    ] = "test",
    batch_size: Annotated[int, typer.Option(min=1)] = 128,
    skip_unreadable: Annotated[
        bool,
        typer.Option(
            "--skip-unreadable",
            help="Leave out image files that cannot be decoded.",
        ),
    ] = False,
):
    """Evaluate a saved model on a data set."""
    from keras_deep.export.loading import load
    from keras_deep.training.evaluate import evaluate

    skip = skip_unreadable or None
    measured = evaluate(load(model), data, data_dir, split, batch_size, skip)
    table = Table(title=f"{model} on {measured.pop('data')}, {split}")
    for name in measured:
        table.add_column(name, justify="right")
    table.add_row(*(f"{value:.4f}" for value in measured.values()))
    Console().print(table)


def predict_command(
    model: _MODEL,
    images: Annotated[list[pathlib.Path], typer.Argument(help="Image files.")],
    top: Annotated[int, typer.Option(min=1, help="Classes to print.")] = 3,
):
    """Print the most probable classes of image files."""
    from keras_deep.export.loading import load
    from keras_deep.export.prediction import predict

    table = Table("image", "class", "score")
    for path, classes in zip(images, predict(load(model), images, top)):
        for i, (name, score) in enumerate(classes):
            table.add_row("" if i else str(path), name, f"{score:.4f}")
        table.add_section()
    Console().print(table)


def export_command(
    model: Annotated[pathlib.Path, typer.Argument(help="A .keras file.")],
    directory: Annotated[
        pathlib.Path, typer.Argument(help="Directory that the server watches.")
    ],
    version: Annotated[
        int | None, typer.Option(min=1, help="By default the next one.")
    ] = None,
):
    """Write a numbered SavedModel for TF Serving."""
    from keras_deep.export import saved_model
    from keras_deep.export.loading import load

    path = saved_model(load(model), directory, version)
    Console().print(f"Wrote {path}", highlight=False)
