"""Errors of Python functions in the words of this command line."""

import re

import typer
from rich.console import Console

from keras_deep import catalogue
from keras_deep.cli.arguments import ModelCommand
from keras_deep.cli.arguments import options_of_models
from keras_deep.utils.errors import Terminated
from keras_deep.utils.text import print_plain

# What a message recommends to Python, and the same here.
_CALLS = {
    "`keras_deep.list_models()`": "`keras-deep list`",
    "`keras_deep.list_weights()`": "`keras-deep show NAME`",
}
_BOTH = re.compile(r"`[^`-][^`]*` \((`--[\w-]+`)\)|(`--[\w-]+`) \(`[^`]*`\)")
_QUOTED = re.compile(r"`(\w+)(=[^`]*)?`")
_GIVEN = re.compile(r"(?<=[ (])(\w+)=(?=[^\s=])")


def message_of(error, app, words):
    """Returns what an error says, with options in place of arguments.

    Args:
        error: exception.
        app: `typer.Typer`.
        words: list of strings, what the user typed.
    """
    if isinstance(error, OSError) and error.strerror and error.filename:
        text = f"Expected a path that can be used. Received: {error.filename!r}"
        return f"{text}: {error.strerror}."
    return with_options(str(error), options_of(app, words))


def options_of(app, words):
    """Returns the arguments that are options of what the user typed, a set."""
    commands = typer.main.get_command(app).commands
    command = next((commands[x] for x in words if x in commands), None)
    return set() if command is None else options_of_command(command, words)


def options_of_command(command, words):
    """Returns the arguments that are options of a command and its model."""
    own = {option for p in command.params for option in p.opts}
    found = {_argument(x) for x in own if x.startswith("--")}
    if isinstance(command, ModelCommand):
        named = [word.rpartition("=")[2] for word in words]
        named = [word for word in named if word in catalogue.models()]
        found |= options_of_models(command.name, named)
    return found


def exit_after(error, command, other):
    """Prints why a command was stopped, of which Typer would say nothing.

    Args:
        error: `KeyboardInterrupt`, or its subclass after SIGTERM.
        command: `click.Command`.
        other: string, for an error that says nothing itself.

    Returns:
        `typer.Exit` to raise.
    """
    text = with_options(str(error), options_of_command(command, ()))
    print_plain(Console(stderr=True), text or other, "red")
    return typer.Exit(143 if isinstance(error, Terminated) else 130)


def with_options(text, options):
    """Names arguments as this command line has them: `--data-dir`.

    Errors are written for Python: "Expected `data_dir` to be ...". What they
    say in both ways is said in this one.

    Args:
        text: string.
        options: set of the names of arguments that are options.
    """
    for call, command in _CALLS.items():
        text = text.replace(call, command)
    text = _BOTH.sub(lambda match: match[1] or match[2], text)

    def option(match):
        name, value = match[1], match[2]
        if name not in options:
            return match[0]
        value = (value or "=")[1:].strip("'\"")
        return f"`{_option(name)}{' ' * bool(value)}{value}`"

    def given(match):
        name = match[1]
        return f"{_option(name)} " if name in options else match[0]

    return _GIVEN.sub(given, _QUOTED.sub(option, text))


def _argument(option):
    return option.removeprefix("--").replace("-", "_")


def _option(argument):
    return "--" + argument.replace("_", "-")
