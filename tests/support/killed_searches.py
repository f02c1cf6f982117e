"""Searches of which a process is killed in the middle of a trial.

Run as a module, its words are the folder of the files, the name of the search,
"chief" or "worker", which is killed, and the words of `keras-deep tune`.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from keras_deep.training.state.lock import Lock

START = (sys.executable, "-c", "from keras_deep.cli import main; main()")
_PATIENCE = 200.0  # seconds


def started(words, folder):
    """Starts `keras-deep` and returns the process."""
    return subprocess.Popen(
        [*START, *map(str, words)], cwd=folder, stdin=subprocess.DEVNULL
    )


def trained_by(search, process, first=0):
    """Waits until a running trial has a checkpoint; returns id and process.

    Args:
        search: `pathlib.Path` of the search.
        process: `subprocess.Popen` of the search.
        first: int, the first trial that counts.
    """
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        for trial in running(search):
            path = search / "trials" / trial
            if int(trial) >= first and any(path.glob("checkpoints/*.npz")):
                facts = json.loads((path / "run.json").read_text())
                return trial, facts["training"]["process"]["pid"]
        time.sleep(0.02)
    raise AssertionError(f"No trial is trained: {process.poll()}")


def running(search):
    """Returns the ids of the trials that are running, of a search."""
    try:
        state = json.loads((search / "oracle" / "state.json").read_text())
    except FileNotFoundError:
        return []
    return sorted(state["oracle"]["ongoing_trials"].values())


def left(search):
    """Returns which trials are trained when their processes had their time."""
    end = time.monotonic() + _PATIENCE / 4
    folders = [*(search / "trials").iterdir()]
    while time.monotonic() < end:
        folders = [folder for folder in folders if not Lock(folder).take()]
        if not folders:
            break
        time.sleep(0.1)
    return [folder.name for folder in folders]


def main(folder, name, whom, *words):
    folder = pathlib.Path(folder)
    process = started(words, folder)
    trial, pid = trained_by(folder / name, process)
    os.kill(process.pid if whom == "chief" else pid, signal.SIGKILL)
    print(f"killed {whom} in {trial}", flush=True)
    code = process.wait()
    if whom == "chief":
        print(f"trainings left: {left(folder / name)}", flush=True)
        code = started(words, folder).wait()
    sys.exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
