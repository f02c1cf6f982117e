"""Arrays of NumPy in a pickle, as in the checkpoints of Detectron."""

import pickle

import numpy as np
import pytest

from keras_deep.formats.pytorch.reader import read_pytorch
from tests.support.torch_files import Call
from tests.support.torch_files import pickled


@pytest.fixture
def read(tmp_path):
    """Returns a function of a pickle that reads it as a file."""
    path = tmp_path / "weights.pkl"

    def read(content):
        path.write_bytes(content)
        return read_pytorch(path)

    return read


def test_arrays_of_numpy_are_weights_too(read):
    arrays = {
        "a": np.arange(6.0).reshape(2, 3),
        "b": np.asfortranarray(np.arange(6, dtype="i4").reshape(2, 3)),
        "c": np.arange(3, dtype=">f4"),
        "d": np.zeros((0, 2)),
        "e": np.array(True),
    }
    for protocol in (2, 3, 4, 5):
        data = {"model": arrays, "author": "x", "o": np.array([{}, None])}
        found = read(pickle.dumps(data, protocol))
        assert list(found) == list(arrays)
        for name, array in arrays.items():
            assert found.shape(name) == found[name].shape == array.shape
            assert found.dtype(name) == found[name].dtype == array.dtype
            assert (found[name] == array).all()


def _numpy_array(kind, shape, content, order="C"):
    kind = Call("numpy", "dtype", kind, False, True)
    return Call(
        "numpy._core.numeric", "_frombuffer", content, kind, shape, order
    )


ODD = {
    "no type": (
        Call("numpy.core.multiarray", "_reconstruct", 0, (0,), b"b"),
        "tensor 'w' .*array of numbers. Received: another type",
    ),
    "no bytes": (
        _numpy_array("f8", (3,), 3),
        "tensor 'w' .*Received: another type, shape or content",
    ),
    "no shape": (
        _numpy_array("f8", 3, bytes(24)),
        "tensor 'w' .*Received: another type, shape or content",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_arrays(name, read):
    array, pattern = ODD[name]
    with pytest.raises(ValueError, match=f"^Expected .*{pattern}"):
        read(pickled({"w": array}))


def test_arrays_in_an_odd_order(read):
    content = np.arange(6.0).tobytes()
    for order, expected in (
        ("F", [[0, 2, 4], [1, 3, 5]]),
        (7, [[0, 1, 2], [3, 4, 5]]),
    ):
        array = _numpy_array("f8", (2, 3), content, order)
        assert read(pickled({"w": array}))["w"].tolist() == expected


def test_arrays_with_missing_bytes(read):
    content = pickle.dumps({"w": np.arange(3)}, 3)
    position = content.index(b"C\x18" + bytes(8))
    content = content[:position] + b"C\x17" + content[position + 3 :]
    with pytest.raises(ValueError, match="Expected 24 bytes of tensor 'w' of"):
        read(content)
