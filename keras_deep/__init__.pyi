"""Very deep architectures for Keras."""

import os
from typing import Any

import keras

from keras_deep import analysis as analysis
from keras_deep import backend as backend
from keras_deep import cli as cli
from keras_deep import convert as convert
from keras_deep import data as data
from keras_deep import export as export
from keras_deep import formats as formats
from keras_deep import initializers as initializers
from keras_deep import layers as layers
from keras_deep import models as models
from keras_deep import optimizers as optimizers
from keras_deep import serving as serving
from keras_deep import training as training
from keras_deep import tuning as tuning
from keras_deep import utils as utils
from keras_deep.analysis.drawing import draw as draw
from keras_deep.analysis.profile import profile as profile
from keras_deep.convert.published_weights import list_weights as list_weights
from keras_deep.export.inputs import preprocess_input as preprocess_input
from keras_deep.export.loading import load as load
from keras_deep.models.calibration import calibrate as calibrate
from keras_deep.models.card import card as card
from keras_deep.models.classes import decode_predictions as decode_predictions
from keras_deep.models.deepen import deepen as deepen
from keras_deep.models.ensemble import ensemble as ensemble
from keras_deep.models.features import features as features
from keras_deep.models.for_inference import for_inference as for_inference
from keras_deep.models.freeze import freeze as freeze
from keras_deep.models.image_needs import preprocessing_for as preprocessing_for
from keras_deep.models.registry import create_model as create_model
from keras_deep.models.registry import list_models as list_models
from keras_deep.models.replace_top import replace_top as replace_top
from keras_deep.models.saving import save as save
from keras_deep.models.stochastic import (
    predict_stochastic as predict_stochastic,
)
from keras_deep.models.unstack import unstacked as unstacked
from keras_deep.models.weights import named_weights as named_weights
from keras_deep.version import __version__ as __version__

