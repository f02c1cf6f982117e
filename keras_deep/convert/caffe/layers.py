"""The table of Caffe's layer types."""

from typing import NamedTuple

from keras_deep.convert.caffe import folds
from keras_deep.convert.caffe import joints
from keras_deep.convert.caffe import norms
from keras_deep.convert.caffe import values
from keras_deep.convert.caffe import windows
from keras_deep.utils.errors import did_you_mean

_MANY = 2**31


class LayerType(NamedTuple):
    """A layer type.

    Args:
        recipe: function `(layer, *shapes)` of a `CaffeLayer` and the shapes of
            its bottoms, that returns a `Recipe`.
        fewest: int, the minimum number of bottoms.
        most: int, the maximum number of bottoms.
        tops: int, the maximum number of tops.
    """

    recipe: callable
    fewest: int = 1
    most: int = 1
    tops: int = 1


LAYER_TYPES = {
    "AbsVal": LayerType(values.absolute),
    "Axpy": LayerType(joints.axpy, 3, 3),
    "BN": LayerType(norms.fused_batch_norm),
    "BNLL": LayerType(values.activation("softplus")),
    "BatchNorm": LayerType(norms.batch_norm),
    "Bias": LayerType(norms.bias),
    "Concat": LayerType(joints.concat, 1, _MANY),
    "Convolution": LayerType(windows.convolution),
    "ConvolutionDepthwise": LayerType(windows.convolution),
    "Crop": LayerType(joints.crop, 2, 2),
    "Deconvolution": LayerType(windows.deconvolution),
    "DepthwiseConvolution": LayerType(windows.convolution),
    "Dropout": LayerType(values.dropout),
    "ELU": LayerType(values.elu),
    "Eltwise": LayerType(joints.eltwise, 2, _MANY),
    "Exp": LayerType(values.exponential),
    "Flatten": LayerType(folds.flatten),
    "InnerProduct": LayerType(folds.inner_product),
    "Interp": LayerType(joints.interp, 1, 2),
    "LRN": LayerType(norms.lrn),
    "Log": LayerType(values.logarithm),
    "PReLU": LayerType(values.prelu),
    "Permute": LayerType(folds.permute),
    "Pooling": LayerType(windows.pooling),
    "Power": LayerType(values.power),
    "ReLU": LayerType(values.relu),
    "Reshape": LayerType(folds.reshape),
    "Scale": LayerType(norms.scale, 1, 2),
    "Sigmoid": LayerType(values.activation("sigmoid")),
    "Slice": LayerType(joints.slices, tops=_MANY),
    "Softmax": LayerType(values.softmax),
    "Split": LayerType(joints.split, tops=_MANY),
    "TanH": LayerType(values.activation("tanh")),
}


def layer_type(layer):
    """Returns the `LayerType` of a `CaffeLayer`.

    Raises:
        ValueError: if the type is unknown, or the layer has a wrong number of
            bottoms or tops; names the layer.
    """
    if layer.type not in LAYER_TYPES:
        near = did_you_mean(layer.type, LAYER_TYPES)
        raise layer.error(
            "a layer type that this package knows",
            f"{layer.type!r}{near}",
        )
    found = LAYER_TYPES[layer.type]
    bottoms, tops = len(layer.bottoms), len(layer.tops)
    if not found.fewest <= bottoms <= found.most or not 1 <= tops <= found.tops:
        most = "any number" if found.most == _MANY else found.most
        raise layer.error(
            f"{found.fewest} to {most} bottoms, and as many tops as "
            f"{layer.type} gives",
            f"{bottoms} bottoms, {tops} tops",
        )
    return found
