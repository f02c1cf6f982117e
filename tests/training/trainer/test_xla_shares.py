"""What several replicas refuse with `jit_compile=True`, before a step."""

from unittest import mock

import keras
import numpy as np
import pytest

from keras_deep.training import Trainer
from keras_deep.training.trainer.batches import Batches
from keras_deep.training.trainer.checks import check_model
from keras_deep.training.trainer.datasets import check_dataset

tf = pytest.importorskip("tensorflow")
pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Strategies of TensorFlow."
)
TWO = mock.Mock(num_replicas_in_sync=2)


def batches(size, drop_remainder):
    images = tf.data.Dataset.from_tensors(np.zeros((8, 8, 3), "float32"))
    labeled = tf.data.Dataset.zip((images, tf.data.Dataset.range(1)))
    return labeled.repeat(20).batch(size, drop_remainder=drop_remainder)


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


@pytest.mark.parametrize(
    "size, drop_remainder, replicas, message",
    [
        (4, False, 2, "multiple of 2 with.*Received: batches of any size"),
        (5, True, 2, "multiple of 2 with.*Received: batches of 5. Without"),
        (4, True, 3, "multiple of 3 with.*drop_remainder=True.*batches of 4"),
        (4, True, 2, None),
        (6, True, 3, None),
        # One replica has batches, and XLA compiles for each of their sizes.
        (4, False, 1, None),
        (5, True, 1, None),
    ],
)
def test_shares_have_one_size(size, drop_remainder, replicas, message):
    data = batches(size, drop_remainder)
    check_dataset(data, replicas)  # They need not without XLA.
    if message is None:
        check_dataset(data, replicas, fixed=True)
        return
    with pytest.raises(ValueError, match=message):
        check_dataset(data, replicas, fixed=True)
    strategy = mock.Mock(num_replicas_in_sync=replicas)
    for given in (data, lambda epoch: data):
        with pytest.raises(ValueError, match=message):
            Batches(given, strategy, fixed=True)


def test_the_trainer_asks_for_it_with_xla():
    trainer = Trainer(build(True))
    trainer.strategy = TWO
    with pytest.raises(ValueError, match="multiple of 2 with `jit_compile"):
        trainer.fit(batches(4, drop_remainder=False))
    assert not int(trainer.model.optimizer.iterations)


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
