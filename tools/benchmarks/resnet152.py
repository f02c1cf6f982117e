"""Names and shapes of torchvision's ResNet-152, a checkpoint of 932 tensors."""

import math

_BLOCKS = (3, 8, 36, 3)
_EXPANSION = 4


def state_dict_shapes():
    """Returns a dict of name to shape of every tensor of the state dict.

    The order is torchvision's, whose ResNets have the stride in the 3x3
    convolution and a projection in the first block of every stage. Tensors
    named `num_batches_tracked` are integer, all others are float.
    """
    shapes = {"conv1.weight": (64, 3, 7, 7), **_batch_norm("bn1", 64)}
    channels = 64
    for stage, blocks in enumerate(_BLOCKS, 1):
        width = 64 * 2 ** (stage - 1)
        for block in range(blocks):
            prefix = f"layer{stage}.{block}"
            shapes |= _bottleneck(prefix, channels, width)
            if block == 0:
                name = f"{prefix}.downsample"
                outputs = width * _EXPANSION
                shapes[f"{name}.0.weight"] = (outputs, channels, 1, 1)
                shapes |= _batch_norm(f"{name}.1", outputs)
            channels = width * _EXPANSION
    return {**shapes, "fc.weight": (1000, channels), "fc.bias": (1000,)}


def weights_bytes():
    """Returns the total size of the floating-point tensors in bytes."""
    return 4 * sum(
        math.prod(shape)
        for name, shape in state_dict_shapes().items()
        if not name.endswith("num_batches_tracked")
    )


def _bottleneck(prefix, inputs, width):
    sizes = (
        (width, inputs, 1, 1),
        (width, width, 3, 3),
        (width * _EXPANSION, width, 1, 1),
    )
    shapes = {}
    for number, size in enumerate(sizes, 1):
        shapes[f"{prefix}.conv{number}.weight"] = size
        shapes |= _batch_norm(f"{prefix}.bn{number}", size[0])
    return shapes


def _batch_norm(name, channels):
    each = ("weight", "bias", "running_mean", "running_var")
    return {
        **{f"{name}.{part}": (channels,) for part in each},
        f"{name}.num_batches_tracked": (),
    }
