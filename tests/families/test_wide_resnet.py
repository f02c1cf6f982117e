"""WideResNet is that of the implementations, with weights."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.weights import copy_weights
from tests.support.checkpoints import Checkpoint
from tests.support.checkpoints import caffe_net_tests
from tests.support.checkpoints import checkpoint_tests
from tests.support.goldens import golden_tests

SMALL = {"WideResNet": {"width": 2}}

test_logits_are_those_of_the_implementation = golden_tests(
    {
        "pytorchcv.wrn16_10_cifar10": ("WideResNet", {"depth": 16}),
        "torchvision.wide_resnet50_2": ("WideResNet50_2", {}),
    }
)
test_outputs_of_a_caffe_net = caffe_net_tests(
    {"soeaver__deploy_wrn50-2": ("WideResNet50_2", "softmax")},
    long=("soeaver__deploy_wrn50-2",),
)
test_outputs_of_checkpoints, test_errors_of_checkpoints = checkpoint_tests(
    {
        "ferles_wrn-16-1-seed-0": Checkpoint(
            "pytorch/ferles_wrn-16-1-seed-0-dict.pth",
            "WideResNet",
            903,
            {"depth": 16, "width": 1},
        ),
        "ferles_wrn-40-1-seed-0": Checkpoint(
            "pytorch/ferles_wrn-40-1-seed-0-dict.pth",
            "WideResNet",
            659,
            {"depth": 40, "width": 1},
        ),
    }
)


def test_one_width_is_the_thin_network_of_version_2(rng):
    arguments = {"blocks": (2, 2, 2), "input_shape": (8, 8, 3)}
    wide = keras_deep.WideResNet(width=1, **arguments)
    thin = keras_deep.CifarResNet(version=2, shortcut="B", **arguments)
    copy_weights(wide, thin)
    x = rng.standard_normal((2, 8, 8, 3)).astype("float32")
    np.testing.assert_array_equal(wide(x), thin(x))


def test_dropout_stands_before_the_second_convolution():
    model = keras_deep.WideResNet(depth=10, width=1, dropout_rate=0.3)
    drops = [x for x in model.layers if isinstance(x, keras.layers.Dropout)]
    assert [x.name for x in drops] == [
        f"conv{i}_block1_2_drop" for i in (2, 3, 4)
    ]
    assert all(x.rate == 0.3 for x in drops)
    before, (after,) = drops[0].input, drops[0]._outbound_nodes
    assert before._keras_history.operation.name == "conv2_block1_1_relu"
    assert after.operation.name == "conv2_block1_2_conv"


def test_stacked_blocks_compute_the_same(rng):
    arguments = {"blocks": (4, 3, 3), "width": 2, "input_shape": (8, 8, 3)}
    flat = keras_deep.WideResNet(stack=False, **arguments)
    stacked = keras_deep.WideResNet(stack=True, **arguments)
    copy_weights(flat, stacked)
    x = rng.standard_normal((2, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(stacked(x), flat(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"depth": 27}, r"6 \* n \+ 4"),
        ({"width": 0}, "`width` to be a positive int"),
        ({"stem": "mnist"}, '`stem` to be "cifar" or "imagenet"'),
        ({"stem": "imagenet", "depth": 28}, r"one of \[50, 101\]"),
        (
            {"stem": "imagenet", "depth": 50, "dropout_rate": 0.3},
            "without dropout",
        ),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.WideResNet(**arguments)
