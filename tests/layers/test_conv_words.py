"""Convolutions equal NumPy, as ordinary layers and in a stack."""

from typing import Any
from typing import NamedTuple

import keras
import numpy as np
import pytest
from keras import layers

import keras_deep
from keras_deep.layers import conv
from keras_deep.layers import conventions
from tests.support import stacks
from tests.support.chains import BLOCKS
from tests.support.chains import IMAGES
from tests.support.chains import both_forms
from tests.support.chains import images
from tests.support.chains import network
from tests.support.numpy_words import convolved


class Case(NamedTuple):
    """A convolution, and what gives back the shape that it changes.

    Args:
        arguments: dict, those of `conv2d`.
        pad: zeros above and below, left and right.
        restore: name of a layer and its argument, or `None`.
        same: bool, of the convention.
    """

    arguments: dict
    pad: tuple = ((0, 0), (0, 0))
    restore: Any = None
    same: bool = False


CASES = {
    "uneven kernel": Case({"kernel_size": (1, 5)}, ((0, 0), (2, 2))),
    "uneven kernel strides": Case(
        {"kernel_size": (3, 5), "stride": (2, 1)},
        ((1, 1), (2, 2)),
        ("up", (2, 1)),
    ),
    "one axis strides": Case(
        {"kernel_size": (1, 3), "stride": (1, 2)},
        ((0, 0), (1, 1)),
        ("up", (1, 2)),
    ),
    "valid": Case({"padding": "valid"}, restore=("pad", 1)),
    "valid strides": Case(
        {"kernel_size": 2, "stride": 2, "padding": "valid"},
        restore=("up", (2, 2)),
    ),
    "explicit": Case(
        {"kernel_size": 1, "padding": 1}, ((1, 1), (1, 1)), ("crop", 1)
    ),
    "explicit pair": Case(
        {"kernel_size": (1, 5), "padding": (0, 2)}, ((0, 0), (2, 2))
    ),
    "explicit strides": Case(
        {"kernel_size": 4, "stride": 2, "padding": 1},
        ((1, 1), (1, 1)),
        ("up", (2, 2)),
    ),
    "no padding": Case({"padding": 0}, restore=("pad", 1)),
    "dilation": Case({"dilation": 2}, ((2, 2), (2, 2))),
    "uneven dilation": Case(
        {"dilation": (1, 2), "padding": (1, 2)}, ((1, 1), (2, 2))
    ),
    "dilation in groups": Case(
        {"dilation": (2, 1), "groups": 2}, ((2, 2), (1, 1))
    ),
    "bias": Case({"bias": True}, ((1, 1), (1, 1))),
    "Keras's same": Case(
        {"stride": 2}, ((0, 1), (0, 1)), ("up", (2, 2)), same=True
    ),
    "explicit in Keras's same": Case(
        {"stride": 2, "padding": 1}, ((1, 1), (1, 1)), ("up", (2, 2)), same=True
    ),
}
RESTORING = {
    "up": layers.UpSampling2D,
    "pad": layers.ZeroPadding2D,
    "crop": layers.Cropping2D,
}


def restored(y, kind, size):
    if kind == "up":
        return y.repeat(size[0], 1).repeat(size[1], 2)
    if kind == "pad":
        return np.pad(y, ((0, 0), (size,) * 2, (size,) * 2, (0, 0)))
    return y[:, size:-size, size:-size]


@both_forms
@pytest.mark.parametrize("name", CASES)
def test_convolution_equals_numpy(rng, name, stack):
    arguments, pad, restore, same = CASES[name]

    def block(x, at):
        x = conv.conv2d(x, at.filters, **arguments, name=f"{at.name}_a")
        if restore is None:
            return x
        return RESTORING[restore[0]](restore[1], name=f"{at.name}_b")(x)

    with conventions.convention_scope(conventions.Convention(same=same)):
        model = network(block, stack)
    given = stacks.values(stacks.randomised(model, rng))
    x = y = images(rng)
    pairs = {"stride": 1, "dilation": 1}
    pairs = [conv.pair(arguments.get(k, v)) for k, v in pairs.items()]
    for i in range(1, BLOCKS + 1):
        prefix = f"conv2_block{i}_a_conv"
        kernel = given[f"{prefix}/kernel"]
        y = convolved(
            y, kernel, pairs[0], pad, pairs[1], arguments.get("groups", 1)
        )
        y = y + given.get(f"{prefix}/bias", 0.0)
        y = restored(y, *restore) if restore else y
    assert f"{prefix}/bias" in given or "bias" not in arguments
    stacks.assert_equal(model(x), y, 1e-5)


def test_strides_and_dilation_together_are_refused():
    """Keras refuses them, so that padding need not know of both."""
    with pytest.raises(ValueError, match="not supported in conjunction"):
        conv.conv2d(
            keras.Input(IMAGES[1:]), 4, stride=2, dilation=2, name="conv1"
        )


@both_forms
@pytest.mark.parametrize(
    "initializer, spread",
    [
        ("ones", 0.0),
        (
            keras.initializers.VarianceScaling(
                2.0, "fan_out", "untruncated_normal"
            ),
            np.sqrt(2 / (9 * 64)),
        ),
        (keras.initializers.RandomNormal(stddev=0.3), 0.3),
    ],
    ids=["constant", "scaled", "normal"],
)
def test_convolution_starts_from_its_initializer(initializer, spread, stack):
    def block(x, at):
        return conv.conv2d(
            x, at.filters, initializer=initializer, name=f"{at.name}_a"
        )

    model = network(block, stack, channels=64)
    for _, handle in keras_deep.named_weights(model):
        kernel = handle.get()
        assert kernel.shape == (3, 3, 64, 64)
        assert kernel.std() == pytest.approx(spread, rel=0.03)
        assert kernel.mean() == pytest.approx(float(spread == 0), abs=0.01)
