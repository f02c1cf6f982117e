"""MnistResNet, written of Keras's own layers."""

import keras
from keras import layers

SOURCE = (
    "own code of Keras's own layers, after the network of lecture 6.5 of "
    "https://fleuret.org/dlc/"
)


def network(blocks, filters=16):
    inputs = keras.Input((28, 28, 1))
    x = layers.ReLU()(layers.Conv2D(filters, 1)(inputs))
    for _ in range(blocks):
        y = layers.Conv2D(filters, 3, padding="same")(x)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(filters, 3, padding="same")(y)
        x = layers.ReLU()(layers.Add()([x, layers.BatchNormalization()(y)]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10)(x))


ROWS = [
    {
        "id": "mnist_resnet_5_blocks",
        "model": "MnistResNet",
        "arguments": {"blocks": 5},
        "shape": (28, 28, 1),
        "network": lambda: network(5),
    }
]
