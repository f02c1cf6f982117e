"""Pickles of arrays in files of data, good and hostile ones."""

import os
import pickle

import numpy as np
import pytest

from keras_deep.formats.array_pickles import load_arrays


@pytest.mark.parametrize("protocol", range(6))
def test_arrays_and_plain_containers(protocol):
    array = np.arange(6, dtype="u1").reshape(2, 3)
    data = {"data": array, b"labels": [np.int64(3), 4], "name": ("a", None)}
    found = load_arrays(pickle.dumps(data, protocol), "train")
    np.testing.assert_array_equal(found.pop("data"), array)
    assert found == {b"labels": [3, 4], "name": ("a", None)}


@pytest.mark.parametrize("content", [b"", b"garbage", pickle.dumps([1])[:-1]])
def test_damage_is_named(content):
    with pytest.raises(ValueError, match="Expected 'train' to be a"):
        load_arrays(content, "train")


class Hostile:
    """Runs a command when it is unpickled by an ordinary unpickler."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_a_pickle_cannot_run_code(tmp_path, protocol):
    target = tmp_path / "ran"
    content = pickle.dumps({"data": Hostile(target)}, protocol)
    with pytest.raises(ValueError, match=r"train' to be.*(posix|nt)\.mkdir"):
        load_arrays(content, "train")
    assert not target.exists()
    pickle.loads(content)
    assert target.exists()  # so the test above could have failed


def test_a_pickle_encodes_bytes_only_as_numpy_does():
    content = b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00"
    with pytest.raises(ValueError, match="rot13"):
        load_arrays(content + b"rot13\x86R.", "train")
    latin1 = b"X\x06\x00\x00\x00latin1\x86R."
    assert load_arrays(content[:-5] + latin1, "train") == b"a"
