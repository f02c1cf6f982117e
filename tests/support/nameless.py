"""A layer of a user who gives no names."""

import keras
from keras import layers


@keras.saving.register_keras_serializable("tests")
class Scaled(layers.Layer):
    """Has weights and layers without names."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        norm = layers.Normalization(axis=None, mean=0.5, variance=4.0)
        self.inner = [norm, layers.Dense(4), layers.Dense(4)]

    def build(self, shape):
        self.factor = self.add_weight(shape=(4,), initializer="normal")
        self.offset = self.add_weight(shape=(4,), initializer="normal")
        for layer in self.inner:
            layer.build(shape)

    def call(self, x):
        for layer in self.inner:
            x = layer(x)
        return x * self.factor + self.offset
