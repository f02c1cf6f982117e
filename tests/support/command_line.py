"""The command line, in a process of its own or in this one."""

import contextlib
import io
import os
import pathlib
import subprocess
import sys
from unittest import mock

import pytest
import typer

from keras_deep.cli import main
from keras_deep.cli.app import app

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = "120"


def start(*words, folder, path=ROOT):
    command = [sys.executable, "-c", "from keras_deep.cli import main; main()"]
    return subprocess.Popen(
        [*command, *map(str, words)],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(path))),
            "COLUMNS": COLUMNS,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*words, folder, code=0, path=ROOT):
    """Returns what is printed: the output, or of a failure the message."""
    output, error = run_both(*words, folder=folder, code=code, path=path)
    return output if code == 0 else error


def run_both(*words, folder, code=0, path=ROOT):
    process = start(*words, folder=folder, path=path)
    output, error = process.communicate(timeout=300)
    assert process.returncode == code, error
    return output, error


def run_here(*words, folder, code=0, columns=COLUMNS):
    """Does what `run` does in this process, without the start of another.

    The width of the terminal is `columns`, or with `None` what it was.

    An error that the command line does not expect is one of the test.
    """
    output, error = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(error),
        mock.patch.object(sys, "argv", ["keras-deep", *map(str, words)]),
        mock.patch.dict(os.environ, {"COLUMNS": columns} if columns else {}),
        pytest.raises(SystemExit) as end,
    ):
        main()
    assert (end.value.code or 0) == code, error.getvalue()
    return (output if code == 0 else error).getvalue()


class Context:
    """What `builder_arguments` reads of a command's context."""

    def __init__(self, *words):
        self.args = list(words)
        self.command = typer.main.get_command(app).commands["train"]
