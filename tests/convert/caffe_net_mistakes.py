"""Mistakes in whole Caffe networks: as in `caffe_mistakes`."""

from tests.convert.caffe_mistakes import INPUT
from tests.convert.caffe_mistakes import layer

NETS = [
    ("solver", 'net: "x" base_lr: 1', "layers. Received: only net, base_lr"),
    ("nothing", "", "a network with layers. Received: only nothing"),
    ("only losses", INPUT + layer("HingeLoss"), "a layer that gives an output"),
    (
        "too few sizes",
        'input: "x" input_dim: 1 ' + layer("ReLU"),
        "four `input_dim` for each `input`",
    ),
    (
        "both sizes",
        'input: "x"' + 4 * " input_dim: 1" + INPUT[13:] + layer("ReLU"),
        "or an `input_shape`",
    ),
    (
        "one shape",
        'input: "x"' + INPUT + layer("ReLU"),
        "an `input_shape` for each of 2 `input`",
    ),
    ("no pixels", INPUT.replace("8", "0") + layer("ReLU"), "dim=0"),
    (
        "flat",
        'input: "data" input_shape { dim: 1 }' + layer("ReLU"),
        r"an input with a batch axis. Received: \[1\]",
    ),
    (
        "huge",
        INPUT.replace("8", "99999999") + layer("ReLU"),
        "at most 2147483647 values",
    ),
    (
        "unknown shape",
        'input: "data"' + layer("ReLU"),
        "a shape for the input 'data'",
    ),
    (
        "three shapes",
        layer(
            "Input",
            "input_param { shape { dim: 1 } shape { "
            "dim: 1 } shape { dim: 1 } }",
            (),
            ("a", "b"),
        )
        + layer("ReLU"),
        "one `shape`, or 2. Received: 3",
    ),
    (
        "first generation",
        'layers { layer { name: "x" type: "conv" } }',
        "upgrade_net_proto_text",
    ),
]
