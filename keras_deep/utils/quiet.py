"""Keeps TensorFlow's log off the terminal."""

import contextlib
import os
import re
import sys
import tempfile

from keras_deep.utils.after_import import around_import

# What its C++ code writes before it has read its own log level. Nothing turns
# these lines off, but that oneDNN is told to be off.
_LOG_LINE = re.compile(
    rb"WARNING: All log messages before absl::|[IWE]\d{4} \d\d:\d\d:|"
    rb"To enable the following instructions:"
)


def silence_tensorflow():
    """Silences TensorFlow, if it is not imported yet, but for its errors.

    `TF_CPP_MIN_LOG_LEVEL` is obeyed where it is set.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    around_import("tensorflow", without_log_lines)


@contextlib.contextmanager
def without_log_lines():
    """Drops log lines from what is written to file descriptor 2 meanwhile.

    The other lines follow at the end.
    """
    if sys.stderr is None:  # There is no such descriptor.
        yield
        return
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            file.seek(0)
            for line in file:
                if not _LOG_LINE.match(line):
                    os.write(2, line)
