"""Reads requests, within limits of size, time and memory."""

import asyncio
import contextlib

from keras_deep.serving.errors import ServingError

_HELD = 4  # times the largest request, that all together may have


class Bodies:
    """Reads the bodies of requests and counts the bytes that are held.

    Args:
        options: `Options`.
    """

    def __init__(self, options):
        self._most = options.max_request
        self._timeout = options.timeout
        self.held = 0

    @contextlib.asynccontextmanager
    async def read(self, request):
        """Yields the bytes of a request's body, which count until the end.

        Args:
            request: `starlette.requests.Request`.

        Raises:
            ServingError: if it is too large, too slow or compressed, or if too
                much is held.
        """
        encoding = request.headers.get("content-encoding", "identity")
        if encoding.lower() not in ("", "identity"):
            raise ServingError(
                f"Expected a body without compression. Received: {encoding}",
                status=415,
            )
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._most:
            raise self._too_large(int(length))
        body = bytearray()
        try:
            try:
                async with asyncio.timeout(self._timeout):
                    async for chunk in request.stream():
                        self._hold(body, chunk)
            except TimeoutError:
                raise ServingError(
                    f"Expected the whole request within {self._timeout:g} s. "
                    f"Received: {len(body):,} bytes.",
                    "DEADLINE_EXCEEDED",
                    408,
                ) from None
            yield bytes(body)
        finally:
            self.held -= len(body)

    def _hold(self, body, chunk):
        if len(body) + len(chunk) > self._most:
            raise self._too_large(len(body) + len(chunk))
        if self.held + len(chunk) > _HELD * self._most:
            raise ServingError(
                "The requests that are worked on have all of the memory that "
                "they may have. Try again later.",
                "UNAVAILABLE",
            )
        body += chunk
        self.held += len(chunk)

    def _too_large(self, received):
        return ServingError(
            f"Expected a request of at most {self._most:,} bytes. Received: "
            f"{received:,} or more. Start the server with a larger "
            "--max-request-mb.",
            status=413,
        )
