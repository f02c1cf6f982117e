"""Runs SavedModels in a C program, with TensorFlow's C library."""

import importlib.util
import os
import pathlib
import shutil
import subprocess

import numpy as np
import pytest

# The folder of another TensorFlow than the installed one, such as
# .../site-packages/tensorflow of the version that TF Serving is built with.
VARIABLE = "KERAS_DEEP_TENSORFLOW_C"
_SOURCE = pathlib.Path(__file__).with_name("saved_model_consumer.c")


def compiled(folder):
    """Compiles the program into a folder and returns its path."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("The C program needs a compiler: apt install gcc.")
    library = os.environ.get(VARIABLE)
    if library is None:
        spec = importlib.util.find_spec("tensorflow")
        library = pathlib.Path(spec.origin).parent
    program = folder / "consumer"
    command = [
        *(compiler, "-O1", f"-I{library}/include", _SOURCE, "-o", program),
        *(f"-L{library}", "-l:libtensorflow_cc.so.2"),
        *("-l:libtensorflow_framework.so.2", f"-Wl,-rpath,{library}"),
    ]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return program


class Consumer:
    """Calls signatures of SavedModels; a call of `run` makes all of them.

    Args:
        program: path of the compiled program.
        folder: `pathlib.Path` for the inputs.
    """

    def __init__(self, program, folder):
        self._program, self._folder = program, folder
        self._jobs, self._calls, self._loaded = [], [], None

    def call(self, path, signature, **inputs):
        """Adds a call with arrays or lists of bytes."""
        from tensorflow.core.protobuf import saved_model_pb2

        if path != self._loaded:
            self._jobs.append(f"load {path}")
            self._loaded = path
        data = (path / "saved_model.pb").read_bytes()
        graph = saved_model_pb2.SavedModel.FromString(data).meta_graphs[0]
        found = graph.signature_def[signature]
        for name, value in inputs.items():
            self._feed(_place(found.inputs[name]), value)
        names = sorted(found.outputs)
        self._jobs += [f"fetch {_place(found.outputs[n])}" for n in names]
        self._jobs.append("run")
        self._calls.append(names)

    def _feed(self, place, value):
        if isinstance(value, np.ndarray):
            file = self._write(value.astype("float32").tobytes())
            sides = " ".join(map(str, (value.ndim, *value.shape)))
            self._jobs.append(f"floats {place} {file} {sides}")
        else:
            files = " ".join(str(self._write(one)) for one in value)
            self._jobs.append(f"strings {place} {len(value)} {files}")

    def _write(self, data):
        count = sum(1 for _ in self._folder.iterdir())
        path = self._folder / f"input_{count}"
        path.write_bytes(data)
        return path

    def run(self):
        """Returns a dict of arrays for every call, and TensorFlow's version."""
        done = subprocess.run(
            [self._program],
            input="\n".join(self._jobs),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        version = done.stderr.partition("TensorFlow ")[2].split()[0]
        lines = iter(done.stdout.splitlines())
        found = [
            {name: _parsed(next(lines)) for name in names}
            for names in self._calls
        ]
        assert not list(lines)
        return found, version


def _place(info):
    name, _, index = info.name.partition(":")
    return f"{name} {index}"


def _parsed(line):
    kind, rank, *words = line.split(" ")
    shape, values = words[: int(rank)], words[int(rank) :]
    if kind == "s":
        values = [bytes.fromhex(word[1:]).decode() for word in values]
    types = {"f": "float32", "i": "int32", "s": object}
    return np.array(values, types[kind]).reshape(list(map(int, shape)))
