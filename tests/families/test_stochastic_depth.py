"""Networks of stochastic depth: what is dropped, skipped and scaled."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.models.weights import copy_weights
from tests.support import stacks
from tests.support.equality import on_tensorflow
from tests.support.goldens import golden_tests
from tests.support.learning import errors_after_training
from tests.support.learning import momentum
from tests.support.numpy_words import convolved
from tests.support.numpy_words import normalised

# Few branches are dropped, whose weights would have no gradient.
SMALL = {"StochasticDepthResNet": {"final_rate": 0.05}}
SMALL_IMAGES = {
    "input_shape": (8, 8, 3),
    "classes": 3,
    "classifier_activation": None,
}
PYTORCHCV = "pytorchcv.resdropresnet20_cifar10"

test_logits_are_those_of_the_implementation = golden_tests(
    {PYTORCHCV: ("StochasticDepthResNet", {"depth": 20})}
)
test_logits_of_stacked_networks = golden_tests(
    {PYTORCHCV: ("StochasticDepthResNet", {"depth": 20, "stack": True})}
)


def small(**arguments):
    """Builds a network of one stage with random weights."""
    given = {"blocks": (4,), **SMALL_IMAGES}
    model = keras_deep.StochasticDepthResNet(**{**given, **arguments})
    return stacks.randomised(model, np.random.default_rng(1))


@pytest.fixture
def x(rng):
    return rng.standard_normal((2, 8, 8, 3)).astype("float32")


def branch(x, weights, block):
    """conv-BN-ReLU-conv-BN in NumPy, in inference."""
    for k in (1, 2):
        name = f"{block}_{k}"
        kernel = weights[f"{name}_conv/kernel"]
        y = convolved(x, kernel, pad=((1, 1), (1, 1)))
        gamma, beta, mean, variance = (
            weights[f"{name}_bn/{leaf}"]
            for leaf in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        y = normalised(y, None, 1e-5, gamma, beta, (mean, variance))
        x = np.maximum(y, 0)
    return y


@pytest.mark.parametrize("stack", [False, True])
@pytest.mark.parametrize("mode", ["batch", "batch_scaled", "sample"])
def test_inference_is_that_of_the_formula(x, mode, stack):
    """`relu(x + p_l f(x))` with `p_l = 1 - l / L (1 - p_L)`."""
    model = small(final_rate=0.4, mode=mode, stack=stack)
    start = keras.Model(model.input, model.get_layer("conv1_relu").output)
    end = keras.Model(model.input, model.get_layer("conv2_end").output)
    y, weights = np.array(start(x)), stacks.values(model)
    for number, survival in enumerate((0.9, 0.8, 0.7, 0.6), 1):
        scale = survival if mode == "batch" else 1
        found = branch(y, weights, f"conv2_block{number}")
        y = np.maximum(y + scale * found, 0)
    stacks.assert_equal(end(x), y, 1e-5)


def test_rates_of_stacked_blocks_are_those_of_ordinary_layers():
    flat, stacked = (small(stack=stack) for stack in (False, True))
    rates = [
        layer.rate
        for layer in flat.layers
        if isinstance(layer, keras_deep.layers.StochasticDepth)
    ]
    assert rates == pytest.approx([0.125, 0.25, 0.375, 0.5])
    (blocks,) = stacks.stacks_in(stacked)
    depth = blocks.get_template().get_layer("conv2_block_depth")
    assert depth.rate == pytest.approx(rates)


@pytest.mark.parametrize("stack", [False, True])
def test_rate_0_is_a_plain_residual_network_bit_for_bit(x, stack):
    given = {"blocks": (4, 4), "stack": stack, **SMALL_IMAGES}
    ours = keras_deep.StochasticDepthResNet(final_rate=0.0, **given)
    plain = keras_deep.CifarResNet(**given)
    copy_weights(ours, plain)
    np.testing.assert_array_equal(ours(x), plain(x))
    for model in (ours, plain):
        stacks.compiled(model).train_on_batch(x, np.array([0, 1]))
    stacks.assert_equal_weights(ours, plain, 0)


def test_stacked_blocks_drop_what_ordinary_layers_drop(x):
    """Flat and stacked networks throw equal coins."""
    stacked = small(final_rate=0.5, stack=True)
    flat = keras_deep.unstacked(stacked)
    seen = set()
    for _ in range(6):
        ours, theirs = (np.array(m(x, training=True)) for m in (stacked, flat))
        stacks.assert_equal(ours, theirs, 1e-5)
        seen.add(ours.tobytes())
    assert len(seen) > 1


def test_skipped_blocks_are_not_computed(x):
    """A block that is computed changes its moving statistics."""
    model = small(final_rate=0.9, stack=True, mode="batch_scaled")
    stacks.compiled(model, keras.optimizers.SGD(0.05))
    changed = []
    for _ in range(12):
        before = stacks.values(model)
        model.train_on_batch(x, np.array([0, 1]))
        after = stacks.values(model)
        moved = {
            kind: [
                (before[name] != after[name]).any()
                for name in before
                if name.endswith(kind) and "block" in name
            ]
            for kind in ("moving_mean", "kernel")
        }
        # Its weights are trained if and only if it is computed.
        assert moved["moving_mean"] == moved["kernel"]
        assert moved["kernel"][::2] == moved["kernel"][1::2]
        changed.append(moved["kernel"][::2])
    kept = np.mean(changed, axis=0)
    # Survival 0.775, 0.55, 0.325 and 0.1: three deviations of 12 throws.
    expected = 1 - 0.9 * np.arange(1, 5) / 4
    deviation = np.sqrt(expected * (1 - expected) / 12)
    assert (np.abs(kept - expected) <= 3 * deviation).all()


def test_ordinary_layers_compute_dropped_branches(x):
    model = stacks.compiled(small(final_rate=0.999999, stack=False))
    before = stacks.values(model)
    model.train_on_batch(x, np.array([0, 1]))
    name = "conv2_block4_1_bn/moving_mean"
    assert (stacks.values(model)[name] != before[name]).any()


@on_tensorflow
def test_blocks_stack_by_themselves_where_that_skips():
    def stacked(**arguments):
        return bool(stacks.stacks_in(small(**arguments)))

    assert stacked() and stacked(mode="batch_scaled")
    assert not stacked(mode="sample") and not stacked(final_rate=0.0)
    assert not stacked(stack=False)


def test_the_authors_shortcuts_average_and_pad_after(rng):
    model = keras_deep.StochasticDepthResNet(
        blocks=(1, 1), input_shape=(8, 8, 3), convention="torch7"
    )
    taps = [model.get_layer(f"conv3_block1_0_{n}") for n in ("pool", "pad")]
    shortcut = keras.Model(taps[0].input, taps[1].output)
    x = rng.standard_normal((1, 8, 8, 16)).astype("float32")
    means = x.reshape(1, 4, 2, 4, 2, 16).mean(axis=(2, 4))
    y = np.array(shortcut(x))
    np.testing.assert_allclose(y[..., :16], means, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(y[..., 16:], 0)
    assert model.get_layer("conv3_block1_1_conv").use_bias


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"mode": "image"}, "'batch', 'batch_scaled', 'sample'"),
        ({"final_rate": 1.0}, r"in \[0, 1\)"),
        ({"depth": 21}, r"6 \* n \+ 2"),
    ],
)
def test_wrong_values_are_errors(wrong, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.StochasticDepthResNet(**wrong)


@pytest.mark.proof
def test_learns_photos(shared):
    model = keras_deep.StochasticDepthResNet(20)
    ours, linear = errors_after_training(
        model, shared, batch=16, steps=600, rate=0.02, optimizer=momentum
    )
    print(f"StochasticDepthResNet-20 {ours:.1f} %, linear {linear:.1f} %")
    assert ours < linear - 3
