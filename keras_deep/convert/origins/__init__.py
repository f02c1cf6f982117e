"""Whose weights load: one table of rules for each family and origin."""

from keras_deep.convert.origins import caffe
from keras_deep.convert.origins import keras_applications
from keras_deep.convert.origins import pytorch
from keras_deep.convert.origins import pytorchcv

# Where two origins know all the names of a file, the first one counts.
ORIGINS = (
    *pytorch.ORIGINS,
    *pytorchcv.ORIGINS,
    *caffe.ORIGINS,
    *keras_applications.ORIGINS,
)
