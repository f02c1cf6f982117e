"""Initial weights of very deep networks."""

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep import initializers
from keras_deep.layers import BatchNormalization
from tests.support.equality import array


def test_delta_passes_images_through(rng):
    x = rng.standard_normal((2, 5, 6, 3)).astype("f")
    layer = keras.layers.Conv2D(
        3, (3, 5), padding="same", kernel_initializer=initializers.Delta()
    )
    np.testing.assert_array_equal(layer(x), x)
    dense = keras.layers.Dense(3, kernel_initializer=initializers.Delta())
    np.testing.assert_array_equal(dense(x[:, 0, 0]), x[:, 0, 0])


@pytest.mark.parametrize("shape", [(3, 3, 4, 4), (1, 5, 4, 7), (4, 6)])
def test_delta_orthogonal_keeps_the_length_of_every_pixel(rng, shape):
    kernel = array(initializers.DeltaOrthogonal(2.0, seed=1)(shape))
    assert kernel.shape == shape
    center = kernel[tuple(side // 2 for side in shape[:-2])]
    np.testing.assert_allclose(center @ center.T, 4 * np.eye(4), atol=1e-5)
    assert np.count_nonzero(kernel) == np.count_nonzero(center)


def test_delta_refuses_windows_without_center():
    with pytest.raises(ValueError, match=r"odd sides.*shape=\(2, 3, 4, 4\)"):
        initializers.Delta()((2, 3, 4, 4))


@pytest.mark.parametrize("shape", [(6, 4), (3, 3, 6, 4)])
def test_looks_linear_is_a_matrix_and_its_negative(shape):
    base = keras.initializers.GlorotNormal(seed=3)
    kernel = array(initializers.LooksLinear(base)(shape))
    half = array(base((*shape[:-2], 3, 4)))
    np.testing.assert_array_equal(kernel[..., :3, :], half)
    np.testing.assert_array_equal(kernel[..., 3:, :], -half)


def test_looks_linear_is_orthogonal_by_default():
    half = array(initializers.LooksLinear()((10, 5)))[:5]
    np.testing.assert_allclose(half @ half.T, np.eye(5), atol=1e-5)


def test_looks_linear_refuses_odd_inputs():
    with pytest.raises(ValueError, match="even number.*shape=\\(5, 4\\)"):
        initializers.LooksLinear()((5, 4))


def test_a_layer_behind_crelu_starts_as_its_matrix(rng):
    x = rng.standard_normal((5, 3)).astype("f")
    layer = keras.layers.Dense(
        4, kernel_initializer=initializers.LooksLinear("glorot_uniform")
    )
    y = layer(keras_deep.layers.CReLU()(x))
    w = layer.get_weights()[0][:3]
    np.testing.assert_allclose(y, x @ w, atol=1e-6)


def test_values_of_crelu_by_hand():
    y = keras_deep.layers.CReLU()(np.array([[1.0, -2.0, 0.0]], "f"))
    np.testing.assert_array_equal(y, [[1, 0, 0, 0, 2, 0]])


@pytest.mark.parametrize(
    "initializer",
    [
        initializers.Delta(),
        initializers.Delta("zeros"),
        initializers.DeltaOrthogonal(0.5, seed=2),
        initializers.LooksLinear(keras.initializers.Orthogonal(seed=1)),
        initializers.LooksLinear(initializers.DeltaOrthogonal(seed=4)),
    ],
    ids=lambda x: type(x).__name__,
)
def test_config_gives_the_same_initializer(initializer):
    again = keras.initializers.get(keras.initializers.serialize(initializer))
    assert type(again) is type(initializer) and again is not initializer
    shape = (3, 3, 4, 4)
    np.testing.assert_array_equal(
        array(again(shape)), array(initializer(shape))
    )


def test_keras_own_stand_beside_them():
    for name in ("HeNormal", "Identity", "Orthogonal"):
        ours = getattr(initializers, name)
        assert ours is getattr(keras.initializers, name)


def zeros_of(model):
    """Returns the names of the scales that are zero."""
    return {
        name
        for name, handle in keras_deep.named_weights(model)
        if name.endswith("gamma") and not np.any(handle.get())
    }


@pytest.mark.parametrize("stack", [False, True])
def test_zero_gamma_makes_blocks_start_as_their_shortcuts(rng, stack):
    model = keras_deep.CifarResNet(
        blocks=(3, 2), input_shape=(8, 8, 3), shortcut="B", stack=stack
    )
    assert initializers.zero_gamma(model) == 5
    # Not those of the projection, conv3_block1_0_bn.
    assert zeros_of(model) == {
        *(f"conv2_block{i}_2_bn/gamma" for i in (1, 2, 3)),
        *(f"conv3_block{i}_2_bn/gamma" for i in (1, 2)),
    }
    stem = keras.Model(model.input, model.get_layer("conv1_relu").output)
    x = rng.standard_normal((2, 8, 8, 3)).astype("f")
    found = keras_deep.features(model)(x)[0]
    np.testing.assert_array_equal(found, stem(x))


def test_zero_gamma_looks_behind_gates_and_into_nested_models():
    inner = keras_deep.CifarSEResNet(blocks=(1, 1), input_shape=(8, 8, 3))
    inputs = keras.Input((8, 8, 3))
    outer = keras.Model(inputs, inner(inputs))
    assert initializers.zero_gamma(outer) == 2
    assert zeros_of(inner) == {
        "conv2_block1_2_bn/gamma",
        "conv3_block1_2_bn/gamma",
    }


def test_zero_gamma_refuses_branches_that_end_otherwise():
    model = keras_deep.CifarResNet(
        blocks=(1, 1), version=2, input_shape=(8, 8, 3)
    )
    with pytest.raises(ValueError, match="end in batch norm.*'cifarresnet'"):
        initializers.zero_gamma(model)
    inputs = keras.Input((4, 4, 2))
    y = BatchNormalization(scale=False)(inputs)
    model = keras.Model(inputs, keras.layers.Add()([inputs, y]))
    with pytest.raises(ValueError, match="with a scale"):
        initializers.zero_gamma(model)
