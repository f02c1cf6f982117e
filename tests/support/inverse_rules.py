"""Writes the weights of a model under the names of another implementation."""

import re

import numpy as np

import keras_deep
from keras_deep.convert.rules import _FIELD

_LEAVES = {
    "kernel": "weight",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def their_names(origin, ours):
    """Returns what an origin calls our layers.

    Args:
        origin: `Origin`.
        ours: list of the names of our layers.

    Returns:
        Dict of our names to theirs.
    """
    found = _counted(origin, ours)
    # The row that says most comes first: `downsample.0` before `conv{k}`.
    rows = sorted(origin.layers.items(), key=lambda row: row[0].count("{"))
    for name in ours:
        for theirs, template in rows:
            other = _other(theirs, template, name)
            if other and origin.match([other]) == {other: name}:
                found.setdefault(name, other)
    return found


def _other(theirs, ours, name):
    """Applies a row of rules backwards, or returns `None`."""
    kinds = {key: kind for kind, key, _ in _FIELD.findall(theirs)}
    offsets, parts, end = {}, [], 0
    for field in _FIELD.finditer(ours):
        _, key, offset = field.groups()
        kinds.setdefault(key, "")
        digits = r".+" if kinds[key] == "=" else r"\d+"
        parts += [re.escape(ours[end : field.start()])]
        parts += [f"(?P={key})" if key in offsets else f"(?P<{key}>{digits})"]
        offsets[key] = int(offset or 0)
        end = field.end()
    fits = re.fullmatch("".join([*parts, re.escape(ours[end:])]), name)
    if not fits:
        return None

    def value(field):
        _, key, _ = field.groups()
        text = fits.groupdict().get(key, "1")
        if kinds[key] == "=":
            return text
        number = int(text) - offsets.get(key, 0)
        return chr(96 + number) if kinds[key] == "@" else str(number)

    return _FIELD.sub(value, theirs)


def _counted(origin, ours):
    found = {}
    for start, end in origin.numbered.items():
        named = [name for name in ours if name.endswith(f"_{end}")]
        named.sort(key=origin.order)
        for number, name in enumerate(named, 1):
            found.setdefault(name, f"{start}_{number}")
    return found


def pytorch_weights(model, origin):
    """Returns the weights of a model as an origin of PyTorch has them.

    Args:
        model: `keras.Model`.
        origin: `Origin`.

    Returns:
        Dict of names to arrays, channels first, in the order of the layers.
    """
    values = {n: h.get() for n, h in keras_deep.named_weights(model)}
    layers = list(dict.fromkeys(name.rpartition("/")[0] for name in values))
    names, found = their_names(origin, layers), {}
    for name, value in values.items():
        layer, _, leaf = name.rpartition("/")
        if leaf == "kernel":
            axes = range(value.ndim)
            value = value.transpose(*axes[:-3:-1], *axes[:-2])
        found[f"{names[layer]}.{_LEAVES.get(leaf, leaf)}"] = value
    return found


def keras_weights(model, origin):
    """Returns the weights of a model as an origin of Keras has them."""
    values = {n: h.get() for n, h in keras_deep.named_weights(model)}
    layers = list(dict.fromkeys(name.rpartition("/")[0] for name in values))
    names = their_names(origin, layers)
    return {
        f"{names[layer]}/{leaf}": value
        for (layer, _, leaf), value in (
            (name.rpartition("/"), value) for name, value in values.items()
        )
    }


def origin_named(builder, name, **arguments):
    """Returns the first origin with a name of what a builder makes."""
    from keras_deep.convert.families import family_of

    family = family_of(builder, arguments)
    return next(o for o in family.origins if o.name == name)


def save_npz(path, weights):
    """Writes weights; a `.pth` file may be one of NumPy."""
    with open(path, "wb") as file:
        np.savez(file, **weights)
    return path
