"""Checks of the entries of a search space."""

import json
import math


def tuples(value):
    """Returns a value with tuples for its lists, which can be compared."""
    if isinstance(value, (list, tuple)):
        return tuple(tuples(item) for item in value)
    return value


def text_of(value):
    """Returns a value as JSON.

    Raises:
        ValueError: if it has no form there.
    """
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise ValueError(
            "Expected values that JSON has a form for: numbers, strings, "
            f"bools, None and sequences of them. Received: {value!r}"
        ) from None


def conditions(when):
    """Returns conditions as a tuple of pairs of a name and a tuple.

    Raises:
        ValueError: if they are no dict of names to sequences, nor its items.
    """
    pairs = when.items() if isinstance(when, dict) else when
    try:
        found = tuple((name, tuples(values)) for name, values in pairs)
    except (TypeError, ValueError):
        found = ((None, None),)
    for name, values in found:
        if not isinstance(name, str) or not isinstance(values, tuple):
            raise ValueError(
                "Expected `when` to be a dict of names to sequences of "
                f"values. Received: when={when!r}"
            )
    return found


def check_range(entry, kinds, word, stepped):
    """Checks `low`, `high`, `step` and `log` of a range.

    Args:
        entry: `Integers` or `Floats`.
        kinds: type, or tuple of types, of a number of the range.
        word: string, what such a number is called.
        stepped: bool. Whether a step is given.

    Raises:
        ValueError: if they do not fit together.
    """
    low, high, step = entry.low, entry.high, entry.step
    if not _is_number(low, kinds) or not _is_number(high, kinds):
        raise ValueError(
            f"Expected `low` and `high` to be finite numbers, each {word}. "
            f"Received: low={low!r}, high={high!r}"
        )
    if low > high:
        raise ValueError(
            "Expected `low` to be at most `high`. Received: "
            f"low={low!r}, high={high!r}"
        )
    if stepped and not (_is_number(step, kinds) and step > 0):
        raise ValueError(
            f"Expected `step` to be a positive {word}. Received: step={step!r}"
        )
    if entry.log and (low <= 0 or stepped):
        raise ValueError(
            "Expected a positive `low` and no `step` with log=True. Received: "
            f"low={low!r}, step={step!r}. A `Choice` may have any values."
        )
    if stepped and not _is_whole((high - low) / step):
        raise ValueError(
            "Expected `high` to be `low` and a number of steps. Received: "
            f"low={low!r}, high={high!r}, step={step!r}"
        )


def check_default(entry, kinds, words):
    """Checks the default of a range.

    Args:
        entry: `Integers` or `Floats`.
        kinds: see `check_range`.
        words: string, added to the range in the error.

    Raises:
        ValueError: if it is not in the range.
    """
    value = entry.default
    inside = _is_number(value, kinds) and entry.low <= value <= entry.high
    if inside and entry.step is not None:
        inside = _is_whole((value - entry.low) / entry.step)
    if not inside:
        raise ValueError(
            f"Expected `default` to be in [{entry.low}, {entry.high}]{words}. "
            f"Received: default={value!r}"
        )


def _is_number(value, kinds):
    known = isinstance(value, kinds) and not isinstance(value, bool)
    return known and math.isfinite(value)


def _is_whole(number):
    return abs(number - round(number)) < 1e-6
