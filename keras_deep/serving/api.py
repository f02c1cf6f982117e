"""Answers the requests of TF Serving's REST API."""

import asyncio
import concurrent.futures
import logging
import time

import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from keras_deep.serving import metrics as names
from keras_deep.serving.addresses import parse_address
from keras_deep.serving.bodies import Bodies
from keras_deep.serving.errors import ServingError
from keras_deep.serving.examples import parse_examples
from keras_deep.serving.examples import render
from keras_deep.serving.images import check_pixels
from keras_deep.serving.requests import parse_predict
from keras_deep.serving.responses import columns
from keras_deep.serving.responses import predictions

_LOG = logging.getLogger(__name__)
_JSON = "application/json"
_HEAVY = 2**20  # bytes, from which work does not stop other requests
_CLOSED = 499


class Api:
    """Answers requests with a repository of models.

    Args:
        repository: `Repository`.
        options: `Options`.
        metrics: `Metrics`.
    """

    def __init__(self, repository, options, metrics):
        self.repository, self.options = repository, options
        self.metrics = metrics
        self.bodies = Bodies(options)
        # One at a time, so that the memory of parsing is that of one request.
        self._heavy = concurrent.futures.ThreadPoolExecutor(1)

    async def __call__(self, request):
        """Returns the `Response` to a request under `/v1/`."""
        path = request.scope.get("raw_path") or request.url.path.encode()
        path = path.decode("ascii", "replace")
        address = None

        async def work():
            nonlocal address
            address = parse_address(request.method, path)
            return await self._answer(address, request)

        start = time.perf_counter()
        response, code = await self.guarded(work)
        if address is not None:
            self._count(address, code, time.perf_counter() - start)
        return response

    async def guarded(self, work):
        """Returns the response of a coroutine of JSON, and its code.

        Whatever it raises becomes TF Serving's form of an error.
        """
        try:
            return Response(await work(), media_type=_JSON), "OK"
        except ServingError as error:
            found = error
        except ClientDisconnect:
            found = ServingError("The client is gone.", "CANCELLED", _CLOSED)
        except Exception:
            _LOG.exception("A request failed.")
            found = ServingError("The server made a mistake.", "INTERNAL")
        response = Response(found.body, found.status, media_type=_JSON)
        return response, found.code

    async def timed(self, servable, signature, inputs):
        """Returns the outputs of a signature, within the time that there is.

        Raises:
            ServingError: if the time is over, or the images are too large.
        """
        pixels = check_pixels(inputs, self.options.max_pixels)
        try:
            async with asyncio.timeout(self.options.timeout):
                return await servable.compute(signature, inputs, pixels)
        except TimeoutError:
            raise ServingError(
                f"The computation took more than {self.options.timeout:g} s.",
                "DEADLINE_EXCEEDED",
            ) from None

    async def apart(self, size, function, *arguments):
        """Calls a function, in another thread if it has much to do."""
        if size < _HEAVY:
            return function(*arguments)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._heavy, function, *arguments)

    async def _answer(self, address, request):
        which = (address.name, address.version, address.label)
        if address.method == "status":
            return orjson.dumps(self.repository.status(*which))
        servable = self.repository.get(*which)
        if address.method == "metadata":
            return orjson.dumps(_metadata(servable))
        with servable.use():
            async with self.bodies.read(request) as body:
                if address.method == "predict":
                    return await self._predict(servable, body)
                return await self._examples(servable, body, address.method)

    async def _predict(self, servable, body):
        asked = await self.apart(
            len(body), parse_predict, body, servable.signatures
        )
        outputs = await self.timed(servable, asked.signature, asked.inputs)
        size = sum(array.nbytes for array in outputs.values())
        write = predictions if asked.in_rows else columns
        return await self.apart(size, write, outputs)

    async def _examples(self, servable, body, method):
        signature, inputs = await self.apart(
            len(body), parse_examples, body, servable.signatures, method
        )
        outputs = await self.timed(servable, signature, inputs)
        (examples,) = inputs.values()
        return await self.apart(
            sum(array.nbytes for array in outputs.values()),
            *(render, method, outputs, len(examples)),
        )

    def _count(self, address, code, seconds):
        # Names that clients make up would be series for ever.
        known = address.name in self.repository.models
        name = address.name if known else ""
        self.metrics.count(names.REQUESTS, model_name=name, status=code)
        if code == "OK":
            self.metrics.observe(
                names.LATENCY,
                seconds * 1e6,
                model_name=name,
                API=address.method,
                entrypoint="REST",
            )


def _metadata(servable):
    return {
        "model_spec": {
            "name": servable.name,
            "signature_name": "",
            "version": str(servable.version),
        },
        "metadata": {"signature_def": servable.metadata},
    }
