"""The training loop on TensorFlow, for one device and all strategies."""

from keras_deep.training.trainer.trainer import Trainer
