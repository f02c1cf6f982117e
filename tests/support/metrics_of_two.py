"""Reads the metrics of two devices in one exchange, and as Keras does.

Prints a JSON list of both, and of the number of values in each exchange of
each device.
"""

import json

import keras
import numpy as np
import tensorflow as tf

from keras_deep.training.trainer.metrics import metrics_of_all


class Counts(keras.metrics.Metric):
    """Has variables of two types, and one that is no sum."""

    def __init__(self):
        super().__init__(name="counts")
        self.calls = self.add_variable((), "zeros", "int32", name="calls")
        self.total = self.add_variable((), "zeros", "float32", name="total")
        self.first = self.add_variable(
            (), "zeros", "float32", "only_first_replica", name="first"
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.calls.assign_add(1)
        self.total.assign_add(keras.ops.sum(y_pred))
        self.first.assign_add(2.0)

    def result(self):
        calls = keras.ops.cast(self.calls, "float32")
        return self.first * self.total / calls


def main():
    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        inputs = keras.Input((4,))
        model = keras.Model(inputs, keras.layers.Dense(3)(inputs))
        model.compile("sgd", "mse", metrics=["mae", Counts()])
    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal((12, n)).astype("float32") for n in (4, 3))
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
    model.evaluate(data, verbose=0)
    sizes = []
    exchange = tf.distribute.ReplicaContext.all_reduce

    def counted(self, operation, values, *rest):
        sizes.append(len(values))
        return exchange(self, operation, values, *rest)

    tf.distribute.ReplicaContext.all_reduce = counted
    read = tf.function(lambda: metrics_of_all(model, strategy), autograph=False)
    found = read()
    expected = model.get_metrics_result()
    results = [
        {name: float(value) for name, value in result.items()}
        for result in (expected, found)
    ]
    print(json.dumps([*results, sizes]))


main()
