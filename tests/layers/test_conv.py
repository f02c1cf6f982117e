import keras
import numpy as np
import pytest
from keras import ops

from keras_deep.layers import conv
from keras_deep.layers import conventions
from keras_deep.layers.stem import max_pool
from tests.support.conventions import in_force


def _model(function, shape):
    inputs = keras.Input(shape)
    return keras.Model(inputs, function(inputs))


def _naive_conv(x, kernel, stride):
    """Correlates `x` of one image, padded by zeros on every side."""
    k = kernel.shape[0]
    x = np.pad(x, ((k // 2,) * 2, (k // 2,) * 2, (0, 0)))
    height = (x.shape[0] - k) // stride + 1
    width = (x.shape[1] - k) // stride + 1
    y = np.zeros((height, width, kernel.shape[-1]))
    for i in range(height):
        for j in range(width):
            patch = x[i * stride : i * stride + k, j * stride : j * stride + k]
            y[i, j] = np.einsum("abc,abcd->d", patch, kernel)
    return y


@pytest.mark.parametrize("kernel_size", [1, 3, 7])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("side", [8, 9])
def test_convolution_pads_every_side_alike(rng, kernel_size, stride, side):
    model = _model(
        lambda x: conv.conv2d(x, 3, kernel_size, stride, name="a"),
        (side, side, 2),
    )
    x = rng.standard_normal((1, side, side, 2)).astype("float32")
    kernel = ops.convert_to_numpy(model.get_layer("a_conv").kernel)
    np.testing.assert_allclose(
        model(x)[0], _naive_conv(x[0], kernel, stride), atol=1e-4
    )


@pytest.mark.parametrize(
    "family, name, norm, bias",
    [
        ("ResNet", "torchvision", True, False),
        ("ResNet", "keras", True, True),
        ("ResNet50V2", "keras", True, False),
        ("ResNet50V2", "keras", False, True),
        ("ResNet50V2", "timm", False, False),
    ],
)
def test_convention_says_which_convolutions_have_a_bias(
    family, name, norm, bias
):
    with in_force(family, name):
        model = _model(
            lambda x: conv.conv2d(x, 3, norm=norm, name="a"), (8, 8, 2)
        )
    assert model.get_layer("a_conv").use_bias == bias


def test_convention_says_epsilon():
    with in_force("ResNet", "keras"):
        model = _model(lambda x: conv.batch_norm(x, "a"), (8, 8, 2))
    layer = model.get_layer("a_bn")
    assert (layer.epsilon, layer.momentum) == (1.001e-5, 0.9)
    assert conventions.convention().epsilon == 1e-5


def test_convention_ends_with_its_scope_even_after_an_error():
    with pytest.raises(KeyError), in_force("ResNet", "keras"):
        raise KeyError
    assert conventions.convention() == conventions.Convention()


def _naive_pool(x, before, outputs):
    """Takes maxima of 3x3 windows with stride 2; `before` pads, -inf."""
    padded = np.full((x.shape[0] + 4, x.shape[1] + 4), -np.inf)
    end = before + x.shape[0]
    padded[before:end, before:end] = x
    return np.array(
        [
            [
                padded[2 * i : 2 * i + 3, 2 * j : 2 * j + 3].max()
                for j in range(outputs)
            ]
            for i in range(outputs)
        ]
    )


@pytest.mark.parametrize("side", [8, 9])
@pytest.mark.parametrize(
    "family, name, before",
    [
        ("ResNet50V2", "timm", 1),
        ("ResNet", "caffe", 0),
        ("ResidualAttentionNet", "paper", 0),
    ],
)
def test_stem_pools_as_the_framework_of_its_convention(
    rng, side, family, name, before
):
    # PyTorch: floor((n + 2 - 3) / 2) + 1 windows; Caffe: ceil((n - 3) / 2) + 1.
    outputs = (side - 1) // 2 + 1 if before else -(-(side - 3) // 2) + 1
    x = rng.standard_normal((1, side, side, 1)).astype("float32")
    activated = name == "caffe"
    if activated:
        x = np.abs(x)
    with in_force(family, name):
        model = _model(lambda t: max_pool(t, activated), (side, side, 1))
    expected = _naive_pool(x[0, :, :, 0], before, outputs)
    np.testing.assert_array_equal(model(x)[0, :, :, 0], expected)
