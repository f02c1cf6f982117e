"""What a run was called with, and whether another call is the same."""

import dataclasses
import inspect

import keras

from keras_deep.training.build import started_from
from keras_deep.utils.json_text import json_text
from keras_deep.utils.json_text import parse_json

# Where a run is computed, and how often it is saved.
_OF_NO_EFFECT = ("strategy", "checkpoint_steps", "checkpoint_minutes")


def call_of(build, data, config):
    """Returns what decides the result of a run, before anything is loaded.

    Seeds that are drawn are left out, and so is how many devices and workers
    compute it.

    Args:
        build: as in `fit`.
        data: as in `fit`.
        config: `Config`.

    Returns:
        Dict of data of JSON. Functions are represented by their names.
    """
    settings = dataclasses.asdict(config)
    for name in _OF_NO_EFFECT:
        settings.pop(name)
    if settings["precision"] is None:
        settings["precision"] = keras.config.dtype_policy().name
    call = {
        "build": _build(build),
        "data": _data(data),
        "config": settings,
        "backend": keras.backend.backend(),
        "image_data_format": keras.config.image_data_format(),
    }
    return parse_json(json_text(_plain(call)))


def first_difference(recorded, call, place=""):
    """Returns the first place where two calls differ, or `None`.

    Args:
        recorded: data of JSON, the earlier call.
        call: data of JSON, the call of now.
        place: string, where in the call both are.

    Returns:
        Tuple of the place, such as `"config.epochs"`, and both values.
    """
    if not (isinstance(recorded, dict) and isinstance(call, dict)):
        return None if recorded == call else (place, recorded, call)
    for key in {**call, **recorded}:
        found = first_difference(
            recorded.get(key), call.get(key), f"{place}.{key}".lstrip(".")
        )
        if found is not None:
            return found
    return None


def with_seed(data, seed):
    """Returns the data of a run with the seed that was drawn for it then.

    Args:
        data: as in `fit`.
        seed: int. It does not matter where a seed was given.
    """
    if isinstance(data, dict):
        drawn = data.get("seed") is None
        return {**data, "seed": seed} if drawn else data
    if data.reseeded is None:
        return data
    drawn = data.reseeded(seed)
    # Of the others, such as the test images, some may have been taken out.
    return dataclasses.replace(
        data,
        arguments=drawn.arguments,
        train_from=drawn.train_from,
        train=drawn.train,
        reseeded=None,
    )


def _build(build):
    if isinstance(build, str):
        build = (build, {})
    if isinstance(build, tuple) and len(build) == 2:
        return {"name": build[0], "arguments": dict(build[1])}
    # Its weights tell more: those of a checkpoint are compared with them.
    return {"started_from": started_from(build)}


def _data(data):
    if isinstance(data, dict):
        given, drawn = data, data.get("seed") is None
    else:
        given, drawn = data.arguments, data.reseeded is not None
        if not given:  # It was not made by `load`.
            return {"name": data.name, "sizes": data.sizes}
    from keras_deep.data import load

    parameters = inspect.signature(load).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.name != "name"}
    settings = {**defaults, **given}
    settings["name"] = str(settings.get("name"))
    if drawn:
        settings["seed"] = None
    return settings


def _plain(value):
    """Names what JSON has no form for, alike in every process."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "__fspath__"):
        return str(value)
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    name = getattr(value, "__qualname__", type(value).__qualname__)
    return f"{getattr(value, '__module__', '')}.{name}"
