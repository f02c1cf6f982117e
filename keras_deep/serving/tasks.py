"""Requests that wait to be computed."""

import asyncio
import time


class Task:
    """The arrays of a request, and who waits for the result.

    Args:
        inputs: dict of name to array.
        rows: int.
        pixels: int, those that are decoded for it.
        alone: bool. Whether it is never computed with others.
    """

    def __init__(self, inputs, rows, pixels, alone):
        self.inputs, self.rows, self.pixels = inputs, rows, pixels
        self.loop = asyncio.get_running_loop()
        self.future = self.loop.create_future()
        self.arrived = time.monotonic()
        self.key = None
        if not alone:  # Arrays of equal keys can be joined.
            self.key = tuple(
                (name, array.dtype.str, array.shape[1:])
                for name, array in inputs.items()
            )


def common_rows(inputs):
    """Returns the rows that all arrays have, `None` if there is no number."""
    sizes = {len(x) if x.ndim else None for x in inputs.values()}
    return (sizes.pop() or None) if len(sizes) == 1 else None


def deliver(results):
    """Hands results to the event loop, all at once.

    Args:
        results: list of pairs of a `Task` and its outputs or error.
    """

    def tell():
        for task, found in results:
            if task.future.done():
                continue
            if isinstance(found, Exception):
                task.future.set_exception(found)
            else:
                task.future.set_result(found)

    try:
        results[0][0].loop.call_soon_threadsafe(tell)
    except RuntimeError:
        pass  # The loop is closed, and nobody waits.
