"""Names of layers and weights: those of the flat network."""

import re

import keras


def flat_layers(model):
    """Yields the layers of a model and of the models nested in it, in order."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from flat_layers(layer)
        else:
            yield layer


def weight_name(layer, variable):
    """Returns the logical name of a layer's weight: `"conv1_conv/kernel"`."""
    name = variable.path.rpartition(f"{layer.name}/")[2]
    return f"{layer.name}/{name}"


def numbered(name, prefix, number):
    """Returns the name that a part of block `prefix` has in a block.

    Args:
        name: string, such as `"conv2_block_1_conv/kernel"`.
        prefix: string, the name of a block without its number, such as
            `"conv2_block"`.
        number: int.
    """
    return f"{prefix}{number}{name.removeprefix(prefix)}"


def split_number(name):
    """Returns the name of a block without its number, and the number.

    Raises:
        ValueError: if the name does not end in a number.
    """
    match = re.fullmatch(r"(.*?)(\d+)", name)
    if match is None:
        raise ValueError(
            "Expected the name of a block that ends in its number, such as "
            f'"conv2_block3". Received: {name!r}'
        )
    return match[1], int(match[2])
