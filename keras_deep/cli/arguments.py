"""Options of a builder, such as `--depth 40`, read from its signature."""

import ast

from keras_deep.models.registry import signature_of
from keras_deep.utils.errors import did_you_mean


def builder_arguments(name, words):
    """Reads the options that belong to the builder `name`.

    Args:
        name: string, a registered model.
        words: list of strings, such as `["--growth-rate", "12"]`. Values are
            Python literals; anything else is a string.

    Returns:
        Dict of arguments.

    Raises:
        ValueError: if the builder has no such argument or a value is missing.
    """
    known = [key for key in signature_of(name).parameters if key != "name"]
    arguments = {}
    words = iter(words)
    for word in words:
        option, equals, value = word.partition("=")
        key = option.removeprefix("--").replace("-", "_")
        if not option.startswith("--") or key not in known:
            options = ["--" + k.replace("_", "-") for k in known]
            raise ValueError(
                f"Expected the options of `{name}` to be among "
                f"{', '.join(options)}. Received: {word}."
                f"{did_you_mean(option, options)}"
            )
        value = value if equals else next(words, None)
        if value is None:
            raise ValueError(f"Expected a value after {option}.")
        arguments[key] = _literal(value)
    return arguments


def _literal(text):
    if text in ("true", "false", "none"):
        text = text.capitalize()
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
