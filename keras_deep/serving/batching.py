"""Computes the rows of concurrent requests together."""

import collections
import threading
import time

import numpy as np

from keras_deep.serving.errors import ServingError
from keras_deep.serving.errors import from_tensorflow
from keras_deep.serving.tasks import Task
from keras_deep.serving.tasks import common_rows
from keras_deep.serving.tasks import deliver


class Batcher:
    """A queue of one signature, and the threads that compute it.

    What waits when a thread becomes free is computed together; a request that
    nothing waits with waits some milliseconds for others, unless the one before
    it was alone, too. If a batch fails its requests are computed one by one, so
    that nobody is told of the mistake of another.

    Args:
        signature: `Signature`.
        options: `Options`.
        observe: function of the seconds and rows of each computation.
    """

    def __init__(self, signature, options, observe=lambda seconds, rows: None):
        self._compute = signature.compute
        self._together = signature.takes_rows
        self._options = options
        self._observe = observe
        self._wait = options.batch_timeout_ms / 1000
        self._tasks = collections.deque()
        self._changed = threading.Condition()
        self._closed = False
        self._alone = False  # Whether the last request was.
        self.rows = 0  # that wait
        self._threads = [
            threading.Thread(target=self._work, daemon=True)
            for _ in range(options.threads)
        ]
        for thread in self._threads:
            thread.start()

    async def __call__(self, inputs, pixels=0):
        """Returns the outputs of a request's inputs.

        Args:
            inputs: dict of name to array.
            pixels: int, the pixels that are decoded for it.

        Raises:
            ServingError: if too many wait, or the computation fails.
        """
        rows = common_rows(inputs) if self._together else None
        task = Task(inputs, rows or 1, pixels, rows is None)
        with self._changed:
            if len(self._tasks) >= self._options.queue_size:
                raise ServingError(
                    "The batch scheduling queue to which this task was "
                    "submitted is full",
                    "UNAVAILABLE",
                )
            self._tasks.append(task)
            self.rows += task.rows
            if len(self._tasks) == 1 or self._enough():
                self._changed.notify()
        return await task.future

    def close(self):
        """Computes what waits, and ends the threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _enough(self):
        return self.rows >= self._options.batch_size

    def _work(self):
        while True:
            with self._changed:
                while not self._tasks:
                    if self._closed:
                        return
                    self._changed.wait()
                self._await_others()
                tasks = self._take()
            if tasks:
                self._alone = len(tasks) == 1
                deliver(self._results(tasks))

    def _await_others(self):
        """Waits until there are enough rows, or the first waited long enough.

        Another thread may take them meanwhile.
        """
        while self._tasks and not self._enough() and not self._closed:
            left = self._tasks[0].arrived + self._wait - time.monotonic()
            if left <= 0 or self._alone or self._tasks[0].key is None:
                return
            self._changed.wait(left)

    def _take(self):
        """Removes and returns the first task and those that go with it."""
        taken, rows, pixels, later = [], 0, 0, []
        while self._tasks:
            task = self._tasks.popleft()
            if task.future.done():  # Nobody waits for it any more.
                self.rows -= task.rows
                continue
            if taken and (
                task.key is None
                or task.key != taken[0].key
                or rows + task.rows > self._options.batch_size
                or pixels + task.pixels > self._options.max_pixels
            ):
                later.append(task)
                continue
            taken.append(task)
            rows += task.rows
            pixels += task.pixels
            if rows >= self._options.batch_size or task.key is None:
                break
        self._tasks.extendleft(reversed(later))
        self.rows -= rows
        if self._tasks:
            self._changed.notify()
        return taken

    def _results(self, tasks):
        """Returns pairs of task and its outputs or error."""
        if len(tasks) > 1:
            found = self._joined(tasks)
            if found is not None:
                return list(zip(tasks, found))
        return [(task, self._run(task.inputs, task.rows)) for task in tasks]

    def _joined(self, tasks):
        """Returns the outputs of each task, `None` if it does not work."""
        inputs = {
            name: np.concatenate([task.inputs[name] for task in tasks])
            for name in tasks[0].inputs
        }
        sizes = [task.rows for task in tasks]
        outputs = self._run(inputs, sum(sizes))
        if isinstance(outputs, Exception):
            return None
        if any(x.ndim < 1 or len(x) != sum(sizes) for x in outputs.values()):
            self._together = False  # Nobody can say which row is whose.
            return None
        ends = np.cumsum(sizes)[:-1]
        parts = {name: np.split(x, ends) for name, x in outputs.items()}
        return [
            {name: part[number] for name, part in parts.items()}
            for number in range(len(tasks))
        ]

    def _run(self, inputs, rows):
        start = time.perf_counter()
        try:
            return self._compute(inputs)
        except Exception as error:  # The client is told, and the thread lives.
            return from_tensorflow(error)
        finally:
            self._observe(time.perf_counter() - start, rows)
