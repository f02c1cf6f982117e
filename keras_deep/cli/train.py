"""`keras-deep train`."""

import pathlib
from typing import Annotated

import typer

from keras_deep import catalogue
from keras_deep.cli.arguments import builder_arguments
from keras_deep.cli.arguments import complete_model
from keras_deep.cli.messages import exit_after
from keras_deep.cli.settings import check_images
from keras_deep.cli.settings import checked_settings
from keras_deep.cli.settings import with_changes
from keras_deep.cli.summary import print_summary
from keras_deep.models.registry import signature_of
from keras_deep.utils.files import check_folder
from keras_deep.utils.recipe import PRECISIONS
from keras_deep.utils.recipe import SCHEDULES
from keras_deep.utils.recipe import STRATEGIES
from keras_deep.utils.recipes import RECIPES
from keras_deep.utils.resolve_recipe import joined
from keras_deep.utils.text import print_lines


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
    recipe: Annotated[
        str | None,
        typer.Option(help=f"{', '.join(RECIPES)}: see `keras-deep recipes`."),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Any setting of `training.Config` or `data.load`, once or "
            "more often: --set momentum=0.8 --set augment=none.",
        ),
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
    strategy: Annotated[
        str | None, typer.Option(help=f"{', '.join(STRATEGIES)}.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier result.")
    ] = False,
):
    """Train a model and evaluate its best epoch on the test images.

    The builder's own arguments are options too: --depth 40 --growth-rate 12.
    """
    options = {
        "epochs": epochs,
        "learning_rate": learning_rate,
        "schedule": schedule,
        "precision": precision,
        "seed": seed,
        "strategy": strategy,
        "name": data,
        "data_dir": data_dir,
        "batch_size": batch_size,
        "image_size": image_size,
        "skip_unreadable": skip_unreadable or None,
    }
    options = with_changes(_given(options), changes or ())
    given, load, lines = checked_settings(options, recipe, config is not None)
    check_folder(output, "output")
    before = None
    if config is not None:
        from keras_deep.training.run_card import read_run

        before = read_run(config, model)
    build, load, given = _resolve(before, model, context, load, given)
    print_lines(lines)

    from keras_deep.training import fit

    try:
        result = fit(build, load, given, output=output, overwrite=force)
    except KeyboardInterrupt as error:
        other = "Interrupted before the first step."
        raise exit_after(error, context.command, other) from error
    print_summary(result.card, output)


def _resolve(before, model, context, load, given):
    """Joins the card of an earlier result with the options of this call."""
    name = model or before and before.builder
    if name is None:
        raise ValueError(
            "Expected the name of a model, or `--config` with a result.json. "
            f"Received: {' '.join(context.args) or 'neither'}"
        )
    check_images(name)
    training = before and before.training or {}
    arguments = builder_arguments(name, context)
    if before and name == before.builder:
        source = (before.weights or {}).get("source")
        others = {"convention": before.convention, "weights": source}
        known = signature_of(name).parameters
        others = {k: v for k, v in _given(others).items() if k in known}
        kept = {**before.arguments, **others}
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

    config = Config(**joined(training.get("config", {}), given))
    earlier = dict(training.get("data", {}))
    earlier.pop("large_size", None)  # The model may be another.
    load = {**earlier, **load}
    if "name" not in load:
        raise ValueError(
            "Expected --data with a name, one of "
            f"{', '.join(catalogue.datasets())}, or with the path of a folder "
            "of images. Received: none."
        )
    if "seed" in given or "seed" not in load:
        load["seed"] = config.seed
    return (name, arguments), load, config


def _given(options):
    return {key: value for key, value in options.items() if value is not None}
