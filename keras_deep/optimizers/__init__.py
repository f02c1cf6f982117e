"""Optimizers whose steps are traced faster than Keras's."""

from keras_deep.optimizers.adamw import AdamW
from keras_deep.optimizers.sgd import SGD
