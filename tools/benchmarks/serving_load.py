"""A contender of the topic `serving`: starts a server and asks it."""

import json
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.measure import report

_MAIN = "from keras_deep.cli import main; main()"
_CLIENTS = ("-m", "benchmarks.serving_clients")
_WARM = 3.0  # seconds that are not measured


def main(words):
    """Does what `benchmarks.serving` says of each contender."""
    name, folder, *rest = words
    folder = pathlib.Path(folder) / "served"
    if name == "export":
        _export(folder)
        return
    seconds, clients, *options = rest
    if name == "loop":
        found = _loop(folder, float(seconds))
    else:
        found = _serve(folder, float(seconds), int(clients), options)
    import tensorflow

    report(found, (tensorflow,))


def _export(folder):
    """Writes the model, an image and its answer, unless they are there."""
    if (folder / "densenet" / "1").exists():
        return
    import keras
    import numpy as np

    import keras_deep
    from keras_deep.export import saved_model

    keras.utils.set_random_seed(0)
    model = keras_deep.DenseNetBC(depth=40, growth_rate=12)
    saved_model(model, folder / "densenet")
    image = np.random.default_rng(0).standard_normal((1, 32, 32, 3), "float32")
    (expected,) = np.asarray(model(image)).tolist()
    for file, value in (("image", image.tolist()), ("answer", expected)):
        (folder / f"{file}.json").write_text(json.dumps(value))


def _loop(folder, seconds):
    import numpy as np
    import tensorflow as tf

    loaded = tf.saved_model.load(str(folder / "densenet" / "1"))
    signature = loaded.signatures["serving_default"]
    (name,) = signature.structured_input_signature[1]
    image = np.array(json.loads((folder / "image.json").read_text()), "float32")
    taken, memory = [], []
    end = time.perf_counter() + _WARM
    while time.perf_counter() < end:
        signature(**{name: tf.constant(image)})
    start = time.perf_counter()
    while sum(taken) < seconds:
        begin = time.perf_counter()
        list(signature(**{name: tf.constant(image)}).values())[0].numpy()
        taken.append(time.perf_counter() - begin)
        memory.append(_resident("self"))
    return _values(time.perf_counter() - start, taken, memory)


def _serve(folder, seconds, clients, options):
    command = [sys.executable, "-c", _MAIN, "serve", str(folder / "densenet")]
    server = subprocess.Popen(
        [*command, "--port", "0", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        port = _port(server.stdout.readline())
        _read(*_start_asking(folder, port, _WARM, clients))
        memory = []
        asking, file = _start_asking(folder, port, seconds, clients)
        begin = time.monotonic()
        while asking.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - begin > seconds / 10:
                memory.append(_resident(server.pid))
        asked = _read(asking, file)
        server.send_signal(signal.SIGTERM)
        if server.wait(60) != 128 + signal.SIGTERM:
            raise RuntimeError(f"The server ended with {server.returncode}.")
    finally:
        server.kill()
        server.wait()
    return _values(asked["seconds"], asked["latencies"], memory)


def _port(line):
    found = re.search(r"http://[^:]+:(\d+)/", line)
    if found is None:
        raise RuntimeError(f"The server did not start. It printed: {line}")
    return found[1]


def _start_asking(folder, port, seconds, clients):
    """Returns a process and the file that it writes: a pipe would be full."""
    words = (*_CLIENTS, folder, port, seconds, clients)
    file = tempfile.TemporaryFile("w+")
    command = [sys.executable, *map(str, words)]
    return subprocess.Popen(command, stdout=file, text=True), file


def _read(asking, file):
    with file:
        if asking.wait():
            raise RuntimeError("A client got an error.")
        file.seek(0)
        return json.load(file)


def _resident(process):
    text = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"^VmRSS:\s*(\d+) kB$", text, re.MULTILINE)[1])


def _values(seconds, latencies, memory):
    """Returns the measures; of the memory medians of the first and last."""
    parts = statistics.quantiles(latencies, n=100)
    share = max(len(memory) // 10, 1)
    first, last = (
        statistics.median(x) for x in (memory[:share], memory[-share:])
    )
    return {
        "image": seconds / len(latencies),
        "median": parts[49],
        "p95": parts[94],
        "p99": parts[98],
        "growth": last / first,
    }


if __name__ == "__main__":
    main(sys.argv[1:])
