"""A running server, and a client."""

import concurrent.futures
import contextlib
import http.client
import json
import threading

from keras_deep.serving.listening import listen
from keras_deep.serving.metrics import Metrics
from keras_deep.serving.options import Options
from keras_deep.serving.repository import Repository
from keras_deep.serving.serve import run
from keras_deep.serving.serve import run_loop

OPTIONS = {"poll_seconds": 0.1, "timeout": 20.0, "versions": "all"}


class Client:
    """A client of the server at a port, with one connection.

    Each call returns the status and the document of the answer.
    """

    def __init__(self, port, timeout=60):
        self.port = port
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=timeout
        )

    def send(self, verb, path, body=None, headers=None):
        """Returns the status, the headers and the bytes of an answer."""
        self._connection.request(verb, path, body, headers or {})
        answer = self._connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def get(self, path):
        status, _, body = self.send("GET", path)
        return status, json.loads(body)

    def post(self, path, document):
        if not isinstance(document, bytes):
            document = json.dumps(document).encode()
        status, _, body = self.send("POST", path, document)
        return status, json.loads(body)

    def predict(self, document, which="m"):
        return self.post(f"/v1/models/{which}:predict", document)

    def close(self):
        self._connection.close()


@contextlib.contextmanager
def running(base, name="m", labels=None, labels_file=None, **options):
    """Yields a `Client` of a server in a thread, with its `server`."""
    options = Options(**{**OPTIONS, **options})
    started = concurrent.futures.Future()

    def work():
        try:
            metrics = Metrics()
            repository = Repository(
                base, name, labels, labels_file, options, metrics
            )
            with listen("127.0.0.1", 0) as listening:
                run_loop(
                    run(
                        repository,
                        listening,
                        options,
                        metrics,
                        lambda server: started.set_result((server, repository)),
                    )
                )
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        server, repository = started.result(60)
        client = Client(server.port)
        client.server, client.repository = server, repository
        try:
            yield client
        finally:
            client.close()
            server.should_exit = True
    finally:
        thread.join(60)
        assert not thread.is_alive()
