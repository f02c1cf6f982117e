"""File names of torchvision's published weights, by torchvision's names."""

import dataclasses

from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.utils.errors import UnknownNameError
from keras_deep.utils.errors import did_you_mean

# From pytorch/vision, torchvision/models/resnet.py, densenet.py and vgg.py
# (0.29.1): the weights IMAGENET1K_V1, then V2; for each the first digits of the
# file's SHA-256, and the resized shorter side before the center crop of 224
# pixels, in torchvision.transforms.ImageClassification. All are resized
# bilinearly, with ImageNet's mean and standard deviation.
_FAMILIES = {
    "ResNet18": (("f37072fd", 256),),
    "ResNet34": (("b627a593", 256),),
    "ResNet50": (("0676ba61", 256), ("11ad3fa6", 232)),
    "ResNet101": (("63fe2227", 256), ("cd907fc2", 232)),
    "ResNet152": (("394f9c45", 256), ("f82ba261", 232)),
    "ResNeXt50_32X4D": (("7cdf4587", 256), ("1a0047aa", 232)),
    "ResNeXt101_32X8D": (("8ba56ff5", 256), ("110c445d", 232)),
    "ResNeXt101_64X4D": (("173b62eb", 232),),
    "Wide_ResNet50_2": (("95faca4d", 256), ("9ba9bcbe", 232)),
    "Wide_ResNet101_2": (("32ee1156", 256), ("d733dc28", 232)),
    "DenseNet121": (("a639ec97", 256),),
    "DenseNet161": (("8d451a50", 256),),
    "DenseNet169": (("b2777c0a", 256),),
    "DenseNet201": (("c1103571", 256),),
    "VGG16": (("397923af", 256),),
    "VGG16_BN": (("6c64b313", 256),),
    "VGG19": (("dcbb9e9d", 256),),
    "VGG19_BN": (("c79401a0", 256),),
}


def _rows():
    for family, versions in _FAMILIES.items():
        files = [
            (f"{family.lower()}-{digits}.pth", side)
            for digits, side in versions
        ]
        for number, row in enumerate(files, 1):
            yield f"{family}_Weights.IMAGENET1K_V{number}", row
        yield f"{family}_Weights.DEFAULT", files[-1]


_WEIGHTS = dict(_rows())


def find_weights(name):
    """Looks up published weights.

    Args:
        name: string, such as `"ResNet50_Weights.IMAGENET1K_V2"` or
            `"ResNet50_Weights.DEFAULT"`.

    Returns:
        Name of the file, and shorter side of an image before the center crop.

    Raises:
        ValueError: if torchvision has no such weights, or this package not
            their network.
    """
    if name not in _WEIGHTS:
        raise UnknownNameError(
            "Expected weights of torchvision, such as "
            "'ResNet50_Weights.IMAGENET1K_V2', of one of "
            f"{list(_FAMILIES)}. Received: {name!r}."
            f"{did_you_mean(name, _WEIGHTS)}"
        )
    return _WEIGHTS[name]


def images_of(name):
    """Returns what images need before published weights, `Preprocessing`.

    Args:
        name: see `find_weights`.

    Raises:
        ValueError: as `find_weights`.
    """
    _, side = find_weights(name)
    return dataclasses.replace(TORCHVISION, crop=TORCHVISION.shape[0] / side)
