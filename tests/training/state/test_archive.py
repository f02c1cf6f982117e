"""A file of a state is read as it was written, or refused."""

import io
import json
import zipfile

import ml_dtypes
import numpy as np
import pytest

from keras_deep.training.state import archive
from keras_deep.training.state.archive import Damaged
from keras_deep.training.state.archive import State

ARRAYS = {
    "model:a/kernel": np.arange(6, dtype="float32").reshape(2, 3),
    "scalar": np.array(7, "int64"),
    "none": np.zeros((0, 4), "float16"),
    "flags": np.array([True, False]),
    "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "half": np.array([1.5, -2.0], ml_dtypes.bfloat16),
    "odd": np.array([np.nan, -0.0, np.inf]),
}
FACTS = {"epoch": 3, "step": 14, "words": ["ä", None, 0.1]}


def content(arrays=ARRAYS, facts=FACTS):
    file = io.BytesIO()
    archive.write(file, State(facts, arrays))
    return file.getvalue()


def read(given):
    return archive.read(io.BytesIO(given), "the file")


def same(state, arrays=ARRAYS):
    assert state.facts == FACTS
    assert list(state.arrays) == list(arrays)
    for name, array in arrays.items():
        found = state.arrays[name]
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        # The bytes tell -0 from 0 and NaN from itself.
        assert found.tobytes() == array.tobytes()


def test_every_type_and_shape_comes_back_in_order():
    state = read(content())
    same(state)
    assert state.position == (3, 14)


def test_numpy_reads_the_arrays_too():
    with np.load(io.BytesIO(content()), allow_pickle=False) as file:
        members = {name: file[name] for name in file.files}
    np.testing.assert_array_equal(members["0"], ARRAYS["model:a/kernel"])
    header = json.loads(members["state.json"])
    assert header["arrays"]["half"]["dtype"] == "bfloat16"


def test_equal_arrays_take_room_once():
    one = np.random.default_rng(0).normal(size=1000)
    twice = content({"a": one, "b": one.copy(), "c": one.astype("float32")})
    assert len(twice) < 8000 + 4000 + 2000
    state = read(twice)
    np.testing.assert_array_equal(state.arrays["b"], one)
    # The same bytes of another shape or type are another array.
    zeros = {"a": np.zeros(4, "float32"), "b": np.zeros((2, 2), "float32")}
    zeros["c"] = np.zeros(4, "int32")
    same(read(content(zeros)), zeros)


def test_objects_are_refused():
    with pytest.raises(ValueError, match="numbers as 'x'.*Python objects"):
        content({"x": np.array([None, {}])})


def test_a_file_is_whole_or_refused_wherever_it_is_cut():
    whole = content()
    for size in range(len(whole)):
        with pytest.raises(Damaged, match="Expected 'the file' to be as it"):
            read(whole[:size])


def test_no_changed_byte_goes_unnoticed():
    whole = content()
    refused = 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        try:
            same(read(bytes(damaged)))
        except Damaged:
            refused += 1
    # The others are times, versions and attributes of members.
    assert refused > 0.75 * len(whole)


def test_a_pickle_is_never_opened():
    file = io.BytesIO()
    np.save(file, np.array([print], object), allow_pickle=True)
    whole = content()
    with zipfile.ZipFile(io.BytesIO(whole)) as given:
        members = {name: given.read(name) for name in given.namelist()}
    members["0.npy"] = file.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as out:
        for name, data in members.items():
            out.writestr(name, data)
    with pytest.raises(Damaged, match="allow_pickle=False"):
        read(changed.getvalue())


def test_a_newer_format_asks_for_a_newer_package(monkeypatch):
    monkeypatch.setattr(archive, "FORMAT", 2)
    newer = content()
    monkeypatch.setattr(archive, "FORMAT", 1)
    with pytest.raises(ValueError, match="format 1 or older.*format=2.*pip"):
        read(newer)
