"""Builds and compiles the model of a run, in the scope of its devices."""

import dataclasses

import keras

from keras_deep.layers.normalization import synchronized_scope
from keras_deep.training.build import build_in_precision
from keras_deep.training.check_callbacks import check_monitors
from keras_deep.training.data import describe
from keras_deep.training.data import load_data
from keras_deep.training.filled import filled
from keras_deep.training.filled import metrics_argument
from keras_deep.training.loops import is_own
from keras_deep.training.loss import loss_and_metrics
from keras_deep.training.optimizers import check_optimizer
from keras_deep.training.optimizers import with_scaled_loss
from keras_deep.training.targets import class_weights
from keras_deep.training.targets import has_vectors
from keras_deep.utils.text import print_lines


def prepare(build, data, config, callbacks, place):
    """Loads the data, and builds and compiles the model.

    Args:
        build: as in `fit`.
        data: as in `fit`.
        config: `Config`.
        callbacks: list of Keras callbacks.
        place: `Place`.

    Returns:
        Tuple of the compiled `keras.Model`, the `Data`, and the `Config` with
        what follows from both.

    Raises:
        ValueError: as `fit`.
    """
    if config.seed is not None:
        keras.utils.set_random_seed(config.seed)
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.experimental.enable_op_determinism()
    data = load_data(build, data)
    if place.is_chief:
        print_lines(describe(data))
    check_monitors(callbacks, data.validation is not None)
    synchronized = config.batch_norm == "synchronized"
    with place.scope(), synchronized_scope(synchronized):
        model, precision = build_in_precision(build, data, config.precision)
        place.check(model)
        config = dataclasses.replace(config, precision=precision)
        config = config.with_epochs(len(data.train))
        _compile(model, config, data)
    return model, filled(data, class_weights(config, data)), config


def _compile(model, config, data):
    steps = config.steps(len(data.train))
    optimizer = config.make_optimizer(steps, model)
    check_optimizer(model, optimizer, per_block=is_own(data))
    class_weights(config, data)  # Fails now or never.
    loss, metrics = loss_and_metrics(
        model, config.label_smoothing, has_vectors(data, model)
    )
    optimizer = with_scaled_loss(model, optimizer)
    model.compile(
        optimizer,
        loss,
        **metrics_argument(metrics),
        jit_compile=config.jit_compile,
        steps_per_execution=config.steps_per_execution,
    )
    # TensorFlow traces a step twice that makes variables, those of metrics
    # too, which are therefore no names.
    model.optimizer.build(model.trainable_variables)
