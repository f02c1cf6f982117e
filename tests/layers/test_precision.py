"""Every kind of block trains in half precision and with XLA.

The networks themselves do under `--proof`, see `tests/models`.
"""

import functools

import keras
import numpy as np
import pytest
from keras import layers

from keras_deep.layers.conv import group_norm
from keras_deep.layers.dense import dense_layer
from keras_deep.layers.dense import dense_positions
from keras_deep.layers.dense import transition
from keras_deep.layers.position import Position
from keras_deep.layers.residual import block_v1
from keras_deep.layers.residual import bottleneck
from keras_deep.layers.shortcut import SHORTCUTS
from keras_deep.layers.stacks.nesting import part
from keras_deep.layers.stacks.shared import SharedBlocks
from keras_deep.layers.stacks.stacked import StackedBlocks
from keras_deep.layers.stem import cifar_stem
from keras_deep.layers.stem import imagenet_stem
from keras_deep.models.highway import highway
from keras_deep.models.highway_mlp import highway_dense
from keras_deep.models.identity_matters import identity_block
from keras_deep.models.one_neuron import one_neuron_block
from tests.support import stacks


def block_of(name):
    """Applies a block of `stacks.NETWORKS` once."""
    block, shape = stacks.NETWORKS[name]

    def apply(x):
        return block(x, Position("conv2", "conv2_block1", shape[-1]))

    return apply, shape


def once(block, shape=(8, 8, 4), **arguments):
    """Applies a block of a family once."""
    at = Position("conv2", "conv2_block1", shape[-1])
    return functools.partial(block, at=at, **arguments), shape


def strided(**arguments):
    """Applies a block that halves the sides and adds channels."""

    def apply(x):
        at = Position("conv3", "conv3_block1", 8, 2, projects=True)
        return block_v1(x, at, **arguments)

    return apply, (8, 8, 4)


def dense_block(x):
    ((first, second),) = dense_positions((2,))
    x = dense_layer(x, first, 4)
    x = dense_layer(x, second, 4, bottleneck=False, dropout_rate=0.2)
    return transition(x, 0.5, 0.2, name="pool2")


def chain_of(kind):
    """Applies three blocks as one layer of a class."""

    def apply(x):
        at = [Position("conv2", "conv2_block", 4)]
        template = part(x, "conv2_block", at, stacks.NETWORKS["v1"][0])
        return kind(template, 3)(x)

    return apply, (8, 8, 4)


_grouped = functools.partial(bottleneck, cardinality=2, base_width=64)
PARTS = {name: block_of(name) for name in stacks.NETWORKS}
# "C" and "1x1" are "B" in every block; "gated" is among the networks.
PARTS |= {
    f"{name} shortcut": strided(shortcut=name)
    for name in sorted(set(SHORTCUTS) - {"C", "1x1", "gated"})
}
PARTS |= {
    "highway": once(highway, transform_bias=-1.0),
    "highway of vectors": once(highway_dense, (6,), transform_bias=-1.0),
    "without normalisation": once(identity_block),
    "one neuron": once(one_neuron_block, (6,)),
    "groups": strided(branch=_grouped),
    "dense block": (dense_block, (8, 8, 4)),
    "group norm": (lambda x: group_norm(x, "a", 2), (8, 8, 4)),
    "cifar stem": (cifar_stem, (8, 8, 3)),
    "imagenet stem": (imagenet_stem, (32, 32, 3)),
    "version 2 stem": (
        functools.partial(imagenet_stem, activate=False),
        (32, 32, 3),
    ),
    "stacked": chain_of(StackedBlocks),
    "shared": chain_of(SharedBlocks),
}


def train(name, jit_compile):
    """Trains a classifier with a part; returns it and the loss."""
    apply, shape = PARTS[name]
    inputs = keras.Input(shape)
    x = layers.Conv2D(shape[-1], 1)(inputs) if len(shape) == 3 else inputs
    x = apply(x)
    if len(shape) == 3:
        x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(stacks.CLASSES, dtype="float32")(x)
    model = keras.Model(inputs, outputs)
    stacks.compiled(model, jit_compile=jit_compile)
    before = model.get_weights()
    (loss,) = stacks.train(model, 1)
    after = model.get_weights()
    changed = [(a != b).any() for a, b in zip(before, after)]
    assert np.isfinite(loss) and sum(changed) > 0.7 * len(changed)
    return model, x


@pytest.mark.parametrize("name", PARTS)
def test_trains_in_mixed_bfloat16(name):
    keras.config.set_dtype_policy("mixed_bfloat16")
    model, x = train(name, jit_compile=False)
    assert keras.backend.standardize_dtype(x.dtype) == "bfloat16"
    assert {str(w.dtype) for w in model.weights} == {"float32"}


@pytest.mark.skipif(
    keras.backend.backend() == "jax",
    reason="On JAX all training is with XLA.",
)
@pytest.mark.parametrize("name", PARTS)
def test_trains_with_jit_compile(name):
    train(name, jit_compile=True)
