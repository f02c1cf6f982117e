"""Deeper networks that compute the same function."""

import re

import keras
import numpy as np

from keras_deep.models.card import attach_card
from keras_deep.models.card import card
from keras_deep.models.registry import create_model
from keras_deep.models.registry import list_models
from keras_deep.models.registry import signature_of
from keras_deep.models.weights import named_weights
from keras_deep.models.weights import set_weights


def deepen(model, depth=None, blocks=None):
    """Builds a deeper residual network that computes what `model` does.

    The blocks of `model` begin each stage and keep their weights; the branches
    of those behind them end in zero, so that each passes its input on. This is
    the solution by construction of [Deep Residual Learning for Image
    Recognition](https://arxiv.org/abs/1512.03385), which shows that a deeper
    network need not be worse. Training goes on from there: what ends in zero
    has a gradient. Outputs are compared on an image before it is returned.

    Example:

    ```python
    deeper = keras_deep.deepen(keras_deep.ResNet20(weights=path), depth=56)
    ```

    Args:
        model: `keras.Model` of one of this package's residual builders.
        depth: int, see the model's builder.
        blocks: sequence of int, blocks of each stage, instead of `depth`.

    Returns:
        `keras.Model` that shares no weights with `model`. It is not compiled,
        and nothing of it is frozen.

    Raises:
        ValueError: if the builder has no such depth, a stage would lose
            blocks, or the network cannot be deepened: its blocks do not pass
            their input on.
    """
    found = card(model)
    _check_builder(model, found)
    arguments = {**found.arguments, "blocks": blocks}
    arguments.pop("name", None)  # It may say the depth.
    if depth is not None:
        arguments["depth"] = depth
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(model.dtype_policy)
    try:
        deeper = create_model(
            found.builder, convention=found.convention, **arguments
        )
    finally:
        keras.config.set_dtype_policy(before)
    _copy_and_pass_on(model, deeper)
    _compare(model, deeper)
    made = card(deeper)
    for key in ("preprocessing", "class_names", "weights"):
        setattr(made, key, getattr(found, key))
    attach_card(deeper, made)
    return deeper


def _check_builder(model, found):
    if found and found.builder in list_models():
        if "blocks" in signature_of(found.builder).parameters:
            return
    raise ValueError(
        "Expected a model of a builder of this package with `blocks`. "
        f"Received: {model.name!r}"
        + (f" of `{found.builder}`." if found else " without a card.")
    )


def _copy_and_pass_on(model, deeper):
    """Copies weights by name, and lets new branches end in zero."""
    given, wanted = dict(named_weights(model)), dict(named_weights(deeper))
    shapes = {
        name
        for name in given
        if name not in wanted or wanted[name].shape != given[name].shape
    }
    new = [name for name in wanted if name not in given]
    blocks = {_block(name) for name in new}
    if shapes or not new or None in blocks:
        odd = sorted(shapes or [n for n in new if _block(n) is None])[:3]
        raise ValueError(
            f"Expected a depth at which {model.name!r} keeps its weights and "
            f"gets new blocks. Received: {deeper.name!r} with {len(new)} new "
            f"weights, of which these do not fit: {odd}. No stage may "
            "lose blocks, and their kind must stay."
        )
    set_weights(
        {name: wanted[name] for name in given}, lambda n: given[n].get()
    )
    last = [name for block in blocks for name in _last_of_branch(new, block)]
    zeros = {name: wanted[name] for name in last}
    set_weights(zeros, lambda name: np.zeros(wanted[name].shape))


def _block(name):
    match = re.match(r"(conv\d+_block\d+)_", name)
    return match and match[1]


def _last_of_branch(names, block):
    """Returns the weights that a branch multiplies its outputs with last."""
    numbered = [
        (int(match[1]), match[2])
        for name in names
        if (match := re.match(rf"{block}_(\d+)_(conv/|bn/)", name))
    ]
    if not numbered:
        return []
    number, kind = max((n, k == "bn/") for n, k in numbered)
    layer = f"{block}_{number}_{'bn' if kind else 'conv'}/"
    ends = ("gamma", "beta", "kernel", "bias")
    return [n for n in names if n.startswith(layer) and n.endswith(ends)]


def _compare(model, deeper):
    """Compares the features of two models on an image."""
    shape = [side or 64 for side in model.input_shape[1:]]
    x = np.random.default_rng(0).standard_normal((1, *shape)).astype("float32")
    # The probabilities of random weights may all be 0 or 1.
    ours, theirs = (
        keras.ops.convert_to_numpy(
            keras.Model(m.input, m.get_layer("features").output)(x)
        ).astype("float32")
        for m in (model, deeper)
    )
    scale, error = np.max(np.abs(ours)), np.max(np.abs(ours - theirs))
    if error > 1e-3 * scale:  # Not if activations overflowed to NaN.
        raise ValueError(
            "Expected a network whose blocks pass their input on where their "
            f"branch gives zero. Received: {model.name!r}, whose features "
            f"differ by {error:.3g} of {scale:.3g} when it is deepened: its "
            "shortcuts or activations change them."
        )
