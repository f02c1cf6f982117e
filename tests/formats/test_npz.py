"""Files of NumPy: what numpy.load reads, without its pickles."""

import io
import pathlib
import tempfile
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_np

from keras_deep.formats.pytorch.reader import read_pytorch
from tests.support.torch_files import zip_of

_ARRAYS = st_np.arrays(
    dtype=st.one_of(
        st_np.boolean_dtypes(),
        st_np.integer_dtypes(endianness="?"),
        st_np.unsigned_integer_dtypes(endianness="?"),
        st_np.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
        st_np.complex_number_dtypes(endianness="?", sizes=(64, 128)),
    ),
    shape=st_np.array_shapes(min_dims=0, max_dims=4, min_side=0),
)
_NAMES = st.text("abcdefgh.-_ ", min_size=1, max_size=20)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(_NAMES, _ARRAYS, min_size=1, max_size=4),
    st.booleans(),
    st.booleans(),
)
def test_arrays_are_what_numpy_reads(arrays, compressed, fortran):
    if fortran:
        arrays = {name: np.asfortranarray(a) for name, a in arrays.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "weights.npz")
        (np.savez_compressed if compressed else np.savez)(path, **arrays)
        read = read_pytorch(path)
        with np.load(path) as expected:
            assert list(read) == list(expected)
            for name in read:
                array = expected[name]
                assert read.shape(name) == read[name].shape == array.shape
                assert read.dtype(name) == read[name].dtype == array.dtype
                assert read[name].tobytes() == array.tobytes()


def _npy(array, version):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version, allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize("version", ((1, 0), (2, 0), (3, 0)))
def test_versions(tmp_path, version):
    path = tmp_path / "weights.npz"
    array = np.arange(6.0).reshape(2, 3)
    path.write_bytes(zip_of({"w.npy": _npy(array, version)}, root=""))
    assert (read_pytorch(path)["w"] == array).all()


def test_shapes_of_python_2(tmp_path):
    content = _npy(np.arange(6.0).reshape(2, 3), (1, 0))
    content = content.replace(b"(2, 3), }  ", b"(2L, 3L), }")
    assert b"3L" in content
    path = tmp_path / "weights.npz"
    path.write_bytes(zip_of({"w.npy": content}, root=""))
    assert read_pytorch(path).shape("w") == (2, 3)


GOOD = _npy(np.arange(6.0), (1, 0))
REFUSED = {
    "objects": (
        _npy(np.array([{}, None]), (1, 0)),
        r"numbers in array 'w' of .*Received: the type '\|O'",
    ),
    "texts": (_npy(np.array(["a"]), (1, 0)), "Received: the type '<U1'"),
    "no type": (GOOD.replace(b"<f8", b"<f0"), "Received: the type '<f0'"),
    "header": (b"\x93NUMPY\1\0\x09\0{'a': 1}\n", "the header of an array"),
    "magic": (b"NUMPY" + GOOD, "the header of an array"),
    "nothing": (b"", "the header of an array.*Received: b''"),
    "code": (
        GOOD.replace(b"False", b"f(1) ", 1),
        "the header of an array",
    ),
    "long": (
        b"\x93NUMPY\2\0\xff\xff\xff\x7f{'descr': '<f8',",
        "the header of an array",
    ),
    "digits": (
        GOOD.replace(b"(6,), }" + b" " * 30, b"(" + b"1" * 34 + b"x)", 1),
        "the header of an array",
    ),
    "cut": (GOOD[:-1], "48 bytes of numbers in array 'w' of.*Received: 47"),
    "more": (GOOD + b"x", "48 bytes of numbers.*Received: 49"),
    "huge": (
        GOOD.replace(b"(6,), }         ", b"(6, 99999999), }", 1),
        "4799999952 bytes of numbers.*Received: 48",
    ),
    "overflow": (
        GOOD.replace(
            b"(6,), }" + b" " * 30, b"(" + b"9" * 19 + b", 9), }" + b" " * 10, 1
        ),
        "a shape of array 'w' .*Received: 2 axes",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_damaged_arrays_are_refused(tmp_path, name):
    content, pattern = REFUSED[name]
    assert content != GOOD
    path = tmp_path / "weights.npz"
    path.write_bytes(zip_of({"w.npy": content}, root=""))
    with pytest.raises(ValueError, match=f"^Expected .*{pattern}") as error:
        read_pytorch(path)
    assert "weights.npz" in str(error.value)


@pytest.mark.parametrize(
    "compression", (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
)
def test_arrays_are_read_when_asked_for(tmp_path, compression):
    """A damaged member is met when it is read, the others still are."""
    path = tmp_path / "weights.npz"
    array = np.random.default_rng(0).random(1000)
    content = bytearray(
        zip_of(
            {"a.npy": _npy(array, (1, 0)), "b.npy": _npy(array, (1, 0))},
            compression,
            root="",
        )
    )
    path.write_bytes(content)
    arrays = read_pytorch(path)
    second = content.rindex(b"PK\3\4")
    content[second : second + 4] = bytes(4)
    path.write_bytes(content)
    assert (arrays["a"] == array).all()
    with pytest.raises(ValueError, match="'b.npy' in .*weights.npz'. Receiv"):
        arrays["b"]


@pytest.mark.parametrize("compressed", (False, True))
def test_damaged_numbers(tmp_path, compressed):
    """Neither the sizes nor the compression show it: the checksum does."""
    path = tmp_path / "weights.npz"
    array = np.random.default_rng(0).random(100_000)
    (np.savez_compressed if compressed else np.savez)(path, w=array)
    assert read_pytorch(path).entry("w").check() is None
    content = bytearray(path.read_bytes())
    content[300_000:300_100] = bytes(100)
    path.write_bytes(content)
    arrays = read_pytorch(path)
    for read in (arrays.entry("w").read, arrays.entry("w").check):
        with pytest.raises(ValueError, match="do not have its checksum"):
            read()


def test_damaged_compression(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez_compressed(path, w=np.zeros(100_000))
    content = bytearray(path.read_bytes())
    names, more = content[26], content[28]
    content[30 + names + more] = 0xFF  # A kind of block that does not exist.
    path.write_bytes(content)
    with pytest.raises(ValueError, match="compressed bytes that are damaged"):
        read_pytorch(path)
