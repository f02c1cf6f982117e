"""Exports models for serving, loads them and predicts."""

from keras_deep.export.formats import export
from keras_deep.export.keras_file import keras_file
from keras_deep.export.litert import litert
from keras_deep.export.measuring import compare
from keras_deep.export.onnx import onnx
from keras_deep.export.openvino import openvino
from keras_deep.export.saved_model import saved_model
