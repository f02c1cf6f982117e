"""The model that is made of a Caffe network: names, inputs, outputs."""

import keras
import numpy as np
import pytest

from keras_deep.convert.caffe.graph import caffe_to_keras
from keras_deep.convert.caffe.graph import keras_names
from keras_deep.convert.caffe.reader import read_caffe
from keras_deep.layers.normalization import BatchNormalization
from tests.convert.caffe_writer import blob
from tests.convert.caffe_writer import v1_layer

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


TRAINING = """
layer { name: "data" type: "Data" top: "data" top: "label"
  include { phase: TRAIN } data_param { source: "lmdb" } }
layer { name: "data" type: "Data" top: "data" top: "label"
  include { phase: TEST } data_param { source: "lmdb" } }
layer { name: "noise" type: "Dropout" bottom: "data" top: "data"
  include { phase: TRAIN } }
layer { name: "stage" type: "ReLU" bottom: "data" top: "data"
  include { stage: "deploy" } }
layer { name: "level" type: "ReLU" bottom: "data" top: "data"
  exclude { min_level: 1 } exclude { phase: TEST max_level: 0 } }
layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
  inner_product_param { num_output: 5 } exclude { phase: TRAIN } }
layer { name: "labels" type: "Slice" bottom: "label" top: "l1" top: "l2" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "l1" }
layer { name: "accuracy" type: "Accuracy" bottom: "fc" bottom: "l2" }
layer { name: "rest" type: "Silence" bottom: "l2" }
"""


def test_training_network_gives_the_scores(build):
    model = build(TRAINING, input_shape=(6, 4, 2))
    assert names(model) == ["data", "fc_flat_order_1", "fc_flat", "fc"]
    assert model.input_shape == (None, 6, 4, 2)
    assert model.output_shape == (None, 5)


def test_training_network_needs_the_shape_of_the_data(build):
    with pytest.raises(ValueError, match=r"pass `input_shape=\(height, .*line"):
        build(TRAINING)


def test_training_network_equals_the_deployed_one(shared):
    folder = shared / "data" / "checkpoints" / "caffe"
    stem = folder / "junyuseu_res20_aug"
    weights = f"{stem}.caffemodel"
    deployed = caffe_to_keras(f"{stem}_deploy.prototxt", weights)
    trained = caffe_to_keras(
        f"{stem}_train_test.prototxt", weights, input_shape=(32, 32, 3)
    )
    x = np.random.default_rng(0).standard_normal((2, 32, 32, 3))
    np.testing.assert_array_equal(deployed(x), trained(x))


V1_NET = """
input: "data" input_dim: 1 input_dim: 1 input_dim: 28 input_dim: 28
layers { name: "conv1" type: CONVOLUTION bottom: "data" top: "conv1"
  blobs_lr: 1 blobs_lr: 2 weight_decay: 1 weight_decay: 0
  convolution_param { num_output: 20 kernel_size: 5 } }
layers { name: "pool1" type: POOLING bottom: "conv1" top: "pool1"
  pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layers { name: "conv2" type: CONVOLUTION bottom: "pool1" top: "conv2"
  convolution_param { num_output: 50 kernel_size: 5 } }
layers { name: "pool2" type: POOLING bottom: "conv2" top: "pool2"
  pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layers { name: "ip1" type: INNER_PRODUCT bottom: "pool2" top: "ip1"
  inner_product_param { num_output: 500 } }
layers { name: "relu1" type: 18 bottom: "ip1" top: "ip1" }
layers { name: "ip2" type: INNER_PRODUCT bottom: "ip1" top: "ip2"
  inner_product_param { num_output: 10 } }
layers { name: "prob" type: SOFTMAX bottom: "ip2" top: "prob" }
"""


def test_network_of_the_generation_before(shared, tmp_path, build):
    """LeNet as it was written then, with blobs of four axes."""
    folder = shared / "data" / "checkpoints" / "caffe"
    stem = folder / "lenet_mnist"
    arrays = read_caffe(f"{stem}.caffemodel")
    old = tmp_path / "old.caffemodel"
    numbers = {"Convolution": 4, "InnerProduct": 14}
    old.write_bytes(
        b"".join(
            v1_layer(
                name,
                numbers[arrays.kinds[name]],
                [blob(arrays[f"{name}/{i}"], "legacy") for i in range(2)],
            )
            for name in ("conv1", "conv2", "ip1", "ip2")
        )
    )
    assert read_caffe(old).shape("ip2/1") == (1, 1, 1, 10)
    ours = build(V1_NET, old)
    theirs = caffe_to_keras(f"{stem}.prototxt", arrays)
    assert names(ours)[1:] == names(theirs)[1:]
    x = np.random.default_rng(0).standard_normal((2, 28, 28, 1))
    np.testing.assert_array_equal(ours(x), theirs(x))


def test_several_inputs(build):
    text = (
        'layer { name: "in" type: "Input" top: "a" top: "b" top: "c" '
        "input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } "
        "shape { dim: 1 dim: 3 dim: 8 dim: 8 } shape { dim: 1 dim: 4 } } }\n"
        'layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" '
        'top: "sum" }'
    )
    model = build(text)
    assert [tensor.name for tensor in model.inputs] == ["a", "b"]
    x = np.ones((1, 8, 8, 3))
    np.testing.assert_array_equal(model([x, 2 * x]), 3 * x)
    model = build(text, input_shape={"a": (4, 4, 3), "b": (4, 4, 3)})
    assert model.output_shape == (None, 4, 4, 3)
    with pytest.raises(ValueError, match=r"a dict .*\['a', 'b'\]"):
        build(text, input_shape=(4, 4, 3))
    with pytest.raises(ValueError, match=r"shapes for \['other'\]"):
        build(text, input_shape={"other": (4, 4, 3)})


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


@pytest.mark.parametrize(
    "shape", [(8, 8), (8, 8, None), (0, 8, 3), (8.0, 8, 3), ()]
)
def test_input_shape_is_checked(build, shape):
    with pytest.raises(ValueError, match="Expected `input_shape` to be"):
        build(INPUT + relu("r", "data", "r"), input_shape=shape)


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
