"""The loss that follows from what a classifier's outputs are."""

import keras

from keras_deep.layers.stock_named import StockNamed
from keras_deep.models.output_kind import INDEPENDENT
from keras_deep.models.output_kind import LOGITS
from keras_deep.models.output_kind import output_kind


def loss_and_metrics(model, label_smoothing=0.0, vectors=False):
    """Returns the loss of a classifier, and how its accuracy is measured.

    One output stands for the second of two classes. With vectors as targets
    every sigmoid of several is a label of its own, of which an image may have
    several; a softmax or logits exclude each other.

    Args:
        model: `keras.Model` with outputs of shape `(batch, classes)`.
        label_smoothing: float in `[0, 1)`, the share of a label that is spread
            over all classes.
        vectors: bool. Whether a target is a vector with a value for each
            class instead of an int.

    Returns:
        Keras loss, and a list of metrics.

    Raises:
        ValueError: if the outputs are of no kind that a loss is known for.
    """
    kind, outputs = output_kind(model), model.output_shape[-1]
    if vectors:
        return _of_vectors(kind, label_smoothing)
    if outputs == 1:
        if kind not in (LOGITS, INDEPENDENT):
            raise ValueError(
                "Expected one output to be a sigmoid or a logit. Received: "
                f"{model.name!r} with a softmax, which is always 1. Use "
                '`classifier_activation="sigmoid"`, or two classes.'
            )
        # A probability of 1/2 is a logit of 0, which Keras does not take.
        threshold = 1e-7 if kind == LOGITS else 0.5
        accuracy = keras.metrics.BinaryAccuracy(
            name="accuracy", threshold=threshold
        )
        loss = keras.losses.BinaryCrossentropy(
            kind == LOGITS, label_smoothing=label_smoothing
        )
        return loss, [accuracy]
    if kind == INDEPENDENT:
        raise ValueError(
            f"Expected the {outputs} outputs to be a softmax or logits, as an "
            f"image is of one class. Received: {model.name!r} with a sigmoid "
            "of every output. Use "
            '`classifier_activation="softmax"`, vectors of 0 and 1 as targets, '
            "or compile and fit the model with a loss of your own."
        )
    accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    loss = SmoothedCrossentropy(kind == LOGITS, label_smoothing)
    if not label_smoothing:
        loss = keras.losses.SparseCategoricalCrossentropy(kind == LOGITS)
    return loss, [accuracy]


def _of_vectors(kind, label_smoothing):
    if kind == INDEPENDENT:
        loss = keras.losses.BinaryCrossentropy(label_smoothing=label_smoothing)
        return loss, [keras.metrics.BinaryAccuracy(name="accuracy")]
    loss = keras.losses.CategoricalCrossentropy(kind == LOGITS, label_smoothing)
    return loss, [keras.metrics.CategoricalAccuracy(name="accuracy")]


class SmoothedCrossentropy(
    StockNamed, keras.losses.SparseCategoricalCrossentropy
):
    """The cross-entropy of labels of which a share is spread over all classes.

    Keras smooths vectors of labels only, not ints. Files name Keras's loss of
    ints without smoothing and open as such: it belongs to the training, whose
    card says it.

    Args:
        from_logits: bool.
        label_smoothing: float in `[0, 1)`.
        **kwargs: see `keras.losses.SparseCategoricalCrossentropy`.
    """

    portable_class = keras.losses.SparseCategoricalCrossentropy

    def __init__(self, from_logits=False, label_smoothing=0.0, **kwargs):
        super().__init__(from_logits, **kwargs)
        self._smoothed = {
            "from_logits": from_logits,
            "label_smoothing": label_smoothing,
        }

    def call(self, y_true, y_pred):
        labels = keras.ops.reshape(y_true, keras.ops.shape(y_pred)[:-1])
        labels = keras.ops.cast(labels, "int32")
        vectors = keras.ops.one_hot(labels, y_pred.shape[-1])
        return keras.losses.categorical_crossentropy(
            vectors, y_pred, **self._smoothed
        )


class OfOutputs(keras.losses.Loss):
    """A loss of the outputs as they are.

    Keras looks for the logits behind probabilities where it has the graph, so
    that a loss would differ between a model and its export, which has none.

    Args:
        loss: `keras.losses.Loss`.
    """

    def __init__(self, loss):
        super().__init__(name=loss.name)
        self._loss = loss

    def call(self, y_true, y_pred):
        return self._loss.call(y_true, keras.ops.multiply(y_pred, 1))
