"""Published Caffe networks to compare with OpenCV.

Needs only NumPy, for the tool that makes the golden files with OpenCV.
"""

import copy
import functools
import importlib.util
import zipfile
import zlib
from typing import NamedTuple

import numpy as np

_SMALL = ((32, 32), (44, 37))
_LARGE = ((224, 224), (257, 229))
_FIXED = ((224, 224),)  # For nets with dense layers on flattened images.


class Published(NamedTuple):
    """A published network.

    Args:
        channels: int.
        sizes: tuple of `(height, width)` to run it at.
        scale: float, the standard deviation of the input.
        trained: bool. Whether its trained weights are at hand; else they are
            generated.
    """

    channels: int
    sizes: tuple
    scale: float = 1.0
    trained: bool = False


PUBLISHED = {
    "fwang__Attention-56-deploy": Published(3, _FIXED),
    "he__ResNet-152-deploy": Published(3, _FIXED),
    "he__ResNet-50-deploy": Published(3, _FIXED),
    "hujie__SE-BN-Inception": Published(3, _FIXED),
    "hujie__SE-ResNeXt-50": Published(3, _FIXED),
    "hujie__SE-ResNet-50": Published(3, _FIXED),
    "liuzhuang__test_densenet": Published(3, _SMALL),
    "liuzhuang__train_densenet": Published(3, _SMALL),
    "shicai__DenseNet_121": Published(3, _LARGE),
    "shicai__DenseNet_169": Published(3, _LARGE),
    "soeaver__deploy_densenet121": Published(3, _LARGE),
    "soeaver__deploy_inception-v4": Published(3, ((299, 299), (331, 363))),
    "soeaver__deploy_resnet101-v2": Published(3, _LARGE),
    "soeaver__deploy_resnet18-priv": Published(3, _LARGE),
    "soeaver__deploy_resnext50-32x4d": Published(3, _LARGE),
    "soeaver__deploy_wrn50-2": Published(3, _LARGE),
    "yihui__resnet-20-trainval": Published(3, _SMALL),
    "yihui__resnet-56-trainval": Published(3, _SMALL),
    "junyuseu_plain20_noaug_deploy": Published(3, _SMALL, 50.0, True),
    "junyuseu_res20_aug_deploy": Published(3, _SMALL, 50.0, True),
    "lenet_mnist": Published(1, ((28, 28),), 0.3, True),
    "mtcnn_det1": Published(3, ((12, 12), (40, 31)), 0.5, True),
    "nsfw_resnet50_1by2_deploy": Published(3, _FIXED, 10.0, True),
    "wechat_sr": Published(1, ((224, 224), (61, 50)), 50.0, True),
}


@functools.cache
def synth(shared):
    """Imports the tool that generates weights for a network."""
    path = shared / "data" / "tools" / "caffe_synth.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prototxt(shared, name):
    """Returns the prototxt of a published network."""
    if PUBLISHED[name].trained:
        return (_trained(shared) / f"{name}.prototxt").read_text()
    archive = shared / "data" / "prototxt" / "prototxt.zip"
    with zipfile.ZipFile(archive) as members:
        return members.read(f"{name}.prototxt").decode()


def caffemodel(shared, name):
    """Returns the path of a network's trained weights."""
    stem = name.removesuffix("_deploy")
    return _trained(shared) / f"{stem}.caffemodel"


def _trained(shared):
    return shared / "data" / "checkpoints" / "caffe"


def made_weights(shared, name):
    """Generates weights for a network, a dict of layer to arrays."""
    tool = synth(shared)
    return tool.weights(tool.parse(prototxt(shared, name)))


def image(name, size):
    """Returns a network's input, float32 with channels first."""
    one = PUBLISHED[name]
    seed = zlib.crc32(f"{name} {size[0]} {size[1]}".encode())
    shape = (1, one.channels, *size)
    x = np.random.default_rng(seed).standard_normal(shape) * one.scale
    return x.astype("f4")


def resized(net, size):
    """Returns a copy of a parsed network with another input size."""
    net = copy.deepcopy(net)
    height, width = size
    if "input_dim" in net:
        net["input_dim"][2:4] = [height, width]
    elif "input_shape" in net:
        net["input_shape"][0]["dim"][2:4] = [height, width]
    for layer in net["layer"]:
        if layer["type"][0] == "Input":
            shape = layer["input_param"][0]["shape"][0]
            shape["dim"][2:4] = [height, width]
    return net


def sample(array, count):
    """Returns `count` evenly spaced values of an array, or all if fewer."""
    flat = np.asarray(array).ravel()
    places = np.linspace(0, flat.size - 1, min(flat.size, count)).astype(int)
    return flat[places]
