"""Training: one entry, `fit`."""

from keras_deep.training.config import Config
from keras_deep.training.fit import Result
from keras_deep.training.fit import fit
