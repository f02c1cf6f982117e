"""`tools/benchmark` on a toy topic."""

import dataclasses
import importlib
import json
import os
import pathlib
import re
import sys
import types

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Notes its start, sleeps and reports the size that is given for the round.
TOY = """
import os, pathlib, sys, time, json
from benchmarks.measure import measured, report

log, name, seconds, *sizes = sys.argv[1:]
with open(log, "a") as file:
    file.write(f"{name} {os.getpid()}\\n")
number = pathlib.Path(log).read_text().split().count(name)
_, taken, _ = measured(lambda: time.sleep(float(seconds)))
report({"time": taken, "size": float(sizes[number - 1])}, (json,))
"""


@pytest.fixture
def tool(monkeypatch):
    """The tool's modules; its interpreters are the one that runs the test."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    monkeypatch.setenv("KERAS_DEEP_PEER_PYTHON", sys.executable)
    names = ("arguments", "run", "topics")
    return types.SimpleNamespace(
        **{
            name: importlib.import_module(f"benchmarks.{name}")
            for name in names
        }
    )


@pytest.fixture
def toy(tool, tmp_path, monkeypatch):
    """A topic with two contenders; more cases can be added to its list."""
    script = tmp_path / "toy.py"
    script.write_text(TOY)
    log = tmp_path / "log"
    topics = tool.topics

    def contender(environment, name, *words):
        words = (script, log, name, *words)
        return topics.Contender(name, environment, tuple(map(str, words)))

    cases = [
        topics.Case(
            "naps",
            (
                contender("ours", "short", 0.02, 1, 2, 6),
                contender("peers", "long", 0.04, 4, 1, 3),
            ),
            {"time": "s", "size": "apples"},
            (
                topics.Bar("time", 9, against="long"),
                topics.Bar("size", 1.5),
            ),
        )
    ]
    topic = topics.Topic("toy", "naps", lambda folder: cases)
    monkeypatch.setitem(tool.arguments.TOPICS, "toy", topic)
    output = tmp_path / "output"

    def run(*words):
        return tool.run.main(["toy", "--output", str(output), *words])

    return types.SimpleNamespace(
        run=run, cases=cases, log=log, output=output, topics=topics
    )


def _result(toy):
    return json.loads((toy.output / "result.json").read_text())


def test_rounds_alternate_in_fresh_processes(toy, capsys):
    assert toy.run("--rounds", "3") == 0
    names, pids = zip(*(s.split() for s in toy.log.read_text().splitlines()))
    assert names == ("short", "long") * 3
    assert len({*pids, str(os.getpid())}) == 7
    result = _result(toy)
    assert result["rounds"] == 3 and result["machine"]["cores"] >= 1
    (case,) = result["cases"]
    assert case["order"] == list(names)
    versions = case["contenders"]["short"]["versions"]
    assert versions["json"] == json.__version__
    assert versions["python"] == sys.version.split()[0]

    sizes = case["ratios"]["long"]["size"]
    assert sizes["values"] == [0.25, 2, 2]
    # Of ratios: that of the medians is 2 / 3.
    assert (sizes["median"], sizes["min"], sizes["max"]) == (2, 0.25, 2)
    times = {
        name: found["values"]["time"]
        for name, found in case["contenders"].items()
    }
    assert times["short"]["min"] >= 0.02 and times["long"]["min"] >= 0.04
    for i in range(3):
        ratio = times["short"]["values"][i] / times["long"]["values"][i]
        assert case["ratios"]["long"]["time"]["values"][i] == ratio


def test_bars_are_judged_and_shown(toy, capsys):
    assert toy.run("--rounds", "3") == 0
    (case,) = _result(toy)["cases"]
    ratio, value = case["bars"]
    assert ratio["met"] and ratio["received"] < 9
    assert not value["met"] and value["received"] == 2
    printed = capsys.readouterr().out
    assert re.search(r"ratio to long .*<= 9: met", printed)
    assert re.search(r"short +2 \(1 to 6\) +<= 1\.5: not met", printed)
    assert len(re.findall(r"^naps, [123]/3, ", printed, re.MULTILINE)) == 6


def test_cases_are_chosen_by_their_names(toy, capsys):
    toy.cases.append(dataclasses.replace(toy.cases[0], name="more"))
    assert toy.run("--rounds", "1", "--cases", "or") == 0
    assert [case["name"] for case in _result(toy)["cases"]] == ["more"]
    assert toy.run("--cases", "None", "--force") == 1
    assert "one of naps, more. Received: None" in capsys.readouterr().err


def test_picture_is_written(toy):
    from matplotlib import image

    toy.run("--rounds", "1")
    pixels = image.imread(toy.output / "result.png")
    height, width, _ = pixels.shape
    assert height > 100 and width > 2 * height
    colours = {
        tuple(c) for c in (pixels[::2, ::2, :3] * 255).round().reshape(-1, 3)
    }
    # A bar that is met, and a ratio that has none.
    assert {(0, 114, 178), (153, 153, 153)} <= colours


def test_result_is_not_overwritten(toy, capsys):
    assert toy.run("--rounds", "1") == 0
    before = (toy.output / "result.json").read_bytes(), toy.log.read_bytes()
    assert toy.run("--rounds", "1") == 1
    error = capsys.readouterr().err
    assert re.search(r"Expected a new path\. Received: .*--force", error)
    after = (toy.output / "result.json").read_bytes(), toy.log.read_bytes()
    assert after == before
    assert toy.run("--rounds", "1", "--force") == 0
    assert (toy.output / "result.json").read_bytes() != before[0]


@pytest.mark.parametrize(
    "code, message",
    [
        (
            "raise SystemExit('out of luck')",
            "Ended with status 1.\nout of luck",
        ),
        ("import os; os.kill(os.getpid(), 9)", "Killed by SIGKILL."),
        ("print('hello')", r"Expected a report of \['time'\].*\nhello"),
        (
            "from benchmarks.measure import report; report({'time': 0})",
            "Expected a positive number as 'time'. Received: 0",
        ),
    ],
)
def test_crash_is_reported_and_the_other_cases_run(toy, capsys, code, message):
    broken = toy.topics.Contender("broken", "ours", ("-c", code))
    toy.cases.insert(0, toy.topics.Case("bad", (broken,), {"time": "s"}))
    assert toy.run("--rounds", "1") == 1
    bad, good = _result(toy)["cases"]
    assert bad["crash"]["contender"] == "broken"
    assert bad["crash"]["round"] == 1
    assert re.search(message, bad["crash"]["message"])
    assert good["ratios"]["long"]
    printed = capsys.readouterr().out
    assert "bad: broken crashed in round 1." in printed


def test_a_stop_loses_the_running_case_only(toy, tool, monkeypatch):
    for name in ("second", "third"):
        toy.cases.append(dataclasses.replace(toy.cases[0], name=name))
    start, started = tool.run.start, []

    def stopped(contender, pythons):
        """Stops in the second case, between its contenders."""
        if len(started) == 3:
            raise KeyboardInterrupt
        started.append(contender.name)
        return start(contender, pythons)

    monkeypatch.setattr(tool.run, "start", stopped)
    with pytest.raises(KeyboardInterrupt):
        toy.run("--rounds", "1")
    assert started == ["short", "long", "short"]
    result = _result(toy)
    assert [case["name"] for case in result["cases"]] == ["naps"]
    assert result["cases"][0]["ratios"]["long"]
    assert result["unfinished"] == ["second", "third"]
    assert result["options"] == {}
    files = sorted(path.name for path in toy.output.iterdir())
    assert files == ["result.json", "result.png"]


def test_prepare_runs_before_the_cases(toy, tool, monkeypatch, capsys):
    made = str(toy.output / "made")
    code = (
        f"open({made!r}).close()\n"
        "from benchmarks.measure import report; report({'time': 1})"
    )
    reader = toy.topics.Contender("reader", "ours", ("-c", code))
    toy.cases.append(toy.topics.Case("reads", (reader,), {"time": "s"}))

    def prepare(folder):
        words = ("-c", f"open({made!r}, 'x').close()")
        return (toy.topics.Contender("a file", "peers", words),)

    topic = toy.topics.Topic(
        "toy", "naps", lambda folder: toy.cases, prepare=prepare
    )
    monkeypatch.setitem(tool.arguments.TOPICS, "toy", topic)
    assert toy.run("--rounds", "1") == 0
    # A second time the file is there, so this one fails, before any case.
    assert toy.run("--rounds", "1", "--force") == 1
    assert "FileExistsError" in capsys.readouterr().err


def test_cases_check_themselves(tool):
    topics = tool.topics
    one = topics.Contender("one", "ours", ())
    with pytest.raises(ValueError, match="different names in the case 'c'"):
        topics.Case("c", (one, one), {"time": "s"})
    for bar in (topics.Bar("tiem", 1), topics.Bar("time", 1, against="one")):
        with pytest.raises(ValueError, match="Expected bars of .* Received: "):
            topics.Case("c", (one,), {"time": "s"}, (bar,))
