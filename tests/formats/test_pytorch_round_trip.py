"""Any state dict that is written, in both formats, is read bit for bit."""

import pathlib
import tempfile
import zipfile

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_np

from keras_deep.formats.pytorch.reader import read_pytorch
from tests.support.torch_files import STORAGES
from tests.support.torch_files import Tensor
from tests.support.torch_files import legacy_checkpoint
from tests.support.torch_files import zip_checkpoint

FORMATS = {
    "zip": zip_checkpoint,
    "deflated": lambda data, protocol=2: zip_checkpoint(
        data, protocol, zipfile.ZIP_DEFLATED
    ),
    "legacy": legacy_checkpoint,
}


def _read(content):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "weights.pth")
        path.write_bytes(content)
        return dict(read_pytorch(path))


@st.composite
def _views(draw):
    """An array's content as any type, and a view of it."""
    dtype = np.dtype(draw(st.sampled_from(sorted(STORAGES))))
    shape = draw(st_np.array_shapes(min_dims=0, max_dims=4, min_side=0))
    size = int(np.prod(shape)) * dtype.itemsize
    content = draw(st.binary(min_size=size, max_size=size))
    if dtype.kind == "b":
        content = bytes(byte & 1 for byte in content)
    array = np.frombuffer(content, dtype).reshape(shape)
    view = array.transpose(draw(st.permutations(range(len(shape)))))
    steps = tuple(
        slice(draw(st.integers(0, 1)), None, draw(st.integers(1, 2)))
        for _ in shape
    )
    return array, view[(*steps, ...)]


def _as_tensor(array, view):
    start = view.__array_interface__["data"][0]
    offset = (start - array.__array_interface__["data"][0]) // array.itemsize
    strides = tuple(n // array.itemsize for n in view.strides)
    return Tensor(array, offset if view.size else 0, view.shape, strides)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.text(min_size=1), _views(), min_size=1, max_size=4),
    st.integers(1, 5),
)
def test_round_trip(name, views, protocol):
    tensors = {key: _as_tensor(*pair) for key, pair in views.items()}
    read = _read(FORMATS[name](tensors, protocol))
    assert list(read) == list(views)
    for key, (_, view) in views.items():
        assert read[key].shape == view.shape and read[key].dtype == view.dtype
        assert read[key].tobytes() == view.tobytes()


SMALL = {
    "state_dict": {
        "conv.weight": Tensor(np.arange(12, dtype="f4").reshape(3, 4)),
        "bn.running_mean": Tensor(np.ones(3, ml_dtypes.bfloat16)),
    },
    "epoch": 3,
}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)),
        min_size=1,
        max_size=4,
    ),
    st.none() | st.integers(0, 10**6),
)
def test_damage_gives_arrays_or_a_value_error(name, changes, end):
    content = bytearray(FORMATS[name](SMALL))
    for position, piece in changes:
        position %= len(content)
        content[position : position + len(piece)] = piece
    if end is not None:
        del content[end % len(content) :]
    try:
        read = _read(bytes(content))
    except ValueError as error:
        assert "weights.pth" in str(error) and "Received" in str(error)
    else:
        assert all(isinstance(array, np.ndarray) for array in read.values())


@pytest.mark.parametrize("name", FORMATS)
def test_shared_storage(name):
    array = np.arange(12, dtype="f4")
    read = _read(
        FORMATS[name](
            {
                "all": Tensor(array),
                "tied": Tensor(array),
                "last": Tensor(array, 10, (2,), (1,)),
                "repeated": Tensor(array, 1, (3, 2), (0, 1)),
                "scalar": Tensor(array, 5, (), ()),
            }
        )
    )
    assert (read["all"] == read["tied"]).all()
    assert read["last"].tolist() == [10, 11]
    assert read["repeated"].tolist() == [[1, 2]] * 3
    assert read["scalar"].shape == () and read["scalar"] == 5


def test_views_of_storages_of_old_checkpoints():
    """Before PyTorch 0.4 a persistent id could be a part of a storage."""
    content = legacy_checkpoint({"w": Tensor(np.arange(9, dtype="f4"))})
    whole = b"K\tNt"  # 9 elements, no view.
    assert content.count(whole) == 1
    part = b"K\tU\1vK\4K\3\x87t"  # Elements 4 to 6.
    content = content.replace(whole, part)
    start = content.index(b"K\0K\t\x85q")
    content = content[: start + 3] + b"\3" + content[start + 4 :]
    assert _read(content)["w"].tolist() == [4, 5, 6]
