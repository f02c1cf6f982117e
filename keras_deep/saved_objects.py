"""Registers with Keras every class that a saved model may name.

Keras looks up the classes of a `.keras` file in its registry, which a class
enters when its module is imported. The package imports these modules, so that
`import keras_deep` suffices for `keras.models.load_model`. This list is the
only one. It is outside the folders of the package, as a file may have layers
of several, and its imports are fast.
"""

import keras_deep.convert.caffe.keras_layers
import keras_deep.initializers.delta
import keras_deep.initializers.looks_linear
import keras_deep.layers.crelu
import keras_deep.layers.dropout
import keras_deep.layers.grouped_conv
import keras_deep.layers.highway
import keras_deep.layers.identity
import keras_deep.layers.normalization
import keras_deep.layers.resize
import keras_deep.layers.split
import keras_deep.layers.stacks.shared
import keras_deep.layers.stacks.stacked
import keras_deep.layers.stochastic_depth
import keras_deep.layers.swapout  # noqa: F401
import keras_deep.optimizers.adamw
import keras_deep.optimizers.joined_schedule
import keras_deep.optimizers.lamb
import keras_deep.optimizers.lars
import keras_deep.optimizers.sgd  # noqa: F401
