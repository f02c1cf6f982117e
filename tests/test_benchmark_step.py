"""The topic `step` of `tools/benchmark`: its cases and its Keras contenders."""

import importlib
import json
import pathlib
import re

import keras
import numpy
import pytest

from keras_deep import catalogue
from keras_deep.layers.stock_named import stock_class

ROOT = pathlib.Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "keras_deep" / "models" / "reference"


@pytest.fixture
def module(monkeypatch):
    """A function that imports one of the tool's modules."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    return lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.fixture
def tiny(module, monkeypatch):
    """The work of a network with a block per stage, for a batch of 2."""
    networks = module("step_networks")
    network = networks.Network(
        "CifarResNet", {"blocks": (1, 1, 1)}, 75_290, batch=2, side=16
    )
    monkeypatch.setitem(networks.NETWORKS, "tiny", network)
    return networks.Work("tiny", repeats=1)


def _parse(module, *words):
    arguments = module("arguments").parse(["step", *words])
    topic = arguments.topic
    return arguments, topic.cases(ROOT, **arguments.options)


def test_cases_have_all_contenders_and_bars(module):
    arguments, cases = _parse(module)
    assert arguments.rounds == 3
    assert len(cases) == 8
    assert all(case.name.endswith(", float32") for case in cases)
    first = cases[0]
    assert [contender.name for contender in first.contenders] == [
        *("ours", "stock", "keras", "torch", "torch last")
    ]
    bars = {bar.against: bar.at_most for bar in first.bars}
    assert bars == {"keras": 0.75, "stock": 0.95, "torch": 1, "torch last": 1}
    assert {bar.measure for case in cases for bar in case.bars} == {"step"}
    grouped = next(case for case in cases if "ResNeXt" in case.name)
    bars = {bar.against: bar.at_most for bar in grouped.bars}
    assert bars == {"stock": 0.1, "torch": 1, "torch last": 1}


def test_options_choose_and_reach_the_contenders(module):
    words = "--networks ResNet-20,WRN-16-4 --precision float32,bfloat16"
    words += " --repeats 3 --batch 7 --side 40 --compiled --rounds 1"
    arguments, cases = _parse(module, *words.split())
    assert arguments.rounds == 1
    assert [case.name for case in cases] == [
        f"{name}, {precision}"
        for precision in ("float32", "bfloat16")
        for name in ("ResNet-20", "WRN-16-4")
    ]
    contenders = cases[-1].contenders
    assert [c.name for c in contenders[2:]] == [
        *("torch", "torch last", "compiled", "compiled last")
    ]
    parse = module("step_networks").Work.parse
    for contender in contenders:
        work = parse(contender.arguments[-5:])
        assert (work.name, work.precision) == ("WRN-16-4", "bfloat16")
        assert (work.repeats, work.steps) == (3, 5)
        assert (work.network.batch, work.network.side) == (7, 40)


@pytest.mark.parametrize(
    "words, message",
    [
        (
            ["step", "--networks", "ResNet-20,x"],
            "Expected some of ResNet-50,.* Received: ResNet-20,x",
        ),
        (["step", "--precision", "half"], "Expected some of float32,bfloat16"),
        (["step", "--repeats", "0"], "Expected a number, 1 or more"),
        (["depth", "--repeats", "2"], "Expected no --repeats with depth"),
    ],
)
def test_mistakes_are_refused(module, capsys, words, message):
    with pytest.raises(SystemExit):
        module("arguments").parse(words)
    assert re.search(message, capsys.readouterr().err)


def test_networks_have_the_parameters_of_published_ones(module):
    counts = {
        row["trainable"]
        for path in REFERENCE.glob("*.json")
        for row in json.loads(path.read_text())
    }
    networks = module("step_networks").NETWORKS
    for network in networks.values():
        assert network.builder in catalogue.models()
        assert network.parameters in counts
        if network.application:
            assert hasattr(keras.applications, network.application)


def test_stock_is_the_same_network_of_layers_of_keras(module, tiny):
    build = module("step_keras").build
    ours, stock = (build(form, tiny.network) for form in ("ours", "stock"))
    assert any(type(layer) is not stock_class(layer) for layer in ours.layers)
    for mine, theirs in zip(ours.layers, stock.layers, strict=True):
        assert type(theirs) is stock_class(mine)
        assert theirs.name == mine.name
    assert type(stock.get_layer("conv1_bn")) is keras.layers.BatchNormalization
    x = numpy.random.default_rng(0).standard_normal((2, 16, 16, 3), "float32")
    stock.set_weights(ours.get_weights())
    expected = ours(x).numpy()
    assert abs(expected).max() > 1e-2
    assert abs(stock(x).numpy() - expected).max() < 1e-6


def test_another_network_is_refused(module):
    networks = module("step_networks")
    other = networks.Network("CifarResNet", {"blocks": (1, 1, 2)}, 75_290)
    with pytest.raises(ValueError, match="Expected 75,290 .*Received: 149,"):
        module("step_keras").build("ours", other)


@pytest.mark.parametrize("form", ["ours", "stock"])
def test_keras_contenders_measure_everything(module, tiny, form):
    before = keras.config.dtype_policy()
    try:
        found = module("step_keras").measure(form, tiny)
    finally:
        keras.config.set_dtype_policy(before)
    assert set(found) == {"step", "batch", "image", "image on batch"}
    assert all(0 < seconds < 10 for seconds in found.values())


def test_intervals_before_the_last_ones_do_not_count(module):
    measure = module("measure")
    assert measure.steady([0, 50, 60, 61, 63, 66], 3) == 2
    calls = []
    assert measure.repeated(lambda: calls.append(1), 4, 2) >= 0
    assert len(calls) == 4
