"""Parts of error messages that all packages share."""

import difflib


class Diverged(FloatingPointError):
    """The losses or the weights of a training are not finite any more."""


class Terminated(KeyboardInterrupt):
    """A training was stopped by SIGTERM, as Ctrl-C stops it by SIGINT."""


class ClusterError(ValueError):
    """The tasks of a cluster are described, or were started, wrongly."""


class WorkerLost(RuntimeError):
    """Another task of the cluster ended or does not answer."""


class SearchFailed(RuntimeError):
    """No trial of a search was trained to its end."""


class UnknownNameError(ValueError):
    """There is nothing of such a name."""


def did_you_mean(name, names):
    """Returns a sentence with the names closest to `name`, or `""`.

    Upper and lower case do not count.
    """
    known = {}
    for other in names:
        known.setdefault(str(other).lower(), other)
    close = difflib.get_close_matches(str(name).lower(), known, n=3, cutoff=0.5)
    if not close:
        return ""
    found = " or ".join(repr(known[match]) for match in close)
    return f" Did you mean {found}?"
