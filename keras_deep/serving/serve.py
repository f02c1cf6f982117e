"""Starts a server and ends it without losing a request."""

import asyncio
import contextlib
import gc

from keras_deep.serving.listening import listen
from keras_deep.serving.metrics import CONNECTIONS
from keras_deep.serving.metrics import Metrics
from keras_deep.serving.options import Options
from keras_deep.utils.extras import require


def serve(
    base_dir,
    name=None,
    host="127.0.0.1",
    port=8501,
    labels=None,
    labels_file=None,
    options=None,
    started=lambda server: None,
):
    """Serves SavedModels as TF Serving does, until SIGTERM or SIGINT.

    New versions are loaded while the old ones answer. It is meant for
    development: TF Serving takes the same folder.

    Args:
        base_dir: path of a folder with numbered SavedModels, or of one with
            such a folder for each of several models.
        name: string, the model's, by default that of the folder.
        host: string, the address to listen on. Whoever reaches it can use the
            models: there is no encryption and no password.
        port: int, 0 for any that is free.
        labels: dict of model to a dict of label to version.
        labels_file: path of a JSON file with the same, or with the labels of
            the only model, which may change.
        options: `Options`.
        started: function of the `Server`, called when it listens.

    Returns:
        int, the signal that ended it.

    Raises:
        ImportError: if starlette or uvicorn is not installed.
        FileNotFoundError: if `base_dir` does not exist.
        OSError: if the port is in use.
        ValueError: if no model can be served.
    """
    for module in ("starlette", "uvicorn", "orjson"):
        require(module, "serve")
    require("tensorflow", "tensorflow")
    options = options or Options()
    metrics = Metrics()

    from keras_deep.serving.repository import Repository

    _freeze_modules()
    repository = Repository(
        base_dir, name, labels, labels_file, options, metrics
    )
    with listen(host, port) as listening:
        return run_loop(run(repository, listening, options, metrics, started))


def run_loop(coroutine):
    """Runs a coroutine in the fastest event loop that there is."""
    try:
        import uvloop
    except ImportError:  # On Windows there is none.
        return asyncio.run(coroutine)
    return uvloop.run(coroutine)


def _freeze_modules():
    """Keeps the collector of garbage from looking at all of TensorFlow.

    A request's lists would make it look again and again, 0.2 s each time in
    which nobody is answered. Models are loaded later: they may end.
    """
    import tensorflow  # noqa: F401

    gc.collect()
    gc.freeze()


async def run(repository, listening, options, metrics, started):
    """Serves the models of a `Repository` until a signal comes.

    Args:
        repository: `Repository`.
        listening: socket.
        options: `Options`.
        metrics: `Metrics`.
        started: function of the `Server`, called when it listens.

    Returns:
        int, the signal.
    """
    from keras_deep.serving.server import make_server

    await repository.update()
    require_versions(repository)
    server = make_server(repository, listening, options, metrics, started)
    metrics.gauge(CONNECTIONS, lambda: len(server.server_state.connections))
    watching = asyncio.create_task(repository.watch())
    try:
        await server.serve(sockets=[listening])
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await repository.close()
    return server.received


def require_versions(repository):
    """Refuses to serve nothing.

    Raises:
        ValueError: if no version of any model is loaded; it says why.
    """
    models = repository.models
    if any(model.available for model in models.values()):
        return
    why = [
        f"{name}, version {state['version']}: "
        f"{state['status']['error_message']}"
        for name, model in models.items()
        for state in _states(model)
    ]
    raise ValueError(
        "Expected a SavedModel that can be loaded. Received: "
        f"{'; '.join(why) or 'none of the wanted versions'}"
    )


def _states(model):
    from keras_deep.serving.errors import ServingError

    try:
        return model.status()["model_version_status"]
    except ServingError:
        return []
