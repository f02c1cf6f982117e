"""What the docstring of a builder says of it and of its parameters."""

import re

from keras_deep.models.registry import entry_of
from keras_deep.models.registry import signature_of

_SECTION = re.compile(r"Args(?: of [\w ]+)?:")
_PARAMETER = re.compile(r" {4}(\w+): (.*)")
_ELSEWHERE = re.compile(r"see `(\w+)`\.\s*")


def summary_of(text):
    """Returns the first line; of a variant also the one of its builder."""
    paragraphs = text.split("\n\n")
    return " ".join(paragraphs[: 1 + text.startswith("`")])


def help_of(name):
    """Returns what is said of the parameters of a model.

    "see `Other`." is replaced by what that other builder says.

    Returns:
        Dict of the names of parameters to strings, for all parameters.

    Raises:
        ValueError: if the docstring lacks one, or has one too many.
    """
    found = _args(entry_of(name).build.__doc__)
    known = [*signature_of(name).parameters]
    if sorted(found) != sorted(known):
        raise ValueError(
            f"Expected the docstring of {name} to have its arguments {known}. "
            f"Received: {list(found)}"
        )
    for key, text in found.items():
        other = _ELSEWHERE.match(text)
        if other:
            theirs = help_of(other[1])[key]
            found[key] = f"{theirs} {text[other.end() :]}".strip()
    return found


def _args(text):
    found, inside, key = {}, False, None
    for line in text.split("\n"):
        if line and not line.startswith(" "):
            inside, key = _SECTION.fullmatch(line) is not None, None
        start = inside and _PARAMETER.fullmatch(line)
        if start:
            key = start[1]
            found[key] = start[2]
        elif key:
            found[key] = f"{found[key]} {line.strip()}".strip()
    return found
