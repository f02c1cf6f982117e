"""Searches hyperparameters of networks and of their training."""

from keras_deep.tuning.asking import from_keras_tuner
from keras_deep.tuning.asking import from_optuna
from keras_deep.tuning.candidate import Candidate
from keras_deep.tuning.candidate import candidate_of
from keras_deep.tuning.candidates import Candidates
from keras_deep.tuning.candidates import candidates
from keras_deep.tuning.entries import Choice
from keras_deep.tuning.entries import Floats
from keras_deep.tuning.entries import Integers
from keras_deep.tuning.hypermodel import hypermodel
from keras_deep.tuning.limits import Limits
from keras_deep.tuning.optuna_objective import Objective
from keras_deep.tuning.optuna_objective import optuna_objective
from keras_deep.tuning.recipe import recipe_space
from keras_deep.tuning.result import SearchResult
from keras_deep.tuning.search import search
from keras_deep.tuning.space import Space
from keras_deep.tuning.spaces import model_space
