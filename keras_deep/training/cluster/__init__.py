"""Finds the tasks of a cluster and brings them together."""

from keras_deep.training.cluster.find import find_cluster
from keras_deep.training.cluster.lost import explained
