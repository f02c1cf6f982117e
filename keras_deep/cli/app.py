"""The commands and their exit codes."""

import re
import sys
from typing import Annotated

import typer
from rich.console import Console

from keras_deep.cli import convert
from keras_deep.cli import models
from keras_deep.cli import train
from keras_deep.cli import use
from keras_deep.cli.arguments import ModelCommand
from keras_deep.utils.errors import Diverged
from keras_deep.utils.quiet import silence_tensorflow
from keras_deep.version import __version__

app = typer.Typer(
    help="Very deep networks for Keras: list, show, train, convert, use.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _print_version(wanted):
    if wanted:
        typer.echo(f"keras-deep {__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
):
    del version  # The callback has printed it.


app.command("list")(models.list_command)
app.command("show", cls=ModelCommand)(models.show_command)
app.command("train", cls=ModelCommand)(train.train_command)
app.command("convert", cls=ModelCommand)(convert.convert_command)
app.command("evaluate")(use.evaluate_command)
app.command("predict")(use.predict_command)
app.command("export")(use.export_command)


def main():
    """Runs the command line; prints expected errors without traceback.

    The exit code is 0, 1 after an error, and 130 after SIGINT.
    """
    silence_tensorflow()
    try:
        app()
    except (ValueError, TypeError, OSError, ImportError, Diverged) as error:
        Console(stderr=True).print(
            f"Error: {with_options(str(error))}",
            style="red",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print("Interrupted.", style="red")
        sys.exit(130)


def with_options(message):
    """Names arguments as this command line has them: `--data-dir`.

    Errors are written for Python: "Expected `data_dir` to be ...".
    """
    given = {word.partition("=")[0] for word in sys.argv[1:]}

    def option(match):
        found = "--" + match[1].replace("_", "-")
        return f"`{found}`" if found in given else match[0]

    return re.sub(r"`(\w+)`", option, message)
