"""Exchanges the classifier of a model."""

import dataclasses

import keras

from keras_deep.models.card import attach_card
from keras_deep.models.card import card
from keras_deep.models.copying import copied
from keras_deep.models.model import on_card
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import list_models
from keras_deep.models.top import Top
from keras_deep.models.top import check_top
from keras_deep.models.top import top_activation


def replace_top(model, classes, classifier_activation="softmax"):
    """Copies a classifier of images with a new last layer.

    For transfer learning. All other weights, which layers are frozen, and the
    preprocessing are those of `model`; the last layer starts from new weights.
    A model that was built with `include_top=False` and no pooling gets the top
    of its network.

    Example:

    ```python
    model = keras_deep.ResNet50(weights="resnet50.pth")
    model = keras_deep.replace_top(model, classes=5)
    ```

    Args:
        model: `keras.Model` of one of this package's image models.
        classes: int, the number of classes.
        classifier_activation: string, callable or `None`. Activation of the
            last layer; `None` returns logits. With `classes=1`, `"softmax"`
            means `"sigmoid"`.

    Returns:
        `keras.Model` that shares no weights with `model`. It is not compiled.

    Raises:
        ValueError: if `classes` is not a positive int, or `model` is not an
            image model of this package.
    """
    given = {"classes": classes, "classifier_activation": classifier_activation}
    check_top({**given, "pooling": None})
    found = card(model)
    names = [layer.name for layer in model.layers]
    ours = found and found.builder in list_models(kind="image")
    if not ours or "features" not in names:
        raise ValueError(
            "Expected an image model of one of this package's builders. "
            f"Received: {model.name!r}. Of another model, use the layer "
            "before the classifier: `keras.Model(model.input, "
            "model.layers[-2].output)`."
        )
    record = entry_of(found.builder).record
    activation = top_activation(classes, classifier_activation)
    given["classifier_activation"] = activation
    arguments = {**record.defaults, **found.arguments, **given}
    if "predictions" in names:
        last = model.get_layer("predictions")
        body = copied(keras.Model(model.input, last.input))
        x = _again(last, classes, activation)(body.output)
    else:
        body = copied(
            keras.Model(model.input, model.get_layer("features").output)
        )
        own = {k: v for k, v in arguments.items() if k not in record.common}
        x = record.top(body.output, Top(classes, activation, own))
    result = keras.Model(body.input, x, name=model.name)
    arguments = on_card(record, {**arguments, "include_top": True})
    attach_card(
        result,
        dataclasses.replace(
            found, arguments=arguments, class_names=None, training=None
        ),
    )
    return result


def _again(last, classes, activation):
    """Makes a dense layer like the last one, which is trained."""
    config = {
        **last.get_config(),
        "units": classes,
        "activation": activation,
        "trainable": True,
    }
    return type(last).from_config(config)
