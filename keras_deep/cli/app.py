"""The commands and their exit codes."""

import re
import shlex
import sys
from typing import Annotated

import typer
from rich.console import Console

from keras_deep.cli import convert
from keras_deep.cli import export
from keras_deep.cli import launch
from keras_deep.cli import models
from keras_deep.cli import recipes
from keras_deep.cli import serve
from keras_deep.cli import train
from keras_deep.cli import tune
from keras_deep.cli import use
from keras_deep.cli.arguments import ModelCommand
from keras_deep.cli.messages import message_of
from keras_deep.utils.errors import Diverged
from keras_deep.utils.errors import SearchFailed
from keras_deep.utils.errors import WorkerLost
from keras_deep.utils.quiet import silence_tensorflow
from keras_deep.utils.text import print_plain
from keras_deep.version import __version__

_EXPECTED = (
    *(ValueError, TypeError, OSError, ImportError),
    *(Diverged, WorkerLost, SearchFailed),
)
_LACKS_VALUE = re.compile("--[a-z-]+=")

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
app.command("recipes")(recipes.recipes_command)
app.command("train", cls=ModelCommand)(train.train_command)
app.command("tune", cls=ModelCommand)(tune.tune_command)
app.command("convert", cls=ModelCommand)(convert.convert_command)
app.command("evaluate")(use.evaluate_command)
app.command("predict")(use.predict_command)
app.command("export")(export.export_command)
app.command("serve")(serve.serve_command)
# What follows the first word belongs to another command.
app.command("launch", context_settings={"allow_interspersed_args": False})(
    launch.launch_command
)


def main():
    """Runs the command line; prints expected errors without traceback.

    The exit code is 0, 1 after an error, 2 where the words make no command,
    130 after SIGINT, and 143 after SIGTERM.
    """
    silence_tensorflow()
    words = sys.argv[1:]
    try:
        if any(not word or _LACKS_VALUE.fullmatch(word) for word in words):
            _end(
                "Expected no empty words, as a variable of the shell that is "
                f"not set leaves. Received: {shlex.join(words)}",
                2,
            )
        app()
    except _EXPECTED as error:
        _end(message_of(error, app, words), 1)
    except KeyboardInterrupt:
        _end("Interrupted.", 130)


def _end(text, code):
    text = text if code == 130 else f"Error: {text}"
    print_plain(Console(stderr=True), text, "red")
    sys.exit(code)
