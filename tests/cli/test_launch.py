"""`keras-deep launch`, with workers that need no TensorFlow."""

import json
import pathlib
import signal
import sys
import time

import pytest

from tests.support.command_line import run_both
from tests.support.command_line import start

# What each worker does first.
BEFORE = """
import json, os, pathlib, signal, sys, time
config = json.loads(os.environ["TF_CONFIG"])
index = config["task"]["index"]
attempt = int(os.environ["KERAS_DEEP_ATTEMPT"])
pathlib.Path(f"pid{attempt}-{index}").write_text(str(os.getpid()))
"""


@pytest.fixture
def script(tmp_path):
    """A function that writes a worker and returns the words to launch it."""

    def write(code):
        (tmp_path / "worker.py").write_text(BEFORE + code)
        return "--", "python", "worker.py"

    return write


def is_running(pid):
    """A process that has ended may wait for its parent to look."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def assert_nothing_runs(folder, count):
    """All workers have begun, and none is left."""
    pids = [int(path.read_text()) for path in folder.glob("pid*")]
    assert len(pids) == count
    assert not any(map(is_running, pids))


def wait_for(*paths):
    end = time.monotonic() + 60
    while not all(path.exists() for path in paths):
        assert time.monotonic() < end, paths
        time.sleep(0.02)


def test_workers_find_each_other(script, tmp_path):
    code = "print(json.dumps([config, attempt, sys.argv[1:]]), flush=True)"
    words = (*script(code), "--flag", "a b", "--", "-x")
    output, error = run_both("launch", "--verbose", *words, folder=tmp_path)
    found = {}
    for line in output.splitlines():
        name, _, text = line.partition("] ")
        found[name] = json.loads(text)
    assert sorted(found) == ["[worker 0", "[worker 1"] and error == ""
    addresses = found["[worker 0"][0]["cluster"]["worker"]
    assert len({*addresses}) == 2
    assert all(address.startswith("127.0.0.1:") for address in addresses)
    for index in (0, 1):
        config, attempt, given = found[f"[worker {index}"]
        assert config["cluster"] == {"worker": addresses}
        assert config["task"] == {"type": "worker", "index": index}
        assert attempt == 1 and given == ["--flag", "a b", "--", "-x"]
    assert_nothing_runs(tmp_path, 2)


def test_only_the_lines_of_the_first_are_printed(script, tmp_path):
    code = 'print("out", index); print("err", index, file=sys.stderr)'
    words = ("launch", "--workers", "3", *script(code))
    output, error = run_both(*words, folder=tmp_path)
    assert output == "[worker 0] out 0\n"
    assert error == "[worker 0] err 0\n"
    assert_nothing_runs(tmp_path, 3)


def test_a_failure_is_shown_and_its_code_is_that_of_all(script, tmp_path):
    code = """
if index == 1:
    print("the reason", file=sys.stderr)
    sys.exit(7)
time.sleep(0.5)
"""
    words = ("launch", *script(code))
    output, error = run_both(*words, folder=tmp_path, code=7)
    assert output == ""
    assert error == (
        "[worker 1] the reason\nlaunch: worker 1 ended with code 7.\n"
    )
    # Nothing starts again unless asked for.
    assert_nothing_runs(tmp_path, 2)


def test_all_start_again_with_new_ports(script, tmp_path):
    code = """
text = " ".join(config["cluster"]["worker"])
pathlib.Path(f"ports{attempt}").write_text(text)
if index == 1 and attempt < 3:
    os.kill(os.getpid(), signal.SIGKILL)
if attempt < 3:
    time.sleep(60)
print("done")
"""
    words = ("--max-restarts", "5", "--grace", "0.3", *script(code))
    begin = time.monotonic()
    output, error = run_both("launch", *words, folder=tmp_path)
    assert time.monotonic() - begin < 30
    assert output == "[worker 0] done\n"
    assert error.splitlines() == [
        f"launch: worker 1 was ended by SIGKILL. All start again: attempt {i} "
        "of 6."
        for i in (2, 3)
    ]
    ports = [(tmp_path / f"ports{i}").read_text().split() for i in (1, 2, 3)]
    assert len({port for some in ports for port in some}) == 6
    assert_nothing_runs(tmp_path, 6)


def test_the_last_failure_is_the_end(script, tmp_path):
    code = "sys.exit(3 if index == 0 else 0)"
    words = ("launch", "--max-restarts", "1", *script(code))
    error = run_both(*words, folder=tmp_path, code=3)[1]
    assert error == (
        "launch: worker 0 ended with code 3. All start again: attempt 2 of 2.\n"
        "launch: worker 0 ended with code 3.\n"
    )
    assert_nothing_runs(tmp_path, 4)


def test_the_others_have_time_to_end(script, tmp_path):
    code = """
