"""Chooses parts of a network by the name, the kind or the place of a layer.

The functions return sets of pairs of a `Part` and the name of a weight.
"""

import fnmatch
import re

import keras

from keras_deep.layers.calls import calls
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.models.parts import model_in

UP_TO = "up to "


def by_name(model, parts, text):
    """Chooses by a name, its beginning, or a pattern.

    Args:
        model: `keras.Model`.
        parts: list of its `Part`s.
        text: string; with a slash it is a pattern of weights.
    """
    if "/" in text:
        return {
            (part, name)
            for part in parts
            for name in fnmatch.filter(part.weights, text)
        }
    return _weights(_named(model, parts, text))


def by_kind(parts, kind):
    """Chooses by a class, or by its name in any spelling."""
    return _weights(part for part in parts if _is_kind(part.layer, kind))


def by_place(model, parts, text):
    """Chooses what layers of a name are computed from, and them.

    Raises:
        ValueError: if the model is not functional.
    """
    if not getattr(model, "inputs", None):
        raise ValueError(
            "Expected a functional model or a built sequential one, whose "
            f"graph says what is before a layer. Received: {model!r}. Freeze "
            "the models in it."
        )
    ends = _named(model, parts, text)
    inside = {id(part.chain or part.layer) for part in ends}
    before = set(_before(model, inside))
    found = set(ends)
    for part in parts:
        if (part.chain or part.layer) in before:
            found.add(part)
    for chain in {end.chain for end in ends if end.chain}:
        found |= _before_in(chain, parts, [x for x in ends if x.chain is chain])
    return _weights(found)


def kinds_of(parts):
    """Returns the sorted names of the classes of layers that have weights."""
    return sorted({type(x.layer).__name__ for x in parts if x.weights})


def _weights(parts):
    return {(part, name) for part in parts for name in part.weights}


def _named(model, parts, text):
    """Returns the parts that a name means, also those without weights."""
    names = {part.name for part in parts}
    if any(sign in text for sign in "*?["):
        names = set(fnmatch.filter(names, text))
    elif text in names:
        names = {text}
    elif inside := set(_layers_of_models(model, text)):
        return [x for x in parts if (x.chain or x.layer) in inside]
    else:
        names = {name for name in names if name.startswith(f"{text}_")}
    return [part for part in parts if part.name in names]


def _layers_of_models(model, name):
    """Yields the layers of the models, or the stacks, of a name."""
    for layer in model.layers:
        inner = model_in(layer)
        if layer.name == name and (inner or isinstance(layer, BlockChain)):
            yield from _flat(layer)
        elif inner is not None:
            yield from _layers_of_models(inner, name)


def _is_kind(layer, kind):
    if isinstance(kind, type):
        return isinstance(layer, kind)
    wanted = _plain(kind)
    names = [_plain(one.__name__) for one in _classes(type(layer))]
    if wanted == "normalization":
        return any(name.endswith(wanted) for name in names)
    if wanted == "convolution":
        return any("conv" in name for name in names)
    return bool(wanted) and wanted in names


def _plain(text):
    """Returns a kind in one spelling: lower case, no plural, American."""
    text = re.sub(r"[\W_]", "", text).lower().replace("isation", "ization")
    text = re.sub(r"(?<!s)s$", "", re.sub(r"layers?$", "", text))
    text = re.sub(r"norm$", "normalization", text)
    text = re.sub(r"^bn$", "batchnormalization", text)
    return re.sub(r"^conv(olutional)?$", "convolution", text)


def _classes(kind):
    return [
        one
        for one in kind.__mro__
        if issubclass(one, keras.layers.Layer) and one is not keras.layers.Layer
    ]


def _before(model, ends):
    """Yields the layers that ends are computed from.

    Args:
        model: `keras.Model`.
        ends: set of the `id`s of layers.
    """
    tensors = []
    for layer in model.layers:
        inner = model_in(layer)
        found = [] if inner is None else list(_before(inner, ends))
        yield from found
        if found or id(layer) in ends:
            tensors += _inputs(layer)
    for layer, _ in calls(tensors):
        yield from _flat(layer)


def _before_in(chain, parts, ends):
    """Returns what the last block of a chain with ends is computed from."""
    last = max(end.last for end in ends)
    layers = {end.layer for end in ends if end.last == last}
    inner = set(_before(chain.get_template(), set(map(id, layers)))) | layers
    return {
        part
        for part in parts
        if part.chain is chain
        and part.first <= last - (part.layer not in inner)
    }


def _inputs(layer):
    """Returns the tensors of all calls of a layer."""
    return [x for node in layer._inbound_nodes for x in node.input_tensors]


def _flat(layer):
    inner = model_in(layer)
    if inner is None:
        yield layer
    else:
        for one in inner.layers:
            yield from _flat(one)
