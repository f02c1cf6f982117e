"""Trains and evaluates models."""

from keras_deep.training.config import Config
from keras_deep.training.fit import Result
from keras_deep.training.fit import fit
from keras_deep.training.optimizers import check_optimizer
from keras_deep.training.optimizers import small_variables
from keras_deep.training.optimizers import spare_small
from keras_deep.training.recipes import RECIPES
from keras_deep.training.recipes import recipe
from keras_deep.training.strategies import strategy
from keras_deep.training.trainer.trainer import Trainer
