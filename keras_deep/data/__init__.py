"""Loads image data sets by name or folder as training pipelines."""

from keras_deep.data.datasets import list_datasets
from keras_deep.data.images import decode_image
from keras_deep.data.images import preprocess
from keras_deep.data.load import Data
from keras_deep.data.load import load
