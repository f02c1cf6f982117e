"""The topic `depth` of `tools/benchmark`: what its processes measure."""

import importlib
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "work, measures",
    [
        ("files", {"export", "save", "load"}),
        ("train", {"build", "fit", "trace", "start", "step", "memory"}),
    ],
)
def test_a_network_is_measured(monkeypatch, work, measures):
    pytest.importorskip("tensorflow")
    monkeypatch.syspath_prepend(ROOT / "tools")
    network = importlib.import_module("benchmarks.depth_network")
    found = getattr(network, work)("2", "8", "basic", "1", "stacked")
    assert set(found) == measures
    assert all(value > 0 for value in found.values())
