"""What a contender measures of itself; needs nothing but Python."""

import ctypes
import gc
import json
import platform
import re
import time


def measured(function):
    """Calls a function and returns what it gave, its time and its memory.

    The memory is the peak of the resident memory during the call less the
    resident memory before it. Everything counts: copies that the function
    drops again, pages of files that it maps, code that it makes the process
    load. Memory that earlier work freed is given back to the system first, so
    that the function cannot fill it unseen.

    It is not `ru_maxrss`, which a process inherits from the one that started
    it.

    Args:
        function: without arguments. It must wait for what it started, which
            JAX does not do by itself.

    Returns:
        Tuple of the function's result, the seconds and the bytes.

    Raises:
        OSError: if the system does not tell the memory; Linux does.
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
    """Makes the peak start from now.

    Where that is forbidden the peak may be an earlier one: the memory then
    comes out too large, never too small.
    """
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def _resident(name):
    """Returns a line of the process's status in bytes."""
    with open("/proc/self/status") as file:
        found = re.search(rf"^{name}:\s*(\d+) kB$", file.read(), re.MULTILINE)
    if found is None:
        raise OSError(
            f"Expected {name} in /proc/self/status, as Linux has it. "
            "Received: none. Measure the memory on another machine."
        )
    return int(found[1]) * 1024


def warm(path):
    """Reads a file once and keeps nothing, so that it is in the file cache."""
    with open(path, "rb", buffering=0) as file:
        while file.read(2**20):
            pass


def report(values, modules=()):
    """Prints what was measured, for the runner: the last line of a contender.

    Args:
        values: dict of a measure's name to a positive number.
        modules: imported packages whose versions matter.
    """
    versions = {module.__name__: module.__version__ for module in modules}
    versions["python"] = platform.python_version()
    print("\n" + json.dumps({"values": values, "versions": versions}))
