"""Assigns weights to a model: all of them, or none and an error."""

import math
import re

import numpy as np

from keras_deep.convert.classifiers import drop_classifier
from keras_deep.convert.classifiers import leave_heads
from keras_deep.models.weights import named_weights
from keras_deep.models.weights import set_weights
from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.threads import in_threads
from keras_deep.utils.threads import is_large

# A stem of several convolutions counts them: conv1_1, conv1_2, ...
_FIRST = re.compile(r"conv1(_1)?_conv/kernel")
_SHOWN = 20


def first_convolution(names):
    """Returns the name of the kernel that reads the image, or `None`."""
    return next((name for name in names if _FIRST.fullmatch(name)), None)


def assign(model, arrays, heads=(), beside=()):
    """Sets all weights of a model from arrays with its names and axes.

    As in timm, the number of classes or of input channels may differ: the
    classifier then keeps its initial weights, and the first kernel is summed
    or repeated over its input channels. So does a classifier that the file
    lacks. A convolution bias that the model lacks is subtracted from the
    moving mean of the batch normalisation after it, which is equivalent.

    Args:
        model: `keras.Model`.
        arrays: `Arrays` of logical names, see `named_weights`.
        heads: names of arrays that may be of a head on the network. They are
            left out, unless the file has the network's own classifier for it.
        beside: notes of what else the file has, for messages.

    Returns:
        List of strings, all changes other than copying.

    Raises:
        ValueError: if weights are missing, unexpected or mis-shaped; lists all
            of them with similar names. No weight is changed then.
    """
    handles = dict(named_weights(model))
    entries = {name: arrays.entry(name) for name in arrays}
    notes = [*beside]
    leave_heads(handles, entries, notes, heads)
    for step in (_fold_biases, drop_classifier, _adapt_first, _reshape):
        step(handles, entries, notes)
    _check(handles, entries, f"{model.name!r}", arrays.source, beside)
    _set_all(handles, entries)
    return notes


def _fold_biases(handles, entries, notes):
    folded = 0
    for name in list(entries):
        mean = name.replace("_conv/bias", "_bn/moving_mean")
        if name in handles or mean == name:
            continue
        if mean in handles and mean in entries:
            bias = entries.pop(name)
            entries[mean] = _minus(entries[mean], bias)
            folded += 1
    if folded:
        notes.append(
            f"{folded} biases of convolutions were folded into the moving "
            "means of the batch normalisation after them"
        )


def _minus(mean, bias):
    return mean._replace(read=lambda: mean.read() - bias.read().ravel())


def _adapt_first(handles, entries, notes):
    """Adapts the first kernel to another number of input channels."""
    first = first_convolution(handles)
    ours, theirs = handles.get(first), entries.get(first)
    if ours is None or theirs is None or len(theirs.shape) != 4:
        return
    *window, channels, filters = ours.shape
    given = theirs.shape[2]
    same = (*theirs.shape[:2], theirs.shape[3]) == (*window, filters)
    if not same or given == channels:
        return
    if given != 3:
        del handles[first], entries[first]
        notes.append(
            f"the first convolution keeps its initial weights: the file has "
            f"{given} input channels, the model {channels}"
        )
        return

    def read():
        kernel = np.asarray(theirs.read(), "float32")
        if channels == 1:
            return kernel.sum(axis=2, keepdims=True)
        times = math.ceil(channels / 3)
        return np.tile(kernel, (1, 1, times, 1))[:, :, :channels] * (
            3 / channels
        )

    entries[first] = theirs._replace(shape=tuple(ours.shape), read=read)
    how = "summed over" if channels == 1 else "repeated for"
    notes.append(
        f"the first convolution was {how} its input channels: the file has "
        f"3, the model {channels}"
    )


def _reshape(handles, entries, notes):
    """Adds or removes axes of length 1, as of 1x1 kernels and dense ones."""
    del notes  # The weights are the same.
    for name in handles.keys() & entries.keys():
        shape, entry = tuple(handles[name].shape), entries[name]
        longer = max(len(shape), len(entry.shape))
        ours, theirs = (
            (1,) * (longer - len(s)) + tuple(s) for s in (shape, entry.shape)
        )
        if shape != tuple(entry.shape) and ours == theirs:
            entries[name] = entry._replace(
                shape=shape,
                read=lambda e=entry, s=shape: e.read().reshape(s),
            )


def _check(handles, entries, model, source, beside):
    missing = [name for name in handles if name not in entries]
    unexpected = [name for name in entries if name not in handles]
    problems = [
        f"missing {name}.{did_you_mean(name, unexpected)}" for name in missing
    ]
    problems += [
        f"unexpected {name}.{did_you_mean(name, missing)}"
        for name in unexpected
    ]
    for name, handle in handles.items():
        entry = entries.get(name)
        if entry is None:
            continue
        if tuple(entry.shape) != tuple(handle.shape):
            problems.append(
                f"{name} has shape {tuple(entry.shape)}, expected "
                f"{tuple(handle.shape)}"
            )
        elif entry.dtype.kind in "OSUc":
            problems.append(f"{name} has the type {entry.dtype}")
    if problems:
        more = len(problems) - _SHOWN
        raise ValueError(
            f"Expected weights for every layer of {model}, in its shapes. "
            f"Received: {source!r} with {len(problems)} differences:\n"
            + "\n".join(problems[:_SHOWN])
            + (f"\nand {more} more" if more > 0 else "")
            + "".join(f"\n{note.capitalize()}." for note in beside)
        )


def _set_all(handles, entries):
    """Sets all weights after a check that the file is not damaged."""
    large, small = [], {}
    for name, entry in entries.items():
        if is_large(entry.shape):
            large.append(entry)
        else:  # Kept, as opening the file again takes longer than reading.
            small[name] = _checked(entry)
    for _ in in_threads(_check_bytes, large):
        pass
    set_weights(
        handles,
        lambda name: small[name] if name in small else entries[name].read(),
    )


def _checked(entry):
    value = entry.read()
    _check_bytes(entry)
    return value


def _check_bytes(entry):
    if entry.check is not None:
        entry.check()
