"""Trains a network stacked and flat with a strategy of two devices.

Prints the largest difference of any weight or statistic, relative to the
largest entry of its tensor.
"""

import keras
import numpy as np
import tensorflow as tf

import keras_deep
from keras_deep.models.weights import copy_weights


def main():
    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((16, 8, 8, 3)).astype("float32")
    y = rng.integers(0, 10, 16)
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
    models = []
    for stack in (True, False):
        with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
            model = keras_deep.CifarResNet(
                blocks=(3,),
                input_shape=(8, 8, 3),
                classifier_activation=None,
                stack=stack,
            )
            loss = keras.losses.SparseCategoricalCrossentropy(True)
            model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss)
        models.append(model)
    copy_weights(*models)
    before = keras.ops.convert_to_numpy(models[0].weights[0])
    for model in models:
        model.fit(data, epochs=2, verbose=0, shuffle=False)
    found = [
        {name: handle.get() for name, handle in keras_deep.named_weights(m)}
        for m in models
    ]
    assert (found[0]["conv1_conv/kernel"] != before).any()
    print(
        max(
            np.abs(value - found[1][name]).max() / np.abs(found[1][name]).max()
            for name, value in found[0].items()
        )
    )


main()
