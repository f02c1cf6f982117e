"""Where blocks stand in a network, and which of them change the shape."""

from typing import NamedTuple


class Stage(NamedTuple):
    """`blocks` blocks with `filters` output channels."""

    blocks: int
    filters: int
    stride: int = 1


class Position(NamedTuple):
    """Where a block stands in the network.

    In a stack of blocks `number` and `progress` are arrays with one value for
    every block.

    Args:
        stage: string: `"conv2"`, `"conv3"`, ...
        name: string: `"conv2_block1"`, ...
        filters: int, output channels.
        stride: int.
        projects: bool. Whether the block is the one of its stage that changes
            the channels, or the sides together with them, so that an identity
            shortcut does not fit.
        number: int, of the block in its stage, from 1.
        blocks: int, the blocks of its stage.
        total: int, the blocks of the network.
        progress: float, the number of the block in the network over `total`,
            in (0, 1].
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
        channels: int, channels in front of the first block.
        stride_at: `"first"` if the first block of a stage strides, `"last"`
            if the last block of the stage before does. The latter then
            subsamples its shortcut, and the former only changes channels, as
            in version 2 of keras.applications.
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
