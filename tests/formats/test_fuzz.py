"""tools/fuzz: it finds what it looks for, and nothing in our parsers."""

import mmap
import os
import random
import signal
import time

import ml_dtypes
import numpy as np
import pytest

from tests.support.caffe_writer import blob
from tests.support.caffe_writer import layer
from tests.support.fuzzing import assert_loads_or_refuses
from tests.support.fuzzing import fuzz
from tests.support.torch_files import Tensor
from tests.support.torch_files import legacy_checkpoint
from tests.support.torch_files import zip_checkpoint

SMALL = {"model": {"w": Tensor(np.arange(6, dtype="f4").reshape(2, 3))}}


def _pytorch(folder):
    (folder / "a.pth").write_bytes(zip_checkpoint(SMALL))
    (folder / "b.pth").write_bytes(legacy_checkpoint(SMALL))
    (folder / "c.pth").write_bytes(legacy_checkpoint(SMALL, protocol=4))


def _npz(folder):
    np.savez(folder / "a.npz", w=np.arange(6.0).reshape(2, 3), b=np.ones(2))
    np.savez_compressed(folder / "b.npz", w=np.zeros((20, 30)))


def _safetensors(folder):
    safetensors = pytest.importorskip("safetensors.numpy")
    arrays = {"w": np.arange(6.0), "b": np.ones(3, ml_dtypes.bfloat16)}
    safetensors.save_file(arrays, folder / "a.safetensors")


def _caffemodel(folder):
    kernel, bias = np.ones((2, 3, 1, 1), "f4"), np.ones(2, "f4")
    content = layer("a", "Convolution", [blob(kernel), blob(bias)])
    (folder / "a.caffemodel").write_bytes(content)


SEEDS = {
    "caffemodel": _caffemodel,
    "npz": _npz,
    "pytorch": _pytorch,
    "safetensors": _safetensors,
}


@pytest.mark.parametrize("name", SEEDS)
def test_parsers_load_or_refuse_damaged_files(name, tmp_path):
    assert_loads_or_refuses(name, SEEDS[name], tmp_path)


def _misbehaves(path):
    """Does what the input says."""
    what = path.read_text()
    if what == "hang":
        while True:
            time.sleep(1)
    if what == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "memory":
        bytearray(2 * fuzz.MEMORY)
    if what == "refuse":
        raise ValueError(what)
    if what == "index":
        raise IndexError(what)
    return {"array": 0}


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_each_kind_of_failure_is_found(monkeypatch):
    monkeypatch.setattr(fuzz, "SECONDS", 0.3)
    monkeypatch.setattr(fuzz, "BATCH", 3)
    inputs = ["load", "hang", "refuse", "crash", "memory", "index", "load"]
    kept = mmap.mmap(-1, len(inputs))  # Shared with the processes.

    def keep(index, suffix, content, text):
        assert content == inputs[index].encode() and suffix == ".txt"
        kept[index] = 1

    outcomes = fuzz.run(
        _misbehaves,
        lambda index: (".txt", inputs[index].encode()),
        len(inputs),
        2,
        keep,
    )
    assert [fuzz.OUTCOMES[outcome] for outcome in outcomes] == [
        "loaded",
        "hung",
        "refused",
        "crashed",
        "failed",
        "failed",
        "loaded",
    ]
    assert list(kept[:]) == [0, 1, 0, 1, 1, 1, 0]


def test_damage_is_the_same_for_the_same_seed():
    content = bytes(range(256)) * 4
    damaged = {fuzz.damaged(content, random.Random(seed)) for seed in (1, 1, 2)}
    assert len(damaged) == 2 and content not in damaged


def test_damage_of_each_kind():
    content = bytes(range(256))
    kept = (fuzz.flip, fuzz.swap)
    for seed in range(50):
        for kind in (
            fuzz.cut,
            fuzz.insert,
            fuzz.repeat,
            fuzz.replace_integer,
            *kept,
        ):
            damaged = bytearray(content)
            kind(damaged, random.Random(seed))
            assert (len(damaged) == 256) or kind not in kept
            if kind is fuzz.cut:
                assert len(damaged) < 256
            if kind in (fuzz.insert, fuzz.repeat):
                assert len(damaged) > 256
