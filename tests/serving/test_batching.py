"""Rows of several requests that are computed together."""

import asyncio
import threading
import time

import numpy as np
import pytest

from keras_deep.serving.batching import Batcher
from keras_deep.serving.errors import ServingError
from keras_deep.serving.options import Options
from keras_deep.serving.signatures import Signature
from keras_deep.serving.signatures import Tensor


class Model:
    """Adds one, notes the rows of each call, and can be stopped."""

    def __init__(self):
        self.rows = []
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, inputs):
        x = inputs["x"]
        self.rows.append(len(x) if x.ndim else 0)
        assert self.go_on.wait(30)
        if (x < 0).any():
            raise ValueError("negative\nFile 'secret.py'")
        return {"y": x + 1}


def batcher_of(model, output=(None,), shape=(None,), **options):
    tensors = [
        {name: Tensor(name, np.dtype("float32"), x)}
        for name, x in (("x", shape), ("y", output))
    ]
    options = {"batch_timeout_ms": 200.0, **options}
    return Batcher(
        Signature("s", "predict", *tensors, model), Options(**options)
    )


def asked(batcher, *values, pixels=0):
    """Returns the outputs, or errors, of concurrent requests."""

    async def run():
        calls = [
            batcher({"x": np.asarray(value, "float32")}, pixels)
            for value in values
        ]
        return await asyncio.gather(*calls, return_exceptions=True)

    found = asyncio.run(run())
    batcher.close()
    return [x if isinstance(x, Exception) else x["y"].tolist() for x in found]


def test_concurrent_rows_are_computed_together():
    model = Model()
    found = asked(batcher_of(model), [1], [2, 3], [4])
    assert found == [[2], [3, 4], [5]] and model.rows == [4]


def test_batches_are_not_larger_than_allowed():
    model = Model()
    values = [[x] for x in range(10)]
    found = asked(batcher_of(model, batch_size=4, batch_timeout_ms=1), *values)
    assert found == [[x + 1] for x in range(10)]
    assert max(model.rows) == 4 and len(model.rows) <= 4


def test_without_batching_each_is_computed_alone():
    model = Model()
    asked(batcher_of(model, batch_size=1), [1], [2], [3])
    assert model.rows == [1, 1, 1]


def test_a_request_of_more_rows_is_computed_whole():
    model = Model()
    found = asked(batcher_of(model, batch_size=2), [1, 2, 3, 4, 5])
    assert found == [[2, 3, 4, 5, 6]] and model.rows == [5]


def test_a_single_request_does_not_wait_long():
    start = time.monotonic()
    asked(batcher_of(Model(), batch_timeout_ms=50), [1])
    assert 0.04 < time.monotonic() - start < 5


def test_who_comes_alone_again_does_not_wait():
    async def run():
        for _ in range(10):
            await batcher({"x": np.ones(1, "float32")})

    batcher = batcher_of(Model(), batch_timeout_ms=1000)
    start = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - start < 2
    batcher.close()


def test_a_full_batch_does_not_wait():
    start = time.monotonic()
    options = {"batch_size": 2, "batch_timeout_ms": 20_000}
    asked(batcher_of(Model(), **options), [1], [2])
    assert time.monotonic() - start < 10


def test_other_shapes_are_not_mixed():
    model = Model()
    batcher = batcher_of(model, output=None, shape=None)
    found = asked(batcher, [[1]], [[1, 2]], [[3]], 7)
    assert found == [[[2]], [[2, 3]], [[4]], 8]
    assert sorted(model.rows) == [0, 1, 2]


def test_a_mistake_is_told_to_who_made_it():
    model = Model()
    found = asked(batcher_of(model), [1], [-1], [3])
    assert (found[0], found[2]) == ([2], [4])
    assert isinstance(found[1], ServingError) and str(found[1]) == "negative"
    assert model.rows == [3, 1, 1, 1]


@pytest.mark.parametrize("output", [(), (3,)], ids=str)
def test_outputs_that_are_no_rows_are_computed_alone(output):
    model = Model()
    batcher = batcher_of(model, output=output)
    assert asked(batcher, [1], [2]) == [[2], [3]] and model.rows == [1, 1]


def test_outputs_that_turn_out_to_be_no_rows():
    calls = []

    def mean(inputs):
        calls.append(len(inputs["x"]))
        return {"y": inputs["x"].mean(keepdims=True)}

    batcher = batcher_of(mean, output=None)
    assert asked(batcher, [2, 4], [6, 8]) == [[3], [7]]
    assert calls == [4, 2, 2]


def test_the_pixels_of_a_batch_are_limited():
    model = Model()
    batcher = batcher_of(model, max_megapixels=1, batch_timeout_ms=20)
    asked(batcher, [1], [2], [3], pixels=400_000)
    assert model.rows == [2, 1]


def test_a_full_queue_is_told():
    model = Model()
    model.go_on.clear()
    batcher = batcher_of(model, batch_size=1, queue_size=2)

    async def run():
        calls = []
        for value in range(5):
            call = batcher({"x": np.full(1, value, "float32")})
            calls.append(asyncio.create_task(call))
            await asyncio.sleep(0.05)
        model.go_on.set()
        return await asyncio.gather(*calls, return_exceptions=True)

    # One is computed, two wait.
    *answered, fourth, fifth = asyncio.run(run())
    batcher.close()
    assert [x["y"].item() for x in answered] == [1, 2, 3]
    for error in (fourth, fifth):
        assert error.status == 503 and "is full" in str(error)
    assert batcher.rows == 0


def test_what_nobody_waits_for_is_not_computed():
    model = Model()
    model.go_on.clear()
    batcher = batcher_of(model, batch_size=1)

    async def run():
        first = asyncio.create_task(batcher({"x": np.ones(1, "float32")}))
        await asyncio.sleep(0.05)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(batcher({"x": np.ones(1, "float32")}), 0.05)
        last = asyncio.create_task(batcher({"x": np.zeros(1, "float32")}))
        model.go_on.set()
        await asyncio.gather(first, last)

    asyncio.run(run())
    batcher.close()
    assert model.rows == [1, 1] and batcher.rows == 0


def test_several_threads_compute_at_once():
    model = Model()
    model.go_on.clear()
    batcher = batcher_of(model, batch_size=1, threads=2)

    async def run():
        calls = [
            asyncio.create_task(batcher({"x": np.ones(1, "float32")}))
            for _ in range(2)
        ]
        while len(model.rows) < 2:
            await asyncio.sleep(0.01)
        model.go_on.set()
        await asyncio.gather(*calls)

    asyncio.run(asyncio.wait_for(run(), 20))
    batcher.close()
