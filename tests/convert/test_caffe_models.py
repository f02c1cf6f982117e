"""Models of Caffe networks are saved, exported and trained like others."""

import json
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep.convert.caffe.graph import caffe_to_keras
from keras_deep.convert.pairs import match_layers
from keras_deep.convert.verification import verify
from tests.support.caffe_nets import SMALL
from tests.support.caffe_nets import small_net
from tests.support.equality import on_tensorflow

INPUT = 'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'


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


@on_tensorflow
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


def test_card_travels_and_a_plain_import_loads_the_file(tmp_path, shared):
    folder = shared / "data" / "checkpoints" / "caffe"
    caffemodel = folder / "wechat_sr.caffemodel"
    model = caffe_to_keras(
        folder / "wechat_sr.prototxt", caffemodel, input_shape=(16, 16, 1)
    )
    assert keras_deep.card(model).weights["source"] == str(caffemodel)
    # The hash that the data's own list gives for the file.
    assert keras_deep.card(model).weights["sha256"].startswith("e5d36889d8e6")
    keras_deep.save(model, tmp_path / "a.keras")
    code = (
        "import keras_deep, keras, sys\n"
        "model = keras.models.load_model('a.keras')\n"
        "print(model.count_params())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [str(model.count_params())], done.stderr
    loaded = keras_deep.load(tmp_path / "a.keras")
    assert keras_deep.card(loaded) == keras_deep.card(model)


def test_layers_are_compared_under_the_names_that_keras_takes(build, rng):
    text = INPUT + (
        'layer { name: "a/b" type: "Convolution" bottom: "data" top: "y"\n'
        "  convolution_param { num_output: 2 kernel_size: 1 } }\n"
    )
    model = build(text)
    x = rng.standard_normal((1, 8, 8, 3)).astype("float32")
    y = np.array(model(x)).transpose(0, 3, 1, 2)
    found = match_layers(model, {"a/b": "a_b"}, ["data", "a_b"])
    assert found == {"a/b": "a_b"}
    assert verify(model, {"images": x, "a_b": y}).first is None
    assert verify(model, {"images": x, "a_b": -y}).first.layer == "a_b"
