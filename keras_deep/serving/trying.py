"""What the page asks for: the models, and the classes of a picture."""

import functools
import pathlib
import time

import numpy as np
import orjson

from keras_deep.export.prediction import probabilities
from keras_deep.export.saved_model import CARD_ASSET
from keras_deep.export.saved_model import OUTPUT_ASSET
from keras_deep.models.card import parse_card
from keras_deep.serving.errors import ServingError
from keras_deep.serving.images import check_pixels
from keras_deep.serving.signatures import describe
from keras_deep.utils.json_text import parse_json

_TOP = 5
_DEFAULT = "serving_default"


async def list_models(repository):
    """Returns JSON: all models with their versions, the newest first."""
    found = []
    for name, model in sorted(repository.models.items()):
        states = model.status()["model_version_status"]
        for state in states:
            number = int(state["version"])
            state["labels"] = sorted(
                label for label, x in model.labels.items() if x == number
            )
            if number in model.available:
                servable = model.get(number)
                state["signatures"] = _signatures(servable)
                state["pictures"] = _form(servable) is not None
        found.append({"name": name, "versions": states})
    return orjson.dumps(found)


def _signatures(servable):
    return {
        name: {
            "inputs": {k: describe(x) for k, x in one.inputs.items()},
            "outputs": {k: describe(x) for k, x in one.outputs.items()},
        }
        for name, one in sorted(servable.signatures.items())
        if one.compute is not None
    }


async def try_image(api, request):
    """Returns JSON: the classes of the picture in a request's body.

    Raises:
        ServingError: if the model takes no pictures, or this is none.
    """
    name = request.path_params["name"]
    servable = api.repository.get(name, request.path_params["version"])
    with servable.use():
        form = _form(servable)
        if form is None:
            raise ServingError(
                "Expected a model with a signature of encoded images and "
                "`scores`, or one whose card says how images are prepared. "
                f"Received: {name}, which has neither."
            )
        async with api.bodies.read(request) as body:
            start = time.perf_counter()
            rows = await form(api, servable, body)
            seconds = time.perf_counter() - start
    classes = [{"name": label, "score": score} for label, score in rows]
    return orjson.dumps({"classes": classes, "milliseconds": 1000 * seconds})


def _form(servable):
    """Returns the function that classifies a picture, `None` without one."""
    for name, signature in sorted(
        servable.signatures.items(), key=lambda pair: pair[0] != "serving_bytes"
    ):
        if signature.compute is None or "scores" not in signature.outputs:
            continue
        inputs = list(signature.inputs.values())
        if (
            signature.method.endswith("/predict")
            and len(inputs) == 1
            and inputs[0].dtype == object
            and inputs[0].shape in ((None,), None)
        ):
            return functools.partial(_by_bytes, name)
    signature = servable.signatures.get(_DEFAULT)
    if signature is None or signature.compute is None:
        return None
    inputs, outputs = signature.inputs.values(), signature.outputs.values()
    (tensor, *others), (output, *more) = inputs, outputs
    card = _card(servable.path)
    if (
        others
        or more
        or tensor.dtype != np.float32
        or len(tensor.shape or ()) != 4
        or len(output.shape or ()) != 2
        or card is None
        or card.preprocessing is None
    ):
        return None
    return _by_card


async def _by_bytes(name, api, servable, body):
    """The graph decodes the picture and knows the names of the classes."""
    signature = servable.signatures[name]
    content = np.empty(1, object)
    content[0] = body
    inputs = {next(iter(signature.inputs)): content}
    outputs = await api.timed(servable, signature, inputs)
    problem = outputs.get("error")
    if problem is not None and problem.size and problem.flat[0]:
        raise ServingError(problem.flat[0].decode("utf-8", "replace"))
    scores = outputs["scores"].reshape(-1)
    labels = outputs.get("classes", outputs.get("class_ids"))
    labels = range(len(scores)) if labels is None else labels.reshape(-1)
    named = [_text(label) for label in labels]
    best = np.argsort(-scores, kind="stable")[:_TOP]
    return [(named[i], float(scores[i])) for i in best]


async def _by_card(api, servable, body):
    """The picture is decoded here, as the card of the model says."""
    from keras_deep.data import decode_image
    from keras_deep.data import preprocess

    content = np.empty(1, object)
    content[0] = body
    check_pixels({"image": content}, api.options.max_pixels)
    card = _card(servable.path)
    try:
        image = decode_image(body, card.preprocessing)
    except ValueError as error:
        raise ServingError(str(error)) from None
    signature = servable.signatures[_DEFAULT]
    ((name, tensor),) = signature.inputs.items()
    array = preprocess(image[None], card.preprocessing).astype(tensor.dtype)
    tensor.check(name, array)
    outputs = await api.timed(servable, signature, {name: array})
    (found,) = outputs.values()
    (scores,) = probabilities(found.astype("float32"), _kind(servable.path))
    names = card.class_names or []
    if len(names) != len(scores):
        names = list(map(str, range(len(scores))))
    best = np.argsort(-scores, kind="stable")[:_TOP]
    return [(names[i], float(scores[i])) for i in best]


def _card(path):
    file = pathlib.Path(path) / CARD_ASSET
    try:
        return parse_card(file.read_bytes(), str(file))
    except (OSError, ValueError):
        return None


def _kind(path):
    try:
        text = (pathlib.Path(path) / OUTPUT_ASSET).read_bytes()
        return parse_json(text).get("output")
    except (OSError, ValueError):
        return None


def _text(label):
    if isinstance(label, bytes):
        return label.decode("utf-8", "replace")
    return str(label)
