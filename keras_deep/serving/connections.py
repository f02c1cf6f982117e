"""Connections with limits of time, which close without losing a request."""

from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol

from keras_deep.serving.errors import ServingError

# Seconds for which an idle connection stays open when the server ends: what
# its client sends meanwhile is answered.
_LEAVING = 1.0
# Seconds in which the rest of a request that was refused early is thrown away:
# its client would otherwise not get to know why.
_LINGERING = 2.0
_REASONS = {400: "Bad Request", 503: "Service Unavailable"}


class Connection(H11Protocol):
    """A connection that does not wait for ever.

    uvicorn has a time limit for idle connections only. Here the head of a
    request must arrive in time, too, and the answer be read.

    Args:
        limits: `Options`.
        others: what uvicorn passes.
    """

    def __init__(self, limits, **others):
        super().__init__(**others)
        self._limits = limits
        self._leaving = False
        self._head = self._reading = None

    @property
    def _idle(self):
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport):
        super().connection_made(transport)
        if len(self.connections) > self._limits.max_connections:
            self._refuse(
                ServingError("Too many connections are open.", "UNAVAILABLE")
            )
        self._watch()

    def connection_lost(self, exc):
        super().connection_lost(exc)
        for timer in (self._head, self._reading):
            if timer is not None:
                timer.cancel()

    def data_received(self, data):
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._leaving:
            self._make_last()
        self._watch()

    def on_response_complete(self):
        super().on_response_complete()
        if self.cycle.more_body and self._head is None:
            self._head = self.loop.call_later(_LINGERING, self._late)

    def pause_writing(self):
        super().pause_writing()
        self._reading = self.loop.call_later(
            self._limits.timeout, self.transport.abort
        )

    def resume_writing(self):
        super().resume_writing()
        if self._reading is not None:
            self._reading.cancel()

    def send_400_response(self, msg):
        self._refuse(ServingError(msg))

    def shutdown(self):
        self._leaving = True
        self._make_last()
        # Idle now, or when the last answer is out.
        self.loop.call_later(_LEAVING, self._leave)

    def _make_last(self):
        """Tells the client, with the answer, that the connection ends."""
        if self.cycle is not None and not self.cycle.response_started:
            self.cycle.keep_alive = False
            self.cycle.scope["headers"].append(CLOSE_HEADER)

    def _leave(self):
        if self._idle and not self.transport.is_closing():
            self.transport.close()

    def _watch(self):
        """Limits the time for the next head, or for what nobody asked for."""
        if not self._idle:
            if self._head is not None:
                self._head.cancel()
                self._head = None
        elif self._head is None and not self.transport.is_closing():
            self._head = self.loop.call_later(self._limits.timeout, self._late)

    def _late(self):
        if self._idle:
            self.transport.abort()

    def _refuse(self, error):
        lines = (
            f"HTTP/1.1 {error.status} {_REASONS[error.status]}",
            "content-type: application/json",
            f"content-length: {len(error.body)}",
            "connection: close",
        )
        head = "\r\n".join((*lines, "", "")).encode("ascii")
        self.transport.write(head + error.body)
        self.transport.close()
