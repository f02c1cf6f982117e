"""Names of layers and weights, as in the flat network."""

import re

import keras


def flat_layers(model):
    """Yields the layers of a model and of its nested models, in order."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from flat_layers(layer)
        else:
            yield layer


def weight_name(layer, variable):
    """Returns a weight's logical name, such as `"conv1_conv/kernel"`."""
    name = variable.path.rpartition(f"{layer.name}/")[2]
    return f"{layer.name}/{name}"


def numbered(name, prefix, number):
    """Inserts the number of a block into a name.

    Args:
        name: string, such as `"conv2_block_1_conv/kernel"`.
        prefix: string, the block's name without its number, such as
            `"conv2_block"`.
        number: int.

    Returns:
        String, such as `"conv2_block3_1_conv/kernel"`.
    """
    return f"{prefix}{number}{name.removeprefix(prefix)}"


def split_number(name):
    """Splits the name of a block into prefix and number.

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
