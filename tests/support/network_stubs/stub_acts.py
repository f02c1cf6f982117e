"""What the stubs do when a network is asked for: `STUB_DOES`."""

import os
import pathlib
import signal
import sys
import time

FOLDER = pathlib.Path(os.environ["STUB_FOLDER"])


def act():
    """Runs, or dies in the way that the test wants."""
    what = os.environ["STUB_DOES"]
    if what == "abort":
        print("last words", file=sys.stderr, flush=True)
        os.abort()
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "raise":
        raise OSError("no such network")
    if what in ("exit", "leave"):
        os._exit(7 if what == "exit" else 0)
    if what == "sleep":
        (FOLDER / "pid").write_text(str(os.getpid()))
        time.sleep(1000)
