"""The topic `scaling` of `tools/benchmark`: its cases and contenders."""

import importlib
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

import keras
import pytest

tf = pytest.importorskip("tensorflow")

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Seconds that a batch takes to come.
LATE = 0.1


@pytest.fixture
def module(monkeypatch):
    """A function that imports one of the tool's modules."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    return lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.fixture
def fit(module):
    return module("scaling_fit")


def late(data):
    """Returns a dataset whose batches take a while each."""

    def wait(x, y):
        zero = tf.numpy_function(
            lambda y: time.sleep(LATE) or y, [y], tf.int64, stateful=True
        )
        return x, tf.ensure_shape(zero, y.shape)

    return data.map(wait)


def small():
    """Returns a network of one layer, which is trained in no time."""
    model = keras.Sequential(
        [keras.Input((32, 32, 3)), keras.layers.Flatten()]
        + [keras.layers.Dense(10)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, metrics=["accuracy"])
    return model


def cases_of(module, *words):
    arguments = module("arguments").parse(["scaling", *words])
    topic = arguments.topic
    return {c.name: c for c in topic.cases(ROOT, **arguments.options)}


def test_cases_have_the_bars_of_the_issue(module, monkeypatch):
    monkeypatch.setattr(module("scaling"), "why_not", lambda number: None)
    cases = cases_of(module, "--steps", "5", "--epochs", "2")
    found = {
        name: [(b.measure, b.at_most, b.against) for b in case.bars]
        for name, case in cases.items()
    }
    assert found == {
        "step": [("step", 1.05, "stock")],
        "small steps": [("step", 1.05, "stock")],
        "several": [("step", 1.0, "stock")],
        "start, ResNet-20 plain": [("start", 1.0, "stock")],
        "start, ResNet-110 stacked": [("start", 1.0, "stock")],
        "workers": [("step", 1 / 1.5, "one worker")],
    }
    # The batch, steps, epochs and steps in an execution.
    for name, words in (
        ("step", ("128", "5", "2", "1")),
        ("small steps", ("8", "40", "2", "1")),
        ("several", ("128", "5", "2", "10")),
    ):
        forms = ("ours", "stock")
        for form, one in zip(forms, cases[name].contenders, strict=True):
            assert one.arguments[-6:] == ("steps", form, *words)
    two, one = cases["workers"].contenders
    assert two.arguments[-4:] == ("2", *one.arguments[-3:])
    assert one.arguments[-4:] == ("1", "128", "5", "2")


def test_a_step_is_an_epoch_after_the_first_over_its_steps(fit, monkeypatch):
    ends = [100, 106, 114, 120]  # The first epoch also traces.

    def told(model, data, epochs, callback):
        assert epochs == len(ends)
        callback.ends = ends

    monkeypatch.setitem(fit.FORMS, "told", told)
    assert fit.seconds_of_step("told", None, None, 3, 3) == 2


@pytest.mark.parametrize("form", ["ours", "stock"])
def test_a_step_waits_for_its_batch(fit, form):
    model, steps = small(), 3
    data = late(fit.images(2, steps))
    before = time.perf_counter()
    seconds = fit.seconds_of_step(form, model, data, steps, 1)
    whole = time.perf_counter() - before
    assert LATE <= seconds < whole / steps - LATE
    assert model.optimizer.iterations == 2 * steps


@pytest.mark.parametrize("form", ["ours", "stock"])
def test_the_start_ends_with_the_first_step(fit, form):
    model = small()
    before = time.perf_counter()
    seconds = fit.seconds_to_first(form, model, late(fit.images(2, 50)))
    assert LATE <= seconds < time.perf_counter() - before
    assert model.optimizer.iterations == 1


def test_the_start_has_the_making_of_the_trainer(fit, monkeypatch):
    made = fit.training.Trainer

    def slow(*arguments):
        time.sleep(1)
        return made(*arguments)

    monkeypatch.setattr(fit.training, "Trainer", slow)
    assert fit.seconds_to_first("ours", small(), fit.images(2, 2)) > 1


def test_the_network_is_the_published_one_with_stock_momentum(fit):
    model = fit.network(several=10)
    count = sum(v.value.shape.num_elements() for v in model.trainable_variables)
    assert count == 269_722
    assert type(model.optimizer) is keras.optimizers.SGD
    assert model.optimizer.momentum == 0.9
    assert model.steps_per_execution == 10
    names = [type(layer).__name__ for layer in model.layers]
    assert "StackedBlocks" not in names
    stacked = fit.network(14, stages="stacked")
    names = [type(layer).__name__ for layer in stacked.layers]
    assert "StackedBlocks" in names


def test_batches_have_the_size_and_number(fit):
    shapes = [(x.shape, y.shape) for x, y in fit.images(4, 3)]
    assert shapes == [((4, 32, 32, 3), (4,))] * 3


PIN = """
from benchmarks.scaling_worker import pin
import json, os
pin()
values = {"cores": sorted(os.sched_getaffinity(0))}
threads = os.environ["TF_NUM_INTRAOP_THREADS"]
print(json.dumps({"values": values, "versions": threads}))
"""


def pinned(**variables):
    path = os.pathsep.join([str(ROOT / "tools"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", PIN],
        env={**os.environ, "PYTHONPATH": path, **variables},
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_workers_are_on_a_core_of_their_own():
    cores = sorted(os.sched_getaffinity(0))
    assert pinned()["values"]["cores"] == cores[:1]
    if len(cores) > 1:
        config = json.dumps({"task": {"type": "worker", "index": 1}})
        found = pinned(TF_CONFIG=config)
        assert found["values"]["cores"] == cores[1:2]
        assert found["versions"] == "1"


@pytest.mark.parametrize("number", ["1", "2"])
def test_the_report_is_that_of_the_first_worker(
    module, monkeypatch, capsys, number
):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tools"))
    code = """
import json, os
from benchmarks.measure import report
task = json.loads(os.environ.get("TF_CONFIG", '{"cluster": {"worker": [1]}}'))
workers, index = task["cluster"]["worker"], task.get("task", {"index": 0})
report({"step": 10 * len(workers) + index["index"] + 1})
"""
    worker = (sys.executable, "-c", code)
    module("scaling_launch").main(number, worker=worker)
    values, _ = module("processes").reported(capsys.readouterr().out, ["step"])
    assert values == {"step": 10 * int(number) + 1}


def test_a_worker_that_fails_is_told(module):
    worker = (sys.executable, "-c", "raise OSError('a broken worker')")
    with pytest.raises(SystemExit, match="a broken worker"):
        module("scaling_launch").main("2", worker=worker)


def test_workers_are_skipped_with_the_reason(module, monkeypatch, capsys):
    def forbidden(*words, **keywords):
        raise unittest.SkipTest("No network namespace can be made here")

    launch = module("scaling_launch")
    monkeypatch.setattr(launch, "run_on_loopback", forbidden)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1})
    assert "workers" not in cases_of(module)
    error = capsys.readouterr().err
    assert error == (
        "Skipped the case workers: No network namespace can be made here\n"
    )
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {1})
    assert launch.why_not(2) == "2 workers need 2 cores. Received: 1."


@pytest.mark.proof
@pytest.mark.parametrize("number", ["1", "2"])
def test_workers_are_measured(module, monkeypatch, capsys, number):
    launch = module("scaling_launch")
    if launch.why_not(2):
        pytest.skip(launch.why_not(2))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tools"))
    launch.main(number, "8", "2", "1")
    values, _ = module("processes").reported(capsys.readouterr().out, ["step"])
    assert 0 < values["step"] < 60
