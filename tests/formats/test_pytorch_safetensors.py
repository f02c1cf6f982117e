"""Files of safetensors, read by its own library."""

import json
import sys

import ml_dtypes
import numpy as np
import pytest

from keras_deep.formats.pytorch.reader import read_pytorch

safetensors = pytest.importorskip("safetensors.numpy")

ARRAYS = {
    "conv.weight": np.arange(24, dtype="f4").reshape(2, 3, 4),
    "bfloat": np.linspace(-2, 2, 5).astype(ml_dtypes.bfloat16),
    "eight": np.arange(3).astype(ml_dtypes.float8_e4m3fn),
    "half": np.arange(3, dtype="f2"),
    "double": np.arange(2.0),
    "count": np.array(7),
    "empty": np.zeros((0, 3), "f4"),
    "flags": np.array([True, False]),
    "bytes": np.arange(4, dtype="u1"),
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "weights.safetensors"
    safetensors.save_file(ARRAYS, path, metadata={"format": "pt"})
    return path


def test_arrays_are_what_was_written(path, tmp_path):
    renamed = path.rename(tmp_path / "pytorch_model.bin")
    arrays = read_pytorch(renamed)
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays.shape(name) == arrays[name].shape == array.shape
        assert arrays.dtype(name) == arrays[name].dtype == array.dtype
        assert arrays[name].tobytes() == array.tobytes()


def test_headers_whose_length_looks_like_another_format(tmp_path):
    """123 is the beginning of JSON, 128 that of a pickle."""
    for length in (123, 128):
        header = b'{"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}'
        header = header.ljust(length)
        path = tmp_path / "weights.safetensors"
        path.write_bytes(length.to_bytes(8, "little") + header + b"\1\2")
        assert read_pytorch(path)["w"].tolist() == [1, 2]


def test_damage(path):
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(
        ValueError, match="complete safetensors file in .*weights.*Received"
    ):
        read_pytorch(path)


@pytest.mark.parametrize(
    "kind, shape, pattern",
    (
        ("F8_E8M0", [2], "'w' of .*Received: 'F8_E8M0'. Cast"),
        ("U8", [0, 2**63], "a shape of array 'w' of .*Received: 2 axes"),
        ("U8", [1] * 33 + [2], "a shape of array 'w' of .*Received: 34 axes"),
    ),
)
def test_arrays_that_numpy_cannot_have(tmp_path, kind, shape, pattern):
    size = 0 if 0 in shape else 2
    header = json.dumps(
        {"w": {"dtype": kind, "shape": shape, "data_offsets": [0, size]}}
    ).encode()
    path = tmp_path / "weights.safetensors"
    length = len(header).to_bytes(8, "little")
    path.write_bytes(length + header + bytes(size))
    with pytest.raises(ValueError, match=f"^Expected .*{pattern}"):
        read_pytorch(path)


def test_missing_package(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(ImportError, match=r"pip install 'keras_deep\[hub\]'"):
        read_pytorch(path)
