"""Initial weights of very deep networks.

Keras's own `HeNormal`, `Identity` and `Orthogonal` stand here beside those
that Keras has none of.
"""

# First, as the end of this import imports modules of this folder.
import keras
from keras.initializers import HeNormal
from keras.initializers import Identity
from keras.initializers import Orthogonal

from keras_deep.initializers.delta import Delta
from keras_deep.initializers.delta import DeltaOrthogonal
from keras_deep.initializers.looks_linear import LooksLinear
from keras_deep.initializers.zero_gamma import zero_gamma