if index == 0:
    sys.exit(5)
time.sleep(1)
pathlib.Path("saved").write_text("")
"""
    run_both("launch", *script(code), folder=tmp_path, code=5)
    assert (tmp_path / "saved").exists()


STUBBORN = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
pathlib.Path(f"ready{index}").write_text("")
time.sleep(300)
"""
POLITE = """
def save(number, frame):
    pathlib.Path(f"saved{index}").write_text(str(number))
    sys.exit(128 + number)

signal.signal(signal.SIGTERM, save)
signal.signal(signal.SIGINT, save)
pathlib.Path(f"ready{index}").write_text("")
time.sleep(300)
"""


def launched(words, folder):
    """A launch whose two workers are ready."""
    process = start("launch", "--max-restarts", "3", *words, folder=folder)
    wait_for(folder / "ready0", folder / "ready1")
    return process


# Who starts the tests by `nohup` wants it to end nothing.
HANGS_UP = pytest.mark.skipif(
    signal.getsignal(signal.SIGHUP) == signal.SIG_IGN,
    reason="SIGHUP is ignored here.",
)


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        signal.SIGINT,
        pytest.param(signal.SIGHUP, marks=HANGS_UP),
    ],
)
def test_signals_are_passed_on_and_end_all(script, tmp_path, number):
    process = launched(script(POLITE), tmp_path)
    process.send_signal(number)
    process.communicate(timeout=60)
    # The end of the terminal is a reason to save, too.
    passed = signal.SIGTERM if number == signal.SIGHUP else number
    assert process.returncode == 128 + passed
    for index in (0, 1):
        assert (tmp_path / f"saved{index}").read_text() == str(int(passed))
    assert_nothing_runs(tmp_path, 2)


def test_workers_that_ignore_a_signal_are_killed(script, tmp_path):
    process = launched(("--grace", "0.5", *script(STUBBORN)), tmp_path)
    process.send_signal(signal.SIGTERM)
    error = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + signal.SIGKILL
    assert "start again" not in error
    assert_nothing_runs(tmp_path, 2)


def test_a_second_interrupt_does_not_wait(script, tmp_path):
    process = launched(("--grace", "300", *script(STUBBORN)), tmp_path)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGKILL
    assert_nothing_runs(tmp_path, 2)


def test_what_workers_started_ends_with_them(script, tmp_path):
    code = """
import subprocess
process = subprocess.Popen(["sleep", "300"])
pathlib.Path(f"pid{attempt}-{index}-child").write_text(str(process.pid))
"""
    run_both("launch", *script(code), folder=tmp_path)
    # A process that was ended and that nobody waits for is gone in a moment.
    end = time.monotonic() + 10
    pids = [int(path.read_text()) for path in tmp_path.glob("*child")]
    assert len(pids) == 2
    while any(map(is_running, pids)) and time.monotonic() < end:
        time.sleep(0.05)
    assert_nothing_runs(tmp_path, 4)


def test_nobody_has_to_read(script, tmp_path):
    code = "for _ in range(3): print(index * 'x' * 10**6)"
    process = start("launch", "--verbose", *script(code), folder=tmp_path)
    process.stdout.close()
    assert process.wait(timeout=60) == 0, process.stderr.read()
    process.stderr.close()


def test_commands_of_keras_deep_are_launched(tmp_path):
    words = ("launch", "--workers", "1", "--", "list", "ResNet18")
    output, _ = run_both(*words, folder=tmp_path)
    lines = output.splitlines()
    assert all(line.startswith("[worker 0]") for line in lines)
    assert any("ResNet18" in line and "11.7 M" in line for line in lines)


@pytest.mark.parametrize(
    "words, code, message",
    [
        (["launch", "--", "trian", "ResNet20"], 1, "Did you mean 'train'"),
        (["launch", "launch", "list"], 1, "Received: 'launch'"),
        (["launch", "--workers", "2"], 2, "Missing argument"),
        (["launch", "--workers", "0", "list"], 2, "--workers"),
    ],
    ids=["misspelt", "itself", "nothing", "nobody"],
)
def test_what_is_no_command_is_refused(words, code, message, tmp_path):
    error = run_both(*words, folder=tmp_path, code=code)[1]
    assert message in error


def test_the_interpreter_of_workers_is_that_of_the_launch(tmp_path):
    code = "import sys; print(sys.executable)"
    words = ("launch", "--workers", "1", "python", "-c", code)
    output, _ = run_both(*words, folder=tmp_path)
    assert output == f"[worker 0] {sys.executable}\n"
