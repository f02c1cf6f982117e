"""Rules for torchvision, timm and single repositories of PyTorch."""

from keras_deep.convert.preprocessing import IMAGENET_MEAN
from keras_deep.convert.preprocessing import IMAGENET_STD
from keras_deep.convert.preprocessing import TORCHVISION
from keras_deep.convert.preprocessing import cifar
from keras_deep.convert.rules import Origin

_STEM = {"conv1": "conv1_conv", "bn1": "conv1_bn"}
_BLOCKS = {
    "layer{s}.{b}.conv{k}": "conv{s+1}_block{b+1}_{k}_conv",
    "layer{s}.{b}.bn{k}": "conv{s+1}_block{b+1}_{k}_bn",
}
_PROJECTIONS = {
    f"layer{{s}}.{{b}}.{name}.{i}": f"conv{{s+1}}_block{{b+1}}_0_{kind}"
    for name in ("downsample", "shortcut")
    for i, kind in enumerate(("conv", "bn"))
}
_TOPS = {"fc": "predictions", "linear": "predictions"}

_RESNETS = (
    Origin(
        "torchvision or timm",
        "pytorch",
        {"ResNet": {"version": 1}},
        ("torchvision",),
        {**_STEM, **_BLOCKS, **_PROJECTIONS, **_TOPS},
        preprocessing=TORCHVISION,
    ),
    Origin(
        "torchvision's names",
        "pytorch",
        {"PlainNet": {}},
        ("torchvision",),
        {**_STEM, **_BLOCKS, **_TOPS},
        preprocessing=TORCHVISION,
    ),
    Origin(
        "timm",
        "pytorch",
        {"ResNet": {"version": 2}},
        ("timm",),
        {
            "stem.conv": "conv1_conv",
            "stages.{s}.blocks.{b}.conv{k}": ("conv{s+2}_block{b+1}_{k}_conv"),
            "stages.{s}.blocks.{b}.norm1": "conv{s+2}_block{b+1}_preact_bn",
            "stages.{s}.blocks.{b}.norm{k}": "conv{s+2}_block{b+1}_{k-1}_bn",
            "stages.{s}.blocks.{b}.downsample.conv": (
                "conv{s+2}_block{b+1}_0_conv"
            ),
            "norm": "post_bn",
            "head.fc": "predictions",
        },
        preprocessing=TORCHVISION,
    ),
)

_CIFAR_RESNETS = (
    Origin(
        "akamaster/pytorch_resnet_cifar10",
        "pytorch",
        {"CifarResNet": {"version": 1}, "CifarPlainNet": {}},
        ("paper",),
        {**_STEM, **_BLOCKS, **_TOPS},
        preprocessing=cifar(IMAGENET_MEAN, IMAGENET_STD),
    ),
    # The same with option B, and torchvision's names on a CIFAR network.
    Origin(
        "akamaster/pytorch_resnet_cifar10 with projections",
        "pytorch",
        {"CifarResNet": {"version": 1}, "CifarPlainNet": {}},
        ("pytorchcv",),
        {**_STEM, **_BLOCKS, **_PROJECTIONS, **_TOPS},
    ),
    Origin(
        "a-martyn/resnet",
        "pytorch",
        {"CifarResNet": {"version": 1}, "CifarPlainNet": {}},
        ("torch7",),  # Its option A pads after the channels.
        {
            "convIn": "conv1_conv",
            "bnIn": "conv1_bn",
            "stack1.{b}.conv{k}": "conv2_block{b+1}_{k}_conv",
            "stack1.{b}.bn{k}": "conv2_block{b+1}_{k}_bn",
            "stack{s}a.conv{k}": "conv{s+1}_block1_{k}_conv",
            "stack{s}a.bn{k}": "conv{s+1}_block1_{k}_bn",
            "stack{s}b.{b}.conv{k}": "conv{s+1}_block{b+2}_{k}_conv",
            "stack{s}b.{b}.bn{k}": "conv{s+1}_block{b+2}_{k}_bn",
            "fcOut": "predictions",
        },
        preprocessing=cifar(
            (0.4918687901200927, 0.49185976472299225, 0.4918583862227116),
            (0.24697121702736, 0.24696766978537033, 0.2469719877121087),
        ),
    ),
    Origin(
        "the lecture's code",
        "pytorch",
        {"MnistResNet": {}},
        ("paper",),
        {
            "conv0": "conv1_conv",
            "resblocks.{b}.conv{k}": "conv2_block{b+1}_{k}_conv",
            "resblocks.{b}.bn{k}": "conv2_block{b+1}_{k}_bn",
            "fc": "predictions",
        },
    ),
)

# Torch 0.3 wrote `norm.1`, later releases `norm1`; published files have both.
_DENSE = {
    "features.conv0": "conv1_conv",
    "features.norm0": "conv1_bn",
    **{
        f"features.denseblock{{s}}.denselayer{{b}}.{name}{dot}{i}": (
            f"conv{{s+1}}_block{{b}}_{i - (name == 'norm')}_{kind}"
        )
        for dot in ("", ".")
        for name, kind in (("norm", "bn"), ("conv", "conv"))
        for i in (1, 2)
    },
    "features.transition{s}.norm": "pool{s+1}_bn",
    "features.transition{s}.conv": "pool{s+1}_conv",
    "features.norm5": "post_bn",
    "features.norm_final": "post_bn",
    "classifier": "predictions",
}
_CIFAR_DENSE = {
    "conv1": "conv1_conv",
    "block{s}.layer.{b}.bn{k}": "conv{s+1}_block{b+1}_{k-1}_bn",
    "block{s}.layer.{b}.conv{k}": "conv{s+1}_block{b+1}_{k}_conv",
    "trans{s}.bn1": "pool{s+1}_bn",
    "trans{s}.conv1": "pool{s+1}_conv",
    "bn1": "post_bn",
    "fc": "predictions",
}
# The shapes tell the conventions of CIFAR DenseNets apart.
ANY_CIFAR_DENSENET = ("paper", "torch7", "pytorchcv")

_DENSENETS = (
    Origin(
        "torchvision or timm",
        "pytorch",
        {"DenseNetBC": {"stem": "imagenet"}},
        ("torchvision",),
        _DENSE,
        preprocessing=TORCHVISION,
    ),
    Origin(
        "gpleiss/efficient_densenet_pytorch",
        "pytorch",
        {"DenseNet": {}, "DenseNetBC": {"stem": "cifar"}},
        ANY_CIFAR_DENSENET,
        _DENSE,
    ),
    Origin(
        "andreasveit/densenet-pytorch",
        "pytorch",
        {"DenseNet": {}, "DenseNetBC": {"stem": "cifar"}},
        ("pytorchcv", "torch7", "paper"),
        _CIFAR_DENSE,
    ),
)

ORIGINS = (*_RESNETS, *_CIFAR_RESNETS, *_DENSENETS)
