"""Caffemodels of every generation are read, damaged ones refused."""

import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from keras_deep.formats.caffe.reader import read_caffe
from tests.support.caffe_nets import blobs
from tests.support.caffe_published import made_weights
from tests.support.caffe_published import prototxt
from tests.support.caffe_published import synth
from tests.support.caffe_writer import FIXED32
from tests.support.caffe_writer import blob
from tests.support.caffe_writer import content
from tests.support.caffe_writer import layer
from tests.support.caffe_writer import number
from tests.support.caffe_writer import shape_of
from tests.support.caffe_writer import v0_layer
from tests.support.caffe_writer import v1_layer

WRITERS = {
    "current": (layer, "Convolution"),
    "V1": (v1_layer, 4),
    "V0": (v0_layer, "conv"),
}
SHAPES = st.lists(st.integers(1, 5), min_size=0, max_size=4)


@st.composite
def blobs_and_parts(draw):
    """Arrays, and the bytes of each in some form of the format."""
    arrays, parts = [], []
    for shape in draw(st.lists(SHAPES, max_size=3)):
        dtype = draw(st.sampled_from(["<f4", "<f8"]))
        form = draw(st.sampled_from(["legacy", "packed", "unpacked"]))
        rng = np.random.default_rng(draw(st.integers(0, 2**32)))
        array = rng.standard_normal(shape).astype(dtype)
        parts.append(blob(array, form, draw(st.booleans())))
        if form == "legacy":
            array = array.reshape([1] * (4 - array.ndim) + list(array.shape))
        arrays.append(array)
    return arrays, parts


@pytest.mark.parametrize("generation", WRITERS)
@given(blobs_and_parts(), st.text(min_size=1))
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_form_of_the_format(tmp_path, generation, drawn, name):
    arrays, parts = drawn
    write, kind = WRITERS[generation]
    path = tmp_path / "net.caffemodel"
    path.write_bytes(
        content(1, "net")
        + write(name, kind, parts)
        + write(f"{name} 2", kind, [])
        + number(5, 1)
    )
    read = read_caffe(path)
    assert read.source == str(path)
    assert read.kinds == {name: "Convolution", f"{name} 2": "Convolution"}
    assert list(read) == [f"{name}/{i}" for i in range(len(arrays))]
    assert read.nbytes == sum(array.nbytes for array in arrays)
    for i, array in enumerate(arrays):
        assert read.shape(f"{name}/{i}") == array.shape
        assert read.dtype(f"{name}/{i}") == array.dtype
        np.testing.assert_array_equal(read[f"{name}/{i}"], array)


def test_file_of_another_writer(shared, tmp_path):
    name = "soeaver__deploy_resnet18-priv"
    weights = made_weights(shared, name)
    tool = synth(shared)
    path = tmp_path / "net.caffemodel"
    net = tool.parse(prototxt(shared, name))
    path.write_bytes(tool.encode(net, weights))
    read = read_caffe(path)
    assert len(read) == sum(map(len, weights.values())) == 122
    for key, array in blobs(weights).items():
        np.testing.assert_array_equal(read[key], array)
    types = {x["name"][0]: x["type"][0] for x in tool.layers(net)}
    assert read.kinds == types


def test_values_that_are_not_packed_are_read_fast(tmp_path):
    array = np.arange(300_000, dtype="<f4")
    record = np.zeros(len(array), [("key", "u1"), ("value", "<f4")])
    record["key"], record["value"] = 5 << 3 | FIXED32, array
    part = shape_of(array, "packed") + record.tobytes()
    path = tmp_path / "net.caffemodel"
    path.write_bytes(layer("fc", "InnerProduct", [part]))
    begin = time.perf_counter()
    np.testing.assert_array_equal(read_caffe(path)["fc/0"], array)
    assert time.perf_counter() - begin < 1


def test_reading_is_lazy(shared):
    folder = shared / "data" / "checkpoints" / "caffe"
    path = folder / "nsfw_resnet50_1by2.caffemodel"
    tracemalloc.start()
    arrays = read_caffe(path)
    largest = max(arrays, key=lambda name: np.prod(arrays.shape(name)))
    before = tracemalloc.get_traced_memory()[1]
    size = arrays[largest].nbytes
    after = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert arrays.nbytes > 20e6
    assert before < 2e6
    assert size > 1e6
    assert after < before + 2.5 * size


def test_array_outlives_the_file(tmp_path):
    array = np.arange(6, dtype="<f4").reshape(2, 3)
    path = tmp_path / "net.caffemodel"
    path.write_bytes(layer("fc", "InnerProduct", [blob(array)]))
    read = read_caffe(path)["fc/0"]
    path.write_bytes(b"\0" * 100)
    np.testing.assert_array_equal(read, array)
    assert read.flags.aligned


GOOD = blob(np.ones((2, 3), "<f4"))
TWO = layer("fc", "InnerProduct", [GOOD]) * 2
ERRORS = {
    "empty": (b"", "a file with content. Received: .*, which is empty"),
    "no layers": (content(1, "net"), "a caffemodel. Received: a file without"),
    "field 0": (b"\2\0", "a protobuf message. Received: field number 0"),
    "group": (b"\x0b", "a protobuf message. Received: wire type 3"),
    "cut number": (b"\x08\x80", "Received: its end inside a number"),
    "endless": (b"\x08" + b"\xff" * 11, "Received: an endless number"),
    "cut field": (b"\x0a\x05abc", "a field of 5 bytes where 3 are left"),
    "cut float": (b"\x0d\0\0", "a field of 4 bytes where 2 are left"),
    "no text": (layer(b"\xff", "ReLU", []), "Expected text. Received: other"),
    "twice": (TWO, "one layer of a name. Received: two 'fc'"),
    "half precision": (
        layer("fc", "InnerProduct", [content(12, b"\0\0")]),
        "raw data, as NVCaffe .* `store_blobs_in_old_format: true`",
    ),
    "axes": (
        layer("fc", "", [content(7, content(1, b"\1" * 33)) + GOOD[-10:]]),
        "at most 32 axes .* Received: 33 axes",
    ),
    "odd bytes": (
        layer("fc", "", [content(7, content(1, b"\1")) + content(5, b"\0")]),
        "whole numbers. Received: 1 axes and 1 bytes",
    ),
    "too few": (
        layer(
            "fc", "", [content(7, content(1, b"\3")) + content(5, b"\0" * 8)]
        ),
        r"as many values as the blob's shape \(3,\) has. Received: 2 values",
    ),
    "negative": (
        layer("fc", "", [content(7, number(1, -1)) + content(5, b"\0" * 4)]),
        "as many values as the blob's shape",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_damage_is_named(tmp_path, case):
    data, message = ERRORS[case]
    path = tmp_path / "net.caffemodel"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message) as caught:
        read_caffe(path)
    assert "net.caffemodel'" in str(caught.value)
    assert case == "empty" or ", byte " in str(caught.value)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="which does not exist"):
        read_caffe(tmp_path / "none.caffemodel")


@given(st.data())
@settings(
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_damaged_files_are_read_or_refused(shared, tmp_path, data):
    folder = shared / "data" / "checkpoints" / "caffe"
    content = bytearray((folder / "mtcnn_det1.caffemodel").read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        # The structure stands near the head; further on are values.
        place = data.draw(st.integers(0, len(content) - 1 >> 4))
        content[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    path = tmp_path / "net.caffemodel"
    path.write_bytes(content)
    try:
        arrays = read_caffe(path)
    except ValueError as error:
        assert "net.caffemodel'" in str(error)
    else:
        assert sum(arrays[name].nbytes for name in arrays) == arrays.nbytes
