"""Sets up the environments of this package and of its peers."""

import hashlib
import os
import shutil
import subprocess
import sys

from benchmarks.processes import ROOT

_EXTRAS = {
    "tensorflow": (".venv-benchmark", "tensorflow-cpu,plot,hub,serve"),
    "jax": (".venv-benchmark-jax", "jax,plot,hub"),
}


def our_python():
    """Sets up the package's environment and returns its interpreter.

    `$KERAS_DEEP_BENCHMARK_PYTHON` names another interpreter.

    Raises:
        ValueError: if `$KERAS_BACKEND` is neither TensorFlow nor JAX.
        FileNotFoundError: if the named interpreter does not exist.
        subprocess.CalledProcessError: if the installation fails.
    """
    given = _named("KERAS_DEEP_BENCHMARK_PYTHON")
    if given is not None:
        return given
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend not in _EXTRAS:
        raise ValueError(
            "Expected KERAS_BACKEND to be tensorflow or jax. "
            f"Received: {backend}"
        )
    venv, extras = _EXTRAS[backend]
    make = "set -euo pipefail; source tools/venv.sh; make_environment $0 $1"
    subprocess.run(["bash", "-c", make, venv, extras], cwd=ROOT, check=True)
    return str(ROOT / venv / "bin/python")


def peer_python(topic):
    """Sets up the peers' environment and returns its interpreter.

    `$KERAS_DEEP_PEER_PYTHON` names another interpreter, `$KERAS_DEEP_PEERS`
    other requirements than the topic's.

    Args:
        topic: `Topic`.

    Returns:
        String, or `None` if the topic has no peers.

    Raises:
        FileNotFoundError: if the named interpreter does not exist.
        subprocess.CalledProcessError: if the installation fails.
    """
    given = _named("KERAS_DEEP_PEER_PYTHON")
    if given is not None or not topic.peers:
        return given
    wanted = os.environ.get("KERAS_DEEP_PEERS", "").split() or [*topic.peers]
    venv = ROOT / f".venv-peers-{topic.name}"
    python = venv / "bin/python"
    digest = hashlib.sha256(" ".join(wanted).encode()).hexdigest()[:12]
    mark = venv / f".installed-{digest}"
    if not mark.exists():
        print(f"Setting up {venv.name} with {wanted} ...", file=sys.stderr)
        _install(venv, python, wanted)
        mark.touch()
    return str(python)


def _install(venv, python, wanted):
    base = os.environ.get("KERAS_DEEP_PYTHON", "python3")
    if shutil.which("uv"):
        make = ["uv", "venv", "--quiet", "--python", base, venv]
        install = ["uv", "pip", "install", "--quiet", "--python", python]
    else:
        make = [base, "-m", "venv", venv]
        install = [python, "-m", "pip", "install", "--quiet"]
        install += ["--disable-pip-version-check"]
    if not python.exists():
        subprocess.run(make, check=True)
    subprocess.run([*install, *wanted], check=True)


def _named(variable):
    """Returns the interpreter that an environment variable names."""
    given = os.environ.get(variable)
    if not given:
        return None
    found = shutil.which(given)
    if found is None:
        raise FileNotFoundError(
            f"Expected {variable} to name an interpreter. Received: {given}"
        )
    return os.path.abspath(found)
