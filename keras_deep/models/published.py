"""What others counted and report for a network."""

import functools
import json
import pathlib
import re

from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of

# What does not make it another network of the papers.
_IGNORED = ("name", "classes", "convention", "input_shape", "weights")


def references(name, arguments=None):
    """Returns what others counted and reported for a network.

    Args:
        name: string, a registered model.
        arguments: dict of arguments of its builder.

    Returns:
        List of dicts with the parameters `trainable` and `total`, the
        `multiply_adds`, their `source`, and `published`: `None` or a dict with
        `dataset`, `result` (an error in % unless `metric` says otherwise),
        `metric` (with its mode, such as single crop or 10-crop) and `source`.
    """
    wanted = network_of(name, arguments or {})
    return [
        record
        for record in all_references()
        if network_of(record["model"], record["arguments"]) == wanted
    ]


def published(name, arguments=None):
    """Returns the different published results of `references`."""
    results = {}
    for record in references(name, arguments):
        found = record["published"]
        if found is not None:
            results.setdefault((found["dataset"], found["result"]), found)
    return list(results.values())


def papers(name):
    """Returns pairs of title and address of a model's papers."""
    text = re.sub(r"\s+", " ", entry_of(name).build.__doc__)
    return re.findall(r"\[([^\]]+)\]\( ?(https?://[^)]+)\)", text)


def network_of(name, arguments):
    """Returns which network of the papers a call builds.

    Classes, convention and image size do not count.

    Returns:
        Pair of the builder's name and a dict of its arguments.
    """
    own = arguments_of(name, arguments)
    for key in _IGNORED:
        own.pop(key, None)
    if own.get("shortcut", "") is None:
        # The papers' own: option A, but projections in front of bottlenecks.
        own["shortcut"] = "B" if own.get("block") == "bottleneck" else "A"
    return entry_of(name).builder, own


@functools.cache
def all_references():
    """Returns all records of `reference.json`."""
    path = pathlib.Path(__file__).with_name("reference.json")
    return json.loads(path.read_text())
