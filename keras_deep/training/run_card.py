"""The card of a run, and the run that a card repeats."""

import dataclasses
import inspect
import platform

import keras

from keras_deep.models.card import Card
from keras_deep.models.card import card_if_clear
from keras_deep.models.card import parse_card
from keras_deep.training.build import NAMED
from keras_deep.training.build import started_from
from keras_deep.training.config import Config
from keras_deep.utils.errors import did_you_mean
from keras_deep.utils.files import existing_file
from keras_deep.version import __version__


def run_card(model, data, config, build):
    """Returns the card of a model that is trained on data.

    Args:
        model: `keras.Model`.
        data: `keras_deep.data.Data`.
        config: `Config`.
        build: what the run was started with: see `build_model`.
    """
    found = card_if_clear(model) or Card(builder=model.name)
    return dataclasses.replace(
        found,
        preprocessing=data.preprocessing,
        class_names=data.class_names and list(data.class_names),
        training={
            "started_from": started_from(build),
            "data": data.arguments,
            "config": dataclasses.asdict(config),
            "versions": _versions(),
        },
    )


def _versions():
    backend = keras.backend.backend()
    versions = {
        "keras_deep": __version__,
        "keras": keras.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "backend": backend,
    }
    if backend in ("tensorflow", "jax"):
        module = __import__(backend)
        versions[backend] = module.__version__
    return versions


def read_run(path, name=None):
    """Reads the card of a run that is to be repeated.

    Args:
        path: string or path of a `result.json`.
        name: string, the network that the user names, or `None` for that of
            the run.

    Returns:
        `Card` whose `training` has `config` and `data`, dicts of arguments of
        `Config` and of `keras_deep.data.load`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no card of a run, has unknown fields, or is of a
            run that started from a ready model or from a function, while no
            network is named.
    """
    path = existing_file(path, "a `result.json`")
    found = parse_card(path.read_bytes(), str(path))
    training = found.training
    if not isinstance(training, dict):
        raise ValueError(
            f"Expected the result of a run in {str(path)!r}. Received: a card "
            "without `training`, as of a network that was not trained here. "
            "Name the network and give its options instead."
        )
    from keras_deep.data import load

    known = [field.name for field in dataclasses.fields(Config)]
    _check(path, "training.config", training.get("config"), known)
    known = list(inspect.signature(load).parameters)
    _check(path, "training.data", training.get("data"), known, ["name"])
    _check(path, "arguments", found.arguments, None)
    start = training.get("started_from", NAMED)
    if name is None and start != NAMED:
        raise ValueError(
            f"Expected a run that was built by name in {str(path)!r}. "
            f"Received: one that started from {start}, which no file of it "
            "holds. Name a network, to train a new one with the run's "
            "settings: `keras-deep train NAME --config ...`."
        )
    _check_config(path, training["config"])
    return found


def _check(path, place, value, known, needed=()):
    """Refuses what is no dict, has other keys than known, or lacks one."""
    if not isinstance(value, dict):
        raise ValueError(
            f"Expected `{place}` in {str(path)!r} to be an object of names "
            f"and values. Received: {value!r}"
        )
    for key in value:
        if known is not None and key not in known:
            raise ValueError(
                f"Expected the keys of `{place}` in {str(path)!r} to be among "
                f"{known}. Received: {key!r}.{did_you_mean(key, known)}"
            )
    for key in needed:
        if key not in value:
            raise ValueError(
                f"Expected `{place}` in {str(path)!r} to have {key!r}. "
                f"Received: {sorted(value)}"
            )


def _check_config(path, given):
    try:
        Config(**given)
    except ValueError as error:
        raise ValueError(f"{error}, in {str(path)!r}.") from error
