"""The layers of this package that models of Caffe networks may name."""

from keras_deep.layers.caffe_cuts import CaffeCrop
from keras_deep.layers.caffe_cuts import CaffeInterp
from keras_deep.layers.caffe_cuts import CaffeSlice
from keras_deep.layers.caffe_deconvolution import BilinearKernel
from keras_deep.layers.caffe_deconvolution import CaffeDeconvolution2D
from keras_deep.layers.caffe_elementwise import CaffeElementwise
from keras_deep.layers.caffe_elementwise import CaffeLRN
from keras_deep.layers.caffe_pooling import CaffeAveragePooling2D
from keras_deep.layers.caffe_pooling import CaffeMaxPooling2D
from keras_deep.layers.caffe_scale import CaffeScale

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
    "CaffeSlice",
]
