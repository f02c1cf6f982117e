"""Builds the model to train on a data set."""

import keras

from keras_deep.models.registry import create_model
from keras_deep.models.registry import signature_of


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
    shape = tuple(model.input_shape[1:])
    fits = all(a in (None, b) for a, b in zip(shape, image_shape(data)))
    classes = model.output_shape[-1]
    if not fits or classes != data.classes or len(model.output_shape) != 2:
        raise ValueError(
            f"Expected a model from images of shape {image_shape(data)} to "
            f"{data.classes} classes, as {data.name!r} has. Received: "
            f"{model.name!r} from {shape} to {model.output_shape[1:]}"
        )
    return model


def image_shape(data):
    """Returns the shape of one image in Keras's image data format."""
    height, width, channels = data.shape
    if keras.config.image_data_format() == "channels_last":
        return height, width, channels
    return channels, height, width


def gives_logits(model):
    """Returns whether a classifier ends without an activation."""
    last = getattr(model.layers[-1], "activation", None)
    return last is keras.activations.linear


def _build(build, data):
    if isinstance(build, keras.Model):
        return build
    if isinstance(build, str):
        build = (build, {})
    if isinstance(build, tuple) and len(build) == 2:
        name, arguments = build
        facts = {"input_shape": image_shape(data), "classes": data.classes}
        known = signature_of(name).parameters
        facts = {key: facts[key] for key in facts if key in known}
        return create_model(name, **{**facts, **arguments})
    if callable(build):
        return build()
    raise ValueError(
        "Expected `build` to be a registered name, a pair of a name and its "
        f"arguments, a function or a model. Received: build={build!r}"
    )
