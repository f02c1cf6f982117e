"""Runs a command as several workers of one cluster on this machine."""

import contextlib
import json
import math
import os
import random
import signal
import socket
import sys
import threading
import time

from keras_deep.utils.workers import Worker

# Below those that systems give to outgoing connections.
_PORTS = range(20000, 32000)
_PAUSE = 0.05  # seconds between two looks at the workers


def launch(command, workers=2, max_restarts=0, grace=20.0, verbose=False):
    """Runs a command in several processes that find each other.

    Each gets TF_CONFIG, with a port on the loopback interface, and
    KERAS_DEEP_ATTEMPT, 1 at first. When one fails, none can go on: the others
    have some seconds to end, are then ended by SIGKILL, as TensorFlow ignores
    SIGTERM, and all start again. SIGTERM and Ctrl-C are passed on, and end
    them in the same way if they do not end by themselves; a second Ctrl-C ends
    them at once.

    Args:
        command: list of words.
        workers: int, how many processes.
        max_restarts: int, how often all start again.
        grace: float, the seconds before SIGKILL.
        verbose: bool. Whether the lines of all workers are printed, or those
            of the first, the chief, and the last ones of one that fails.

    Returns:
        int, 0 or the exit code of the worker that failed first.
    """
    with _signals() as received:
        for attempt in range(1, max_restarts + 2):
            group = []
            try:
                for index, variables in _variables(workers, attempt):
                    shown = verbose or index == 0
                    name = f"worker {index}"
                    group.append(Worker(name, command, variables, shown))
                failed = _watch(group, grace, received)
            finally:
                for worker in group:
                    worker.close()
            if failed is None or received:
                break
            _tell(failed, attempt + 1, max_restarts + 1)
    return failed.code if failed else 0


def _variables(workers, attempt):
    """Yields the number of each worker and its environment."""
    addresses = [f"127.0.0.1:{port}" for port in fresh_ports(workers)]
    for index in range(workers):
        task = {"type": "worker", "index": index}
        config = {"cluster": {"worker": addresses}, "task": task}
        variables = {
            "TF_CONFIG": json.dumps(config),
            "KERAS_DEEP_ATTEMPT": str(attempt),
            "PYTHONUNBUFFERED": "1",  # Lines come when they are printed.
        }
        yield index, {**os.environ, **variables}


def fresh_ports(count):
    """Returns a list of ports at which nothing listens."""
    ports = []
    for port in random.SystemRandom().sample(_PORTS, len(_PORTS)):
        if len(ports) == count:
            break
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("", port))
            ports.append(port)
    return ports


def _watch(group, grace, received):
    """Waits until all have ended; returns who failed first, or `None`."""
    failed, end, passed = None, math.inf, 0
    while any(worker.code is None for worker in group):
        time.sleep(_PAUSE)
        for number in received[passed:]:
            passed += 1
            again = received[:passed].count(signal.SIGINT) > 1
            end = min(end, time.monotonic() + (0.0 if again else grace))
            for worker in group:
                worker.pass_on(number)
        if failed is None:
            failed = next((x for x in group if x.code), None)
            if failed:
                end = min(end, time.monotonic() + grace)
        if time.monotonic() > end:
            for worker in group:
                worker.kill()
    return failed or next((x for x in group if x.code), None)


def _tell(failed, attempt, attempts):
    """Says which worker failed, and what it said if nobody has seen it."""
    lines = [] if failed.shown else failed.last
    end = f"launch: {failed.ending}."
    if attempt <= attempts:
        end += f" All start again: attempt {attempt} of {attempts}."
    for line in [*(f"[{failed.name}] {line}" for line in lines), end]:
        print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _signals():
    """Yields a list of the signals that came, which end nothing here.

    Outside the main thread, where Python handles none, it stays empty.
    """
    received = []
    # The end of the terminal is that of the workers.
    meant = {signal.SIGINT: signal.SIGINT, signal.SIGTERM: signal.SIGTERM}
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        meant[signal.SIGHUP] = signal.SIGTERM
    if threading.current_thread() is not threading.main_thread():
        meant = {}
    before = {
        number: signal.signal(number, lambda n, _: received.append(meant[n]))
        for number in meant
    }
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
