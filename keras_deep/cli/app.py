"""The commands and their exit codes."""

import sys

import typer
from rich.console import Console

from keras_deep.cli import convert
from keras_deep.cli import models
from keras_deep.cli import train
from keras_deep.cli import use
from keras_deep.cli.arguments import ModelCommand
from keras_deep.utils.errors import Diverged
from keras_deep.utils.quiet import silence_tensorflow

app = typer.Typer(
    help="Very deep networks for Keras: list, show, train, convert, use.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
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
            f"Error: {error}", style="red", markup=False, highlight=False
        )
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print("Interrupted.", style="red")
        sys.exit(130)
