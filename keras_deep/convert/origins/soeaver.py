"""Rows of the Caffe nets of soeaver/caffe-model, for several families."""

from keras_deep.convert.origins.common import caffe_rows
from keras_deep.convert.rules import Origin
from keras_deep.models.depths import BLOCKS

# Of Inception-v4: the names in a block, and ours: the branch, and the position
# in it from 1, where pooling counts.
_A = {
    "1x1_2": "0_1",
    "3x3_reduce": "1_1",
    "3x3": "1_2",
    "3x3_2_reduce": "2_1",
    "3x3_2": "2_2",
    "3x3_3": "2_3",
    "1x1": "3_2",
}
_REDUCTION_A = {
    "3x3": "0_1",
    "3x3_2_reduce": "1_1",
    "3x3_2": "1_2",
    "3x3_3": "1_3",
}
_B = {
    "1x1_2": "0_1",
    "1x7_reduce": "1_1",
    "1x7": "1_2",
    "7x1": "1_3",
    "7x1_2_reduce": "2_1",
    "7x1_2": "2_2",
    "1x7_2": "2_3",
    "7x1_3": "2_4",
    "1x7_3": "2_5",
    "1x1": "3_2",
}
_REDUCTION_B = {
    "3x3_reduce": "0_1",
    "3x3": "0_2",
    "1x7_reduce": "1_1",
    "1x7": "1_2",
    "7x1": "1_3",
    "3x3_2": "1_4",
}
_C = {
    "1x1_2": "0_1",
    "1x1_3": "1_1",
    "1x3": "1_2a",
    "3x1": "1_2b",
    "1x1_4": "2_1",
    "3x1_2": "2_2",
    "1x3_2": "2_3",
    "1x3_3": "2_4a",
    "3x1_3": "2_4b",
    "1x1": "3_2",
}
_INCEPTION_V4 = {
    ("inception_a{b}", "conv3_block{b+1}"): _A,
    ("reduction_a", "conv4_block1"): _REDUCTION_A,
    ("inception_b{b}", "conv4_block{b+1}"): _B,
    ("reduction_b", "conv5_block1"): _REDUCTION_B,
    ("inception_c{b}", "conv5_block{b+1}"): _C,
}
_STEM_V4 = {
    "conv{k}_3x3_s{s}": "conv1_{k}",
    "inception_stem1_3x3_s2": "conv2_block1_1_1",
    "inception_stem2_3x3_reduce": "conv2_block2_0_1",
    "inception_stem2_3x3": "conv2_block2_0_2",
    "inception_stem2_1x7_reduce": "conv2_block2_1_1",
    "inception_stem2_1x7": "conv2_block2_1_2",
    "inception_stem2_7x1": "conv2_block2_1_3",
    "inception_stem2_3x3_2": "conv2_block2_1_4",
    "inception_stem3_3x3_s2": "conv3_block1_0_1",
}


def origin(networks, rows, conventions=("caffe",)):
    """Returns the `Origin` of nets whose files state no preprocessing."""
    return Origin("soeaver/caffe-model", "caffe", networks, conventions, rows)


def bottleneck_rows(depth, prefix):
    """Returns the rows of residual networks of bottlenecks.

    Blocks are counted from input to output: res1_conv1, res1_conv1_bn,
    res1_conv1_scale, res1_match_conv, ...

    Args:
        depth: int, see `ResNet`.
        prefix: string before the number of a block.
    """
    layers = {"conv1": "conv1"}
    for number, place in _counted(BLOCKS[depth]):
        layers[f"{prefix}{number}_conv{{k}}"] = place + "_{k}"
        layers[f"{prefix}{number}_match_conv"] = place + "_0"
    return _rows(layers)


def preactivated_rows(depth):
    """Returns the rows of `ResNet` version 2: also res2_bn, res2_scale, ..."""
    rows = bottleneck_rows(depth, "res")
    for number, place in _counted(BLOCKS[depth]):
        rows |= _norm(f"res{number}", f"{place}_preact_bn")
    return rows | _norm(f"res{number}_eletwise", "post_bn")


def dense_rows(blocks):
    """Returns the rows of DenseNets: dense1_bn, dense1_conv1, ...

    Args:
        blocks: tuple of ints, layers of each dense block.
    """
    layers, rows = {"conv1": "conv1"}, {}
    for number, place in _counted(blocks):
        layers[f"dense{number}_conv{{k}}"] = place + "_{k}"
        rows |= _norm(f"dense{number}", f"{place}_0_bn")
    for i, stage in enumerate(range(2, 2 + len(blocks)), 1):
        end = f"dense{sum(blocks[:i])}_concat"
        last = i == len(blocks)
        rows |= _norm(end, "post_bn" if last else f"pool{stage}_bn")
        rows[f"conv{stage}"] = f"pool{stage}_conv"
    return rows | _rows(layers)


def inception_v4_rows():
    """Returns the rows of Inception-v4."""
    layers = dict(_STEM_V4)
    for (theirs, ours), places in _INCEPTION_V4.items():
        for name, place in places.items():
            layers[f"{theirs}_{name}"] = f"{ours}_{place}"
    return _rows(layers)


def _rows(layers):
    return caffe_rows(layers, bn="_bn", scale="_scale")


def _norm(theirs, ours):
    return {f"{theirs}_bn": ours, f"{theirs}_scale": ours}


def _counted(blocks):
    """Returns pairs of the number of a block in the network and our name."""
    places = [
        f"conv{stage}_block{block}"
        for stage, count in enumerate(blocks, 2)
        for block in range(1, count + 1)
    ]
    return list(enumerate(places, 1))
