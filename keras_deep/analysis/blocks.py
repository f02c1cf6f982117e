"""The blocks of a network, found in its layers, with equal ones merged."""

import itertools
import re
from typing import NamedTuple

from keras import layers

from keras_deep.analysis.walk import walk
from keras_deep.layers.names import flat_layers
from keras_deep.layers.stacks.chain import BlockChain
from keras_deep.layers.swapout import Swapout

_BLOCK = re.compile(r"(conv\d+)_block\d*_(.*)")
# Layers on the shortcut of a residual block, including gates.
_ASIDE = re.compile(r"_block\d*_(0_.*|gate|gate_conv|carry|carried)$")
_JOINS = (layers.Add, layers.Average, layers.Concatenate, Swapout)
# An ordinary layer that several blocks share.
_SHARED = re.compile(r"conv\d+_block_")


class Block(NamedTuple):
    """A run of equal blocks, or the layers between two stages.

    Args:
        stage: string, such as `"conv2"`.
        count: int, the number of equal consecutive blocks.
        branch: tuple of strings, the steps of the branch.
        shortcut: tuple of strings, the steps of the shortcut: empty for an
            identity, `None` if there is no shortcut.
        join: string, or `None` if there is no merge layer.
        output_shape: tuple without the batch axis.
    """

    stage: str
    count: int
    branch: tuple
    shortcut: tuple | None
    join: str | None
    output_shape: tuple


def blocks_of(model):
    """Returns the list of `Block` of a model of this package."""
    found = []
    for (prefix, stack), group in itertools.groupby(
        _layers(model), lambda item: item[1:]
    ):
        block = _block(prefix, [layer for layer, *_ in group])
        if block is None:
            continue
        count = stack.blocks if stack else 1
        if stack:  # The template's height and width are unknown.
            shape = tuple(stack.output.shape[1:])
            block = block._replace(count=count, output_shape=shape)
        last = found[-1] if found else None
        if last and _kind(last) == _kind(block):
            found[-1] = block._replace(count=last.count + count)
        else:
            found.append(block)
    return found


def _layers(model):
    """Yields each layer, the block that it is in, and its stack or `None`."""
    place = ""
    for layer in _calls(model):
        if isinstance(layer, BlockChain):
            inner = flat_layers(layer.get_template())
            yield from ((part, _place(part), layer) for part in inner)
            continue
        # A shared layer is in the block that calls it.
        place = place if _SHARED.match(layer.name) else _place(layer)
        yield layer, place, None


def _calls(model):
    """Returns the layers of a model; shared ones once for every call."""
    found = list(flat_layers(model))
    if any(_SHARED.match(layer.name) for layer in found):
        found = []
        walk(model, lambda layer, *_: found.append(layer), None)
    return found


def _place(layer):
    """Returns the block that a layer's name tells."""
    match = _BLOCK.match(layer.name)
    if match:
        return layer.name[: match.start(2) - 1]
    return layer.name.partition("_")[0].replace("pool1", "conv1")


def _kind(block):
    """Returns a block without the fields in which equal blocks may differ."""
    return block._replace(count=1, output_shape=())


def _block(prefix, group):
    group = [layer for layer in group if _step(layer) is not None]
    if not group:
        return None
    joins = [layer for layer in group if isinstance(layer, _JOINS)]
    join = type(joins[-1]).__name__.lower() if joins else None
    residual = join in ("add", "average", "swapout")
    aside = [x for x in group if residual and _ASIDE.search(x.name)]
    branch = [x for x in group if x not in aside and x not in joins]
    after = branch[-1] if branch and branch[-1].name.endswith("_out") else None
    shape = tuple(group[-1].output.shape[1:])
    return Block(
        stage=prefix.partition("_")[0],
        count=1,
        branch=_steps(x for x in branch if x is not after),
        shortcut=_steps(aside) if join else None,
        join=join and join + (", ReLU" if after else ""),
        output_shape=shape,
    )


def _steps(group):
    """Returns the steps of layers; a BN and its ReLU are one step."""
    text = "\n".join(_step(layer) for layer in group)
    return (
        tuple(text.replace("BN\nReLU", "BN, ReLU").split("\n")) if text else ()
    )


def _step(layer):
    """Returns a short description of a layer, or `None` if it is trivial."""
    if isinstance(layer, layers.Conv2D):
        return _window(layer, layer.kernel_size) + f", {layer.filters}"
    if isinstance(layer, (layers.MaxPooling2D, layers.AveragePooling2D)):
        kind = "max" if isinstance(layer, layers.MaxPooling2D) else "average"
        return f"{kind} {_window(layer, layer.pool_size)}"
    if isinstance(layer, layers.ZeroPadding2D):
        return "zero channels" if layer.name.endswith("_0_pad") else None
    if isinstance(layer, layers.Dense):
        return f"dense, {layer.units}"
    if isinstance(layer, layers.Activation):
        name = layer.activation.__name__
        return "ReLU" if name == "relu" else name
    if isinstance(layer, layers.Rescaling) and layer.scale > 0:
        return f"times {layer.scale}"
    if isinstance(layer, (layers.InputLayer, layers.Identity)):
        return None
    known = {
        "BatchNormalization": "BN",
        "GlobalAveragePooling2D": "average over all",
        "GlobalMaxPooling2D": "max over all",
        "Rescaling": "1 - gate",
    }
    name = type(layer).__name__
    return known.get(name, name.lower())


def _window(layer, size):
    stride = f" / {layer.strides[0]}" if layer.strides[0] > 1 else ""
    groups = getattr(layer, "groups", 1)
    return f"{size[0]}x{size[1]}{stride}" + (f" in {groups}" * (groups > 1))
