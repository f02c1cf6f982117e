"""Reference counts, published results and papers of networks."""

import ast
import functools
import json
import pathlib
import re

from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of

# Arguments that do not change which network of the papers it is.
_IGNORED = ("name", "classes", "convention", "input_shape", "weights")
# A list item or paragraph, a link in it, and the networks it is for.
_ITEM = re.compile(r"\n *(?:- |\n)")
_LINK = re.compile(r"\[([^\]]+)\]\( ?(https?://[^)]+)\)")
_CONDITION = re.compile(r"for `(\w+)=([^`]+)`")


def references(name, arguments=None):
    """Returns independent counts and published results of a network.

    Args:
        name: string, a registered model.
        arguments: dict of arguments of its builder.

    Returns:
        List of dicts with the numbers of parameters `trainable` and `total`,
        the `multiply_adds`, their `source`, and `published`: `None` or a dict
        of `dataset`, `result` (an error in % unless `metric` says otherwise),
        `metric` (with its mode, such as single crop or 10-crop) and `source`.
    """
    wanted = network_of(name, arguments or {})
    return [
        record
        for record in all_references()
        if network_of(record["model"], record["arguments"]) == wanted
    ]


def published(name, arguments=None):
    """Returns the distinct published results of `references`."""
    results = {}
    for record in references(name, arguments):
        found = record.get("published")
        if found is not None:
            results.setdefault((found["dataset"], found["result"]), found)
    return list(results.values())


def papers(name, arguments=None):
    """Returns the papers of a network.

    They are the links in the docstring of its builder. A link followed by "for
    `version=2`" comes first for networks with that argument, and is omitted
    for others.

    Args:
        name: string, a registered model.
        arguments: dict of arguments of its builder.

    Returns:
        List of pairs of title and address.
    """
    own = arguments_of(name, arguments or {})
    special, general = [], []
    for item in _ITEM.split(entry_of(name).build.__doc__):
        item = re.sub(r"\s+", " ", item)
        links = _LINK.findall(item)
        conditions = links and _CONDITION.findall(item)
        if not conditions:
            general += links
        elif all(own[key] == ast.literal_eval(v) for key, v in conditions):
            special += links
    return special + general


def network_of(name, arguments):
    """Identifies the network of the papers that a call builds.

    Classes, convention and image size are ignored.

    Returns:
        Pair of the builder's name and a dict of its arguments.
    """
    own = arguments_of(name, arguments)
    for key in _IGNORED:
        own.pop(key, None)
    if own.get("shortcut", "") is None:
        # The papers' own: option A, but projections past bottlenecks.
        own["shortcut"] = "B" if own.get("block") == "bottleneck" else "A"
    return entry_of(name).builder, own


@functools.cache
def all_references():
    """Returns all records of the files in `reference/`."""
    folder = pathlib.Path(__file__).with_name("reference")
    return [
        record
        for path in sorted(folder.glob("*.json"))
        for record in json.loads(path.read_text())
    ]
