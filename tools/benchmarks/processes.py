"""Runs contenders in fresh processes."""

import json
import math
import os
import pathlib
import signal
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Seconds until a hanging process is killed.
_LIMIT = 3600


class Crash(Exception):
    """Raised if a contender fails; the message says how."""


def start(contender, pythons):
    """Runs a contender to its end and returns its standard output.

    Args:
        contender: `Contender`.
        pythons: dict of environment name to interpreter.

    Raises:
        Crash: if it cannot be started, fails or takes longer than an hour.
    """
    paths = [str(ROOT / "tools"), os.environ.get("PYTHONPATH", "")]
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        **contender.variables,
    }
    command = [pythons[contender.environment], *contender.arguments]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=variables,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LIMIT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Crash(str(error)) from error
    if done.returncode:
        raise Crash(f"{_status(done.returncode)}\n{_tail(done.stderr)}")
    return done.stdout


def reported(printed, measures):
    """Parses the values and versions that a contender printed.

    Args:
        printed: string, its standard output.
        measures: names of the values that it has to report.

    Returns:
        Dict of measure to value, and dict of package to version.

    Raises:
        Crash: if the last line is not a report with all of them.
    """
    try:
        report = json.loads(printed.strip().rpartition("\n")[2])
        values = {name: report["values"][name] for name in measures}
        versions = report["versions"]
    except (ValueError, KeyError, TypeError) as error:
        raise Crash(
            f"Expected a report of {list(measures)} as the last line. "
            f"Received:\n{_tail(printed)}"
        ) from error
    for name, value in values.items():
        if not isinstance(value, int | float) or not 0 < value < math.inf:
            raise Crash(
                f"Expected a positive number as {name!r}. Received: {value!r}"
            )
    return values, versions


def _status(code):
    if code < 0:
        return f"Killed by {signal.Signals(-code).name}."
    return f"Ended with status {code}."


def _tail(text):
    return "\n".join(text.strip().splitlines()[-12:])
