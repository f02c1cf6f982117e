"""Tops of image classifiers: from features to classes."""

import dataclasses

import keras
from keras import layers


@dataclasses.dataclass(frozen=True)
class Top:
    """What a top ends in.

    Args:
        classes: int.
        activation: what Keras takes for the activation of the last layer.
        arguments: dict of the builder's own arguments.
    """

    classes: int
    activation: object
    arguments: dict

    def predictions(self, x, initializer="glorot_uniform"):
        """Applies the last dense layer, which is called `predictions`."""
        # Half precision is too coarse for a loss.
        half = keras.config.dtype_policy().compute_dtype in (
            "float16",
            "bfloat16",
        )
        return layers.Dense(
            self.classes,
            activation=self.activation,
            kernel_initializer=initializer,
            dtype="float32" if half else None,
            name="predictions",
        )(x)


def classifier(x, top, dropout_rate=0.0):
    """Averages over the image, drops features, and classifies.

    Args:
        x: features, an image tensor.
        top: `Top`.
        dropout_rate: float in `[0, 1)`.
    """
    x = pooled(x, "avg")
    if dropout_rate:
        x = layers.Dropout(dropout_rate, name="predictions_drop")(x)
    return top.predictions(x)


def pooled(x, pooling):
    """Pools features over the image: `None`, `"avg"` or `"max"`."""
    if pooling == "avg":
        return layers.GlobalAveragePooling2D(name="avg_pool")(x)
    if pooling == "max":
        return layers.GlobalMaxPooling2D(name="max_pool")(x)
    return x


def check_top(common):
    """Refuses arguments of the top that are not what they should be.

    Raises:
        ValueError: if `pooling` or `classes` is something else.
    """
    if common["pooling"] not in (None, "avg", "max"):
        raise ValueError(
            'Expected `pooling` to be `None`, `"avg"` or `"max"`. '
            f"Received: pooling={common['pooling']!r}"
        )
    classes = common["classes"]
    # A bool is an int; `classes=True` would be one class.
    if isinstance(classes, bool) or not isinstance(classes, int) or classes < 1:
        raise ValueError(
            "Expected `classes` to be a positive int. "
            f"Received: classes={classes!r}"
        )
