"""Positions of blocks in a network, and which blocks change the shape."""

from typing import NamedTuple


class Stage(NamedTuple):
    """A stage of `blocks` blocks with `filters` output channels."""

    blocks: int
    filters: int
    stride: int = 1


class Position(NamedTuple):
    """The position of a block in the network.

    In a stack of blocks `number` and `progress` are arrays with a value per
    block.

    Args:
        stage: string: `"conv2"`, `"conv3"`, ...
        name: string: `"conv2_block1"`, ...
        filters: int, output channels.
        stride: int.
        projects: bool. Whether the block needs a projection: it is the first
            of its stage and changes the channels or has the stage's stride.
        number: int, of the block in its stage, from 1.
        blocks: int, the number of blocks in the stage.
        total: int, the number of blocks in the network.
        progress: float in `(0, 1]`, the number of the block in the network
            divided by `total`.
    """

    stage: str
    name: str
    filters: int
    stride: int = 1
    projects: bool = False
    number: int = 1
    blocks: int = 1
    total: int = 1
    progress: float = 1.0


def positions(stages, channels, stride_at="first"):
    """Returns a list of `Position` for every stage.

    Args:
        stages: sequence of `Stage`.
        channels: int, channels before the first block.
        stride_at: `"first"` if the first block of a stage has its stride,
            `"last"` if the last block of the previous stage has it, as in
            version 2 of keras.applications; that block then subsamples its
            shortcut, and the first one only changes the channels.
    """
    total = sum(stage.blocks for stage in stages)
    done, result = 0, []
    for i, (blocks, filters, stride) in enumerate(stages):
        strides = [1] * blocks
        if stride_at == "first":
            strides[0] = stride
        elif i + 1 < len(stages):
            strides[-1] = stages[i + 1].stride
        changes = filters != channels or (stride_at == "first" and stride > 1)
        result.append(
            [
                Position(
                    stage=f"conv{i + 2}",
                    name=f"conv{i + 2}_block{b}",
                    filters=filters,
                    stride=strides[b - 1],
                    projects=b == 1 and changes,
                    number=b,
                    blocks=blocks,
                    total=total,
                    progress=(done + b) / total,
                )
                for b in range(1, blocks + 1)
            ]
        )
        done += blocks
        channels = filters
    return result
