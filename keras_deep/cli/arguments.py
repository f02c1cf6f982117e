"""Options for the arguments of builders, such as `--depth 40`."""

import ast

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand

from keras_deep import catalogue
from keras_deep.models.registry import signature_of
from keras_deep.utils.errors import did_you_mean

_WORDS = "keras_deep.words"


class ModelCommand(TyperCommand):
    """A command with a model's options, which are listed in its help."""

    def __init__(self, *args, context_settings=None, **kwargs):
        # The model's name, which determines the options, is not known yet.
        extra = {"allow_extra_args": True, "ignore_unknown_options": True}
        settings = {**extra, **(context_settings or {})}
        super().__init__(*args, context_settings=settings, **kwargs)

    def parse_args(self, ctx, args):
        ctx.meta[_WORDS] = [*args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx, formatter):
        super().format_help(ctx, formatter)
        models = catalogue.models()
        for word in ctx.meta.get(_WORDS, ()):
            name = word.rpartition("=")[2]
            if name in models:
                Console().print(_options_panel(name, models[name]))
                break


def _options_panel(name, model):
    table = Table.grid(padding=(0, 2), pad_edge=True)
    table.add_column(no_wrap=True, style="bold cyan")
    table.add_column(overflow="fold")
    for key, parameter in model.parameters.items():
        if key == "name":
            continue
        text = Text(parameter.help)
        if parameter.default is not None:
            text.append(f" [default: {parameter.default}]", style="dim")
        table.add_row(_option(key), text)
    title = f"Options of {name}"
    return Panel(table, title=title, title_align="left", border_style="dim")


def complete_model(incomplete):
    """Returns the names of models that begin with a text, for the shell."""
    names = catalogue.models()
    return [n for n in names if n.lower().startswith(incomplete.lower())]


def builder_arguments(name, context):
    """Reads the options that belong to the builder `name`.

    Args:
        name: string, a registered model.
        context: `typer.Context`, whose `args` are what the command itself does
            not know, such as `["--growth-rate", "12"]`. Values are Python
            literals; anything else is a string.

    Returns:
        Dict of arguments.

    Raises:
        ValueError: if the builder has no such argument, a value is missing or
            is of another type than the default.
    """
    parameters = _parameters(name)
    known = [key for key in parameters if key != "name"]
    words, own = context.args, context.command.params
    own = [option for parameter in own for option in parameter.opts]
    arguments = {}
    words = iter(words)
    for word in words:
        option, equals, value = word.partition("=")
        key = option.removeprefix("--").replace("-", "_")
        if not option.startswith("--") or key not in known:
            options = [_option(k) for k in known]
            own = [o for o in own if o.startswith("--")]
            raise ValueError(
                f"Expected the options of `{name}` to be among "
                f"{', '.join(options)}. Received: {word}."
                f"{did_you_mean(option, options + own)}"
            )
        value = value if equals else next(words, None)
        if value is None:
            raise ValueError(f"Expected a value after {option}.")
        arguments[key] = _literal(value)
        _check_type(option, arguments[key], parameters[key].default)
    return arguments


def _check_type(option, value, default):
    """Refuses what is certainly no value, before a network is built."""
    default = _literal(default) if isinstance(default, str) else default
    kinds = {bool: (bool,), int: (int,), float: (int, float)}
    wanted = kinds.get(type(default))
    if wanted is None or value is None:
        return
    if not isinstance(value, wanted) or (
        isinstance(value, bool) and bool not in wanted
    ):
        raise ValueError(
            f"Expected {option} to be of the type {type(default).__name__}, "
            f"such as {default}. Received: {value!r}"
        )


def _parameters(name):
    if name in catalogue.models():
        return catalogue.models()[name].parameters
    return signature_of(name).parameters


def _option(key):
    return "--" + key.replace("_", "-")


def _literal(text):
    if text in ("true", "false", "none"):
        text = text.capitalize()
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
