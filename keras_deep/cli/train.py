"""`keras-deep train`."""

import pathlib
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from keras_deep import catalogue
from keras_deep.cli.arguments import builder_arguments
from keras_deep.cli.arguments import complete_model
from keras_deep.cli.messages import options_of_command
from keras_deep.cli.messages import with_options
from keras_deep.cli.tables import add_row
from keras_deep.cli.tables import print_table
from keras_deep.utils.errors import Terminated
from keras_deep.utils.files import check_folder
from keras_deep.utils.recipe import PRECISIONS
from keras_deep.utils.recipe import SCHEDULES
from keras_deep.utils.recipe import check_recipe
from keras_deep.utils.text import print_plain


def train_command(
    context: typer.Context,
    model: Annotated[
        str | None,
        typer.Argument(
            help="A name of `keras-deep list`.", autocompletion=complete_model
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help=f"{', '.join(catalogue.datasets())}, the path of a folder or "
            ".npz file, or a data set of tensorflow-datasets."
        ),
    ] = None,
    data_dir: Annotated[
        str | None, typer.Option(help="Folder of the data set's files.")
    ] = None,
    image_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Side to which images are resized. By default their own, or "
            "of more than 64 pixels the model's.",
        ),
    ] = None,
    skip_unreadable: Annotated[
        bool,
        typer.Option(
            "--skip-unreadable",
            help="Leave out image files that cannot be decoded.",
        ),
    ] = False,
    output: Annotated[
        pathlib.Path, typer.Option(help="Folder for the results.")
    ] = pathlib.Path("runs/latest"),
    config: Annotated[
        pathlib.Path | None,
        typer.Option(help="A result.json to repeat; other options override."),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1)] = None,
    batch_size: Annotated[int | None, typer.Option(min=1)] = None,
    learning_rate: Annotated[float | None, typer.Option()] = None,
    schedule: Annotated[
        str | None, typer.Option(help=f"{', '.join(SCHEDULES)}.")
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help=f"{', '.join(PRECISIONS)}.")
    ] = None,
    seed: Annotated[int | None, typer.Option()] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier result.")
    ] = False,
):
    """Train a model and evaluate its best epoch on the test images.

    The builder's own arguments are options too: --depth 40 --growth-rate 12.
    """
    given = {
        "epochs": epochs,
        "learning_rate": learning_rate,
        "schedule": schedule,
        "precision": precision,
        "seed": seed,
    }
    load = {
        "name": data,
        "data_dir": data_dir,
        "batch_size": batch_size,
        "image_size": image_size,
        "skip_unreadable": skip_unreadable or None,
    }
    check_recipe(_given(given))
    check_folder(output, "output")
    before = None
    if config is not None:
        from keras_deep.training.run_card import read_run

        before = read_run(config, model)
    build, load, recipe = _resolve(
        before, model, context, _given(load), _given(given)
    )

    from keras_deep.training import fit

    try:
        result = fit(build, load, recipe, output=output, overwrite=force)
    except KeyboardInterrupt as error:  # Typer would be silent.
        options = options_of_command(context.command, ())
        text = with_options(str(error), options)
        text = text or "Interrupted before the first step."
        print_plain(Console(stderr=True), text, "red")
        code = 143 if isinstance(error, Terminated) else 130
        raise typer.Exit(code) from error
    print_summary(result.card, output)


def _resolve(before, model, context, load, given):
    """Joins the card of an earlier result with the options of this call."""
    name = model or before and before.builder
    if name is None:
        raise ValueError(
            "Expected the name of a model, or `--config` with a result.json. "
            f"Received: {' '.join(context.args) or 'neither'}"
        )
    known = catalogue.models().get(name)
    if known is not None and known.kind == "sequence":
        raise ValueError(
            "Expected a model of images, as all data sets are. Received: "
            f"{name}, one of sequences: fit it in Python."
        )
    training = before and before.training or {}
    arguments = builder_arguments(name, context)
    if before and name == before.builder:
        source = (before.weights or {}).get("source")
        others = {"convention": before.convention, "weights": source}
        kept = {**before.arguments, **_given(others)}
        # Those of the images before.
        if "name" in load or "image_size" in load:
            kept.pop("input_shape", None)
        if "name" in load:
            kept.pop("classes", None)
        if source and "weights" not in arguments:
            from keras_deep.convert.sources import require_hash

            require_hash(source, before.weights.get("sha256"))
        arguments = {**kept, **arguments}

    from keras_deep.training import Config

    recipe = Config(**{**training.get("config", {}), **given})
    load = {**training.get("data", {}), **load}
    if "name" not in load:
        raise ValueError(
            "Expected --data with a name, one of "
            f"{', '.join(catalogue.datasets())}, or with the path of a folder "
            "of images. Received: none."
        )
    load.pop("large_size", None)  # The model may be another.
    if "seed" in given or "seed" not in load:
        load["seed"] = recipe.seed
    return (name, arguments), load, recipe


def _given(options):
    return {key: value for key, value in options.items() if value is not None}


def print_summary(card, output):
    """Prints a table of the settings and results of a training run."""
    training, result = card.training, card.training["result"]
    own = ", ".join(
        f"{k}={v}" for k, v in card.arguments.items() if v is not None
    )
    accuracy = result["validation_accuracy"]
    table = Table(title="Summary", show_header=False)
    rows = {
        "model": f"{card.builder}({own})",
        "data": training["data"]["name"],
        "best epoch": f"{result['best_epoch']} of "
        f"{training['config']['epochs']}",
        "validation accuracy": "-" if accuracy is None else f"{accuracy:.2%}",
        "test accuracy": f"{result['test_accuracy']:.2%}",
        "time per step": f"{1000 * result['seconds_per_step']:.1f} ms",
        "total time": f"{result['seconds']:.0f} s",
        "seed": str(training["config"]["seed"]),
        "results in": str(output),
    }
    for name, value in rows.items():
        add_row(table, name, value)
    print_table(table)
