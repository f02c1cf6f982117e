"""The topic `inference` of `tools/benchmark`."""

import importlib
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture
def module(monkeypatch):
    """A function that imports one of the tool's modules."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def _parse(module, *words):
    arguments = module("arguments").parse(["inference", *words])
    return arguments.topic.cases(ROOT, **arguments.options)


def test_cases_have_all_contenders_and_bars(module):
    cases = _parse(module)
    assert [case.name for case in cases] == [
        *("ResNet-50", "ResNet-110", "DenseNet-BC-100-12", "DenseNet-121")
    ]
    names = [contender.name for contender in cases[0].contenders]
    assert names == ["ours", "before", "keras", "torch", "torch last"]
    assert {(b.measure, b.against, b.at_most) for b in cases[1].bars} == {
        (measure, name, 1.0)
        for measure in ("image", "batch")
        for name in ("torch", "torch last")
    }


def test_options_reach_the_contenders(module):
    words = "--networks WRN-16-4 --repeats 3 --batch 7 --side 40"
    (case,) = _parse(module, *words.split())
    for contender in case.contenders:
        work = module("step_networks").Work.parse(contender.arguments[-5:])
        assert (work.name, work.steps) == ("WRN-16-4", 5)
        assert (work.network.batch, work.network.side) == (7, 40)
    assert module("step_networks").Work("WRN-16-4").network.batch == 32


@pytest.mark.parametrize("form", ["ours", "before"])
def test_keras_contenders_measure_everything(module, monkeypatch, form):
    networks = module("step_networks")
    network = networks.Network("CifarResNet", {"blocks": (1, 1, 1)}, 75_290)
    monkeypatch.setitem(networks.NETWORKS, "tiny", network)
    work = networks.Work("tiny", repeats=1, batch=2, side=16)
    found = module("inference_keras").measure(form, work)
    assert set(found) == {"image", "batch"}
    assert all(0 < seconds < 10 for seconds in found.values())
