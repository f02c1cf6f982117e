"""Processes in which Keras is installed and this package is not."""

import os
import subprocess
import sys

# An editable install of the package would be found without it.
BEFORE = "import sys; sys.modules['keras_deep'] = None\nimport keras\n"


def keras_alone(code, folder):
    """Runs code after `import keras`; returns what the process prints."""
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + code],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
