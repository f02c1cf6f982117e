"""Serves SavedModels over HTTP as TF Serving does, for development."""

from keras_deep.serving.options import Options
from keras_deep.serving.serve import serve
