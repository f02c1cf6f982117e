"""MnistResNet takes the weights of the lecture's code."""

import numpy as np

import keras_deep
from keras_deep import convert
from tests.convert.weights import state_dict


def lecture(blocks, filters=16):
    """Returns keys and shapes of the lecture's network, as it names them."""
    found = [("conv0.weight", (filters, 1, 1, 1)), ("conv0.bias", (filters,))]
    for block in range(blocks):
        for k in (1, 2):
            at = f"resblocks.{block}"
            found += [
                (f"{at}.conv{k}.weight", (filters, filters, 3, 3)),
                (f"{at}.conv{k}.bias", (filters,)),
                (f"{at}.bn{k}.weight", (filters,)),
                (f"{at}.bn{k}.bias", (filters,)),
                (f"{at}.bn{k}.running_mean", (filters,)),
                (f"{at}.bn{k}.running_var", (filters,)),
                (f"{at}.bn{k}.num_batches_tracked", ()),
            ]
    return [*found, ("fc.weight", (10, filters)), ("fc.bias", (10,))]


def test_names_of_the_lecture():
    weights = state_dict(lecture(2))
    model = convert.from_pytorch(weights, "MnistResNet", blocks=2)
    ours = {n: h.get() for n, h in keras_deep.named_weights(model)}
    counters = 4
    assert len(ours) == len(weights) - counters
    kernel = weights["resblocks.1.conv2.weight"].transpose(2, 3, 1, 0)
    np.testing.assert_array_equal(ours["conv2_block2_2_conv/kernel"], kernel)
    np.testing.assert_array_equal(
        ours["conv2_block1_1_bn/moving_variance"],
        weights["resblocks.0.bn1.running_var"],
    )
    np.testing.assert_array_equal(
        ours["conv1_conv/bias"], weights["conv0.bias"]
    )
