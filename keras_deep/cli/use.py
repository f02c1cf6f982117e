"""`keras-deep evaluate` and `predict`, for trained models."""

import pathlib
from typing import Annotated

import typer
from rich.table import Table

from keras_deep.cli.tables import add_row
from keras_deep.cli.tables import print_table
from keras_deep.utils.files import existing_file
from keras_deep.utils.text import print_lines

_MODEL = Annotated[
    pathlib.Path, typer.Argument(help="A .keras file or a SavedModel.")
]


def check_model(path):
    """Refuses a wrong path before Keras is imported."""
    if not path.exists():
        raise FileNotFoundError(
            "Expected the path of a `.keras` file or of a SavedModel. "
            f"Received: {str(path)!r}, which does not exist."
        )


def evaluate_command(
    models: Annotated[
        list[pathlib.Path],
        typer.Argument(help="A .keras file or a SavedModel, or several."),
    ],
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
    """Evaluate a saved model on a data set, or several and their mean."""
    for path in models:
        check_model(path)

    from keras_deep.export.loading import load
    from keras_deep.training.evaluate import check_split
    from keras_deep.training.evaluate import evaluate

    check_split(split)
    arguments = (data, data_dir, split, batch_size, skip_unreadable or None)
    loaded = {str(path): load(path) for path in models}
    if len(loaded) > 1:
        from keras_deep.models.ensemble import ensemble

        loaded["mean of the probabilities"] = ensemble(loaded.values())
    table = Table("model")
    for name, model in loaded.items():
        measured = evaluate(model, *arguments)
        name_of_data = measured.pop("data")
        if not table.rows:
            print_lines([f"On {name_of_data}, {split}:"])
            for key in measured:
                table.add_column(key, justify="right")
        add_row(table, name, *(f"{x:.4f}" for x in measured.values()))
    print_table(table)


def predict_command(
    model: _MODEL,
    images: Annotated[list[pathlib.Path], typer.Argument(help="Image files.")],
    top: Annotated[int, typer.Option(min=1, help="Classes to print.")] = 3,
):
    """Print the most probable classes of image files."""
    check_model(model)
    for image in images:  # Before the model is loaded.
        existing_file(image, "the path of an image")

    from keras_deep.export.loading import load
    from keras_deep.export.prediction import predict

    table = Table("image", "class", "score")
    for path, classes in zip(images, predict(load(model), images, top)):
        for i, (name, score) in enumerate(classes):
            add_row(table, "" if i else path, name, f"{score:.4f}")
        table.add_section()
    print_table(table)
