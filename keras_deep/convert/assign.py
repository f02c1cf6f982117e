"""Giving a model its weights: all of them, or none and the reasons."""

import math
import re

import numpy as np

from keras_deep.models.weights import named_weights
from keras_deep.models.weights import set_weights
from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.threads import in_threads
from keras_deep.utils.threads import is_large

TOP = "predictions"
# A stem of several convolutions counts them: conv1_1, conv1_2, ...
_FIRST = re.compile(r"conv1(_1)?_conv/kernel")
_SHOWN = 20


def first_convolution(names):
    """Returns the name of the kernel that reads the image, or `None`."""
    return next((name for name in names if _FIRST.fullmatch(name)), None)


def assign(model, arrays):
    """Sets every weight of a model from arrays of its names and axes.

    As timm does, another number of classes or of input channels is allowed:
    the classifier then keeps its initial weights, and the first convolution is
    summed or repeated over its input channels. A convolution's bias that our
    network does not have is subtracted from the moving mean of the batch
    normalisation behind it, which is the same function.

    Args:
        model: `keras.Model`.
        arrays: `Arrays` of logical names, see `named_weights`.

    Returns:
        List of strings: what was done other than copying.

    Raises:
        ValueError: lists all that is missing, unexpected or mis-shaped, with
            near misses. Then no weight was changed.
    """
    handles = dict(named_weights(model))
    entries = {name: arrays.entry(name) for name in arrays}
    notes = []
    for step in (_fold_biases, _drop_classifier, _adapt_first, _reshape):
        step(handles, entries, notes)
    _check(handles, entries, f"{model.name!r}", arrays.source)
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
            "means of the batch normalisation behind them"
        )


def _minus(mean, bias):
    return mean._replace(read=lambda: mean.read() - bias.read().ravel())


def _drop_classifier(handles, entries, notes):
    """Leaves out a classifier that the model does not have, or not so."""
    ours, theirs = (x.get(f"{TOP}/kernel") for x in (handles, entries))
    if theirs is None:
        return
    if ours is None:
        reason = "the classifier was left out: the model has none"
    else:
        features, classes = theirs.shape[-2:]
        expected = tuple(ours.shape)
        if features != expected[0] or classes == expected[1]:
            return
        reason = (
            f"the classifier keeps its initial weights: the file has {classes} "
            f"classes, the model {expected[1]}"
        )
    for key in (f"{TOP}/kernel", f"{TOP}/bias"):
        entries.pop(key, None)
        handles.pop(key, None)
    notes.append(reason)


def _adapt_first(handles, entries, notes):
    """Fits the first convolution to another number of input channels."""
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
    """Makes 1x1 convolutions of dense layers and back, axes of length 1."""
    del notes  # It is another way to write the same weights.
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


def _check(handles, entries, model, source):
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
        )


def _set_all(handles, entries):
    """Sets all weights, once it is known that the file is not damaged."""
    large, small = [], {}
    for name, entry in entries.items():
        if is_large(entry.shape):
            large.append(entry)
        else:  # Kept: opening the file once more takes longer than reading.
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
