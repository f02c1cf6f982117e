"""uvicorn's server, which answers all that it has accepted before it ends."""

import asyncio
import functools
import logging
import math

import uvicorn

from keras_deep.serving.app import create_app
from keras_deep.serving.connections import Connection
from keras_deep.serving.listening import BACKLOG
from keras_deep.serving.listening import accepted
from keras_deep.serving.listening import ignore_new

_IDLE = 75  # seconds that a connection may be idle
_SETTLE = 0.05  # seconds in which accepted sockets become connections


class Server(uvicorn.Server):
    """A server with `address`, the URL at which it listens.

    When a signal tells it to end, it accepts what already waits, answers all,
    and tells clients with open connections to connect elsewhere.

    Args:
        config: `uvicorn.Config`.
        listening: socket.
        started: function of this server, called when it listens.
    """

    def __init__(self, config, listening, started):
        super().__init__(config)
        self.received = None  # the signal
        self._announce = started
        self.host, self.port = listening.getsockname()[:2]
        shown = f"[{self.host}]" if ":" in self.host else self.host
        self.address = f"http://{shown}:{self.port}"

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        self._announce(self)

    def handle_exit(self, sig, frame):
        # uvicorn would raise it again when all is done.
        again = self.should_exit
        super().handle_exit(sig, frame)
        self._captured_signals.clear()
        self.received = sig
        self.force_exit = self.force_exit or again

    async def shutdown(self, sockets=None):
        loop = asyncio.get_running_loop()
        for listening in sockets or ():
            ignore_new(listening)
        await asyncio.sleep(_SETTLE)
        for listening in sockets or ():
            loop.remove_reader(listening.fileno())
            await self._accept_waiting(loop, listening)
        # Those that the loop has accepted before are made connections of.
        await asyncio.sleep(_SETTLE)
        for listening in sockets or ():
            await self._accept_waiting(loop, listening)
        await super().shutdown(sockets=sockets)

    async def _accept_waiting(self, loop, listening):
        make = functools.partial(
            self.config.http_protocol_class,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        for found in accepted(listening):
            await loop.connect_accepted_socket(make, found)


def make_server(repository, listening, options, metrics, started):
    """Returns the `Server` of a `Repository` at a socket.

    Args:
        repository: `Repository`, whose models are loaded.
        listening: socket.
        options: `Options`.
        metrics: `Metrics`.
        started: function of the server, called when it listens.
    """
    # It would tell of every mistake of a client.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        create_app(repository, options, metrics),
        http=functools.partial(Connection, options),
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=math.ceil(options.timeout) + 5,
    )
    return Server(config, listening, started)
