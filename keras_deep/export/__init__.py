"""Export: what other programs serve."""

from keras_deep.export.saved_model import saved_model
