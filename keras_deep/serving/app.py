"""The web application: the REST API, the metrics and the page."""

import functools
import pathlib

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.routing import Route

from keras_deep.serving import metrics as names
from keras_deep.serving.api import Api
from keras_deep.serving.errors import ServingError
from keras_deep.serving.trying import list_models
from keras_deep.serving.trying import try_image

# Nothing from elsewhere, whatever a model's name or label may contain.
_POLICY = (
    "default-src 'none'; img-src blob: data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_PLAIN = "text/plain; version=0.0.4"


def create_app(repository, options, metrics):
    """Returns the ASGI application of a `Repository`.

    Args:
        repository: `Repository`, whose models are loaded.
        options: `Options`.
        metrics: `Metrics`.
    """
    api = Api(repository, options, metrics)
    metrics.gauge(names.QUEUED, lambda: repository.queued_rows)
    metrics.gauge(names.HELD, lambda: api.bodies.held)

    async def models(request):
        response, _ = await api.guarded(lambda: list_models(repository))
        return response

    async def image(request):
        response, _ = await api.guarded(lambda: try_image(api, request))
        return response

    async def monitoring(request):
        return Response(metrics.text(), media_type=_PLAIN)

    async def refused(scope, receive, send):
        response = _refused(Request(scope, receive, send))
        await response(scope, receive, send)

    others = Starlette(
        routes=[
            Route("/", _page),
            Route("/page/models", models),
            Route(
                "/page/models/{name}/versions/{version:int}",
                image,
                methods=["POST"],
            ),
            Route(names.PATH, monitoring),
            Mount("/", refused),
        ],
    )

    async def app(scope, receive, send):
        # As TF Serving, for which /V1/Models is the same. The layers of
        # Starlette would take a tenth of the event loop's time.
        if scope["type"] != "http" or not _is_rest(scope["path"]):
            return await others(scope, receive, send)
        response = await api(Request(scope, receive, send))
        await response(scope, receive, send)

    return app


def _is_rest(path):
    return path.lower().startswith("/v1")


def _refused(request):
    found = ServingError(
        "Expected an address under /v1/models. Received: "
        f"{request.method} {request.url.path}",
        "NOT_FOUND",
    )
    return Response(found.body, found.status, media_type="application/json")


async def _page(request):
    headers = {"Content-Security-Policy": _POLICY}
    return Response(_html(), media_type="text/html", headers=headers)


@functools.cache
def _html():
    return pathlib.Path(__file__).with_name("page.html").read_bytes()
