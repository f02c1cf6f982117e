"""Batch normalisation with the framework's fused kernel."""

import contextlib
import contextvars

import keras

from keras_deep import backend
from keras_deep.layers.carrying import Carrying
from keras_deep.layers.stock_named import StockNamed

_DATA_FORMATS = {
    -1: "channels_last",
    3: "channels_last",
    -3: "channels_first",
    1: "channels_first",
}
_synchronized = contextvars.ContextVar("synchronized", default=False)


@contextlib.contextmanager
def synchronized_scope(value=True):
    """Synchronises batch normalisation of networks built in the `with` block.

    Its moments are then those of the batches of all replicas together. On JAX
    they are that anyway.
    """
    token = _synchronized.set(value)
    try:
        yield
    finally:
        _synchronized.reset(token)


def is_synchronized():
    """Returns whether networks that are built now synchronise it."""
    return _synchronized.get() and keras.backend.backend() == "tensorflow"


@keras.saving.register_keras_serializable(package="keras_deep")
class BatchNormalization(Carrying, StockNamed, keras.layers.BatchNormalization):
    """Applies `keras.layers.BatchNormalization`, but faster.

    Arguments, weights, outputs, gradients and moving statistics are those of
    Keras's layer, which computes the moments in separate operations. On
    TensorFlow, outside XLA, image tensors take the fused kernel instead, which
    the runtime fuses further: with a following ReLU in training, and with a
    preceding convolution in inference. With `synchronized` the replicas
    exchange their moments in one message instead of three. All other calls are
    the parent's: other backends, ranks, axes and data types, masks, `renorm`.

    Files name Keras's layer, see `StockNamed`.

    It deviates in one thing: in inference the moving statistics get no
    gradient from the kernel. Nothing trains them.

    Reference:
        [Batch Normalization](https://arxiv.org/abs/1502.03167), ICML 2015.
    """

    # What files open as where this package is not imported.
    portable_class = keras.layers.BatchNormalization

    def call(self, inputs, training=None, mask=None):
        training = bool(training and self.trainable)
        fused = self._fast(inputs, training) if mask is None else None
        if fused is None:
            return super().call(inputs, training=training, mask=mask)
        outputs, mean, variance = fused
        if training:
            self._update(self.moving_mean, mean)
            self._update(self.moving_variance, variance)
        return keras.ops.cast(outputs, self.compute_dtype)

    def _fast(self, inputs, training):
        """Returns outputs, mean and variance, `None` if it is the parent's."""
        if getattr(self, "renorm", False):  # New in Keras 3.15.
            return None
        if self.synchronized and training:
            return self._of_all_replicas(inputs)
        return self._fused(inputs, training)

    def _of_all_replicas(self, inputs):
        axis = self.axis % len(inputs.shape)
        others = [i for i in range(len(inputs.shape)) if i != axis]
        moments = backend.moments_of_replicas(inputs, others)
        if moments is None:
            return None
        outputs = keras.ops.batch_normalization(
            keras.ops.cast(inputs, moments[0].dtype),
            *moments,
            axis,
            offset=self.beta,
            scale=self.gamma,
            epsilon=self.epsilon,
        )
        return outputs, *moments

    def _fused(self, inputs, training):
        """Returns outputs, mean and variance, `None` without a kernel."""
        if len(inputs.shape) != 4 or self.axis not in _DATA_FORMATS:
            return None
        statistics = (self.moving_mean, self.moving_variance)
        return backend.fused_batch_norm(
            inputs,
            self.gamma,
            self.beta,
            None if training else statistics,
            self.epsilon,
            _DATA_FORMATS[self.axis],
        )

    def _update(self, variable, value):
        old = keras.ops.cast(variable, value.dtype)
        variable.assign(old * self.momentum + value * (1.0 - self.momentum))
