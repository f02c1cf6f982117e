"""The model that is made of a Caffe network: names, inputs, outputs."""

import json
import zipfile

import keras
import numpy as np
import pytest

from keras_deep.convert.caffe_graph import caffe_to_keras
from keras_deep.layers.normalization import BatchNormalization
from tests.convert.caffe_nets import SMALL
from tests.convert.caffe_nets import small_net

INPUT = 'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'


def relu(name, bottom, top, more=""):
    return (
        f'layer {{ name: "{name}" type: "ReLU" bottom: "{bottom}" '
        f'top: "{top}" {more} }}\n'
    )


@pytest.fixture
def build(tmp_path):
    """Builds the model of a network that is given as text."""

    def build(text, *arguments, **keywords):
        path = tmp_path / "net.prototxt"
        path.write_text(text)
        return caffe_to_keras(path, *arguments, **keywords)

    return build


def names(model):
    return [layer.name for layer in model.layers]


def test_layers_have_the_names_of_caffe(build):
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


@pytest.mark.parametrize(
    "shape", [(8, 8), (8, 8, None), (0, 8, 3), (8.0, 8, 3), ()]
)
def test_input_shape_is_checked(build, shape):
    with pytest.raises(ValueError, match="Expected `input_shape` to be"):
        build(INPUT + relu("r", "data", "r"), input_shape=shape)


@pytest.mark.parametrize("name", SMALL)
def test_file_gives_the_same_model(tmp_path, build, name):
    text, arrays, x = small_net(name)
    weights = {
        f"{k}/{i}": a for k, v in arrays.items() for i, a in enumerate(v)
    }
    model = build(text, weights)
    path = tmp_path / "model.keras"
    model.save(path)
    loaded = keras.models.load_model(path)
    x = x.transpose(0, 2, 3, 1)
    ours, theirs = model(x), loaded(x)
    for a, b in zip(keras.tree.flatten(ours), keras.tree.flatten(theirs)):
        np.testing.assert_array_equal(a, b)
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    assert "keras.src.ops" not in json.dumps(config)


@pytest.mark.tensorflow
def test_saved_model_has_the_names(tmp_path, shared):
    import tensorflow as tf

    folder = shared / "data" / "checkpoints" / "caffe"
    model = caffe_to_keras(
        folder / "mtcnn_det1.prototxt",
        folder / "mtcnn_det1.caffemodel",
        input_shape=(None, None, 3),
    )
    model.export(tmp_path / "model", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "model"))
    serve = served.signatures["serving_default"]
    x = np.random.default_rng(0).standard_normal((2, 30, 21, 3))
    outputs = serve(data=tf.constant(x, "float32"))
    assert set(outputs) == {"prob1", "conv4-2"}
    for name, expected in model(x).items():
        np.testing.assert_allclose(outputs[name], expected, atol=1e-6)


@pytest.mark.parametrize("jit_compile", (False, True))
def test_model_trains(shared, jit_compile):
    folder = shared / "data" / "checkpoints" / "caffe"
    model = caffe_to_keras(
        folder / "wechat_sr.prototxt", input_shape=(None, None, 1)
    )
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, 9, 8, 1))
    y = rng.standard_normal((4, 17, 15, 1))
    before = model.get_weights()
    model.compile("sgd", "mse", jit_compile=jit_compile)
    losses = [model.train_on_batch(x, y) for _ in range(4)]
    assert losses[-1] < losses[0]
    for old, new in zip(before, model.get_weights()):
        assert np.abs(new - old).max() > 0


def test_channels_first_is_refused(build):
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(ValueError, match="set_image_data_format"):
            build(INPUT + relu("r", "data", "r"))
    finally:
        keras.config.set_image_data_format("channels_last")


def block(bottom, i, order):
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
        text += block(f"s{i - 1}" if i else "data", i, order)
    assert len(build(text).layers) == 1 + 4 * 350


def test_too_many_layers_in_a_row(build):
    text = INPUT
    for i in range(1200):
        text += relu(f"r{i}", f"x{i - 1}" if i else "data", f"x{i}")
    with pytest.raises(ValueError, match="some 900 layers .* 1200 layers in "):
        build(text)


FILLERS = (
    ("xavier", 0.0, (1 / 27) ** 0.5),
    ("msra", 0.0, (2 / 27) ** 0.5),
    ("gaussian mean: 2 std: 0.5", 2.0, 0.5),
    ("uniform min: 1 max: 3", 2.0, 3**-0.5),
    ("constant value: 4", 4.0, 0.0),
    ("unheard_of", 0.0, (2 / (27 + 9 * 500)) ** 0.5),
)


@pytest.mark.parametrize("filler, mean, deviation", FILLERS)
def test_fresh_weights(build, filler, mean, deviation):
    kind, _, settings = filler.partition(" ")
    model = build(
        INPUT + 'layer { name: "c" type: "Convolution" bottom: "data" top: "c" '
        "convolution_param { num_output: 500 kernel_size: 3 "
        f'weight_filler {{ type: "{kind}" {settings} }} }} }}'
    )
    kernel, bias = model.get_layer("c").get_weights()
    assert kernel.mean() == pytest.approx(mean, abs=0.02)
    assert kernel.std() == pytest.approx(deviation, abs=0.02)
    assert not bias.any()


def test_fresh_weights_that_enlarge(build):
    """Linear between the pixels: https://caffe.berkeleyvision.org's filler."""
    model = build(
        INPUT
        + 'layer { name: "c" type: "Deconvolution" bottom: "data" top: "c" '
        "convolution_param { num_output: 3 kernel_size: 4 stride: 2 pad: 1 "
        'group: 3 bias_term: false weight_filler { type: "bilinear" } } }'
    )
    (kernel,) = model.get_weights()
    tent = np.array([0.25, 0.75, 0.75, 0.25])
    for channel in range(3):
        expected = np.outer(tent, tent)
        np.testing.assert_allclose(kernel[:, :, 0, channel], expected)
    ramp = np.arange(8.0)[None, :, None, None] * np.ones((1, 8, 8, 3))
    rows = np.asarray(model(ramp))[0, 2:-2, 5, 0]
    np.testing.assert_allclose(rows, np.arange(12) / 2 + 0.75, rtol=1e-6)
