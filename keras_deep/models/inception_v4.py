"""Inception-v4: parallel branches of convolutions, concatenated."""

from keras_deep.layers.conventions import Convention
from keras_deep.layers.inception import AVG
from keras_deep.layers.inception import MAX
from keras_deep.layers.inception import inception_block
from keras_deep.layers.inception import inception_stem
from keras_deep.layers.stage import stage_end
from keras_deep.models.image_model import image_model
from keras_deep.models.top import dropout_classifier

_TIMM = Convention(epsilon=1e-3)
_CONVENTIONS = {
    "timm": _TIMM,
    "pytorchcv": _TIMM,
    "paper": _TIMM,
    # soeaver's.
    "caffe": Convention(epsilon=1e-3, count_padding=True),
}

_MIXED_3A = ((MAX,), ((96, 3, 2),))
_MIXED_4A = (
    ((64, 1), (96, 3, 1, "valid")),
    ((64, 1), (64, (1, 7)), (64, (7, 1)), (96, 3, 1, "valid")),
)
_MIXED_5A = (((192, 3, 2),), (MAX,))
_A = (
    ((96, 1),),
    ((64, 1), (96, 3)),
    ((64, 1), (96, 3), (96, 3)),
    (AVG, (96, 1)),
)
_REDUCTION_A = (((384, 3, 2),), ((192, 1), (224, 3), (256, 3, 2)), (MAX,))
_B = (
    ((384, 1),),
    ((192, 1), (224, (1, 7)), (256, (7, 1))),
    ((192, 1), (192, (7, 1)), (224, (1, 7)), (224, (7, 1)), (256, (1, 7))),
    (AVG, (128, 1)),
)
_REDUCTION_B = (
    ((192, 1), (192, 3, 2)),
    ((256, 1), (256, (1, 7)), (320, (7, 1)), (320, 3, 2)),
    (MAX,),
)
_SIDE_BY_SIDE = ((256, (1, 3)), (256, (3, 1)))
_C = (
    ((256, 1),),
    ((384, 1), _SIDE_BY_SIDE),
    ((384, 1), (448, (3, 1)), (512, (1, 3)), _SIDE_BY_SIDE),
    (AVG, (256, 1)),
)
# Blocks of each stage after the stem.
_STAGES = {
    "conv2": (_MIXED_3A, _MIXED_4A),
    "conv3": (_MIXED_5A, _A, _A, _A, _A),
    "conv4": (_REDUCTION_A, *(_B,) * 7),
    "conv5": (_REDUCTION_B, *(_C,) * 3),
}


@image_model(
    "Inception",
    "imagenet",
    _CONVENTIONS,
    min_size=75,
    shape=(299, 299, 3),
    top=dropout_classifier,
)
def InceptionV4(inputs, dropout_rate=0.2):
    """Builds Inception-v4, for images of 299 pixels.

    Batch normalisation has a scale, as in the PyTorch releases. The authors'
    TensorFlow code has none, which saves 31,584 parameters and is equivalent,
    as a convolution follows each.

    Reference:
    - [Inception-v4, Inception-ResNet and the Impact of Residual Connections on
        Learning](https://arxiv.org/abs/1602.07261) (AAAI 2017)

    Args:
        dropout_rate: float in `[0, 1)`. Dropout before the classifier; the
            paper keeps 0.8.

    Raises:
        ValueError: if images are smaller than 75 pixels.
    """
    x = inception_stem(inputs)
    for stage, blocks in _STAGES.items():
        for number, branches in enumerate(blocks, 1):
            x = inception_block(x, branches, f"{stage}_block{number}")
        x = stage_end(x, stage)
    return x
