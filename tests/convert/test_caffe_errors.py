"""What is wrong with a Caffe network is said with its name and its line."""

import json
import re
import resource
import time

import numpy as np
import pytest

from keras_deep.convert.caffe.graph import caffe_to_keras
from tests.convert.caffe_mistakes import INPUT
from tests.convert.caffe_mistakes import LAYERS
from tests.convert.caffe_mistakes import layer
from tests.convert.caffe_mistakes import shaped
from tests.convert.caffe_net_mistakes import NETS


@pytest.mark.parametrize(
    "text, message", [case[1:] for case in LAYERS], ids=[c[0] for c in LAYERS]
)
def test_layer_is_refused(tmp_path, text, message):
    path = tmp_path / "net.prototxt"
    path.write_text(INPUT + text)
    with pytest.raises(ValueError, match=message) as caught:
        caffe_to_keras(path)
    assert re.search(r"net\.prototxt', line [2-5]$", str(caught.value))
    if "name" not in message and "type`" not in message:
        assert re.search(r"in layer '\w+' \(\w+\), ", str(caught.value))


@pytest.mark.parametrize(
    "text, message", [case[1:] for case in NETS], ids=[c[0] for c in NETS]
)
def test_network_is_refused(tmp_path, text, message):
    path = tmp_path / "net.prototxt"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        caffe_to_keras(path)
    assert re.search(r"net\.prototxt', line \d$", str(caught.value))


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="`.prototxt` file. Received"):
        caffe_to_keras(tmp_path / "none.prototxt")


FREE = [
    (
        layer("InnerProduct", "inner_product_param { num_output: 2 }"),
        "known sides for a layer with weights for each: pass `input_shape`",
    ),
    (
        shaped("Reshape", "shape { dim: 0 dim: 2 dim: 0 dim: -1 }"),
        "known sides for this shape",
    ),
    (
        shaped("Reshape", "shape { dim: 3 dim: -1 }"),
        r"the batch and as many values as \(1, 4, \?, \?\)",
    ),
    (shaped("Slice", "axis: 2", tops=("a", "b")), "the axis to slice"),
    (shaped("Scale", "axis: 2"), "the numbers that it multiplies with"),
]


@pytest.mark.parametrize("text, message", FREE)
def test_layers_that_need_known_sides(tmp_path, text, message):
    path = tmp_path / "net.prototxt"
    path.write_text(INPUT + text)
    with pytest.raises(ValueError, match=message):
        caffe_to_keras(path, input_shape=(None, None, 4))


def test_weights_that_do_not_fit_are_all_named(tmp_path):
    path = tmp_path / "net.prototxt"
    settings = "convolution_param { num_output: 2 kernel_size: 3 }"
    path.write_text(
        INPUT
        + layer("Convolution", settings, tops=("y",), name="conv1")
        + layer("Convolution", settings, tops=("z",), name="conv2")
        + layer("Convolution", settings, tops=("w",), name="conv3")
    )
    kernel, bias = np.zeros((2, 4, 3, 3)), np.zeros(2)
    arrays = {"conv1/0": kernel, "conv2/0": bias, "conv2/1": bias}
    arrays["conv2/2"] = bias
    with pytest.raises(ValueError) as caught:
        caffe_to_keras(path, arrays)
    lines = str(caught.value).splitlines()
    assert re.search("blobs of every layer.* with 4 differences:", lines[0])
    assert lines[1:] == [
        "layer 'conv1' (Convolution), line 2: no blob 'conv1/1' of shape (2,)",
        "layer 'conv2' (Convolution), line 3: 'conv2/0' has shape (2,), "
        "expected (2, 4, 3, 3)",
        "layer 'conv2' (Convolution), line 3: a blob 'conv2/2' too many",
        "layer 'conv3' (Convolution), line 4: no blobs.",
    ]


@pytest.fixture(scope="module")
def odd(shared):
    return shared / "data" / "checkpoints" / "odd_caffe"


def test_odd_files(odd):
    """Each is loaded or refused as it must be, soon and in little memory."""
    expected = json.loads((odd / "expected.json").read_text())
    assert len(expected) == 29
    caffe_to_keras(odd / "good.prototxt")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, entry in expected.items():
        is_net = name.endswith(".prototxt")
        files = (name,) if is_net else ("good.prototxt", name)
        begin = time.perf_counter()
        try:
            caffe_to_keras(*(odd / file for file in files))
        except ValueError as error:
            assert entry["loads"] is not True, name
            assert re.search(
                rf"{name}'(, (line|byte) \d+|, which is empty\.)$", str(error)
            ), error
        else:
            assert entry["loads"] is not False, name
        assert time.perf_counter() - begin < 5
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 256 * 1024
