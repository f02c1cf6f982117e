"""Networks of Identity Matters, against NumPy and least squares."""

import keras
import numpy as np
import pytest

import keras_deep
from tests.support.learning import errors_after_training
from tests.support.numpy_words import convolved

SMALL = {"LinearResNet": {"depth": 2, "units": 4}}
STACKED = {"LinearResNet": {"depth": 5, "units": 4}}
PAD = ((1, 1), (1, 1))


def small(**arguments):
    given = {"blocks": (1, 1), "input_shape": (8, 8, 3), "classes": 5}
    return keras_deep.AllConvResNet(**{**given, **arguments})


def weights_of(model):
    return {n: h.get() for n, h in keras_deep.named_weights(model)}


def test_network_is_the_formula(rng):
    """`x + C2(relu(C1(x)))`, the shortcut averaged and padded."""
    model = small(classifier_activation=None)
    for _, handle in keras_deep.named_weights(model):
        handle.set(0.1 * rng.standard_normal(handle.shape))
    weights = weights_of(model)
    w = {n.removesuffix("_conv/kernel"): v for n, v in weights.items()}
    image = rng.standard_normal((2, 8, 8, 3)).astype("f")

    def branch(x, name, stride):
        y = convolved(x, w[f"{name}_1"], (stride, stride), PAD)
        return convolved(np.maximum(y, 0), w[f"{name}_2"], pad=PAD)

    x = convolved(image, w["conv1"], pad=PAD)
    wide = np.pad(x, ((0, 0),) * 3 + ((24, 24),))
    x = wide + branch(x, "conv2_block1", 1)
    means = x.reshape(2, 4, 2, 4, 2, 64).mean(axis=(2, 4))
    wide = np.pad(means, ((0, 0),) * 3 + ((32, 32),))
    x = wide + branch(x, "conv3_block1", 2)
    expected = x.mean(axis=(1, 2)) @ w["predictions/kernel"]
    np.testing.assert_allclose(model(image), expected, 1e-4, 1e-5)


def test_starts_with_the_deviations_of_the_paper():
    weights = weights_of(keras_deep.AllConvResNet(7))
    # 1 / (k sqrt(c)) of the first one, 1 / (k^2 c) of the others.
    expected = {"conv1": 1 / 12, "conv2_block1_1": 1 / 576}
    expected |= {"conv3_block1_2": 1 / 1152, "conv4_block1_1": 1 / 2304}
    for name, deviation in expected.items():
        kernel = weights[f"{name}_conv/kernel"]
        assert abs(kernel.std() / deviation - 1) < 5 / np.sqrt(kernel.size)
        assert abs(kernel.mean()) < 5 * deviation / np.sqrt(kernel.size)


def test_stacks_start_with_the_same_deviations():
    weights = weights_of(keras_deep.AllConvResNet(blocks=(6,), stack=True))
    kernels = [weights[f"conv2_block{i}_2_conv/kernel"] for i in range(2, 7)]
    for kernel in kernels:
        assert abs(kernel.std() * 576 - 1) < 0.03
    assert np.ptp([kernel[0, 0, 0, 0] for kernel in kernels]) > 0


def test_nothing_but_convolutions_is_trained(rng):
    model = small()
    kinds = {type(x).__name__ for x in model.layers if x.trainable_weights}
    assert kinds == {"Conv2D"}
    kernel = model.get_layer("predictions").get_weights()
    assert [w.shape for w in kernel] == [(128, 5)]
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = rng.standard_normal((4, 8, 8, 3)).astype("f")
    model.train_on_batch(x, np.arange(4))
    after = model.get_layer("predictions").get_weights()
    np.testing.assert_array_equal(after[0], kernel[0])


def test_zero_kernels_leave_the_shortcuts(rng):
    model = small(blocks=(3,))
    for name, handle in keras_deep.named_weights(model):
        if "block" in name:
            handle.set(np.zeros(handle.shape))
    x = rng.standard_normal((2, 8, 8, 3)).astype("f")
    stem = keras.Model(model.input, model.get_layer("conv1_conv").output)(x)
    found = np.asarray(keras_deep.features(model)(x))
    np.testing.assert_array_equal(found[..., 24:40], stem)
    assert not found[..., :24].any() and not found[..., 40:].any()


def test_depth_is_the_number_of_convolutions():
    total = keras_deep.profile(small(blocks=(2, 2, 2))).total
    assert total.convolutions == 13 and total.merges == 6
    with pytest.raises(ValueError, match=r"6 \* n \+ 1.*depth=56"):
        keras_deep.AllConvResNet(56)


@pytest.mark.proof
def test_learns_photos_without_normalisation(shared):
    model = keras_deep.AllConvResNet(blocks=(1, 1, 1))
    ours, linear = errors_after_training(
        model, shared, batch=16, steps=400, passes=4
    )
    print(f"AllConvResNet-7 {ours:.1f} %, linear {linear:.1f} %")
    assert ours < linear - 5


@pytest.mark.parametrize("stack", [False, True])
def test_linear_network_is_a_product_of_matrices(rng, stack):
    model = keras_deep.LinearResNet(5, 4, 0.3, stack=stack)
    product = np.eye(4)
    for name, value in weights_of(model).items():
        assert name.endswith("_1/kernel") and value.std() > 0.1
        product = product @ (np.eye(4) + value)
    x = rng.standard_normal((6, 4)).astype("f")
    np.testing.assert_allclose(model(x), x @ product, 1e-4, 1e-5)


def test_linear_network_starts_as_the_identity(rng):
    x = rng.standard_normal((6, 4)).astype("f")
    model = keras_deep.LinearResNet(30, 4)
    np.testing.assert_array_equal(model(x), x)


@pytest.mark.parametrize("depth", [2, 30])
def test_gradient_descent_reaches_least_squares(rng, depth):
    x = rng.standard_normal((64, 3)).astype("f")
    target = np.eye(3) + 0.3 * rng.standard_normal((3, 3))
    y = x @ target + 0.1 * rng.standard_normal((64, 3))
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    least = np.mean((x @ best - y) ** 2)
    model = keras_deep.LinearResNet(depth, 3, stack=True)
    model.compile(keras.optimizers.SGD(0.2 / depth), "mse", jit_compile=True)
    first = model.evaluate(x, y, verbose=0)
    data = {"x": x, "y": y.astype("f"), "batch_size": 64}
    model.fit(**data, epochs=400, shuffle=False, verbose=0)
    last = model.evaluate(x, y, verbose=0)
    assert first > 3 * least and last < 1.0001 * least


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"depth": 0}, "`depth` to be a positive int.*depth=0"),
        ({"units": 2.0}, "`units` to be a positive int.*units=2.0"),
        ({"initial_stddev": -1}, "0 or more.*initial_stddev=-1"),
    ],
)
def test_wrong_values_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        keras_deep.LinearResNet(**arguments)
