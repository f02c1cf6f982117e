"""Tops of image classifiers."""

import dataclasses

import keras
from keras import layers

from keras_deep.utils.checks import check_sizes


@dataclasses.dataclass(frozen=True)
class Top:
    """Settings of a top.

    Args:
        classes: int.
        activation: Keras activation of the last layer.
        arguments: dict of the builder's own arguments.
    """

    classes: int
    activation: object
    arguments: dict

    def predictions(self, x, initializer="glorot_uniform", **dense):
        """Applies the last dense layer, which is called `predictions`.

        Args:
            x: tensor of shape `(batch, features)`.
            initializer: Keras initializer of the kernel, or its name.
            **dense: other arguments of `keras.layers.Dense`.

        Raises:
            ValueError: if it has a softmax of one class, which is always 1.
        """
        if self.classes == 1 and is_softmax(self.activation):
            raise ValueError(
                "Expected another activation than a softmax for one class, "
                "which would always be 1. Received: classes=1, activation="
                f'{self.activation!r}. Use "sigmoid", or two classes.'
            )
        # Half precision is too coarse for a loss.
        half = keras.config.dtype_policy().compute_dtype in (
            "float16",
            "bfloat16",
        )
        return layers.Dense(
            self.classes,
            activation=self.activation,
            kernel_initializer=initializer,
            **dense,
            dtype="float32" if half else None,
            name="predictions",
        )(x)


def classifier(x, top, dropout_rate=0.0, neck=None):
    """Applies global average pooling, dropout and the last dense layer.

    Args:
        x: features, an image tensor.
        top: `Top`.
        dropout_rate: float in `[0, 1)`.
        neck: function `x -> tensor` of layers before the last one, or `None`.
    """
    x = pooled(x, "avg")
    if dropout_rate:
        x = layers.Dropout(dropout_rate, name="predictions_drop")(x)
    return top.predictions(neck(x) if neck else x)


def dropout_classifier(x, top, neck=None):
    """Applies `classifier` with the builder's own `dropout_rate`."""
    return classifier(x, top, top.arguments["dropout_rate"], neck)


def pooled(x, pooling):
    """Applies global pooling to features: `None`, `"avg"` or `"max"`."""
    if pooling == "avg":
        return layers.GlobalAveragePooling2D(name="avg_pool")(x)
    if pooling == "max":
        return layers.GlobalMaxPooling2D(name="max_pool")(x)
    return x


def is_softmax(activation):
    """Returns whether what Keras takes for an activation is a softmax."""
    return activation in ("softmax", keras.activations.softmax)


def top_activation(classes, activation):
    """Returns the activation of a last layer: a sigmoid for a single class."""
    # `True` is 1, but is refused elsewhere.
    if classes == 1 and is_softmax(activation):
        return "sigmoid"
    return activation


def check_top(common):
    """Checks the arguments of the top.

    Raises:
        ValueError: if `pooling`, `classes` or the activation is invalid.
    """
    if common["pooling"] not in (None, "avg", "max"):
        raise ValueError(
            'Expected `pooling` to be `None`, `"avg"` or `"max"`. '
            f"Received: pooling={common['pooling']!r}"
        )
    activation = common["classifier_activation"]
    try:
        keras.activations.get(activation)
    except (ValueError, TypeError) as error:
        raise ValueError(
            "Expected `classifier_activation` to be an activation of Keras, "
            '`None` or a function, such as "softmax". Received: '
            f"classifier_activation={activation!r}"
        ) from error
    classes = common["classes"]
    # A bool is an int; `classes=True` would be one class.
    check_sizes(classes=classes)
