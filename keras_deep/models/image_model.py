"""What all image classifiers share: input, top, weights, registration."""

import functools
import inspect

import keras
from keras import layers

from keras_deep.layers.conv import CONVENTIONS
from keras_deep.layers.conv import convention_scope
from keras_deep.layers.conv import resolve_convention
from keras_deep.models.card import Card
from keras_deep.models.card import attach_card
from keras_deep.models.registry import Description
from keras_deep.models.registry import bind
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import register
from keras_deep.models.weights import prepare_weights

# Shape of one image, channels last, and number of classes.
DATASETS = {
    "imagenet": ((224, 224, 3), 1000),
    "cifar10": ((32, 32, 3), 10),
    "mnist": ((28, 28, 1), 10),
}

COMMON = {
    "convention": None,
    "include_top": True,
    "weights": None,
    "input_shape": None,
    "pooling": None,
    "classes": None,
    "classifier_activation": "softmax",
    "name": None,
}

COMMON_ARGS = """
Args of every image model:
    convention: string, whose details the network follows: {conventions}.
        `None` is the first.
    include_top: bool. Whether to add global pooling and the classifier.
    weights: `None` for random initialisation, or a file of weights of this
        network and convention: a path (`.keras`, `.weights.h5`, `.h5`,
        `.pth`, `.safetensors`, `.npz`, `.caffemodel`), a name on a hub
        (`"hf://timm/resnet50.a1_in1k"`,
        `"torchvision://ResNet50_Weights.IMAGENET1K_V2"`) or an address. The
        classifier keeps its initial weights where the file has another number
        of classes.
    input_shape: tuple, the shape of one image; sides may be `None`. `None` is
        {shape}, in Keras's image data format.
    pooling: `None`, `"avg"` or `"max"`: pooling of the features when
        `include_top=False`. With `None` the output is a 4D tensor.
    classes: int, the number of classes. `None` is {classes}.
    classifier_activation: string, callable or `None`. Activation of the
        classifier; `None` returns logits.
    name: string, the name of the model.

Returns:
    A `keras.Model` from images of shape `(batch, *input_shape)` to
    probabilities of shape `(batch, classes)`, or to features.
"""


def image_model(family, dataset, conventions=None, min_size=8):
    """Makes a model builder of a function `(inputs, ...) -> features`.

    The builder takes the function's own arguments, then those of
    `COMMON_ARGS` by keyword, and is registered under the function's name. It
    calls the function with the convention in force.

    Args:
        family: string, for `list_models(family=...)`.
        dataset: key of `DATASETS`, or a function that gives it from a dict of
            the builder's arguments.
        conventions: key of the table of conventions, or a function that gives
            it from a dict of the builder's arguments. `None` is `family`.
        min_size: int, the smallest height and width that the network takes.
    """
    dataset_of = _constant(dataset)
    table_of = _constant(conventions or family)

    def decorate(features_of):
        name = features_of.__name__
        signature = _signature(features_of)
        defaults = bind(name, signature, (), {}).arguments

        @functools.wraps(features_of)
        def build(*args, **kwargs):
            arguments = bind(name, signature, args, kwargs).arguments
            table = table_of(arguments)
            convention = resolve_convention(table, arguments["convention"])
            shape, classes = DATASETS[dataset_of(arguments)]
            top = {key: arguments[key] for key in COMMON}
            own = {k: v for k, v in arguments.items() if k not in COMMON}
            if top["classes"] is None:
                top["classes"] = classes
            top["name"] = top["name"] or name.lower()
            _check_top(top)
            load = top["weights"] and prepare_weights(top["weights"])
            inputs = _image_input(top["input_shape"], shape, min_size)
            with convention_scope(table, convention):
                x = features_of(inputs, **own)
            model = _classifier(inputs, x, top)
            resolved = _resolved(arguments, defaults)
            attach_card(model, Card(name, resolved, convention))
            if load is not None:
                load(model)
            return model

        def describe(given):
            arguments = {**defaults, **given}
            dataset = dataset_of(arguments)
            doc = inspect.cleandoc(features_of.__doc__) + COMMON_ARGS.format(
                conventions=", ".join(
                    f'`"{c}"`' for c in CONVENTIONS[table_of(arguments)]
                ),
                shape=DATASETS[dataset][0],
                classes=DATASETS[dataset][1],
            )
            return Description(dataset, table_of(arguments), doc)

        build.__signature__ = signature
        return register(build, family, describe)

    return decorate


def default_shape(name, arguments, channels):
    """Returns the default shape of one image, with other channels.

    Args:
        name: string, a registered image model.
        arguments: dict of arguments of its builder.
        channels: int.
    """
    shape, _ = DATASETS[entry_of(name).describe(arguments).dataset]
    return in_data_format(*shape[:2], channels)


def in_data_format(height, width, channels):
    """Returns the shape of an image in Keras's image data format."""
    if keras.config.image_data_format() == "channels_last":
        return (height, width, channels)
    return (channels, height, width)


def _constant(value):
    return value if callable(value) else lambda arguments: value


def _signature(features_of):
    own = list(inspect.signature(features_of).parameters.values())[1:]
    common = [
        inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=value)
        for key, value in COMMON.items()
    ]
    return inspect.Signature(own + common)


def _resolved(arguments, defaults):
    """Returns the network's own arguments, and what else is not a default."""
    return {
        key: _plain(value)
        for key, value in arguments.items()
        if key not in COMMON
        or (key not in ("weights", "convention") and value != defaults[key])
    }


def _plain(value):
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return getattr(value, "__name__", value)


def _check_top(top):
    if top["pooling"] not in (None, "avg", "max"):
        raise ValueError(
            'Expected `pooling` to be `None`, `"avg"` or `"max"`. '
            f"Received: pooling={top['pooling']!r}"
        )
    if not isinstance(top["classes"], int) or top["classes"] < 1:
        raise ValueError(
            "Expected `classes` to be a positive int. "
            f"Received: classes={top['classes']!r}"
        )


def _image_input(input_shape, default, min_size):
    channels_last = keras.config.image_data_format() == "channels_last"
    if input_shape is None:
        input_shape = in_data_format(*default)
    sides = input_shape[:2] if channels_last else input_shape[1:]
    if len(input_shape) != 3 or any(s and s < min_size for s in sides):
        order = "(height, width, channels)"
        if not channels_last:
            order = "(channels, height, width)"
        raise ValueError(
            f"Expected `input_shape` to be {order}, with a height and a width "
            f"of at least {min_size} or `None`. "
            f"Received: input_shape={tuple(input_shape)}"
        )
    return keras.Input(tuple(input_shape), name="image")


def _classifier(inputs, x, top):
    x = layers.Identity(name="features")(x)
    if top["include_top"] or top["pooling"] == "avg":
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    elif top["pooling"] == "max":
        x = layers.GlobalMaxPooling2D(name="max_pool")(x)
    if top["include_top"]:
        # Half precision is too coarse for a loss.
        half = keras.config.dtype_policy().compute_dtype in (
            "float16",
            "bfloat16",
        )
        x = layers.Dense(
            top["classes"],
            activation=top["classifier_activation"],
            dtype="float32" if half else None,
            name="predictions",
        )(x)
    return keras.Model(inputs, x, name=top["name"])
