"""Keras layers for operations that only Caffe has."""

from keras_deep.convert.caffe.keras_layers.cuts import CaffeCrop
from keras_deep.convert.caffe.keras_layers.cuts import CaffeInterp
from keras_deep.convert.caffe.keras_layers.deconvolution import BilinearKernel
from keras_deep.convert.caffe.keras_layers.deconvolution import (
    CaffeDeconvolution2D,
)
from keras_deep.convert.caffe.keras_layers.elementwise import CaffeElementwise
from keras_deep.convert.caffe.keras_layers.elementwise import CaffeLRN
from keras_deep.convert.caffe.keras_layers.pooling import CaffeAveragePooling2D
from keras_deep.convert.caffe.keras_layers.pooling import CaffeMaxPooling2D
from keras_deep.convert.caffe.keras_layers.scale import CaffeScale

__all__ = [
    "BilinearKernel",
    "CaffeAveragePooling2D",
    "CaffeCrop",
    "CaffeDeconvolution2D",
    "CaffeElementwise",
    "CaffeInterp",
    "CaffeLRN",
    "CaffeMaxPooling2D",
    "CaffeScale",
]
