"""Rules for keras.applications and the ResNet of Keras's code examples."""

from keras_deep.convert.origins.caffe import HE
from keras_deep.convert.origins.caffe import in_order
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.preprocessing import preprocessing
from keras_deep.convert.rules import Origin

# Their names are ours but for those of older releases.
_SAME = {"fc1000": "predictions", "probs": "predictions", "{=name}": "{=name}"}


def _projection_last(name):
    """Gives the key that sorts our layers as the example makes them."""
    key = in_order(name)
    return (*key[:2], key[2] or 9) if len(key) == 3 else key


ORIGINS = (
    Origin(
        "keras.applications",
        "keras",
        {"ResNet": {"version": 1}},
        ("keras",),
        _SAME,
        needs="conv1_conv/bias",
        preprocessing=HE,
    ),
    Origin(
        "keras.applications",
        "keras",
        {"ResNet": {"version": 2}},
        ("keras",),
        _SAME,
        needs="conv1_conv/bias",
        preprocessing=preprocessing((127.5,) * 3, (127.5,) * 3),
    ),
    Origin(
        "keras.applications",
        "keras",
        {"DenseNetBC": {"stem": "imagenet"}},
        ("keras",),
        {
            "conv1/conv": "conv1_conv",
            "conv1/bn": "conv1_bn",
            "bn": "post_bn",
            **_SAME,
        },
        needs="bn/gamma",
        preprocessing=TORCHVISION,
    ),
    Origin(
        "Keras's example of a CIFAR ResNet",
        "keras",
        {"CifarResNet": {"version": 1}, "CifarPlainNet": {}},
        ("keras",),
        {"dense": "predictions", "dense_{n}": "predictions"},
        numbered={"conv2d": "conv", "batch_normalization": "bn"},
        order=_projection_last,
        preprocessing=preprocessing((0, 0, 0), side=32, crop=1),
    ),
)
