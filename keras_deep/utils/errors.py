"""Parts of error messages that all packages share."""

import difflib


class Diverged(FloatingPointError):
    """The losses or the weights of a training are not finite any more."""


class UnknownNameError(ValueError):
    """There is nothing of such a name."""


def did_you_mean(name, names):
    """Returns a sentence with the names closest to `name`, or `""`."""
    close = difflib.get_close_matches(str(name), list(names), n=3, cutoff=0.5)
    if not close:
        return ""
    return " Did you mean " + " or ".join(repr(match) for match in close) + "?"
