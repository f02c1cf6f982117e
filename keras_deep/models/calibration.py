"""Estimates the moving statistics of batch normalisation anew."""

import contextlib

import keras
import numpy as np

from keras_deep import backend
from keras_deep.layers.statistics import statistics
from keras_deep.models.batches import batches_of


def calibrate(model, data, steps=None, batch_size=32):
    """Estimates the statistics of batch normalisation anew, over a data set.

    Each moving mean and variance becomes the average of the batches' own, in
    which every image counts the same. No earlier value takes part, and while
    they are estimated every layer normalises with the statistics of its batch,
    as in training, so that a layer far down a deep network is not fed what
    wrong statistics above it make of the images. Nothing else changes: no
    weight, and no statistics of a layer that is frozen. A layer that a model
    calls several times gets those of the last call.

    A fresh network whose statistics are still 0 and 1 multiplies its
    activations in every block: from some 450 layers on `predict` gives NaN, or
    the same scores for every image, until it was trained or calibrated.
    Averaged weights (`training.Config(ema=...)`,
    `keras.callbacks.SwapEMAWeights`, or those of several checkpoints) need
    statistics of their own.

    Not to be confused with the calibration of probabilities, nor with that of
    quantisation.

    Example:

    ```python
    model = keras_deep.CifarResNet(depth=1202)
    keras_deep.calibrate(model, x_train[:1000])  # (1000, 32, 32, 3)
    ```

    Args:
        model: `keras.Model`, of ordinary layers or stacked.
        data: images as the model is trained on, normalised: a
            `tf.data.Dataset`, a `keras.utils.PyDataset` or another iterable
            of batches, or one array (several inputs: a list or dict of
            arrays). Of a batch `(x, y)` or `(x, y, sample_weight)` only `x`
            counts, as of a tuple of arrays.
        steps: int, the number of batches, or `None` for all.
        batch_size: int, images of a batch, if `data` are arrays.

    Returns:
        `model`, which has changed.

    Raises:
        ValueError: if there are no batches or endlessly many, or the
            statistics of a batch are not finite.
    """
    found = statistics(model)
    batches = batches_of(data, steps, batch_size)
    variables = [v for record in found for v in record[1:]]
    if not variables:
        return model
    with _without_momentum(found):
        means, unchanged = _averages(model, variables, batches)
    for variable, mean, same in zip(variables, means, unchanged):
        if not same:  # Else the layer is frozen.
            variable.assign(mean)
    return model


@contextlib.contextmanager
def _without_momentum(found):
    """Makes new statistics those of the last batch alone."""
    before = [record.layer.momentum for record in found]
    try:
        for record in found:
            record.layer.momentum = 0.0
        yield
    finally:
        for record, momentum in zip(found, before):
            record.layer.momentum = momentum


def _averages(model, variables, batches):
    """Returns arrays, and whether each was the variable's in all batches."""
    places = {id(v): i for i, v in enumerate(model.non_trainable_variables)}
    places = [places[id(variable)] for variable in variables]
    trainable, others = (
        [keras.ops.convert_to_tensor(variable) for variable in held]
        for held in (model.trainable_variables, model.non_trainable_variables)
    )
    for place in places:
        # 0 times NaN is NaN.
        others[place] = keras.ops.nan_to_num(others[place], 0.0, 0.0, 0.0)
    first = [keras.ops.convert_to_numpy(others[place]) for place in places]

    def step(trainable, others, x):
        return model.stateless_call(trainable, others, x, training=True)[1]

    step = backend.compiled(step)
    sums = [np.zeros(array.shape) for array in first]
    unchanged, total = [True] * len(first), 0
    for number, x in enumerate(batches, 1):
        others = step(trainable, others, x)
        images = keras.tree.flatten(x)[0].shape[0]
        total += images
        for i, place in enumerate(places):
            value = keras.ops.convert_to_numpy(others[place])
            _check_finite(value, variables[i], number)
            unchanged[i] = unchanged[i] and np.array_equal(value, first[i])
            sums[i] += np.float64(value) * images
    if not total:
        raise ValueError(
            "Expected `data` with a batch or more. Received: none."
        )
    return [array / total for array in sums], unchanged


def _check_finite(value, variable, number):
    if not np.isfinite(value).all():
        raise ValueError(
            "Expected finite statistics. Received: values in "
            f"{variable.path!r} that are not, of batch {number}. Look for "
            "images, or weights, that are not finite."
        )
