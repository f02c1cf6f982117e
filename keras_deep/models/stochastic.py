"""Inference by the mean of many random passes."""

import contextlib

import keras

from keras_deep.layers.stacks.shared import has_statistics
from keras_deep.models.parts import parts_of
from keras_deep.models.parts import units_of
from keras_deep.utils.checks import check_sizes


def predict_stochastic(model, x, samples=30, batch_size=32):
    """Predicts the mean of passes in which random layers are active.

    Dropout, stochastic depth, swapout and noise draw as in training; batch
    normalisation uses its moving statistics, and nothing is changed but the
    states of the random generators.

    Args:
        model: `keras.Model`.
        x: inputs, as `model.predict` takes them.
        samples: int, the number of passes; the paper of swapout has 30.
        batch_size: int, images at a time. Stochastic depth draws once for all
            of them.

    Returns:
        Array, or structure of arrays, as `model.predict` returns it: for a
        classifier the mean of the probabilities, of shape `(n, classes)`.

    Raises:
        ValueError: if `samples` is not a positive int.

    Reference:
        [Swapout: Learning an ensemble of deep architectures](
        https://arxiv.org/abs/1605.06465), section 3.
    """
    check_sizes(samples=samples)
    passes, total = _Passes(model), None
    with _fixed_statistics(model):
        for _ in range(samples):
            found = passes.predict(x, batch_size=batch_size, verbose=0)
            if total is None:
                total = found
            else:
                total = keras.tree.map_structure(_sum, total, found)
    return keras.tree.map_structure(lambda array: array / samples, total)


class _Passes(keras.Model):
    """Computes in inference what a model computes in training."""

    def __init__(self, network):
        super().__init__(name="passes")
        self.network = network

    def call(self, inputs):
        return self.network(inputs, training=True)


@contextlib.contextmanager
def _fixed_statistics(model):
    """Freezes layers with statistics, which they then do not change.

    Layer by layer in stacks too, of which the user may have frozen some.
    """
    units = [
        unit
        for unit in units_of(parts_of(model))
        if unit.layer.trainable and has_statistics(unit.layer)
    ]
    for unit in units:
        unit.set(False)
    try:
        yield
    finally:
        for unit in units:
            unit.set(True)


def _sum(a, b):
    return a + b
