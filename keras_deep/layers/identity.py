"""Marks of places in a network."""

import keras

from keras_deep.layers.carrying import Carrying
from keras_deep.layers.stock_named import StockNamed


@keras.saving.register_keras_serializable(package="keras_deep")
class Identity(Carrying, StockNamed, keras.layers.Identity):
    """Marks a place, as `keras.layers.Identity` does, and may carry a record.

    The ends of stages and the features of a network are such places. Files
    name Keras's layer, see `StockNamed`; what it carries, see `Carrying`.
    """

    portable_class = keras.layers.Identity
