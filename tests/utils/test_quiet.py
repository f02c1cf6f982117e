import os
import subprocess
import sys

import pytest

from keras_deep.utils.quiet import without_log_lines

LOG = [
    "WARNING: All log messages before absl::InitializeLog() is called are ...",
    "I0000 00:00:1795643405.170949   22623 port.cc:153] oneDNN is on.",
    "E1225 11:12:13.170949   22623 cuda_dnn.cc:8310] Registered already.",
    "To enable the following instructions: AVX2, rebuild TensorFlow.",
]
KEPT = ["Traceback:", "F0000 00:00:1795643405.1   22623 a.cc:1] Check failed."]


def test_drops_log_lines_only(capfd):
    with without_log_lines():
        for line in [LOG[0], KEPT[0], *LOG[1:], KEPT[1]]:
            os.write(2, f"{line}\n".encode())
    os.write(2, b"afterwards")
    assert capfd.readouterr().err.split("\n") == [*KEPT, "afterwards"]


def test_keeps_what_was_said_before_an_error(capfd):
    with pytest.raises(ImportError):
        with without_log_lines():
            print(KEPT[0], file=sys.stderr)
            raise ImportError
    assert KEPT[0] in capfd.readouterr().err


def test_needs_no_stderr():
    code = (
        "from keras_deep.utils.quiet import without_log_lines\n"
        "with without_log_lines(): print('done')"
    )
    command = 'exec "$0" -c "$1" 2>&-'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, code],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout == "done\n"
