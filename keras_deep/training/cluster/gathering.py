"""The chief's part of a rendezvous: waits until all tasks have come."""

import contextlib
import selectors
import time

from keras_deep.training.cluster.lines import Lines
from keras_deep.training.cluster.lines import Stranger
from keras_deep.training.cluster.waiting import Wait
from keras_deep.utils.errors import ClusterError
from keras_deep.utils.text import enumerated

REMINDER = 5.0  # seconds after which the others hear who is missing
_SILENCE = 5.0  # seconds in which a guest says who it is
_STRANGERS = 64  # that may do so at a time
_LONGEST = 200  # characters of what a guest says that are shown


def missing_error(missing, seconds):
    """Returns the error for tasks that have not come, a list."""
    return ClusterError(
        f"Expected all tasks of the cluster within {seconds:g} s. Received: "
        f"nothing from {enumerated([str(task) for task in missing], 20)}. "
        "Start every task, with the same cluster in all; see that hosts and "
        "ports are right and that no firewall is between them; or wait longer "
        "(`start_timeout`)."
    )


class Gathering:
    """Lets in the other tasks, and nobody else.

    What connects and is none of them is closed after few seconds and bytes.

    Args:
        cluster: `Cluster`, whose chief this process is.
        facts: dict of strings to what all tasks must agree in, as JSON has it.
        seconds: float, after which a missing task is an error.
    """

    def __init__(self, cluster, facts, seconds):
        self._facts = facts
        self._tasks = {(x.job, x.index): x for x in cluster.workers[1:]}
        self._guests = []
        self._wait = Wait(seconds)
        self._reminded = time.monotonic()
        self._selector = selectors.DefaultSelector()

    def run(self, sockets):
        """Waits until all have come, and lets all go on at once.

        Args:
            sockets: list of bound sockets, which are closed at the end.

        Raises:
            ClusterError: if a task is missing at the end of the time, or
                disagrees. The others get the same error.
        """
        try:
            for listening in sockets:
                listening.listen(128)
                listening.settimeout(0.0)
                self._selector.register(listening, selectors.EVENT_READ)
            while self._missing:
                self._step()
            # TensorFlow's server needs the port.
            self._close(sockets)
            self._part({"go": True})
        except ClusterError as error:
            self._part({"error": str(error)})
            raise
        finally:
            self._close(sockets)
            for guest in [*self._guests]:
                self._drop(guest)
            self._selector.close()

    @property
    def _missing(self):
        came = {guest.task for guest in self._guests}
        return [task for key, task in self._tasks.items() if key not in came]

    def _step(self):
        for key, _ in self._selector.select(0.2):
            if key.data is None:
                self._accept(key.fileobj)
            elif key.data in self._guests:
                self._hear(key.data)
        now = time.monotonic()
        strangers = [guest for guest in self._guests if guest.task is None]
        for guest in strangers:
            if now - guest.since > _SILENCE or len(strangers) > _STRANGERS:
                self._drop(guest)
                strangers = strangers[1:]
        missing = self._missing
        if missing and self._wait.is_over:
            raise missing_error(missing, self._wait.seconds)
        if missing:
            self._wait.tell(f"waiting for {enumerated([*map(str, missing)])}")
            if now - self._reminded > REMINDER:
                self._remind(missing)

    def _accept(self, listening):
        with contextlib.suppress(OSError):  # It may be gone already.
            connection, address = listening.accept()
            guest = _Guest(connection, address[0])
            self._guests.append(guest)
            self._selector.register(connection, selectors.EVENT_READ, guest)

    def _hear(self, guest):
        try:
            for message in guest.lines.receive():
                self._greet(guest, message)
        except OSError:  # Or it is a stranger.
            self._drop(guest)

    def _greet(self, guest, message):
        """Checks who a guest says it is, and that it is to come."""
        job, index = message.get("job"), message.get("index")
        facts = message.get("facts")
        known = isinstance(job, str) and type(index) is int
        if guest.task or not known or not isinstance(facts, dict):
            raise Stranger("no task of this package")
        problem = self._problem(guest, (job, index), facts)
        guest.task = (job, index)
        if problem:
            raise ClusterError(problem)
        self._remind(self._missing)

    def _problem(self, guest, task, facts):
        name = f"{task[0][:20]!r}:{task[1]} at {guest.host}"
        for key, value in self._facts.items():
            if facts.get(key) != value:
                return (
                    "Expected all tasks to have the same cluster and versions. "
                    f"Received: of the chief {key}={_shown(value)}, and of "
                    f"{name} {key}={_shown(facts.get(key))}"
                )
        others = [x.host for x in self._guests if x.task == task]
        if task in self._tasks and not others:
            return None
        there = f"at {others[0]}" if others else "here, as the chief"
        return (
            "Expected each task to be started once. Received: "
            f"{name}, and the same one {there}. Give every process an index "
            "of its own, and end those of an earlier run."
        )

    def _remind(self, missing):
        self._reminded = time.monotonic()
        if missing:
            keys = [[task.job, task.index] for task in missing[:20]]
            self._tell({"missing": keys, "more": len(missing) - len(keys)})

    def _tell(self, message):
        for guest in [guest for guest in self._guests if guest.task]:
            try:
                guest.lines.send(message)
            except OSError:
                self._drop(guest)

    def _drop(self, guest):
        if guest not in self._guests:
            return
        self._selector.unregister(guest.lines.connection)
        self._guests.remove(guest)
        guest.lines.connection.close()

    def _part(self, message):
        """Lets all tasks close first, which leaves our port free at once."""
        self._tell(message)
        for guest in [guest for guest in self._guests if guest.task]:
            with contextlib.suppress(OSError):
                guest.lines.receive()

    def _close(self, sockets):
        while sockets:
            closed = sockets.pop()
            if closed in self._selector.get_map():
                self._selector.unregister(closed)
            closed.close()


class _Guest:
    """A connection, and the task at its other end as soon as that is known."""

    def __init__(self, connection, host):
        connection.settimeout(2.0)
        self.lines = Lines(connection)
        self.host = host
        self.since = time.monotonic()
        self.task = None


def _shown(value):
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
