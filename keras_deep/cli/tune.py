"""`keras-deep tune`."""

import pathlib
from typing import Annotated

import typer

from keras_deep import catalogue
from keras_deep.cli.amounts import amount_of
from keras_deep.cli.amounts import searched
from keras_deep.cli.amounts import seconds_of
from keras_deep.cli.arguments import builder_arguments
from keras_deep.cli.arguments import complete_model
from keras_deep.cli.messages import exit_after
from keras_deep.cli.searches import check_once
from keras_deep.cli.searches import print_search
from keras_deep.cli.searches import run_search
from keras_deep.cli.settings import check_images
from keras_deep.cli.settings import checked_settings
from keras_deep.cli.settings import with_changes
from keras_deep.utils.checks import check_one_of
from keras_deep.utils.files import check_folder
from keras_deep.utils.recipes import RECIPES
from keras_deep.utils.text import print_lines
from keras_deep.utils.tuners import OBJECTIVES
from keras_deep.utils.tuners import TUNERS

_MOST = "A candidate with more is not trained: 800k, 1.5M."


def tune_command(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            help="A name of `keras-deep list`.", autocompletion=complete_model
        ),
    ],
    data: Annotated[
        str,
        typer.Option(
            help=f"{', '.join(catalogue.datasets())}, the path of a folder or "
            ".npz file, or a data set of tensorflow-datasets."
        ),
    ],
    data_dir: Annotated[
        str | None, typer.Option(help="Folder of the data set's files.")
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(min=1, help="How many; 20 without --budget."),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(help="Time after which no trial begins: 30m, 2h."),
    ] = None,
    tuner: Annotated[str, typer.Option(help=f"{', '.join(TUNERS)}.")] = TUNERS[
        0
    ],
    objective: Annotated[
        str, typer.Option(help=f"{', '.join(OBJECTIVES)}.")
    ] = OBJECTIVES[0],
    search: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES",
            help="What to search beside the default, once or more often: "
            "depth=22,40, growth_rate=8..16, learning_rate=0.01..1:log, of the "
            "builder, `training.Config` or `data.load`.",
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A setting of `training.Config` or `data.load` that is not "
            "searched: --set momentum=0.8.",
        ),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(help=f"{', '.join(RECIPES)}: see `keras-deep recipes`."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Of a full training.")
    ] = None,
    max_parameters: Annotated[str | None, typer.Option(help=_MOST)] = None,
    max_multiply_adds: Annotated[
        str | None, typer.Option(help="For one image: 300M.")
    ] = None,
    max_activation_memory: Annotated[
        str | None, typer.Option(help="Bytes of a batch: 500MB.")
    ] = None,
    max_latency: Annotated[
        str | None, typer.Option(help="Of one image, on this machine: 20ms.")
    ] = None,
    seed: Annotated[int | None, typer.Option()] = None,
    strategy: Annotated[
        str | None,
        typer.Option(help="auto, one_device, mirrored or tpu."),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(min=1, max=256, help="Processes that train a trial each."),
    ] = 1,
    test: Annotated[
        bool,
        typer.Option(
            "--test", help="Measure the best model on the test images."
        ),
    ] = False,
    output: Annotated[
        pathlib.Path, typer.Option(help="Folder for the results.")
    ] = pathlib.Path("runs/tune"),
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier search.")
    ] = False,
):
    """Search for the best hyperparameters of a model.

    The builder's own arguments are options too, which are not searched then:
    --depth 40. The same command goes on with a search that was stopped.
    """
    check_one_of(TUNERS, tuner=tuner)
    check_one_of(OBJECTIVES, objective=objective)
    limits = {
        option: read(f"--{option.replace('_', '-')}", text)
        for option, read, text in (
            ("max_parameters", amount_of, max_parameters),
            ("max_multiply_adds", amount_of, max_multiply_adds),
            ("max_activation_memory", amount_of, max_activation_memory),
            ("max_latency", seconds_of, max_latency),
        )
    }
    seconds = seconds_of("--budget", budget)
    space = searched(search or ())
    options = {
        **{"epochs": epochs, "seed": seed, "strategy": strategy},
        **{"name": data, "data_dir": data_dir},
    }
    options = {k: v for k, v in options.items() if v is not None}
    options = with_changes(options, changes or ())
    given, load, lines = checked_settings(options, recipe, False)
    check_once(space, given, load)
    check_folder(output, "output")
    check_images(model)
    arguments = builder_arguments(model, context)
    print_lines(lines)
    try:
        result = run_search(
            *(model, load, given, space),
            tuner=tuner,
            objective=objective,
            trials=trials,
            max_seconds=seconds,
            output=output,
            overwrite=force,
            workers=workers,
            test=test,
            **limits,
            **arguments,
        )
    except KeyboardInterrupt as error:
        other = "Interrupted before the first trial."
        raise exit_after(error, context.command, other) from error
    print_search(result, output)
