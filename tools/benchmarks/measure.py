"""Measures time and memory in a contender; needs only Python."""

import ctypes
import gc
import json
import platform
import re
import statistics
import time


def measured(function):
    """Calls a function and measures its time and memory.

    The memory is the peak resident memory during the call minus the resident
    memory before it. Everything counts: temporary copies, pages of mapped
    files, code that is loaded. Memory freed by earlier work is returned to the
    system first, so that its reuse counts, too.

    `ru_maxrss` is not used, as a process inherits it from its parent.

    Args:
        function: function without arguments. It must wait for asynchronous
            work, as of JAX.

    Returns:
        Tuple of the function's result, the seconds and the bytes.

    Raises:
        OSError: if the system has no `/proc/self/status`, as Linux has.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    _forget_peak()
    before = _resident("VmRSS")
    start = time.perf_counter()
    result = function()
    seconds = time.perf_counter() - start
    return result, seconds, _resident("VmHWM") - before


def _forget_peak():
    """Resets the peak of the resident memory.

    If that is forbidden an earlier peak may count: the memory is then too
    large, never too small.
    """
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def _resident(name):
    """Returns a value of the process's status in bytes."""
    with open("/proc/self/status") as file:
        found = re.search(rf"^{name}:\s*(\d+) kB$", file.read(), re.MULTILINE)
    if found is None:
        raise OSError(
            f"Expected {name} in /proc/self/status, as Linux has it. "
            "Received: none. Measure the memory on another machine."
        )
    return int(found[1]) * 1024


def steady(ends, count):
    """Returns the median of the last `count` intervals between times."""
    ends = ends[-count - 1 :]
    return statistics.median(b - a for a, b in zip(ends, ends[1:]))


def repeated(function, times, count):
    """Calls a function and returns the median seconds of the last calls.

    Args:
        function: function without arguments. It must wait for asynchronous
            work.
        times: int, number of calls.
        count: int, those of them that are measured: less than `times`.
    """
    ends = []
    for _ in range(times):
        function()
        ends.append(time.perf_counter())
    return steady(ends, count)


def warm(path):
    """Reads a file once, so that it is in the file cache."""
    with open(path, "rb", buffering=0) as file:
        while file.read(2**20):
            pass


def report(values, modules=()):
    """Prints the measurements for the runner, as the contender's last line.

    Args:
        values: dict of a measure's name to a positive number.
        modules: imported packages whose versions are reported.
    """
    versions = {module.__name__: module.__version__ for module in modules}
    versions["python"] = platform.python_version()
    print("\n" + json.dumps({"values": values, "versions": versions}))
