"""Starts a module in several processes that find each other by TF_CONFIG.

    python -m tests.support.workers NUMBER MODULE [WORDS...]

Prints a JSON object per process: its code and what it printed.
"""

import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def free_ports(number):
    """Returns ports of 127.0.0.1 that nothing listens at."""
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def start(number, module, *words):
    """Returns the started processes."""
    workers = [f"127.0.0.1:{port}" for port in free_ports(number)]
    found = []
    for index in range(number):
        task = {"type": "worker", "index": index}
        config = {"cluster": {"worker": workers}, "task": task}
        found.append(
            subprocess.Popen(
                [sys.executable, "-m", module, *words],
                env={**os.environ, "TF_CONFIG": json.dumps(config)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    return found


def main(number, module, *words):
    processes = start(int(number), module, *words)
    # All at once: who waits for a reader keeps the others waiting.
    with ThreadPoolExecutor(len(processes)) as readers:
        printed = readers.map(subprocess.Popen.communicate, processes)
    for process, (out, error) in zip(processes, printed):
        result = {"code": process.returncode, "out": out, "error": error}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
