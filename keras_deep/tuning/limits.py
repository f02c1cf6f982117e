"""Limits on what a candidate of a search may cost."""

import concurrent.futures
import dataclasses
import random
import statistics
import time

import keras
import numpy as np

from keras_deep.analysis.profile import profile
from keras_deep.utils.checks import check_numbers

_REPEATS = 10


@dataclasses.dataclass(frozen=True)
class Limits:
    """The most that a network may cost; `None` is no limit.

    Args:
        max_parameters: int, trainable parameters.
        max_multiply_adds: int, for one image, as `keras_deep.profile` counts.
        max_activation_memory: number of bytes of all outputs of layers for a
            batch, which a training step keeps: see `keras_deep.profile`.
        max_latency: float, seconds in which one image is predicted on this
            machine: the median of 10 calls after a warm-up.

    Raises:
        ValueError: if a limit is no positive number.
    """

    max_parameters: int | None = None
    max_multiply_adds: int | None = None
    max_activation_memory: float | None = None
    max_latency: float | None = None

    def __post_init__(self):
        for name, limit in vars(self).items():
            if limit is None:
                continue
            check_numbers(**{name: limit})
            if limit <= 0:
                raise ValueError(
                    f"Expected `{name}` to be positive, or None. Received: "
                    f"{name}={limit!r}"
                )

    def reason(self, build, batch_size=128):
        """Returns why a network is over a limit, or `None` if it is not.

        The network is counted without its weights being made. Only for the
        latency it is built, and only if it is within the other limits.

        Args:
            build: function that returns the `keras.Model`.
            batch_size: int, images of a step, for the activation memory.
        """
        counted = (
            self.max_parameters,
            self.max_multiply_adds,
            self.max_activation_memory,
        )
        if any(limit is not None for limit in counted):
            total = profile_of(build, batch_size)
            values = (
                total.trainable,
                total.multiply_adds,
                total.activation_bytes,
            )
            words = (
                "trainable parameters",
                "multiply-adds",
                f"bytes of activations in a batch of {batch_size}",
            )
            for name, value, word in zip(vars(self), values, words):
                limit = getattr(self, name)
                if limit is not None and value > limit:
                    return f"{value:,} {word}, over {name}={limit:,}"
        if self.max_latency is None:
            return None
        seconds = latency(build())
        if seconds <= self.max_latency:
            return None
        return (
            f"{seconds:.4g} seconds for an image, over "
            f"max_latency={self.max_latency:g}"
        )


def profile_of(build, batch_size):
    """Returns what a network costs, without making its weights.

    Args:
        build: function that returns the `keras.Model`.
        batch_size: int, for the activation memory.

    Returns:
        The total `Row` of `keras_deep.profile`.
    """
    policy = keras.config.dtype_policy()

    def count():
        keras.config.set_dtype_policy(policy)
        with keras.StatelessScope(initialize_variables=False):
            return profile(build(), batch_size).total

    # Keras's global state is that of a thread. In another one the names of
    # the layers and the variables without a value leave no trace, nor does a
    # strategy make variables. Layers draw seeds from Python's generator.
    state = random.getstate()
    try:
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            return thread.submit(count).result()
    finally:
        random.setstate(state)


def latency(model, repeats=_REPEATS):
    """Returns the seconds in which a model predicts a single input.

    Args:
        model: `keras.Model` with fixed sides.
        repeats: int, calls of which the median counts.
    """
    x = np.zeros((1, *model.input_shape[1:]), "float32")
    model.predict_on_batch(x)
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        np.asarray(model.predict_on_batch(x))
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)
