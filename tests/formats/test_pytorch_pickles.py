"""The machine for pickles: data as Python reads it, and no calls."""

import pickle
import sys

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from keras_deep.formats.pytorch.pickle_calls import CALLS
from keras_deep.formats.pytorch.pickle_opcodes import unpickle
from keras_deep.formats.pytorch.pickles import Instance
from tests.support.torch_files import Call
from tests.support.torch_files import Named
from tests.support.torch_files import pickled


def _read(content):
    return unpickle(content, 0, "'a.pth'", CALLS, None)[0]


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
)
_DATA = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(), inner)
        | st.tuples(inner)
        | st.tuples(inner, inner)
        | st.lists(inner, min_size=3, max_size=5).map(tuple)
    ),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(_DATA, st.integers(1, 5))
def test_data_is_what_python_reads(data, protocol):
    content = pickle.dumps(data, protocol)
    assert _read(content) == pickle.loads(content) == data


def test_pickles_end_where_they_end():
    first = pickle.dumps([1], 2)
    content = first + pickle.dumps({"a": 2}, 4)
    data, position = unpickle(content, 0, "", CALLS, None)
    assert data == [1] and position == len(first)
    assert unpickle(content, position, "", CALLS, None)[0] == {"a": 2}


@pytest.mark.parametrize("protocol", range(1, 6))
def test_large_and_shared_data(protocol):
    part = ["x" * 300, b"y" * 300, 2**2000, -(2**70), 70000, "é" * 90000]
    data = {str(i): part for i in range(700)}
    read = _read(pickle.dumps(data, protocol))
    assert read == data and read["1"] is read["2"]


def test_sets_and_dicts_keep_texts_only():
    data = [{"a", 1}, frozenset({"b", (2,)}), {1: 2, "c": 3, (1, (2,)): 4}]
    for protocol in range(1, 6):
        sets = _read(pickle.dumps(data, protocol))
        assert sets == [{"a": None}, {"b": None}, {"c": 3}]


def test_strings_of_python_2():
    assert _read(b"\x80\x02U\x03abc.") == "abc"
    assert _read(b"\x80\x02T\x03\x00\x00\x00abc.") == "abc"
    assert _read(b"\x80\x02U\x02\xff\xfe.") == b"\xff\xfe"


@pytest.mark.parametrize("protocol", (2, 4))
def test_objects_are_inert_data(protocol, tmp_path, monkeypatch):
    """Naming, building and setting the state of a class imports nothing."""
    (tmp_path / "hostile_module.py").write_text(
        "import pathlib\n"
        f"pathlib.Path({str(tmp_path)!r}, 'imported').touch()\n"
        "class Class: pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    named = pickled(Named("hostile_module", "Class"), protocol)[:-1]
    state = pickle.dumps({"x": 1}, 2)[2:-1]
    read = _read(named + b")\x81" + state + b"b.")
    assert type(read) is Instance and read.state == {"x": 1}
    assert str(read.kind) == "hostile_module.Class"
    assert _read(named + b")}\x92.").kind == read.kind
    items = pickle.dumps("k", 2)[2:-1] + b"K\x05s."
    assert _read(named + b")\x81" + items).items == {"k": 5}
    assert _read(named + b")\x81" + b"(K\x01K\x02e.").items == {}
    assert "hostile_module" not in sys.modules
    assert not (tmp_path / "imported").exists()


HARMLESS = {
    "pathlib.Path": Call("pathlib", "PosixPath", "a", "b"),
    "device": Call("torch", "device", "cuda", 0),
    "date": Call("datetime", "datetime", b"\x07\xe4\x01\x01\0\0\0\0\0\0"),
    "namespace": Call("copy_reg", "_reconstructor", Named("a", "B"), 0, None),
    "partial": Call("functools", "partial", Named("torch.nn", "ReLU")),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_calls_give_inert_data(name):
    assert type(_read(pickled(HARMLESS[name]))) is Instance


def test_harmless_calls_that_give_data():
    factory = Call("collections", "defaultdict", Named("a", "B"))
    pairs = Call("collections", "OrderedDict", [["a", 1], ["b", 2]])
    size = Call("torch", "Size", (2, 3))
    text = Call("_codecs", "encode", "ÿ", "latin1")
    read = _read(pickled([factory, pairs, size, text]))
    assert read == [{}, {"a": 1, "b": 2}, (2, 3), b"\xff"]
