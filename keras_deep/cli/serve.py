"""`keras-deep serve`."""

import logging
import pathlib
from typing import Annotated

import typer
from rich.console import Console

from keras_deep.utils.text import print_lines
from keras_deep.utils.text import print_plain


def serve_command(
    base_dir: Annotated[
        pathlib.Path,
        typer.Argument(
            help="A folder of numbered SavedModels, as `export` writes it, or "
            "of several such folders."
        ),
    ],
    name: Annotated[
        str | None,
        typer.Option(help="The model's name, by default that of the folder."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0 for any that is free.")
    ] = 8501,
    host: Annotated[
        str,
        typer.Option(
            help="The address to listen on. Whoever reaches it can use the "
            "models."
        ),
    ] = "127.0.0.1",
    versions: Annotated[
        str, typer.Option(help="latest, all, or numbers: 1,3.")
    ] = "latest",
    label: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[MODEL:]LABEL=VERSION",
            help="Another name of a version, once or more often: stable=2.",
        ),
    ] = None,
    labels: Annotated[
        pathlib.Path | None,
        typer.Option(
            help='A JSON file of labels, {"stable": 2} or '
            '{"MODEL": {"stable": 2}}, which may change.'
        ),
    ] = None,
    batch_size: Annotated[
        int,
        typer.Option(
            min=1, help="The most rows that are computed together; 1 for none."
        ),
    ] = 32,
    batch_timeout_ms: Annotated[
        float,
        typer.Option(
            min=0, help="How long the first row waits for others, if idle."
        ),
    ] = 2.0,
    threads: Annotated[
        int, typer.Option(min=1, help="Batches that are computed at once.")
    ] = 1,
    queue_size: Annotated[
        int, typer.Option(min=1, help="Requests that may wait, before a 503.")
    ] = 1000,
    timeout: Annotated[
        float,
        typer.Option(
            help="Seconds in which a request must arrive, and be answered."
        ),
    ] = 30.0,
    max_request_mb: Annotated[
        float, typer.Option(help="The largest request.")
    ] = 32.0,
    max_megapixels: Annotated[
        float, typer.Option(help="The pixels that are decoded at once.")
    ] = 32.0,
    max_connections: Annotated[
        int, typer.Option(min=1, help="Connections that may be open.")
    ] = 1024,
    poll_seconds: Annotated[
        float, typer.Option(help="How often new versions are looked for.")
    ] = 2.0,
):
    """Serve SavedModels as TF Serving does, with a page to try them.

    For development: in production TF Serving takes the same folder. Ends at
    SIGTERM or Ctrl-C, when all requests are answered.
    """
    from keras_deep.serving import Options
    from keras_deep.serving import serve

    options = Options(
        batch_size=batch_size,
        batch_timeout_ms=batch_timeout_ms,
        threads=threads,
        queue_size=queue_size,
        timeout=timeout,
        max_request_mb=max_request_mb,
        max_megapixels=max_megapixels,
        max_connections=max_connections,
        poll_seconds=poll_seconds,
        versions=versions,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("keras_deep.serving")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    number = serve(
        base_dir,
        name,
        host,
        port,
        _labels(label or (), name or base_dir.resolve().name),
        labels,
        options,
        _announce,
    )
    if number is not None:
        raise typer.Exit(128 + number)


def _labels(words, model):
    found = {}
    for word in words:
        names, equals, version = word.partition("=")
        owner, colon, label = names.rpartition(":")
        if not (equals and label and version.isdecimal()):
            raise ValueError(
                "Expected `--label` to be such as stable=2 or model:stable=2. "
                f"Received: {word}"
            )
        found.setdefault(owner if colon else model, {})[label] = int(version)
    return found


def _announce(server):
    from keras_deep.serving.listening import is_loopback

    print_lines([f"Listening at {server.address}/ (page) and /v1/models"])
    if not is_loopback(server.host):
        print_plain(
            Console(stderr=True),
            f"Warning: {server.host} can be reached from other machines. "
            "There is no encryption and no password: whoever reaches it can "
            "use the models and keep the machine busy.",
            "yellow",
        )
