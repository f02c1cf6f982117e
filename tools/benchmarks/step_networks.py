"""Networks and settings of the topic `step`; needs only Python."""

import dataclasses

# Steps and predictions that are not measured: they trace, compile and allocate.
WARM = 2


@dataclasses.dataclass(frozen=True)
class Network:
    """A network that every contender builds.

    Args:
        builder: string, name in `keras_deep`.
        arguments: dict of the builder's arguments.
        parameters: int, the trainable parameters that published
            implementations have. Contenders with others are refused.
        batch: int, images in a batch.
        side: int, height and width of an image in pixels.
        classes: int.
        application: string, name in `keras.applications`, or `None`.
    """

    builder: str
    arguments: dict
    parameters: int
    batch: int = 32
    side: int = 32
    classes: int = 10
    application: str | None = None


def _imagenet(builder, parameters, application=None):
    return Network(builder, {}, parameters, 4, 160, 1000, application)


# Counts of torchvision, hujie-frank (SE), akamaster and hysts; DenseNet-BC's
# is that of gpleiss's implementation.
NETWORKS = {
    "ResNet-50": _imagenet("ResNet50", 25_557_032, "ResNet50"),
    "DenseNet-121": _imagenet("DenseNet121", 7_978_856, "DenseNet121"),
    "ResNeXt-50": _imagenet("ResNeXt50", 25_028_904),
    "SE-ResNet-50": _imagenet("SEResNet50", 28_088_024),
    "ResNet-20": Network("ResNet20", {}, 269_722),
    "ResNet-110": Network("ResNet110", {}, 1_727_962),
    "WRN-16-4": Network("WideResNet", {"depth": 16, "width": 4}, 2_748_890),
    "DenseNet-BC-100-12": Network("DenseNetBC100_12", {}, 769_162, batch=16),
}


@dataclasses.dataclass(frozen=True)
class Work:
    """What a contender measures; it travels as words of a command line.

    Args:
        name: string, one of `NETWORKS`.
        precision: `"float32"`, or `"bfloat16"` for mixed precision.
        repeats: int, steps and predictions whose median is reported.
        batch: int, images in a batch; 0 is the network's own number.
        side: int, pixels; 0 is the network's own number.
    """

    name: str
    precision: str = "float32"
    repeats: int = 8
    batch: int = 0
    side: int = 0

    def words(self):
        """Returns a tuple of strings for `parse`."""
        return tuple(map(str, dataclasses.astuple(self)))

    @classmethod
    def parse(cls, words):
        """Returns the `Work` of a sequence of strings."""
        name, precision, *numbers = words
        return cls(name, precision, *map(int, numbers))

    @property
    def network(self):
        """The `Network`, with the batch and side of this work."""
        given = {"batch": self.batch, "side": self.side}
        given = {key: value for key, value in given.items() if value}
        return dataclasses.replace(NETWORKS[self.name], **given)

    @property
    def steps(self):
        """All steps of a measurement, with those that are not measured."""
        return WARM + self.repeats


def check_parameters(network, found):
    """Refuses a contender that is another network.

    Raises:
        ValueError: if the number of trainable parameters is not as published.
    """
    if found != network.parameters:
        raise ValueError(
            f"Expected {network.parameters:,} trainable parameters. "
            f"Received: {found:,}"
        )
