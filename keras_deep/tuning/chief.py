"""Several processes of this machine that train the trials of one search.

This one is the chief: it has the oracle, which keras-tuner's client asks from
the others.
"""

import base64
import concurrent.futures
import contextlib
import os
import pathlib
import pickle
import signal
import sys
import threading
import time

from keras_deep.tuning.worker_environment import ADDRESS
from keras_deep.tuning.worker_environment import tuner_id_of
from keras_deep.tuning.worker_environment import variables_of
from keras_deep.utils.errors import SearchFailed
from keras_deep.utils.errors import Terminated
from keras_deep.utils.workers import Worker

_ROOT = str(pathlib.Path(__file__).parents[2])
# The package may be in the path of this process only.
_START = (
    "import sys; sys.path.append({root!r}); "
    "from keras_deep.tuning.worker import start; start()"
)
_UNPICKLED = (AttributeError, TypeError, NotImplementedError)
_PAUSE = 0.1  # seconds between two looks at the workers
_GRACE = 30.0  # seconds in which a training that is stopped is saved
_DEATHS = 3  # of a process without a trial, after which there is no hope


def lead(oracle, request, folder, count):
    """Lets processes train the trials of a search.

    A process that ends is started again, and its trial goes on. They end with
    this one.

    Args:
        oracle: oracle of `keras_deep.tuning.oracles`.
        request: `Request`.
        folder: `SearchFolder`.
        count: int, how many.

    Raises:
        ValueError: if the search cannot be told to another process.
        SearchFailed: if processes end before they have a trial.
        KeyboardInterrupt: after SIGINT or SIGTERM, when all have stopped.
    """
    given = _packed(request)
    with _terminated(), _server(oracle) as port:
        team = _Team(oracle, folder, given, port, count)
        try:
            while team.works():
                time.sleep(_PAUSE)
        except KeyboardInterrupt:
            team.stop()
            raise
        finally:
            team.close()


class _Team:
    """The processes of a search."""

    def __init__(self, oracle, folder, given, port, count):
        self._oracle, self._given = oracle, given
        self._words = (str(pathlib.Path(folder.path).resolve()), str(port))
        self._count = count
        self._deaths = [0] * count
        self._workers = [self._start(index) for index in range(count)]

    def works(self):
        """Returns whether any is at work, after starting those that ended."""
        for index, worker in enumerate(self._workers):
            if worker is not None and worker.code is not None:
                worker.close()
                self._workers[index] = self._next(index, worker)
        return any(self._workers)

    def stop(self):
        """Asks all to end after a step, with a checkpoint."""
        running = [x for x in self._workers if x and x.code is None]
        for worker in running:
            worker.pass_on(signal.SIGTERM)
        end = time.monotonic() + _GRACE
        with contextlib.suppress(KeyboardInterrupt):  # Asked twice: at once.
            while any(x.code is None for x in running):
                if time.monotonic() > end:
                    break
                time.sleep(_PAUSE)

    def close(self):
        """Leaves none running."""
        for worker in filter(None, self._workers):
            worker.close()

    def _next(self, index, worker):
        """Returns what follows a worker that ended."""
        if worker.code == 0:
            return None
        tuner_id = tuner_id_of(index)
        self._deaths[index] += tuner_id not in self._oracle.ongoing_trials
        if self._deaths[index] >= _DEATHS:
            lines = "\n".join(worker.last)
            raise SearchFailed(
                f"Expected a process that trains. Received: {worker.ending}, "
                f"and {_DEATHS} times between two trials:\n{lines}"
            )
        self._oracle.give_up(tuner_id)
        print(f"{worker.ending}. It is started again.", file=sys.stderr)
        return self._start(index)

    def _start(self, index):
        command = [sys.executable, "-c", _START.format(root=_ROOT)]
        variables = variables_of(index, self._count, self._words[1])
        return Worker(
            tuner_id_of(index),
            [*command, self._words[0], str(os.getpid())],
            {**os.environ, **variables},
            shown=False,
            given=self._given,
        )


def _packed(request):
    if not isinstance(request.data, dict):
        raise ValueError(
            "Expected `data` to be a dict of arguments of `data.load` with "
            "several workers, of which each loads it. Received: "
            f"{type(request.data).__name__}"
        )
    try:
        return base64.b64encode(pickle.dumps(request)).decode()
    except (pickle.PicklingError, *_UNPICKLED) as error:
        raise ValueError(
            "Expected a search that other processes can be told: a registered "
            "name, and callbacks of importable classes. Received: "
            f"{request.model!r}, and {error}"
        ) from error


@contextlib.contextmanager
def _server(oracle):
    """Answers for an oracle, and yields the port."""
    import grpc
    from keras_tuner.src import protos
    from keras_tuner.src.distribute.oracle_chief import OracleServicer

    pool = concurrent.futures.ThreadPoolExecutor(1)
    server = grpc.server(pool)
    add = protos.get_service_grpc().add_OracleServicer_to_server
    add(OracleServicer(oracle), server)
    port = server.add_insecure_port(f"{ADDRESS}:0")
    server.start()
    try:
        yield str(port)
    finally:
        server.stop(None).wait()
        pool.shutdown()


@contextlib.contextmanager
def _terminated():
    """Makes SIGTERM end the search as Ctrl-C does."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    ):
        yield
        return

    def end(number, frame):
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
