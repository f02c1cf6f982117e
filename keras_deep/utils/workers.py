"""Processes of this machine that work together, and what they print."""

import collections
import contextlib
import os
import signal
import subprocess
import sys
import threading

_LAST = 30  # lines that are kept
_PRINTING = threading.Lock()  # Several print, and a line ends after its text.


class Worker:
    """A process in a group of its own, whose lines begin with its name.

    Ctrl-C in the terminal does not reach it, and what it starts can be ended
    with it.

    Args:
        name: string.
        command: list of words.
        environment: dict of all its variables.
        shown: bool. Whether its lines are printed, or the last ones kept.
        given: string, what it reads from its standard input.
    """

    def __init__(self, name, command, environment, shown, given=""):
        self.name = name
        self.shown = shown
        self.last = collections.deque(maxlen=_LAST)
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        with contextlib.suppress(BrokenPipeError), self._process.stdin as pipe:
            pipe.write(given)
        pairs = (
            (self._process.stdout, sys.stdout),
            (self._process.stderr, sys.stderr),
        )
        self._threads = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in pairs
        ]
        for thread in self._threads:
            thread.start()

    @property
    def code(self):
        """The exit code as a shell has it, `None` while the process runs."""
        code = self._process.poll()
        return code if code is None or code >= 0 else 128 - code

    @property
    def ending(self):
        """How the process ended, in words."""
        code = self._process.poll()
        if code >= 0:
            return f"{self.name} ended with code {code}"
        return f"{self.name} was ended by {signal.Signals(-code).name}"

    def pass_on(self, number):
        """Sends a signal to the process, if it runs."""
        self._process.send_signal(number)

    def kill(self):
        """Ends the process and all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self):
        """Leaves nothing running, and waits for the last lines."""
        self.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(2.0)  # A daemon that left the group may write on.

    def _read(self, pipe, output):
        with pipe:
            for line in pipe:
                line = line.rstrip("\n")
                self.last.append(line)
                if self.shown:
                    self._print(line, output)

    def _print(self, line, output):
        try:
            with _PRINTING:
                print(f"[{self.name}] {line}", file=output, flush=True)
        except (OSError, ValueError):  # Nobody reads it any more.
            self.shown = False
