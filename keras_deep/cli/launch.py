"""`keras-deep launch`."""

import os
import shutil
import sys
from typing import Annotated

import typer

from keras_deep.cli.launching import launch
from keras_deep.utils.errors import did_you_mean

_MAIN = ("-c", "from keras_deep.cli import main; main()")


def launch_command(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="-- COMMAND...",
            help="A command of keras-deep, as `train`, or a program, as "
            "`python script.py`.",
        ),
    ],
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="How many processes.")
    ] = 2,
    max_restarts: Annotated[
        int,
        typer.Option(min=0, help="How often all start again when one fails."),
    ] = 0,
    grace: Annotated[
        float,
        typer.Option(
            min=0, help="Seconds to end in, of the others when one fails."
        ),
    ] = 20.0,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            help="Print the lines of all workers, not only of the first.",
        ),
    ] = False,
):
    """Run a command as several workers on this machine that train together.

    keras-deep launch --workers 2 -- train ResNet20 --data cifar10

    SIGTERM and Ctrl-C are passed on to all. For the GPUs of one machine a
    single process is better, without this command.
    """
    command = _command(words, context.parent.command.commands)
    raise typer.Exit(launch(command, workers, max_restarts, grace, verbose))


def _command(words, commands):
    """Returns the words that start a worker."""
    first, *others = words
    if first in commands and first != "launch":
        own = sys.argv[0]  # `keras-deep` itself, if it was started so.
        start = (own,) if os.path.isfile(own) else _MAIN
        return [sys.executable, *start, *words]
    if first in ("python", "python3"):  # The one that has the package.
        return [sys.executable, *others]
    if shutil.which(first):
        return words
    known = sorted({*commands} - {"launch"})
    raise ValueError(
        f"Expected a command of keras-deep ({', '.join(known)}), or a program. "
        f"Received: {first!r}.{did_you_mean(first, known)}"
    )
