"""Runs the network that weights come from in a process of its own.

A library of PyTorch and TensorFlow in one process may crash it, and a network
that somebody else wrote may never end.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import numpy as np

from keras_deep.convert.run_reference import IMAGES
from keras_deep.convert.run_reference import OUTPUTS
from keras_deep.convert.run_reference import REQUEST
from keras_deep.convert.run_reference import WEIGHTS
from keras_deep.convert.run_reference import read_named
from keras_deep.convert.run_reference import write_named

_RUNNER = "keras_deep.convert.run_reference"
_OTHERWISE = (
    "Without it pass a `torch.nn.Module` of the network, or outputs that "
    "`keras_deep.convert.record` stored where it runs."
)
_LINES = 5
_LACKING = "ImportError: Expected "  # Ours, with the way out.


def run_apart(request, images, weights=None, time_limit=600):
    """Runs a network in a fresh process and keeps what its layers give.

    Args:
        request: dict for JSON: the `layers`, and either `library`, `network`,
            `classes` and `partial` (whether the weights lack the classifier),
            or the paths `prototxt` and `caffemodel`.
        images: float32 array `(n, height, width, channels)`.
        weights: mapping of names to arrays, the state dict of a network of
            PyTorch.
        time_limit: float, in seconds.

    Returns:
        Dict of layer names to arrays, channels first.

    Raises:
        ChildProcessError: if the process dies, with how and its last lines.
        ImportError: if it lacks a library that can run the network.
        TimeoutError: if it takes longer. It is ended.
    """
    with tempfile.TemporaryDirectory(prefix="keras_deep_") as folder:
        folder = pathlib.Path(folder)
        (folder / REQUEST).write_text(json.dumps(request))
        np.save(folder / IMAGES, images)
        if weights is not None:
            write_named(folder / WEIGHTS, dict(weights))
        code, lines = _run(folder, request, time_limit)
        if code and lines and lines[-1].startswith(_LACKING):
            raise ImportError(lines[-1].removeprefix("ImportError: "))
        if code or not (folder / OUTPUTS).is_file():
            raise ChildProcessError(
                f"Expected outputs of the process that runs {_told(request)}. "
                f"Received: it {_end(code)}.{_last(lines)} {_OTHERWISE}"
            )
        return read_named(folder / OUTPUTS)


def _run(folder, request, time_limit):
    """Returns the exit code of the process and the lines that it wrote."""
    # It imports from where this process does, wherever that was set.
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path)
    with (folder / "log").open("w+b") as log:
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", _RUNNER, str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": paths},
                timeout=time_limit,
            )
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(
                f"Expected outputs of the process that runs {_told(request)} "
                f"within {time_limit:g} seconds, the time limit. Received: "
                f"none, and it was ended. Raise `time_limit`. {_OTHERWISE}"
            ) from error
        log.seek(0)
        text = log.read().decode(errors="replace")
    lines = [line.strip() for line in text.splitlines()]
    return done.returncode, [line for line in lines if line]


def _told(request):
    if "prototxt" in request:
        return f"{request['prototxt']!r} with OpenCV"
    return f"{request['network']!r} of {request['library']}"


def _end(code):
    """Says how a process ended."""
    if code >= 0:
        return f"ended with the exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"number {-code}"
    memory = ", perhaps for want of memory" * (name == "SIGKILL")
    return f"was ended by the signal {name}{memory}"


def _last(lines):
    if not lines:
        return " It wrote nothing."
    last = "\n".join(line[-300:] for line in lines[-_LINES:])
    return f" Its last lines:\n{last}\n"
