"""Options for the arguments of builders, such as `--depth 40`."""

import ast
import itertools

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand

from keras_deep import catalogue
from keras_deep.models.registry import signature_of
from keras_deep.utils.errors import did_you_mean

_WORDS = "keras_deep.words"
_KINDS = {
    bool: ((bool,), "a bool (true or false)"),
    int: ((int,), "an int"),
    float: ((int, float), "a number"),
}


class ModelCommand(TyperCommand):
    """A command with a model's options, which are listed in its help."""

    def __init__(self, *args, context_settings=None, **kwargs):
        # The model's name, which determines the options, is not known yet.
        settings = {"allow_extra_args": True, **(context_settings or {})}
        super().__init__(*args, context_settings=settings, **kwargs)

    def parse_args(self, ctx, args):
        ctx.meta[_WORDS] = [*args]
        own, others = self._divide(args)
        extra = super().parse_args(ctx, own)
        ctx.args = [*others, *extra]
        return ctx.args

    def _divide(self, words):
        """Divides words into the command's and a model's, in any order."""
        takes_value = {
            option: not getattr(parameter, "is_flag", True)
            for parameter in self.params
            for option in (*parameter.opts, *parameter.secondary_opts)
        }
        known = options_of_models(self.name)
        own, others = [], []
        words = iter(words)
        for word in words:
            option, equals, _ = word.partition("=")
            if word == "--":
                own += [word, *words]
            elif not _is_option(word) or word == "--help":
                own.append(word)
            elif option in takes_value or word[:2] in takes_value:
                own.append(word)
                own += itertools.islice(words, takes_value.get(word, 0))
            else:
                others.append(word)
                has_value = not equals and _argument(option) in known
                others += itertools.islice(words, has_value)
        return own, others

    def format_help(self, ctx, formatter):
        super().format_help(ctx, formatter)
        models = catalogue.models()
        for word in ctx.meta.get(_WORDS, ()):
            name = word.rpartition("=")[2]
            if name in models:
                panel = _options_panel(name, models[name], self.name)
                Console().print(panel)
                break


def _options_panel(name, model, command):
    table = Table.grid(padding=(0, 2), pad_edge=True)
    table.add_column(no_wrap=True, style="bold cyan")
    table.add_column(overflow="fold")
    for key, parameter in _options(model.parameters, command).items():
        text = Text(parameter.help)
        if parameter.default is not None:
            text.append(f" [default: {parameter.default}]", style="dim")
        table.add_row(_option(key), text)
    title = f"Options of {name}"
    return Panel(table, title=title, title_align="left", border_style="dim")


def options_of_models(command, names=()):
    """Returns the arguments of models that are options of a command.

    Args:
        command: string, its name.
        names: names of models, or none for all.

    Returns:
        Set of strings.
    """
    models = catalogue.models()
    chosen = [models[name] for name in names] or models.values()
    return {k for m in chosen for k in _options(m.parameters, command)}


def _options(parameters, command):
    # The file names the model, and for `convert` the weights are its subject.
    none = ("name", "weights") if command == "convert" else ("name",)
    return {k: p for k, p in parameters.items() if k not in none}


def _is_option(word):
    return word.startswith("-") and not word[1:2].isdigit() and word != "-"


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
    command = context.command
    try:
        parameters = _options(_parameters(name), command.name)
    except ValueError:  # The name may be the value of a misspelt option.
        known = sorted(options_of_models(command.name))
        for word in context.args:
            if (
                _is_option(word)
                and _argument(word.partition("=")[0]) not in known
            ):
                _refuse("a model", word, known, command)
        raise
    arguments = {}
    words = iter(context.args)
    for word in words:
        option, equals, value = word.partition("=")
        key = _argument(option)
        if not option.startswith("--") or key not in parameters:
            _refuse(f"`{name}`", word, parameters, command)
        value = value if equals else next(words, None)
        if value is None:
            raise ValueError(f"Expected a value after {option}. Received: none")
        arguments[key] = literal(value)
        _check_type(option, arguments[key], parameters[key].default)
    return arguments


def _refuse(name, word, parameters, command):
    options = [_option(key) for key in parameters]
    own = [x for p in command.params for x in p.opts if x.startswith("--")]
    if _is_option(word):
        what = f"the options of {name} to be among {', '.join(options)}"
        near = did_you_mean(word.partition("=")[0], options + own)
    else:
        what = f"nothing but options beside {name}, such as {options[0]}"
        near = ""
    raise ValueError(f"Expected {what}. Received: {word}.{near}")


def _check_type(option, value, default):
    """Refuses what is certainly no value, before a network is built."""
    default = literal(default) if isinstance(default, str) else default
    if type(default) not in _KINDS:
        return
    wanted, text = _KINDS[type(default)]
    if type(value) not in wanted:  # A bool is an int.
        raise ValueError(
            f"Expected `{option}` to be {text}, such as {default}. "
            f"Received: {value!r}"
        )


def _parameters(name):
    if name in catalogue.models():
        return catalogue.models()[name].parameters
    return signature_of(name).parameters


def _argument(option):
    return option.removeprefix("--").replace("-", "_")


def _option(key):
    return "--" + key.replace("_", "-")


def literal(text):
    """Returns the Python literal that a text is, or the text."""
    if text in ("true", "false", "none"):
        text = text.capitalize()
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
