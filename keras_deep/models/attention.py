"""The body of residual attention networks: stages of attention modules."""

import functools

from keras_deep.layers.attention import attention_module
from keras_deep.layers.conv import bn_relu
from keras_deep.layers.conv import channels
from keras_deep.layers.conventions import convention
from keras_deep.layers.position import positions
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import block_v2
from keras_deep.layers.residual import bottleneck
from keras_deep.layers.stacks.nesting import chain
from keras_deep.layers.stacks.nesting import nested
from keras_deep.layers.stage import stage_blocks
from keras_deep.layers.stage import stage_end
from keras_deep.models.depths import blocks_of

# How often the mask halves the size in each stage.
_SCALES = (3, 2, 1)
# More attention modules are nested: Keras walks a graph recursively.
_FLAT = 50


def attention_blocks(depth, blocks, known):
    """Returns the numbers of attention modules of all stages.

    Args:
        depth: int, a key of `known`; ignored if `blocks` are given.
        blocks: sequence of one to three ints, or `None`.
        known: dict of depths to tuples.

    Raises:
        ValueError: if an argument is not as above.
    """
    blocks = blocks_of(depth, blocks, known)
    if len(blocks) > len(_SCALES):
        raise ValueError(
            "Expected `blocks` to be one to three ints, the attention modules "
            f"of each stage. Received: blocks={blocks}"
        )
    return blocks


def attention_stages(x, stages, blocks, block, counts, learning, stack):
    """Applies a unit and attention modules per stage, then the last units.

    Args:
        x: image tensor, the output of the stem.
        stages: sequence of `Stage`, of one block each, and the last of units
            only.
        blocks: sequence of int, attention modules of each stage but the last.
        block: see `ResidualAttentionNet`.
        counts: see `ResidualAttentionNet`.
        learning: see `ResidualAttentionNet`.
        stack: see `keras_deep.layers.stack_blocks`.

    Returns:
        Image tensor of features, normalised and activated.

    Raises:
        ValueError: if `block`, `counts` or `learning` is unknown.
    """
    unit, preactivated = _unit_of(block)
    activation = "sigmoid" if preactivated else convention().next_activation
    module = functools.partial(
        attention_module,
        unit=unit,
        counts=_checked(counts),
        learning=learning,
        activation=activation,
        preactivated=preactivated,
        raw_skips=convention().raw_skips,
    )
    apply = nested if sum(blocks) > _FLAT else chain
    *firsts, last = positions(stages, channels(x))
    for (at,), count, scales in zip(firsts, blocks, _SCALES):
        x = unit(x, at)
        x = stage_blocks(
            x,
            _modules(at, count),
            functools.partial(module, scales=scales),
            stack,
            apply=apply,
        )
        x = stage_end(x, at.stage)
    x = stage_end(stage_blocks(x, last, unit, stack), last[0].stage)
    return bn_relu(x, "post") if preactivated else x


def _modules(at, count):
    """Returns the positions of attention modules behind a unit's."""
    return [
        at._replace(
            name=f"{at.stage}_attention{number}",
            stride=1,
            projects=False,
            number=number,
            blocks=count,
        )
        for number in range(1, count + 1)
    ]


def _unit_of(block):
    """Returns the function of a unit and whether it is pre-activated."""
    if block == "bottleneck":
        return functools.partial(block_v2, branch=bottleneck), True
    if block == "resnext":
        branch = functools.partial(bottleneck, cardinality=32, base_width=4)
        return functools.partial(block_v1, branch=branch), False
    raise ValueError(
        'Expected `block` to be "bottleneck" or "resnext". '
        f"Received: block={block!r}"
    )


def _checked(counts):
    counts = tuple(counts)
    positive = (isinstance(n, int) and n > 0 for n in counts)
    if len(counts) != 3 or not all(positive):
        raise ValueError(
            "Expected `counts` to be three positive ints, such as (1, 2, 1). "
            f"Received: counts={counts}"
        )
    return counts
