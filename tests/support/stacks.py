"""Networks of equal blocks, and comparison of stacked and flat ones."""

import functools

import keras
import numpy as np
from keras import layers

import keras_deep
from keras_deep.layers import residual
from keras_deep.layers.position import Position
from keras_deep.layers.squeeze_excite import squeeze_excite
from keras_deep.layers.stacks.stacked import StackedBlocks
from keras_deep.layers.stage import stack_blocks
from keras_deep.layers.stochastic_depth import stochastic_depth

BLOCKS = 12
CLASSES = 3


def outer_shortcut(x, at):
    """Applies two blocks and a shortcut around both."""
    y = x
    for part in ("a", "b"):
        inner = at._replace(name=f"{at.name}_{part}")
        y = residual.block_v1(y, inner, shortcut="A")
    return layers.Average(name=f"{at.name}_average")([x, y])


def dense(x, at):
    y = layers.Dense(at.filters, "tanh", name=f"{at.name}_1")(x)
    y = layers.Dropout(0.2, name=f"{at.name}_drop")(y)
    y = layers.Dense(at.filters, name=f"{at.name}_2")(y)
    return layers.Add(name=f"{at.name}_add")([x, y])


def _partial(block, **arguments):
    return functools.partial(block, shortcut="A", **arguments)


_dropout = functools.partial(residual.basic, dropout_rate=0.3)
_drop_branch = functools.partial(
    stochastic_depth, final_rate=0.5, mode="sample"
)
_squeeze_excite = functools.partial(squeeze_excite, reduction=2)

# Name: the block and the shape of an image or a vector.
NETWORKS = {
    "v1": (_partial(residual.block_v1), (8, 8, 4)),
    "v2": (_partial(residual.block_v2), (8, 8, 4)),
    "bottleneck": (
        _partial(residual.block_v2, branch=residual.bottleneck),
        (8, 8, 8),
    ),
    "projection": (
        functools.partial(residual.block_v1, shortcut="C"),
        (8, 8, 4),
    ),
    "plain": (residual.block_plain, (8, 8, 4)),
    "gated": (
        functools.partial(residual.block_v2, shortcut="gated"),
        (8, 8, 4),
    ),
    "dropout": (_partial(residual.block_v1, branch=_dropout), (8, 8, 4)),
    "stochastic depth": (
        _partial(residual.block_v1, on_branch=_drop_branch),
        (8, 8, 4),
    ),
    "squeeze and excitation": (
        _partial(residual.block_v1, on_branch=_squeeze_excite),
        (8, 8, 4),
    ),
    "outer shortcut": (outer_shortcut, (8, 8, 4)),
    "dense layers": (dense, (6,)),
}


def network(name, stack=True, blocks=BLOCKS):
    """Builds a classifier with one stage of equal blocks."""
    block, shape = NETWORKS[name]
    inputs = keras.Input(shape, name="image")
    stage = [
        Position(
            "conv2",
            f"conv2_block{i}",
            shape[-1],
            number=i,
            blocks=blocks,
            total=blocks,
            progress=i / blocks,
        )
        for i in range(1, blocks + 1)
    ]
    x = stack_blocks(inputs, [stage], block, stack)
    if len(shape) == 3:
        x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dense(CLASSES, name="predictions")(x)
    return keras.Model(inputs, x, name="network")


def data(model, size=6):
    """Returns random inputs and labels for a model."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((size, *model.input_shape[1:]))
    return x.astype(keras.config.floatx()), rng.integers(0, CLASSES, size)


def compiled(model, optimizer=None, jit_compile=False):
    """Compiles a model; on JAX with XLA, without which it is slow."""
    model.compile(
        optimizer or keras.optimizers.SGD(0.05, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=jit_compile or keras.backend.backend() == "jax",
    )
    return model


def pair(name, **arguments):
    """Returns a stacked network and the flat one with equal weights."""
    stacked = network(name, **arguments)
    return stacked, keras_deep.unstacked(stacked)


def train(model, steps):
    x, y = data(model)
    return [float(model.train_on_batch(x, y)) for _ in range(steps)]


def values(model):
    """Returns a dict of logical names to weights."""
    return {n: handle.get() for n, handle in keras_deep.named_weights(model)}


def randomised(model, rng):
    """Sets all weights to random values and returns the model.

    Activations neither vanish nor overflow in deep networks.
    """
    for name, handle in sorted(keras_deep.named_weights(model)):
        low = 0.5 if name.endswith(("variance", "gamma")) else -0.3
        value = rng.uniform(low, low + 0.6, handle.shape)
        if name.endswith("kernel"):
            value *= 8 / np.sqrt(np.prod(handle.shape[:-1]))
        handle.set(value)
    return model


def stacks_in(model):
    return [x for x in model.layers if isinstance(x, StackedBlocks)]


def assert_equal_weights(ours, theirs, tolerance):
    """Compares weights, each relative to the largest entry of its tensor."""
    ours, theirs = values(ours), values(theirs)
    assert list(ours) == list(theirs)
    for name in ours:
        assert_equal(ours[name], theirs[name], tolerance, name)


def assert_equal(ours, theirs, tolerance, name=""):
    """Compares tensors relative to the largest entry."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape, name
    largest = np.abs(theirs).max()
    assert np.abs(ours - theirs).max() <= tolerance * largest, name
