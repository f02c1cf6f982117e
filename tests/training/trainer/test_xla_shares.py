"""Shares of fixed size, and what is refused, with `jit_compile=True`."""

import functools
from unittest import mock

import keras
import numpy as np
import pytest

from keras_deep.training.trainer.batches import Batches
from keras_deep.training.trainer.checks import check_model
from keras_deep.training.trainer.datasets import shared_out
from keras_deep.training.trainer.steps import Steps
from tests.support.backends import only_tensorflow

tf = pytest.importorskip("tensorflow")
pytestmark = only_tensorflow("Strategies of TensorFlow.")
TWO = mock.Mock(num_replicas_in_sync=2)


def batches(size, drop_remainder):
    images = tf.data.Dataset.from_tensors(np.zeros((8, 8, 3), "float32"))
    labeled = tf.data.Dataset.zip((images, tf.data.Dataset.range(1)))
    return labeled.repeat(20).batch(size, drop_remainder=drop_remainder)


def numbered(examples, size):
    images = tf.zeros((examples, 8, 8, 3))
    found = tf.data.Dataset.from_tensor_slices((images, tf.range(examples)))
    return found.batch(size)


def of_epoch(data, epoch):
    return data


def build(jit_compile, **options):
    layers = [
        keras.layers.Flatten(),
        keras.layers.BatchNormalization(**options),
        keras.layers.Dense(3, "softmax"),
    ]
    model = keras.Sequential([keras.Input((8, 8, 3)), *layers])
    loss = "sparse_categorical_crossentropy"
    model.compile("sgd", loss, jit_compile=jit_compile)
    return model


def shares(dataset, replicas, size):
    """Returns what replicas get: lists of counts and labels."""
    context = mock.Mock(input_pipeline_id=0, num_input_pipelines=1)
    strategy = mock.Mock(num_replicas_in_sync=replicas)
    strategy.distribute_datasets_from_function = lambda make: make(context)
    made = shared_out(dataset, strategy, True, size)
    for spec in made.element_spec[1]:
        assert spec.shape[0] == -(-size // replicas)
    return [(int(count), y.numpy().tolist()) for count, (_, y) in made]


def test_shares_are_filled_up_with_copies_that_do_not_count():
    found = shares(numbered(5, 3), 2, 3)
    assert found == [(1, [0, 0]), (2, [1, 2]), (1, [3, 3]), (1, [4, 4])]
    found = shares(numbered(5, 4), 3, 4)
    first = [(1, [0, 0]), (1, [1, 1]), (2, [2, 3])]
    # The last batch has an example for the last replica only.
    assert found == [*first, (0, [4, 4]), (0, [4, 4]), (1, [4, 4])]


def test_a_batch_larger_than_the_first_is_refused():
    data = numbered(2, 2).concatenate(numbered(5, 5))
    with pytest.raises(tf.errors.InvalidArgumentError, match="larger than"):
        shares(data, 2, 2)


def test_only_what_xla_needs_is_filled_up():
    for size, drop_remainder, fixed, expected in (
        (4, False, True, 4),
        (5, True, True, 5),
        (4, True, True, None),
        (4, False, False, None),
    ):
        data = batches(size, drop_remainder)
        for given in (data, functools.partial(of_epoch, data)):
            assert Batches(given, TWO, fixed=fixed)._size == expected
    # A run that goes on with the last batch has shares as large as before.
    rest = Batches(
        lambda epoch, step: numbered(5, 4).skip(step), TWO, None, (0, 1), True
    )
    assert rest._size == 4


def test_a_step_of_ones_own_would_count_the_copies():
    class Own(keras.Model):
        def train_step(self, data):
            return super().train_step(data)

    inputs = keras.Input((8, 8, 3))
    model = Own(inputs, keras.layers.Flatten()(inputs))
    model.compile("sgd", "mse", jit_compile=True)
    steps = Steps(model, TWO, 1)
    with pytest.raises(ValueError, match="multiple of 2 with.*Received: Own"):
        steps.train((1.0, np.zeros((1, 8, 8, 3))))


def test_statistics_cannot_be_synchronized_in_xla():
    model = build(True, synchronized=True, name="bn")
    with pytest.raises(ValueError, match="jit_compile=True.*Received: 'bn'"):
        check_model(model, TWO)
    check_model(model, tf.distribute.get_strategy())
    check_model(build(False, synchronized=True), TWO)
    check_model(build(True), TWO)
    # Frozen, it uses the moving ones, which all replicas have alike.
    model.get_layer("bn").trainable = False
    check_model(model, TWO)
