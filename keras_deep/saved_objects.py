"""Registers with Keras every class that a saved model may name.

Keras finds the classes of a `.keras` file in its registry, where a class
stands once its module is imported. Whoever loads a file with nothing but
`import keras_deep` and `keras.models.load_model` has not imported these
modules, so the package does: this is the only place that lists them. It
stands above the folders of the package, since a file may hold layers of
several, and imports nothing that takes long.
"""

import keras_deep.convert.caffe.keras_layers
import keras_deep.layers.dropout
import keras_deep.layers.grouped_conv
import keras_deep.layers.normalization
import keras_deep.layers.resize
import keras_deep.layers.split
import keras_deep.layers.stacks.shared
import keras_deep.layers.stacks.stacked
import keras_deep.layers.stochastic_depth  # noqa: F401
