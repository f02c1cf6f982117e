"""Attention modules compute the formula of their paper, in NumPy."""

import functools

import keras
import numpy as np
import pytest

from keras_deep.layers.attention import attention_module
from keras_deep.layers.conventions import Convention
from keras_deep.layers.conventions import convention_scope
from keras_deep.layers.position import Position
from keras_deep.layers.residual import Conv
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import block_v2
from tests.support.numpy_network import NumpyLayers
from tests.support.numpy_network import max_pooled
from tests.support.numpy_network import randomised
from tests.support.numpy_network import relu

FILTERS = 4
BLOCKS = {1: block_v1, 2: block_v2}


def branch(at):
    """Returns a bottleneck whose 3x3 convolution has two groups."""
    return Conv(2, 1), Conv(2, 3, groups=2), Conv(at.filters, 1)


def module(version=2, scales=2, pool="torch", shape=(9, 7), **arguments):
    """Builds a model of one attention module with random weights."""
    inputs = keras.Input((*shape, FILTERS))
    with convention_scope(Convention(pool=pool)):
        outputs = attention_module(
            inputs,
            Position("conv2", "conv2_attention1", FILTERS),
            functools.partial(BLOCKS[version], branch=branch),
            scales,
            preactivated=version == 2,
            **arguments,
        )
    return randomised(keras.Model(inputs, outputs), scale=0.5)


class Oracle(NumpyLayers):
    """The module, written from sections 3 and 4 of the paper."""

    name = "conv2_attention1_"

    def __init__(self, model, version, before):
        super().__init__(model)
        self.version, self.before = version, before

    def unit(self, x, name):
        name, y = self.name + name, x
        if self.version == 2:
            y = relu(self.norm(y, f"{name}_preact"))
        for i in (1, 2, 3):
            y = self.conv(y, f"{name}_{i}")
            if i < 3 or self.version == 1:
                y = self.norm(y, f"{name}_{i}")
            if i < 3:
                y = relu(y)
        return x + y if self.version == 2 else relu(x + y)

    def units(self, x, name, count):
        for i in range(1, count + 1):
            x = self.unit(x, f"{name}{i}")
        return x

    def soft_mask(self, x, scales, r, raw, trunk, activation):
        """Goes down to the smallest scale, then back up."""
        sizes = [x]
        for scale in range(1, scales + 1):
            x = max_pooled(x, self.before)
            x = self.units(x, f"down{scale}_", r)
            sizes.append(x)
        for scale in range(scales, 0, -1):
            if scale < scales:
                skipped = self.unit(sizes[scale], f"skip{scale}_1")
                x = x + skipped + (sizes[scale] if raw else 0)
            x = self.units(x, f"up{scale}_", r)
            x = corner_aligned(x, sizes[scale - 1].shape[1:3])
        x = x + trunk if raw else x
        name = f"{self.name}mask"
        if self.version == 2:
            x = relu(self.norm(x, f"{name}_preact"))
        x = relu(self.norm(self.conv(x, f"{name}_1"), f"{name}_1"))
        return activation(self.conv(x, f"{name}_2"))

    def __call__(self, x, scales, counts, merge, raw, activation):
        p, t, r = counts
        x = self.units(x, "first", p)
        trunk = self.units(x, "trunk", t)
        mask = self.soft_mask(x, scales, r, raw, trunk, activation)
        return self.units(merge(mask, trunk), "last", p)


def corner_aligned(x, size):
    """Enlarges images so that the pixels in the corners keep their place."""
    for axis, new in zip((1, 2), size):
        old = x.shape[axis]
        places = np.linspace(0, old - 1, new) if new > 1 else np.zeros(1)
        weights = np.maximum(
            0, 1 - np.abs(places[:, None] - np.arange(old)[None])
        )
        x = np.moveaxis(np.tensordot(weights, x, (1, axis)), 0, axis)
    return x


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


MERGES = {
    "residual": lambda mask, trunk: (1 + mask) * trunk,
    "naive": lambda mask, trunk: mask * trunk,
}
CASES = {
    "paper": {},
    "naive": {"learning": "naive"},
    "Caffe's pooling": {"pool": "caffe"},
    "one scale": {"scales": 1},
    "three scales": {"scales": 3, "shape": (8, 9)},
    "other counts": {"counts": (2, 3, 2)},
    "ResNeXt's units": {"version": 1, "pool": "caffe", "activation": "tanh"},
    "pytorchcv": {"raw_skips": True},
    "free sides": {"shape": (None, None)},
}


@pytest.mark.parametrize("case", CASES)
def test_outputs_are_those_of_the_formula(rng, case):
    given = {"version": 2, "scales": 2, "pool": "torch", **CASES[case]}
    model = module(**given)
    sides = [side or 11 for side in model.input_shape[1:3]]
    x = rng.standard_normal((2, *sides, FILTERS))
    x = relu(x) if given["version"] == 1 else x
    oracle = Oracle(model, given["version"], int(given["pool"] == "torch"))
    expected = oracle(
        x,
        given["scales"],
        given.get("counts", (1, 2, 1)),
        MERGES[given.get("learning", "residual")],
        given.get("raw_skips", False),
        np.tanh if "activation" in given else sigmoid,
    )
    ours = np.array(model(x.astype("float32")))
    assert ours.shape == x.shape
    scale = np.abs(expected).max()
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5 * scale)


def test_unknown_learning_is_refused():
    with pytest.raises(ValueError, match="`learning`.*'naiv'.*'naive'"):
        module(learning="naiv")
