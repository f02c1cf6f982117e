"""What a stack of blocks holds, by the names of the flat network."""

from keras import ops

from keras_deep.layers.names import numbered


def named_slices(stack):
    """Yields `(name, variable, index)` for every weight of every block.

    The name is the one that the weight has in the flat network, such as
    `"conv2_block3_1_conv/kernel"`; block by block.

    Args:
        stack: `StackedBlocks`.
    """
    prefix = stack.get_template().name
    for index in range(stack.blocks):
        for weight in stack.hidden.weights:
            name = numbered(weight.name, prefix, stack.first + index)
            yield name, weight.stacked, index


def named_seeds(stack):
    """Yields the states of the random generators of every block.

    Args:
        stack: `StackedBlocks`.

    Yields:
        A name, as in the flat network, and the pair of the stacked generator
        and its state in that block.
    """
    prefix = stack.get_template().name
    for name, seeds in zip(stack.hidden.generators, stack.seeds):
        for index, state in enumerate(ops.convert_to_numpy(seeds.state)):
            yield numbered(name, prefix, stack.first + index), (seeds, state)


def stored(stack):
    """Returns the variables of a stack by the names that files have for them.

    They say which blocks they hold: `"conv2_block{2-18}_1_conv.kernel"`. The
    states of random generators are among them, unlike those of Keras's own
    layers: a training that goes on from a file draws what it would have drawn.

    Args:
        stack: `StackedBlocks`.
    """
    prefix = stack.get_template().name
    numbers = f"{{{stack.first}-{stack.first + stack.blocks - 1}}}"
    found = {
        numbered(weight.name, prefix, numbers).replace("/", "."): weight.stacked
        for weight in stack.hidden.weights
    }
    for i, seeds in enumerate(stack.seeds):
        found[f"seeds{i}"] = seeds.state
    return found
