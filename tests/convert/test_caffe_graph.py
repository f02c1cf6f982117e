"""The model that is made of a Caffe network: names, inputs, outputs."""

import keras
import numpy as np
import pytest

from keras_deep.convert.caffe.graph import keras_names
from keras_deep.layers.normalization import BatchNormalization

INPUT = 'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'


def relu(name, bottom, top, more=""):
    return (
        f'layer {{ name: "{name}" type: "ReLU" bottom: "{bottom}" '
        f'top: "{top}" {more} }}\n'
    )


def names(model):
    return [layer.name for layer in model.layers]


def test_layers_have_the_names_of_caffe(build, tmp_path):
    model = build(
        'name: "My net (2)"'
        + INPUT
        + relu("conv1/relu", "data", "a")
        + relu("conv1_relu", "a", "b")
        + relu("conv1/relu_2", "b", "c")
        + relu("conv1(relu", "c", "d")
        + relu("_first", "d", "data_")
        + relu("data", "data_", "e/f")
    )
    path = tmp_path / "net.prototxt"
    assert keras_names(path) == {
        "conv1/relu": "conv1_relu_2",
        "conv1_relu": "conv1_relu",
        "conv1/relu_2": "conv1_relu_2_2",
        "conv1(relu": "conv1_relu_3",
        "_first": "caffe_first",
        "data": "data",
    }
    assert model.name == "My_net__2_"
    assert names(model) == [
        "data_2",
        "conv1_relu_2",
        "conv1_relu",
        "conv1_relu_2_2",
        "conv1_relu_3",
        "caffe_first",
        "data",
    ]


def test_helpers_stand_beside_the_named_layer(build):
    model = build(
        INPUT + 'layer { name: "c" type: "Convolution" bottom: "data" top: "c" '
        "convolution_param { num_output: 2 kernel_size: 3 pad: 1 } }"
        + relu("c_pad", "c", "d")
    )
    assert names(model) == ["data", "c_pad_2", "c", "c_pad"]
    assert model.output_shape == (None, 8, 8, 2)


def test_padding_of_one_side(build):
    model = build(
        INPUT + 'layer { name: "c" type: "Convolution" bottom: "data" top: "c" '
        "convolution_param { num_output: 2 kernel_h: 1 kernel_w: 7 pad_w: 3 } }"
    )
    assert model.output_shape == (None, 8, 8, 2)


def test_layers_in_place(build):
    """The first reader has the values before the change, the last after."""
    model = build(
        INPUT + 'layer { name: "half" type: "Power" bottom: "data" top: "x" '
        "power_param { scale: 0.5 } }"
        + 'layer { name: "before" type: "Power" bottom: "x" top: "before" }'
        + relu("relu", "x", "x")
        + 'layer { name: "shift" type: "Power" bottom: "x" top: "x" '
        "power_param { shift: 1 } }"
        + 'layer { name: "after" type: "Power" bottom: "x" top: "after" }'
    )
    x = np.random.default_rng(0).standard_normal((2, 8, 8, 3))
    outputs = model(x)
    assert set(outputs) == {"before", "after"}
    np.testing.assert_allclose(outputs["before"], x / 2, rtol=1e-6)
    expected = np.maximum(x / 2, 0) + 1
    np.testing.assert_allclose(outputs["after"], expected, rtol=1e-6)


def test_batch_norm_takes_in_the_scale_behind_it(build):
    norm = 'layer {{ name: "{0}" type: "BatchNorm" bottom: "{1}" top: "{0}" }}'
    scale = (
        'layer {{ name: "{0}" type: "Scale" bottom: "{1}" top: "{1}" '
        "scale_param {{ bias_term: {2} axis: {3} }} }}\n"
    )
    model = build(
        INPUT
        + norm.format("a", "data")
        + scale.format("a_scale", "a", "true", 1)
        + norm.format("b", "a")
        + scale.format("b_scale", "b", "false", 2)
        + norm.format("c", "b")
        + relu("other", "c", "other")
        + scale.format("c_scale", "c", "true", 1)
    )
    kinds = {layer.name: type(layer).__name__ for layer in model.layers[1:]}
    assert kinds == {
        "a_scale": "BatchNormalization",
        "b": "BatchNormalization",
        "b_scale": "CaffeScale",
        "c": "BatchNormalization",
        "other": "ReLU",
        "c_scale": "CaffeScale",
    }
    joined = model.get_layer("a_scale")
    assert isinstance(joined, BatchNormalization)
    assert (joined.center, joined.scale, joined.epsilon) == (True, True, 1e-5)
    assert not model.get_layer("b").scale


def test_batch_norm_that_was_never_trained(build):
    """Caffe takes 0 for 1 / 0: the mean and the variance are zero."""
    model = build(
        INPUT + 'layer { name: "n" type: "BatchNorm" bottom: "data" top: "n" '
        "batch_norm_param { eps: 0.25 } }",
        {"n/0": np.ones(3), "n/1": np.ones(3), "n/2": np.zeros(1)},
    )
    x = np.random.default_rng(0).standard_normal((1, 8, 8, 3))
    np.testing.assert_allclose(model(x), 2 * x, rtol=1e-5)


FOLDS = {
    "flatten": ('"Flatten"', (2, 3 * 20)),
    "keep": ('"Flatten" flatten_param { axis: 2 }', (2, 3, 20)),
    "infer": (
        '"Reshape" reshape_param { shape { dim: 0 dim: 0 dim: -1 } }',
        (2, 3, 20),
    ),
    "batch": ('"Reshape" reshape_param { shape { dim: 1 dim: -1 } }', (2, 60)),
}


@pytest.mark.parametrize("case", FOLDS)
def test_folding_free_sides(build, case):
    """One unknown side more or less is no hindrance."""
    kind, shape = FOLDS[case]
    text = f'layer {{ name: "r" bottom: "data" top: "r" type: {kind} }}'
    model = build(INPUT + text, input_shape=(None, None, 3))
    x = np.random.default_rng(0).standard_normal((2, 4, 5, 3)).astype("f4")
    expected = x.transpose(0, 3, 1, 2).reshape(shape)
    np.testing.assert_array_equal(model(x), expected)


def test_channels_first_is_refused(build):
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(ValueError, match="set_image_data_format"):
            build(INPUT + relu("r", "data", "r"))
    finally:
        keras.config.set_image_data_format("channels_last")


def residual(bottom, i, order):
    text = "".join(
        relu(f"r{i}{j}", bottom if j == 0 else f"r{i}", f"r{i}")
        for j in range(3)
    )
    bottoms = [f'bottom: "{bottom}"', f'bottom: "r{i}"'][::order]
    return text + (
        f'layer {{ name: "s{i}" type: "Eltwise" {" ".join(bottoms)} '
        f'top: "s{i}" }}\n'
    )


@pytest.mark.parametrize("order", (1, -1))
def test_many_blocks(build, order):
    """In whichever order the sums have their terms."""
    text = INPUT
    for i in range(350):
        text += residual(f"s{i - 1}" if i else "data", i, order)
    assert len(build(text).layers) == 1 + 4 * 350


def test_too_many_layers_in_a_row(build):
    text = INPUT
    for i in range(1200):
        text += relu(f"r{i}", f"x{i - 1}" if i else "data", f"x{i}")
    with pytest.raises(ValueError, match="some 900 layers .* 1200 layers in "):
        build(text)
