"""Builds the model to train on a data set."""

import contextlib

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.models.registry import create_model
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import signature_of

NAMED = "a registered name"


def build_model(build, data):
    """Builds the model to train on `data`.

    Args:
        build: registered name, pair of a name and a dict of arguments,
            function without arguments, or `keras.Model`. A named network is
            built for the image shape and number of classes of the data unless
            the arguments say otherwise.
        data: `keras_deep.data.Data`.

    Returns:
        `keras.Model`.

    Raises:
        ValueError: if `build` is something else, or the model's input or
            output shape does not fit the data.
    """
    model = _build(build, data)
    check_fits(model, data)
    return model


def check_fits(model, data):
    """Refuses a model whose images or classes are not those of the data.

    Args:
        model: `keras.Model`. A single output stands for two classes.
        data: `keras_deep.data.Data`.

    Raises:
        ValueError: if a shape or the number of classes differs, or the data
            have fewer than two classes.
    """
    wanted = image_shape(data)
    given, outputs = model.input_shape, model.output_shape
    fits = isinstance(given, tuple) and len(given) == 1 + len(wanted)
    fits = fits and all(a in (None, b) for a, b in zip(given[1:], wanted))
    counts = (data.classes, 1) if data.classes == 2 else (data.classes,)
    ends = isinstance(outputs, tuple) and len(outputs) == 2
    if fits and ends and outputs[1] in counts and data.classes > 1:
        return
    advice = ""
    if data.classes < 2:
        advice = ". There is nothing to tell apart: give two classes or more."
    elif fits and ends:
        advice = f". A model for them is built with `classes={data.classes}`."
    raise ValueError(
        f"Expected a model from images of shape {wanted} to {data.classes} "
        f"classes, as {data.name!r} has. Received: {model.name!r} from "
        f"{given[1:]} to {outputs[1:]}{advice}"
    )


@contextlib.contextmanager
def in_precision(precision):
    """A context in which layers have a precision.

    Args:
        precision: string, a dtype policy, or `None` for the global one.
    """
    before = keras.config.dtype_policy()
    if precision is not None:
        keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def build_in_precision(build, data, precision):
    """Builds the model to train, in a precision.

    Args:
        build: see `build_model`.
        data: see `build_model`.
        precision: string, a dtype policy, or `None` for the global one.

    Returns:
        `keras.Model`, and the name of its dtype policy.

    Raises:
        ValueError: if a ready model has another precision than the given one.
    """
    with in_precision(precision):
        model = build_model(build, data)
        wanted = keras.config.dtype_policy().name
    if not isinstance(build, keras.Model):
        return model, wanted
    found = _precision_of(model)
    if precision not in (None, found):
        raise ValueError(
            f"Expected a model that was built in the precision {precision!r}. "
            f"Received: {model.name!r}, which computes in {found!r}. Leave "
            "out `precision`, or build the model after "
            f"`keras.config.set_dtype_policy({precision!r})`."
        )
    return model, found


def _precision_of(model):
    """Returns the dtype policy of the first layer that has weights."""
    layers = (layer for layer in flat_layers(model) if layer.weights)
    return next((x.dtype_policy.name for x in layers), model.dtype_policy.name)


def started_from(build):
    """Returns in words what kind of `build` a run started from.

    Only `NAMED` can be repeated from the run's files.
    """
    if isinstance(build, keras.Model):
        return "a ready model"
    if isinstance(build, (str, tuple)):
        return NAMED
    return "a function"


def image_shape(data):
    """Returns the shape of one image in Keras's image data format."""
    height, width, channels = data.shape
    if keras.config.image_data_format() == "channels_last":
        return height, width, channels
    return channels, height, width


def _check_size(name, data):
    least = getattr(entry_of(name).record, "min_size", 0)
    height, width, _ = data.shape
    if min(height, width) < least:
        raise ValueError(
            f"Expected images with sides of at least {least} for {name}. "
            f"Received: {data.name!r} with images of {height} x {width}; "
            "`image_size` (`--image-size`) gives another size."
        )


def _build(build, data):
    if isinstance(build, keras.Model):
        return build
    if isinstance(build, str):
        build = (build, {})
    if isinstance(build, tuple) and len(build) == 2:
        name, arguments = build
        facts = {"input_shape": image_shape(data), "classes": data.classes}
        if "input_shape" not in arguments:
            _check_size(name, data)
        known = signature_of(name).parameters
        facts = {key: facts[key] for key in facts if key in known}
        return create_model(name, **{**facts, **arguments})
    if callable(build):
        return build()
    raise ValueError(
        "Expected `build` to be a registered name, a pair of a name and its "
        f"arguments, a function or a model. Received: build={build!r}"
    )
