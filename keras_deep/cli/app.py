"""The commands and how they end."""

import sys

import typer
from rich.console import Console

from keras_deep.cli import convert
from keras_deep.cli import models
from keras_deep.cli import train
from keras_deep.cli import use

app = typer.Typer(
    help="Very deep networks for Keras: list, show, train, convert, use.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# The builder's own options (--depth 40) are not known before its name is.
_EXTRA = {"allow_extra_args": True, "ignore_unknown_options": True}
app.command("list")(models.list_command)
app.command("show", context_settings=_EXTRA)(models.show_command)
app.command("train", context_settings=_EXTRA)(train.train_command)
app.command("convert", context_settings=_EXTRA)(convert.convert_command)
app.command("evaluate")(use.evaluate_command)
app.command("predict")(use.predict_command)
app.command("export")(use.export_command)


def main():
    """Runs the command line; an expected error is one message, no traceback.

    Exits with 0, with 1 after an error, and with 130 after SIGINT.
    """
    try:
        app()
    except (ValueError, TypeError, OSError, ImportError) as error:
        Console(stderr=True).print(
            f"Error: {error}", style="red", markup=False, highlight=False
        )
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print("Interrupted.", style="red")
        sys.exit(130)
