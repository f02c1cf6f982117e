"""The networks of the topic `step` in PyTorch: torchvision's, or short ones."""

import functools

import torchvision
from torch import nn
from torch.nn.functional import pad
from torchvision.models.densenet import DenseNet
from torchvision.models.resnet import Bottleneck
from torchvision.models.resnet import ResNet


def _conv(inputs, outputs, size=3, stride=1):
    return nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)


class Basic(nn.Module):
    """Two convolutions, and the paper's option A: channels of zeros."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = _conv(inputs, outputs, stride=stride)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = _conv(outputs, outputs)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.zeros = stride, (outputs - inputs) // 2

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y))
        if self.zeros:
            x = x[:, :, :: self.stride, :: self.stride]
            x = pad(x, (0, 0, 0, 0, self.zeros, self.zeros))
        return (x + y).relu()


class Wide(nn.Module):
    """Two convolutions, each after normalisation, and a projection."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = _conv(inputs, outputs, stride=stride)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = _conv(outputs, outputs)
        self.project = None
        if inputs != outputs:
            self.project = _conv(inputs, outputs, 1, stride)

    def forward(self, x):
        y = self.bn1(x).relu()
        if self.project is not None:
            x = self.project(y)
        y = self.bn2(self.conv1(y)).relu()
        return x + self.conv2(y)


class SqueezeBottleneck(Bottleneck):
    """torchvision's bottleneck, its branch scaled by squeeze-and-excitation."""

    def __init__(self, inplanes, planes, *arguments, **keywords):
        super().__init__(inplanes, planes, *arguments, **keywords)
        channels = 4 * planes
        self.se = torchvision.ops.SqueezeExcitation(channels, channels // 16)

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y)).relu()
        y = self.se(self.bn3(self.conv3(y)))
        x = x if self.downsample is None else self.downsample(x)
        return (x + y).relu()


class Cifar(nn.Module):
    """A stem and three stages of equal blocks, then the classifier."""

    def __init__(self, block, count, width=1):
        super().__init__()
        wide = block is Wide
        self.conv1 = _conv(3, 16)
        self.bn1 = None if wide else nn.BatchNorm2d(16)
        channels = 16
        for stage in range(3):
            outputs = 16 * width * 2**stage
            blocks = []
            for i in range(count):
                stride = 2 if stage and i == 0 else 1
                blocks.append(block(channels, outputs, stride))
                channels = outputs
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.bn2 = nn.BatchNorm2d(channels) if wide else None
        self.linear = nn.Linear(channels, 10)

    def forward(self, x):
        x = self.conv1(x)
        if self.bn1 is not None:
            x = self.bn1(x).relu()
        x = self.layer3(self.layer2(self.layer1(x)))
        if self.bn2 is not None:
            x = self.bn2(x).relu()
        return self.linear(x.mean((2, 3)))


def _dense_net_bc():
    """Returns torchvision's DenseNet with the stem for CIFAR."""
    model = DenseNet(12, (16, 16, 16), 24, num_classes=10)
    model.features.conv0 = _conv(3, 24)
    for name in ("norm0", "relu0", "pool0"):
        setattr(model.features, name, nn.Identity())
    return model


BUILDERS = {
    "ResNet-50": torchvision.models.resnet50,
    "DenseNet-121": torchvision.models.densenet121,
    "ResNeXt-50": torchvision.models.resnext50_32x4d,
    "SE-ResNet-50": lambda: ResNet(SqueezeBottleneck, [3, 4, 6, 3]),
    "ResNet-20": functools.partial(Cifar, Basic, 3),
    "ResNet-110": functools.partial(Cifar, Basic, 18),
    "WRN-16-4": functools.partial(Cifar, Wide, 2, width=4),
    "DenseNet-BC-100-12": _dense_net_bc,
}
