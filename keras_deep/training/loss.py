"""The loss that follows from what a classifier's outputs are."""

import keras

from keras_deep.models.output_kind import INDEPENDENT
from keras_deep.models.output_kind import LOGITS
from keras_deep.models.output_kind import output_kind


def loss_and_metrics(model):
    """Returns the loss of a classifier, and how its accuracy is measured.

    One output stands for the second of two classes.

    Args:
        model: `keras.Model` with outputs of shape `(batch, classes)`.

    Returns:
        Keras loss of classes given as ints, and a list of metrics.

    Raises:
        ValueError: if the outputs are of no kind that a loss is known for.
    """
    kind, outputs = output_kind(model), model.output_shape[-1]
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
        return keras.losses.BinaryCrossentropy(kind == LOGITS), [accuracy]
    if kind == INDEPENDENT:
        raise ValueError(
            f"Expected the {outputs} outputs to be a softmax or logits, as an "
            f"image is of one class. Received: {model.name!r} with a sigmoid "
            "of every output. Use "
            '`classifier_activation="softmax"`, or compile and fit the model '
            "with a loss of your own."
        )
    accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    loss = keras.losses.SparseCategoricalCrossentropy(kind == LOGITS)
    return loss, [accuracy]


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
