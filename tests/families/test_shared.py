"""SharedResNet is a recurrence, with normalisation of every step."""

import keras
import numpy as np
import pytest

import keras_deep
from tests.support import equality
from tests.support import stacks
from tests.support.learning import errors_after_training
from tests.support.learning import momentum
from tests.support.numpy_words import convolved
from tests.support.numpy_words import normalised

STEPS = 3
KERNELS = [f"conv2_block_{k}_conv/kernel" for k in (1, 2)]


def small(stack, **arguments):
    """Builds a network of one stage with random weights."""
    given = {"blocks": (STEPS,), "input_shape": (8, 8, 3), "classes": 3}
    given["classifier_activation"] = None
    model = keras_deep.SharedResNet(**{**given, "stack": stack, **arguments})
    return stacks.randomised(model, np.random.default_rng(1))


@pytest.fixture
def x(rng):
    return rng.standard_normal((2, 8, 8, 3)).astype("float32")


def step(x, weights, number, training):
    """`x + K2 relu(BN(K1 relu(BN(x))))`: one kernel each, any step's BN."""
    y = x
    for norm, kernel in zip(("preact", 1), KERNELS):
        gamma, beta, mean, variance = (
            weights[f"conv2_block{number}_{norm}_bn/{leaf}"]
            for leaf in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        statistics = None if training else (mean, variance)
        y = normalised(y, (0, 1, 2), 1e-5, gamma, beta, statistics)
        kernel = weights[kernel]
        y = convolved(np.maximum(y, 0), kernel, pad=((1, 1), (1, 1)))
    return x + y


@pytest.mark.parametrize("stack", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_stage_is_a_recurrence(x, stack, training):
    model = small(stack)
    start = keras.Model(model.input, model.get_layer("conv1_conv").output)
    end = keras.Model(model.input, model.get_layer("conv2_end").output)
    y, weights = np.array(start(x)), stacks.values(model)
    for number in range(1, STEPS + 1):
        y = step(y, weights, number, training)
    stacks.assert_equal(end(x, training=training), y, 1e-5)


@pytest.mark.parametrize("stack", [False, True])
def test_gradient_of_a_kernel_is_the_sum_over_the_steps(rng, x, stack):
    """The steps of a network that shares nothing have a gradient each."""
    shared = small(stack)
    own = keras_deep.CifarResNet(
        version=2,
        blocks=(STEPS,),
        input_shape=(8, 8, 3),
        classes=3,
        classifier_activation=None,
    )
    given = stacks.values(shared)
    for name, handle in keras_deep.named_weights(own):
        key = name if name in given else name.replace(name[:12], "conv2_block")
        handle.set(given[key])
    x, seed = keras.ops.convert_to_tensor(x), rng.standard_normal((2, 3))
    seed = seed.astype("float32")
    ours, theirs = (
        dict(zip(_trainable(model), equality.gradients(model, x, seed)[1:]))
        for model in (shared, own)
    )
    for k, name in enumerate(KERNELS, 1):
        steps = [
            equality.array(theirs[f"conv2_block{i}_{k}_conv/kernel"])
            for i in range(1, STEPS + 1)
        ]
        assert min(np.abs(one).max() for one in steps) > 0
        stacks.assert_equal(equality.array(ours[name]), sum(steps), 1e-4)


def _trainable(model):
    """Returns the names of the trainable weights, in their order.

    Those that a stack holds for all blocks have the template's names.
    """
    names = {
        id(handle.variable): name
        for name, handle in keras_deep.named_weights(model)
    }
    return [names[id(v)] for v in model.trainable_variables]


@pytest.mark.usefixtures("cheap_start")
def test_depth_costs_normalisation_only():
    counts = [
        keras_deep.SharedResNet(depth).count_params() for depth in (20, 26)
    ]
    # Two normalisations of four numbers a channel in one block more a stage.
    assert counts[1] - counts[0] == 2 * 4 * (16 + 32 + 64)
    plain = keras_deep.CifarResNet(56).count_params()
    assert keras_deep.SharedResNet(56).count_params() < plain / 4


def test_blocks_that_change_the_shape_have_their_own_kernels():
    names = [
        name
        for name, _ in keras_deep.named_weights(small(False, blocks=(2, 3)))
        if name.endswith("conv/kernel")
    ]
    assert names == [
        "conv1_conv/kernel",
        "conv2_block_1_conv/kernel",
        "conv2_block_2_conv/kernel",
        "conv3_block1_1_conv/kernel",
        "conv3_block1_2_conv/kernel",
        "conv3_block_1_conv/kernel",
        "conv3_block_2_conv/kernel",
    ]


def test_both_forms_train_alike(x):
    flat, stacked = small(False), small(True)
    for model in (flat, stacked):
        stacks.compiled(model).train_on_batch(x, np.array([0, 1]))
    stacks.assert_equal_weights(flat, stacked, 1e-4)


def test_wrong_depths_are_errors():
    with pytest.raises(ValueError, match=r"6 \* n \+ 2"):
        keras_deep.SharedResNet(21)


@pytest.mark.proof
def test_learns_photos(shared):
    model = keras_deep.SharedResNet(20)
    ours, linear = errors_after_training(
        model, shared, batch=16, steps=600, rate=0.05, optimizer=momentum
    )
    print(f"SharedResNet-20 {ours:.1f} %, linear {linear:.1f} %")
    assert ours < linear - 5
