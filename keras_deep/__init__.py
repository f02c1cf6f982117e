"""Very deep architectures for Keras."""

import importlib

import keras_deep.saved_objects
from keras_deep.models.card import card
from keras_deep.models.card import preprocessing_for
from keras_deep.models.densenet import DenseNet
from keras_deep.models.densenet import DenseNet121
from keras_deep.models.densenet import DenseNet161
from keras_deep.models.densenet import DenseNet169
from keras_deep.models.densenet import DenseNet201
from keras_deep.models.densenet import DenseNet264
from keras_deep.models.densenet import DenseNetBC
from keras_deep.models.densenet import DenseNetBC100_12
from keras_deep.models.densenet import DenseNetBC190_40
from keras_deep.models.densenet import DenseNetBC250_24
from keras_deep.models.features import features
from keras_deep.models.mnist_resnet import MnistResNet
from keras_deep.models.plain import CifarPlainNet
from keras_deep.models.plain import PlainNet
from keras_deep.models.plain import PlainNet18
from keras_deep.models.plain import PlainNet34
from keras_deep.models.registry import create_model
from keras_deep.models.registry import list_models
from keras_deep.models.resnet import CifarResNet
from keras_deep.models.resnet import ResNet
from keras_deep.models.resnet import ResNet18
from keras_deep.models.resnet import ResNet20
from keras_deep.models.resnet import ResNet32
from keras_deep.models.resnet import ResNet34
from keras_deep.models.resnet import ResNet44
from keras_deep.models.resnet import ResNet50
from keras_deep.models.resnet import ResNet50V2
from keras_deep.models.resnet import ResNet56
from keras_deep.models.resnet import ResNet101
from keras_deep.models.resnet import ResNet101V2
from keras_deep.models.resnet import ResNet110
from keras_deep.models.resnet import ResNet152
from keras_deep.models.resnet import ResNet152V2
from keras_deep.models.resnet import ResNet164V2
from keras_deep.models.resnet import ResNet200V2
from keras_deep.models.resnet import ResNet1001V2
from keras_deep.models.resnet import ResNet1202
from keras_deep.models.saving import save
from keras_deep.models.unstack import unstacked
from keras_deep.models.weights import named_weights
from keras_deep.models.weights import use_loader
from keras_deep.version import __version__

# Rooms with heavier imports, loaded when they are first used.
_ROOMS = (
    "analysis",
    "cli",
    "convert",
    "data",
    "export",
    "layers",
    "training",
)
_FUNCTIONS = {
    "load": "keras_deep.export.loading",
    "profile": "keras_deep.analysis.profile",
    "draw": "keras_deep.analysis.drawing",
}


def _prepare_weights(source):
    loading = importlib.import_module("keras_deep.convert.loading")
    return loading.prepare(source)


use_loader(_prepare_weights)


def __getattr__(name):
    if name in _ROOMS:
        return importlib.import_module(f"keras_deep.{name}")
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(_FUNCTIONS[name]), name)
    raise AttributeError(f"module 'keras_deep' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_ROOMS, *_FUNCTIONS})
