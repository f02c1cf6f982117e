"""The topic `serving` of `tools/benchmark`."""

import importlib
import json
import os
import pathlib
import subprocess
import sys

import pytest

from tests.support.saved_models import save_half
from tests.support.serving import running

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def module(monkeypatch):
    """A function that imports one of the tool's modules."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def test_the_case_has_all_contenders_and_bars(module):
    words = ["serving", "--seconds", "5", "--clients", "3"]
    arguments = module("arguments").parse(words)
    case, images = arguments.topic.cases(ROOT, **arguments.options)
    assert arguments.rounds == 1 and case.name == "3 clients, numbers"
    assert images.name == "3 clients, png"
    names = [contender.name for contender in case.contenders]
    assert names == ["batching", "without", "threads", "loop"]
    without = case.contenders[1].arguments
    assert without[-5:] == ("numbers", "5", "3", "--batch-size", "1")
    bars = {(bar.measure, bar.against): bar.at_most for bar in case.bars}
    assert bars == {("image", "without"): 1 / 3, ("growth", None): 1.05}
    (export,) = arguments.topic.prepare(ROOT)
    assert export.arguments[-2:] == ("export", str(ROOT))


def _ask(path, port):
    words = ["-m", "benchmarks.serving_clients", path, port, 0.3, 5]
    return subprocess.run(
        [sys.executable, *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tools")},
        capture_output=True,
        text=True,
    )


def test_clients_measure_and_find_wrong_answers(module, tmp_path):
    save_half(tmp_path / "densenet/1", 2)
    path = tmp_path / "numbers.json"

    def write(instance, answer):
        request = {"instances": [instance]}
        path.write_text(json.dumps({"request": request, "answer": answer}))

    write([1.0, 4.0], [2.5, 4.0])
    with running(tmp_path / "densenet", name="densenet") as client:
        done = _ask(path, client.port)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["seconds"] >= 0.3 and len(found["latencies"]) >= 5
        assert all(0 < x < 10 for x in found["latencies"])
        write([1.0, 4.0], [2.5, 4.1])
        done = _ask(path, client.port)
        assert done.returncode and "Expected [2.5, 4.1]" in done.stderr
        write("a", [])
        done = _ask(path, client.port)
        assert done.returncode and "An error: HTTP/1.1 400" in done.stderr


def test_clients_understand_what_is_measured(module, tmp_path):
    module("serving_load")._export(tmp_path)
    with running(tmp_path / "densenet", name="densenet") as client:
        for form in ("numbers", "png"):
            done = _ask(tmp_path / f"{form}.json", client.port)
            assert done.returncode == 0, done.stderr


def test_measures_are_those_of_the_latencies(module):
    values = module("serving_load")._values
    latencies = [x / 1000 for x in range(1, 101)]
    found = values(10.0, latencies, [100] * 5 + [103] * 5)
    assert found["image"] == 0.1 and found["growth"] == 1.03
    assert abs(found["median"] - 0.0505) < 1e-9
    assert 0.095 < found["p95"] < found["p99"] <= 0.1


def test_many_latencies_do_not_block_the_clients(module, monkeypatch, tmp_path):
    """More than a pipe holds, while nobody reads it."""
    load = module("serving_load")
    script = "import json; print(json.dumps({'latencies': [0.123456] * 50000}))"
    monkeypatch.setattr(load, "_CLIENTS", ("-c", script))
    asking, file = load._start_asking(tmp_path, 1, 1, 1)
    assert asking.wait(20) == 0
    assert len(load._read(asking, file)["latencies"]) == 50_000
