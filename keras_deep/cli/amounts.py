"""Numbers with units, and what is searched, as words of a command line."""

import ast
import math
import re

from keras_deep.cli.arguments import literal

_UNITS = {
    "": 1,
    **{"k": 10**3, "M": 10**6, "G": 10**9},
    **{"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9},
}
_SECONDS = {"s": 1.0, "ms": 1e-3, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = r"\d[\d_]*\.?\d*(?:e-?\d+)?"
_AMOUNT = re.compile(rf"({_NUMBER}) ?([kMG]?B?)")
_DURATION = re.compile(rf"({_NUMBER}) ?(ms|[smhd])")


def amount_of(option, text):
    """Returns a number with a unit as an int: `800k`, `1.5M`, `512MB`.

    Args:
        option: string, for the message.
        text: string, or `None`, which is returned.

    Raises:
        ValueError: if it is no such number, or 0.
    """
    if text is None:
        return None
    match = _AMOUNT.fullmatch(text)
    number = round(float(match[1]) * _UNITS[match[2]]) if match else 0
    if not number:
        raise ValueError(
            f"Expected {option} with a positive number, such as 800k or 1.5M. "
            f"Received: {text!r}"
        )
    return number


def seconds_of(option, text):
    """Returns a duration with units in seconds: `30m`, `1h30m`, `20ms`.

    Args:
        option: string, for the message.
        text: string, or `None`, which is returned.

    Raises:
        ValueError: if it is no such duration, or 0.
    """
    if text is None:
        return None
    parts = _DURATION.findall(text)
    whole = _DURATION.sub("", text).strip() == ""
    seconds = sum(float(n) * _SECONDS[unit] for n, unit in parts)
    if not whole or not seconds:
        raise ValueError(
            f"Expected {option} with a time, such as 2h, 1h30m or 20ms. "
            f"Received: {text!r}"
        )
    return seconds


def searched(words):
    """Returns what `--search` gives.

    Args:
        words: list of strings, such as `"depth=22,40"`, `"growth_rate=8..16"`
            and `"learning_rate=0.01..1:log"`.

    Returns:
        Dict of names to lists of values, or to tuples of the lowest and the
        highest number and whether equal ratios are equally likely.

    Raises:
        ValueError: if a word has no such form, or a name comes twice.
    """
    found = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = name.replace("-", "_")
        values = _range(text) if ".." in text else _values(text)
        if not name or not values or name in found:
            raise ValueError(
                "Expected --search NAME=VALUE,VALUE or NAME=LOW..HIGH, for "
                "equal ratios LOW..HIGH:log, each name once. Received: "
                f"--search {word}"
            )
        found[name] = values
    return found


def _values(text):
    try:
        return [*ast.literal_eval(f"[{text}]")]
    except (ValueError, SyntaxError):
        parts = [part.strip() for part in text.split(",")]
        return [literal(part) for part in parts] if all(parts) else None


def _range(text):
    text, colon, scale = text.partition(":")
    bounds = [literal(part) for part in text.split("..")]
    numbers = all(type(x) in (int, float) for x in bounds)
    if len(bounds) != 2 or not numbers or scale != "log" * bool(colon):
        return None
    if not all(map(math.isfinite, bounds)):
        return None
    return (*bounds, bool(colon))