def AllConvResNet(
    depth: int = 55,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a residual network of convolutions and ReLUs only."""

def AttentionNeXt56(
    depth: int = 56,
    block: Any = "resnext",
    learning: Any = "residual",
    counts: Any = (1, 2, 1),
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "attentionnext56",
) -> keras.Model:
    """`ResidualAttentionNet(depth=56, block='resnext')`. Builds a residual
    attention network for ImageNet-sized images.
    """

def AttentionNeXt92(
    depth: int = 92,
    block: Any = "resnext",
    learning: Any = "residual",
    counts: Any = (1, 2, 1),
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "attentionnext92",
) -> keras.Model:
    """`ResidualAttentionNet(depth=92, block='resnext')`. Builds a residual
    attention network for ImageNet-sized images.
    """

def CifarPlainNet(
    depth: int = 20,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `CifarResNet` of basic blocks without shortcuts."""

def CifarResNeXt(
    depth: int = 29,
    cardinality: int = 8,
    base_width: int = 64,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a ResNeXt for CIFAR-sized images."""

def CifarResNet(
    depth: int = 20,
    version: int = 1,
    block: Any = "basic",
    shortcut: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a residual network for CIFAR-sized images."""

def CifarResidualAttentionNet(
    depth: int = 92,
    learning: Any = "residual",
    counts: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a residual attention network for CIFAR-sized images."""

def CifarResidualAttentionNet236(
    depth: int = 236,
    learning: Any = "residual",
    counts: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "cifarresidualattentionnet236",
) -> keras.Model:
    """`CifarResidualAttentionNet(depth=236)`. Builds a residual attention
    network for CIFAR-sized images.
    """

def CifarResidualAttentionNet452(
    depth: int = 452,
    learning: Any = "residual",
    counts: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "cifarresidualattentionnet452",
) -> keras.Model:
    """`CifarResidualAttentionNet(depth=452)`. Builds a residual attention
    network for CIFAR-sized images.
    """

def CifarResidualAttentionNet92(
    depth: int = 92,
    learning: Any = "residual",
    counts: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "cifarresidualattentionnet92",
) -> keras.Model:
    """`CifarResidualAttentionNet(depth=92)`. Builds a residual attention
    network for CIFAR-sized images.
    """

def CifarSEResNet(
    depth: int = 20,
    version: int = 1,
    block: Any = "basic",
    shortcut: Any = None,
    reduction: int = 16,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `CifarResNet` with squeeze-and-excitation."""

def DenseNet(
    depth: int = 40,
    growth_rate: int = 12,
    dropout_rate: float = 0.0,
    blocks: Any = None,
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a DenseNet without bottleneck layers and compression."""

def DenseNet121(
    depth: int = 100,
    growth_rate: int = 32,
    compression: float = 0.5,
    dropout_rate: float = 0.0,
    stem: Any = "imagenet",
    blocks: Any = (6, 12, 24, 16),
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "densenet121",
) -> keras.Model:
    """`DenseNetBC(stem='imagenet', growth_rate=32, blocks=(6, 12, 24, 16))`.
    Builds a DenseNet with bottleneck layers (B) and compression (C).
    """

def DenseNet161(
    depth: int = 100,
    growth_rate: int = 48,
    compression: float = 0.5,
    dropout_rate: float = 0.0,
    stem: Any = "imagenet",
    blocks: Any = (6, 12, 36, 24),
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "densenet161",
) -> keras.Model:
    """`DenseNetBC(stem='imagenet', growth_rate=48, blocks=(6, 12, 36, 24))`.
    Builds a DenseNet with bottleneck layers (B) and compression (C).
    """

def DenseNet169(
    depth: int = 100,
    growth_rate: int = 32,
    compression: float = 0.5,
    dropout_rate: float = 0.0,
    stem: Any = "imagenet",
    blocks: Any = (6, 12, 32, 32),
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "densenet169",
) -> keras.Model:
    """`DenseNetBC(stem='imagenet', growth_rate=32, blocks=(6, 12, 32, 32))`.
    Builds a DenseNet with bottleneck layers (B) and compression (C).
    """

def DenseNet201(
    depth: int = 100,
    growth_rate: int = 32,
    compression: float = 0.5,
    dropout_rate: float = 0.0,
    stem: Any = "imagenet",
    blocks: Any = (6, 12, 48, 32),
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "densenet201",
) -> keras.Model:
    """`DenseNetBC(stem='imagenet', growth_rate=32, blocks=(6, 12, 48, 32))`.
    Builds a DenseNet with bottleneck layers (B) and compression (C).
    """

def DenseNet264(
    depth: int = 100,
    growth_rate: int = 32,
    compression: float = 0.5,
    dropout_rate: float = 0.0,
    stem: Any = "imagenet",
    blocks: Any = (6, 12, 64, 48),
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "densenet264",
) -> keras.Model:
    """`DenseNetBC(stem='imagenet', growth_rate=32, blocks=(6, 12, 64, 48))`.
    Builds a DenseNet with bottleneck layers (B) and compression (C).
    """

def DenseNetBC(
    depth: int = 100,
    growth_rate: int = 12,
    compression: float = 0.5,
    dropout_rate: float = 0.0,
    stem: Any = "cifar",
    blocks: Any = None,
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a DenseNet with bottleneck layers (B) and compression (C)."""

def DenseNetBC100_12(
    depth: int = 100,
    growth_rate: int = 12,
    compression: float = 0.5,
    dropout_rate: float = 0.0,
    stem: Any = "cifar",
    blocks: Any = None,
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "densenetbc100_12",
) -> keras.Model:
    """`DenseNetBC(depth=100, growth_rate=12)`. Builds a DenseNet with
    bottleneck layers (B) and compression (C).
    """

def DenseNetBC190_40(
    depth: int = 190,
    growth_rate: int = 40,
    compression: float = 0.5,
    dropout_rate: float = 0.0,
    stem: Any = "cifar",
    blocks: Any = None,
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "densenetbc190_40",
) -> keras.Model:
    """`DenseNetBC(depth=190, growth_rate=40)`. Builds a DenseNet with
    bottleneck layers (B) and compression (C).
    """

def DenseNetBC250_24(
    depth: int = 250,
    growth_rate: int = 24,
    compression: float = 0.5,
    dropout_rate: float = 0.0,
    stem: Any = "cifar",
    blocks: Any = None,
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "densenetbc250_24",
) -> keras.Model:
    """`DenseNetBC(depth=250, growth_rate=24)`. Builds a DenseNet with
    bottleneck layers (B) and compression (C).
    """

def HighwayMLP(
    depth: int = 10,
    units: int = 50,
    input_shape: tuple[int | None, ...] | None = (28, 28, 1),
    classes: int | None = 10,
    classifier_activation: Any = "softmax",
    transform_bias: float = -2.0,
    stack: Any = "auto",
    *,
    name: str | None = None,
) -> keras.Model:
    """Builds a fully connected highway network."""

def HighwayMLP10(
    depth: int = 10,
    units: int = 50,
    input_shape: tuple[int | None, ...] | None = (28, 28, 1),
    classes: int | None = 10,
    classifier_activation: Any = "softmax",
    transform_bias: float = -2.0,
    stack: Any = "auto",
    *,
    name: str | None = "highwaymlp10",
) -> keras.Model:
    """`HighwayMLP(depth=10)`. Builds a fully connected highway network."""

def HighwayMLP100(
    depth: int = 100,
    units: int = 50,
    input_shape: tuple[int | None, ...] | None = (28, 28, 1),
    classes: int | None = 10,
    classifier_activation: Any = "softmax",
    transform_bias: float = -2.0,
    stack: Any = "auto",
    *,
    name: str | None = "highwaymlp100",
) -> keras.Model:
    """`HighwayMLP(depth=100)`. Builds a fully connected highway network."""

def HighwayMLP20(
    depth: int = 20,
    units: int = 50,
    input_shape: tuple[int | None, ...] | None = (28, 28, 1),
    classes: int | None = 10,
    classifier_activation: Any = "softmax",
    transform_bias: float = -2.0,
    stack: Any = "auto",
    *,
    name: str | None = "highwaymlp20",
) -> keras.Model:
    """`HighwayMLP(depth=20)`. Builds a fully connected highway network."""

def HighwayMLP50(
    depth: int = 50,
    units: int = 50,
    input_shape: tuple[int | None, ...] | None = (28, 28, 1),
    classes: int | None = 10,
    classifier_activation: Any = "softmax",
    transform_bias: float = -2.0,
    stack: Any = "auto",
    *,
    name: str | None = "highwaymlp50",
) -> keras.Model:
    """`HighwayMLP(depth=50)`. Builds a fully connected highway network."""

def HighwayNet(
    depth: int = 19,
    transform_bias: Any = None,
    dropout_rate: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a convolutional highway network."""

def HighwayNet10(
    depth: int = 10,
    transform_bias: Any = None,
    dropout_rate: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "highwaynet10",
) -> keras.Model:
    """`HighwayNet(depth=10)`. Builds a convolutional highway network."""

def HighwayNet19(
    depth: int = 19,
    transform_bias: Any = None,
    dropout_rate: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "highwaynet19",
) -> keras.Model:
    """`HighwayNet(depth=19)`. Builds a convolutional highway network."""

def HighwayNet32(
    depth: int = 32,
    transform_bias: Any = None,
    dropout_rate: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "highwaynet32",
) -> keras.Model:
    """`HighwayNet(depth=32)`. Builds a convolutional highway network."""

def IRNN(
    units: int = 100,
    input_shape: tuple[int | None, ...] | None = (784, 1),
    classes: int | None = 10,
    activation: Any = "softmax",
    scale: float = 1.0,
    input_stddev: float = 0.001,
    *,
    name: str | None = None,
) -> keras.Model:
    """Builds a recurrent network of ReLUs with identity initialisation."""

def InceptionResNetV1(
    dropout_rate: float = 0.2,
    blocks: Any = (5, 10, 6),
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds Inception-ResNet-v1, for images of 299 pixels."""

def InceptionResNetV2(
    dropout_rate: float = 0.2,
    blocks: Any = (10, 20, 10),
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds Inception-ResNet-v2, for images of 299 pixels."""

def InceptionV4(
    dropout_rate: float = 0.2,
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds Inception-v4, for images of 299 pixels."""

def LinearResNet(
    depth: int = 10,
    units: int = 10,
    initial_stddev: float = 0.0,
    stack: Any = "auto",
    *,
    name: str | None = None,
) -> keras.Model:
    """Builds a linear residual network: `(I + A_depth) ... (I + A_1) x`."""

def LooksLinearNet(
    depth: int = 30,
    filters: int = 16,
    initializer: Any = "looks_linear",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a plain network of CReLUs that starts as a linear map."""

def MnistResNet(
    blocks: int = 25,
    filters: int = 16,
    kernel_size: int = 3,
    use_bias: bool = True,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a residual network of equal blocks for MNIST-sized images."""

def OneNeuronResNet(
    blocks: int = 10,
    input_shape: tuple[int | None, ...] | None = (2,),
    classes: int | None = 1,
    classifier_activation: Any = "sigmoid",
    stack: Any = "auto",
    *,
    name: str | None = None,
) -> keras.Model:
    """Builds a residual network of vectors with one neuron a hidden layer."""

def PlainNet(
    depth: int = 34,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `ResNet` of basic blocks without shortcuts."""

def PlainNet18(
    depth: int = 18,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "plainnet18",
) -> keras.Model:
    """`PlainNet(depth=18)`. Builds a `ResNet` of basic blocks without
    shortcuts.
    """

def PlainNet34(
    depth: int = 34,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "plainnet34",
) -> keras.Model:
    """`PlainNet(depth=34)`. Builds a `ResNet` of basic blocks without
    shortcuts.
    """

def PreRoR(
    depth: int = 110,
    levels: int = 3,
    shortcut: Any = "A",
    final_rate: float = 0.0,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `RoR` of pre-activation blocks."""

def PreRoR3_164(
    depth: int = 164,
    levels: int = 3,
    shortcut: Any = "A",
    final_rate: float = 0.0,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "preror3_164",
) -> keras.Model:
    """`PreRoR(depth=164)`. Builds a `RoR` of pre-activation blocks."""

def ResNeXt(
    depth: int = 50,
    cardinality: int = 32,
    base_width: int = 4,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a ResNeXt for ImageNet-sized images."""

def ResNeXt101(
    depth: int = 101,
    cardinality: int = 32,
    base_width: int = 4,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnext101",
) -> keras.Model:
    """`ResNeXt(depth=101)`. Builds a ResNeXt for ImageNet-sized images."""

def ResNeXt101_32x8d(
    depth: int = 101,
    cardinality: int = 32,
    base_width: int = 8,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnext101_32x8d",
) -> keras.Model:
    """`ResNeXt(depth=101, base_width=8)`. Builds a ResNeXt for ImageNet-
    sized images.
    """

def ResNeXt101_64x4d(
    depth: int = 101,
    cardinality: int = 64,
    base_width: int = 4,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnext101_64x4d",
) -> keras.Model:
    """`ResNeXt(depth=101, cardinality=64)`. Builds a ResNeXt for ImageNet-
    sized images.
    """

def ResNeXt29_16x64d(
    depth: int = 29,
    cardinality: int = 16,
    base_width: int = 64,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnext29_16x64d",
) -> keras.Model:
    """`CifarResNeXt(cardinality=16)`. Builds a ResNeXt for CIFAR-sized
    images.
    """

def ResNeXt29_8x64d(
    depth: int = 29,
    cardinality: int = 8,
    base_width: int = 64,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnext29_8x64d",
) -> keras.Model:
    """`CifarResNeXt(cardinality=8)`. Builds a ResNeXt for CIFAR-sized
    images.
    """

def ResNeXt50(
    depth: int = 50,
    cardinality: int = 32,
    base_width: int = 4,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnext50",
) -> keras.Model:
    """`ResNeXt(depth=50)`. Builds a ResNeXt for ImageNet-sized images."""

def ResNet(
    depth: int = 50,
    version: int = 1,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a residual network for ImageNet-sized images."""

def ResNet1001V2(
    depth: int = 1001,
    version: int = 2,
    block: Any = "bottleneck",
    shortcut: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet1001v2",
) -> keras.Model:
    """`CifarResNet(depth=1001, version=2, block='bottleneck')`. Builds a
    residual network for CIFAR-sized images.
    """

def ResNet101(
    depth: int = 101,
    version: int = 1,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet101",
) -> keras.Model:
    """`ResNet(depth=101)`. Builds a residual network for ImageNet-sized
    images.
    """

def ResNet101V2(
    depth: int = 101,
    version: int = 2,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet101v2",
) -> keras.Model:
    """`ResNet(depth=101, version=2)`. Builds a residual network for
    ImageNet-sized images.
    """

def ResNet110(
    depth: int = 110,
    version: int = 1,
    block: Any = "basic",
    shortcut: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet110",
) -> keras.Model:
    """`CifarResNet(depth=110)`. Builds a residual network for CIFAR-sized
    images.
    """

def ResNet1202(
    depth: int = 1202,
    version: int = 1,
    block: Any = "basic",
    shortcut: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet1202",
) -> keras.Model:
    """`CifarResNet(depth=1202)`. Builds a residual network for CIFAR-sized
    images.
    """

def ResNet152(
    depth: int = 152,
    version: int = 1,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet152",
) -> keras.Model:
    """`ResNet(depth=152)`. Builds a residual network for ImageNet-sized
    images.
    """

def ResNet152V2(
    depth: int = 152,
    version: int = 2,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet152v2",
) -> keras.Model:
    """`ResNet(depth=152, version=2)`. Builds a residual network for
    ImageNet-sized images.
    """

def ResNet164V2(
    depth: int = 164,
    version: int = 2,
    block: Any = "bottleneck",
    shortcut: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet164v2",
) -> keras.Model:
    """`CifarResNet(depth=164, version=2, block='bottleneck')`. Builds a
    residual network for CIFAR-sized images.
    """

def ResNet18(
    depth: int = 18,
    version: int = 1,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet18",
) -> keras.Model:
    """`ResNet(depth=18)`. Builds a residual network for ImageNet-sized
    images.
    """

def ResNet20(
    depth: int = 20,
    version: int = 1,
    block: Any = "basic",
    shortcut: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet20",
) -> keras.Model:
    """`CifarResNet(depth=20)`. Builds a residual network for CIFAR-sized
    images.
    """

def ResNet200V2(
    depth: int = 200,
    version: int = 2,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet200v2",
) -> keras.Model:
    """`ResNet(depth=200, version=2)`. Builds a residual network for
    ImageNet-sized images.
    """

def ResNet32(
    depth: int = 32,
    version: int = 1,
    block: Any = "basic",
    shortcut: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet32",
) -> keras.Model:
    """`CifarResNet(depth=32)`. Builds a residual network for CIFAR-sized
    images.
    """

def ResNet34(
    depth: int = 34,
    version: int = 1,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet34",
) -> keras.Model:
    """`ResNet(depth=34)`. Builds a residual network for ImageNet-sized
    images.
    """

def ResNet44(
    depth: int = 44,
    version: int = 1,
    block: Any = "basic",
    shortcut: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet44",
) -> keras.Model:
    """`CifarResNet(depth=44)`. Builds a residual network for CIFAR-sized
    images.
    """

def ResNet50(
    depth: int = 50,
    version: int = 1,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet50",
) -> keras.Model:
    """`ResNet(depth=50)`. Builds a residual network for ImageNet-sized
    images.
    """

def ResNet50V2(
    depth: int = 50,
    version: int = 2,
    shortcut: Any = "B",
    block: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet50v2",
) -> keras.Model:
    """`ResNet(depth=50, version=2)`. Builds a residual network for ImageNet-
    sized images.
    """

def ResNet56(
    depth: int = 56,
    version: int = 1,
    block: Any = "basic",
    shortcut: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "resnet56",
) -> keras.Model:
    """`CifarResNet(depth=56)`. Builds a residual network for CIFAR-sized
    images.
    """

def ResidualAttentionNet(
    depth: int = 56,
    block: Any = "bottleneck",
    learning: Any = "residual",
    counts: Any = (1, 2, 1),
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a residual attention network for ImageNet-sized images."""

def ResidualAttentionNet56(
    depth: int = 56,
    block: Any = "bottleneck",
    learning: Any = "residual",
    counts: Any = (1, 2, 1),
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "residualattentionnet56",
) -> keras.Model:
    """`ResidualAttentionNet(depth=56)`. Builds a residual attention network
    for ImageNet-sized images.
    """

def ResidualAttentionNet92(
    depth: int = 92,
    block: Any = "bottleneck",
    learning: Any = "residual",
    counts: Any = (1, 2, 1),
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "residualattentionnet92",
) -> keras.Model:
    """`ResidualAttentionNet(depth=92)`. Builds a residual attention network
    for ImageNet-sized images.
    """

def RoR(
    depth: int = 110,
    levels: int = 3,
    shortcut: Any = "A",
    final_rate: float = 0.0,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `CifarResNet` with shortcuts around stages and around all."""

def RoR3_110(
    depth: int = 110,
    levels: int = 3,
    shortcut: Any = "A",
    final_rate: float = 0.0,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "ror3_110",
) -> keras.Model:
    """`RoR(depth=110)`. Builds a `CifarResNet` with shortcuts around stages
    and around all.
    """

def RoR3_164(
    depth: int = 164,
    levels: int = 3,
    shortcut: Any = "A",
    final_rate: float = 0.0,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "ror3_164",
) -> keras.Model:
    """`RoR(depth=164)`. Builds a `CifarResNet` with shortcuts around stages
    and around all.
    """

def RoR3_WRN58_4(
    depth: int = 58,
    width: int = 4,
    levels: int = 3,
    dropout_rate: float = 0.0,
    final_rate: float = 0.0,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "ror3_wrn58_4",
) -> keras.Model:
    """`WideRoR(depth=58, width=4)`. Builds a `WideResNet` with shortcuts
    around stages and around all.
    """

def SENet154(
    reduction: int = 16,
    dropout_rate: float = 0.2,
    blocks: Any = (3, 8, 36, 3),
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds SENet-154, the winner of ILSVRC 2017."""

def SEResNeXt(
    depth: int = 50,
    cardinality: int = 32,
    base_width: int = 4,
    reduction: int = 16,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `ResNeXt` with squeeze-and-excitation."""

def SEResNeXt101(
    depth: int = 101,
    cardinality: int = 32,
    base_width: int = 4,
    reduction: int = 16,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "seresnext101",
) -> keras.Model:
    """`SEResNeXt(depth=101)`. Builds a `ResNeXt` with squeeze-and-
    excitation.
    """

def SEResNeXt50(
    depth: int = 50,
    cardinality: int = 32,
    base_width: int = 4,
    reduction: int = 16,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "seresnext50",
) -> keras.Model:
    """`SEResNeXt(depth=50)`. Builds a `ResNeXt` with squeeze-and-excitation."""

def SEResNet(
    depth: int = 50,
    reduction: int = 16,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `ResNet` of bottlenecks with squeeze-and-excitation."""

def SEResNet101(
    depth: int = 101,
    reduction: int = 16,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "seresnet101",
) -> keras.Model:
    """`SEResNet(depth=101)`. Builds a `ResNet` of bottlenecks with squeeze-
    and-excitation.
    """

def SEResNet152(
    depth: int = 152,
    reduction: int = 16,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "seresnet152",
) -> keras.Model:
    """`SEResNet(depth=152)`. Builds a `ResNet` of bottlenecks with squeeze-
    and-excitation.
    """

def SEResNet50(
    depth: int = 50,
    reduction: int = 16,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "seresnet50",
) -> keras.Model:
    """`SEResNet(depth=50)`. Builds a `ResNet` of bottlenecks with squeeze-
    and-excitation.
    """

def SharedResNet(
    depth: int = 56,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `CifarResNet` of version 2 whose equal blocks share kernels."""

def StochasticDepthResNet(
    depth: int = 110,
    final_rate: float = 0.5,
    mode: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `CifarResNet` whose branches are dropped at random in
    training.
    """

def StochasticDepthResNet110(
    depth: int = 110,
    final_rate: float = 0.5,
    mode: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "stochasticdepthresnet110",
) -> keras.Model:
    """`StochasticDepthResNet(depth=110)`. Builds a `CifarResNet` whose
    branches are dropped at random in training.
    """

def StochasticDepthResNet1202(
    depth: int = 1202,
    final_rate: float = 0.5,
    mode: Any = None,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "stochasticdepthresnet1202",
) -> keras.Model:
    """`StochasticDepthResNet(depth=1202)`. Builds a `CifarResNet` whose
    branches are dropped at random in training.
    """

def SwapoutResNet(
    depth: int = 20,
    width: int = 1,
    schedule: Any = "linear",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a wide residual network of pre-activation blocks with swapout."""

def SwapoutResNet20_W1(
    depth: int = 20,
    width: int = 1,
    schedule: Any = "linear",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "swapoutresnet20_w1",
) -> keras.Model:
    """`SwapoutResNet(depth=20, width=1)`. Builds a wide residual network of
    pre-activation blocks with swapout.
    """

def SwapoutResNet20_W2(
    depth: int = 20,
    width: int = 2,
    schedule: Any = "linear",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "swapoutresnet20_w2",
) -> keras.Model:
    """`SwapoutResNet(depth=20, width=2)`. Builds a wide residual network of
    pre-activation blocks with swapout.
    """

def SwapoutResNet20_W4(
    depth: int = 20,
    width: int = 4,
    schedule: Any = "linear",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "swapoutresnet20_w4",
) -> keras.Model:
    """`SwapoutResNet(depth=20, width=4)`. Builds a wide residual network of
    pre-activation blocks with swapout.
    """

def SwapoutResNet32_W4(
    depth: int = 32,
    width: int = 4,
    schedule: Any = "linear",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "swapoutresnet32_w4",
) -> keras.Model:
    """`SwapoutResNet(depth=32, width=4)`. Builds a wide residual network of
    pre-activation blocks with swapout.
    """

def VGG(
    depth: int = 16,
    dropout_rate: float = 0.5,
    blocks: Any = None,
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a VGG network without batch normalisation."""

def VGG16(
    depth: int = 16,
    dropout_rate: float = 0.5,
    blocks: Any = None,
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "vgg16",
) -> keras.Model:
    """`VGG(depth=16)`. Builds a VGG network without batch normalisation."""

def VGG19(
    depth: int = 19,
    dropout_rate: float = 0.5,
    blocks: Any = None,
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "vgg19",
) -> keras.Model:
    """`VGG(depth=19)`. Builds a VGG network without batch normalisation."""

def WRN16_8(
    depth: int = 16,
    width: int = 8,
    dropout_rate: float = 0.0,
    stem: Any = "cifar",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "wrn16_8",
) -> keras.Model:
    """`WideResNet(depth=16, width=8)`. Builds a wide residual network."""

def WRN28_10(
    depth: int = 28,
    width: int = 10,
    dropout_rate: float = 0.0,
    stem: Any = "cifar",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "wrn28_10",
) -> keras.Model:
    """`WideResNet(depth=28, width=10)`. Builds a wide residual network."""

def WRN40_10(
    depth: int = 40,
    width: int = 10,
    dropout_rate: float = 0.0,
    stem: Any = "cifar",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "wrn40_10",
) -> keras.Model:
    """`WideResNet(depth=40, width=10)`. Builds a wide residual network."""

def WRN40_4(
    depth: int = 40,
    width: int = 4,
    dropout_rate: float = 0.0,
    stem: Any = "cifar",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "wrn40_4",
) -> keras.Model:
    """`WideResNet(depth=40, width=4)`. Builds a wide residual network."""

def WideResNet(
    depth: int = 28,
    width: int = 10,
    dropout_rate: float = 0.0,
    stem: Any = "cifar",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a wide residual network."""

def WideResNet101_2(
    depth: int = 101,
    width: int = 2,
    dropout_rate: float = 0.0,
    stem: Any = "imagenet",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "wideresnet101_2",
) -> keras.Model:
    """`WideResNet(stem='imagenet', width=2, depth=101)`. Builds a wide
    residual network.
    """

def WideResNet50_2(
    depth: int = 50,
    width: int = 2,
    dropout_rate: float = 0.0,
    stem: Any = "imagenet",
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = "wideresnet50_2",
) -> keras.Model:
    """`WideResNet(stem='imagenet', width=2, depth=50)`. Builds a wide
    residual network.
    """

def WideRoR(
    depth: int = 58,
    width: int = 4,
    levels: int = 3,
    dropout_rate: float = 0.0,
    final_rate: float = 0.0,
    blocks: Any = None,
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds a `WideResNet` with shortcuts around stages and around all."""

def WiderResNet38(
    variant: Any = "A",
    width: float = 1.0,
    dropout_rates: Any = (0.0, 0.0),
    blocks: Any = (3, 3, 6, 3, 1, 1),
    stack: Any = "auto",
    *,
    convention: str | None = None,
    include_top: bool = True,
    weights: str | os.PathLike[str] | None = None,
    input_shape: tuple[int | None, ...] | None = None,
    pooling: str | None = None,
    output_stride: Any = None,
    classes: int | None = None,
    classifier_activation: Any = "softmax",
    zero_gamma: bool = False,
    name: str | None = None,
) -> keras.Model:
    """Builds ResNet-38, a wide network of pre-activation blocks."""
