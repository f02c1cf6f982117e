"""A local web server that can simulate failures."""

import contextlib
import http.server
import threading
from typing import Any
from typing import NamedTuple


def without_proxies(monkeypatch):
    """Removes proxies from the environment, so that requests stay local."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class Page(NamedTuple):
    """The server's response at a path.

    Args:
        body: bytes.
        status: int.
        headers: dict.
        sent: int, the bytes of the body that are sent before the connection
            closes, or `None` for all.
        wait: `threading.Event` to wait for before sending, or `None`.
    """

    body: bytes = b""
    status: int = 200
    headers: dict = {}
    sent: int | None = None
    wait: Any = None


class Server:
    """Serves `pages`, a dict of path to `Page`, and records `requests`.

    Each request is a pair of its line, such as `"GET /model.pth"`, and its
    headers.
    """

    def __init__(self):
        self.pages, self.requests = {}, []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                owner.answer(self)

            do_HEAD = do_GET

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler
        )
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def answer(self, handler):
        self.requests.append(
            (f"{handler.command} {handler.path}", dict(handler.headers))
        )
        page = self.pages.get(handler.path, Page(status=404))
        if page.wait:
            page.wait.wait(30)
        handler.send_response(page.status)
        for key, value in page.headers.items():
            handler.send_header(key, value)
        handler.send_header("Content-Length", str(len(page.body)))
        handler.end_headers()
        if handler.command == "GET":
            with contextlib.suppress(OSError):
                handler.wfile.write(page.body[: page.sent])

    def lines(self, method):
        """Returns the requested paths of a method."""
        lines = [line.split() for line, _ in self.requests]
        return [path for used, path in lines if used == method]

    def close(self):
        """Stops the server; its address then refuses connections."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
