"""A contender of the topic `serving`: starts a server and asks it."""

import dataclasses
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
    form, seconds, clients, *options = rest
    question = folder / f"{form}.json"
    if name == "loop":
        found = _loop(folder, question, float(seconds))
    else:
        found = _serve(folder, question, float(seconds), int(clients), options)
    import tensorflow

    report(found, (tensorflow,))


def _export(folder):
    """Writes the model and the questions, unless they are there."""
    if (folder / "densenet" / "1").exists():
        return
    import keras
    import numpy as np

    import keras_deep
    from keras_deep.export import saved_model
    from keras_deep.models.card import attach_card

    keras.utils.set_random_seed(0)
    model = keras_deep.DenseNetBC(depth=40, growth_rate=12)
    needs = {"mean": [127.5], "std": [63.75], "resize": "stretch"}
    needs["shape"] = [32, 32, 3]
    card = dataclasses.replace(keras_deep.card(model), preprocessing=needs)
    attach_card(model, card)
    saved_model(model, folder / "densenet")
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), "uint8")
    image = keras_deep.preprocess_input(pixels[np.newaxis], model)
    (answer,) = np.asarray(model(image)).tolist()
    request = {"instances": np.asarray(image).tolist()}
    _ask_for(folder / "numbers.json", request, "probabilities", answer)
    request = {
        "signature_name": "serving_bytes",
        "instances": [{"b64": _png(pixels)}],
    }
    best = sorted(answer, reverse=True)[:5]
    _ask_for(folder / "png.json", request, "scores", best)


def _png(pixels):
    import base64
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _ask_for(path, request, output, answer):
    question = {"request": request, "output": output, "answer": answer}
    path.write_text(json.dumps(question))


def _loop(folder, question, seconds):
    import base64

    import numpy as np
    import tensorflow as tf

    request = json.loads(question.read_text())["request"]
    loaded = tf.saved_model.load(str(folder / "densenet" / "1"))
    signature = loaded.signatures[
        request.get("signature_name", "serving_default")
    ]
    (name,) = signature.structured_input_signature[1]
    image = request["instances"]
    if isinstance(image[0], dict):
        image = np.array([base64.b64decode(image[0]["b64"])])
    else:
        image = np.array(image, "float32")
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


def _serve(folder, question, seconds, clients, options):
    command = [sys.executable, "-c", _MAIN, "serve", str(folder / "densenet")]
    server = subprocess.Popen(
        [*command, "--port", "0", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        port = _port(server.stdout.readline())
        _read(*_start_asking(question, port, _WARM, clients))
        memory = []
        asking, file = _start_asking(question, port, seconds, clients)
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


def _start_asking(question, port, seconds, clients):
    """Returns a process and the file that it writes: a pipe would be full."""
    words = (*_CLIENTS, question, port, seconds, clients)
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
