"""Describes the machine of a benchmark run."""

import os
import pathlib
import platform
import re
import shutil
import subprocess

from benchmarks.processes import ROOT


def machine():
    """Returns a dict of hardware and system.

    `load_average` is that of the last minute: near 0 on an idle machine.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "gpus": _lines(
            "nvidia-smi",
            "--query-gpu=name,memory.total",
            "--format=csv,noheader",
        ),
        "system": platform.platform(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def revision():
    """Returns the output of `git describe`, or `None` outside a repository."""
    lines = _lines("git", "describe", "--always", "--dirty")
    return lines[0] if lines else None


def _cpu():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.processor()


def _lines(*command):
    """Returns the lines that a command prints; none if it does not exist."""
    if shutil.which(command[0]) is None:
        return []
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []
