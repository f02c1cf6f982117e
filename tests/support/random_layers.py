"""What random layers drop on each of two replicas, as the trainer trains.

Prints a JSON object per layer: by how much a step changes 64 weights.
"""

import json

import keras
import numpy as np
import tensorflow as tf

from keras_deep.layers import StochasticDepth
from keras_deep.training import Trainer

UNITS, STEPS = 64, 64
LAYERS = {
    "dropout": lambda: keras.layers.Dropout(0.5, seed=1),
    # One coin for all examples of a replica.
    "batch": lambda: StochasticDepth(0.5, seed=1),
    "sample": lambda: StochasticDepth(0.5, "sample", seed=1),
}


def moved(make, strategy, replicas):
    """Returns how a weight moves in each step, in shares of one example's.

    A step has an example for each replica, and the loss is what is kept of the
    sum of the weights.
    """
    x = np.eye(UNITS, dtype="float32")[:1].repeat(replicas, axis=0)
    with strategy.scope():
        inputs = keras.Input((UNITS,))
        kept = make()(keras.layers.Dense(UNITS, use_bias=False)(inputs))
        model = keras.Model(inputs, kept)
        sums = lambda y, outputs: keras.ops.sum(outputs, axis=-1)  # noqa: E731
        model.compile(keras.optimizers.SGD(1.0), sums)
    data = tf.data.Dataset.from_tensors((x, x)).repeat(STEPS)

    class Weights(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.rows = [model.get_weights()[0][0]]

        def on_train_batch_end(self, batch, logs=None):
            self.rows.append(model.get_weights()[0][0])

    weights = Weights()
    Trainer(model, strategy).fit(data, callbacks=[weights])
    return -np.diff(weights.rows, axis=0) * replicas


def main():
    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    for name, make in LAYERS.items():
        found = moved(make, mirrored, 2)
        print(json.dumps({"layer": name, "moved": found.tolist()}), flush=True)


if __name__ == "__main__":
    main()
