"""Classifiers and heads that only the file or only the model has."""

import re

from keras_deep.convert.heads import is_top
from keras_deep.convert.layout import layer_of
from keras_deep.utils.text import enumerated

TOP = "predictions"


def leave_heads(handles, entries, notes, heads):
    """Leaves out a head of the owner's, if all of the body is there.

    Args:
        handles: dict of names to the model's `WeightHandle`s.
        entries: dict of names to the file's `Entry`s.
        notes: list of strings.
        heads: names of the arrays of such a head.
    """
    heads = [name for name in entries if name in heads]
    body = [name for name in handles if not _is_top(name)]
    own = f"{TOP}/kernel" in handles and f"{TOP}/kernel" in entries
    if not heads or own or any(name not in entries for name in body):
        return
    for name in heads:
        del entries[name]
    layers = [re.sub(r"[./][^./]*$", "", name) for name in heads]
    told = enumerated(list(dict.fromkeys(layers)))
    notes.append(f"left out, as no layer of the network is like it: {told}")


def drop_classifier(handles, entries, notes):
    """Drops a classifier that only one has, or that has other classes.

    What the model has of it keeps its initial weights.

    Args:
        handles: dict of names to the model's `WeightHandle`s.
        entries: dict of names to the file's `Entry`s.
        notes: list of strings.
    """
    ours, theirs = (_top_layers(names) for names in (handles, entries))
    if not ours:
        _drop(theirs, entries)
        if theirs:
            notes.append("the classifier was left out: the model has none")
        return
    missing = [layer for layer in ours if layer not in theirs]
    # Where it ends early, it is another's. One inside is a mistake.
    if missing and missing == ours[-len(missing) :]:
        _drop(missing, handles)
        more = "" if missing == [TOP] else f" ({', '.join(missing)})"
        notes.append(
            f"the classifier{more} keeps its initial weights: the file has none"
        )
        return
    kernel = f"{TOP}/kernel"
    if kernel not in entries or kernel not in handles:
        return
    features, classes = entries[kernel].shape[-2:]
    expected = tuple(handles[kernel].shape)
    if features == expected[0] and classes != expected[1]:
        _drop([TOP], handles)
        _drop([TOP], entries)
        notes.append(
            f"the classifier keeps its initial weights: the file has {classes} "
            f"classes, the model {expected[1]}"
        )


def _is_top(name):
    return is_top(layer_of(name, "keras"))


def _top_layers(names):
    """Returns the layers of a classifier, in order."""
    layers = (layer_of(name, "keras") for name in names)
    return list(dict.fromkeys(layer for layer in layers if is_top(layer)))


def _drop(layers, names):
    for name in [n for n in names if layer_of(n, "keras") in layers]:
        del names[name]
