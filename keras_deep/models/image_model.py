"""Builders of image classifiers: input, features and top."""

import dataclasses

import keras

from keras_deep.layers.conventions import convention
from keras_deep.layers.conventions import convention_scope
from keras_deep.layers.identity import Identity
from keras_deep.layers.statistics import single_layers
from keras_deep.models.image_input import image_input
from keras_deep.models.image_input import in_data_format
from keras_deep.models.model import PAPER
from keras_deep.models.model import Builder
from keras_deep.models.model import register_builder
from keras_deep.models.output_stride import with_output_stride
from keras_deep.models.registry import entry_of
from keras_deep.models.top import Top
from keras_deep.models.top import check_top
from keras_deep.models.top import classifier
from keras_deep.models.top import pooled
from keras_deep.models.top import top_activation

# Shape of an image, channels last, and number of classes.
DATASETS = {
    "imagenet": ((224, 224, 3), 1000),
    "cifar10": ((32, 32, 3), 10),
    "mnist": ((28, 28, 1), 10),
}

COMMON = {
    "convention": None,
    "include_top": True,
    "weights": None,
    "input_shape": None,
    "pooling": None,
    "output_stride": None,
    "classes": None,
    "classifier_activation": "softmax",
    "zero_gamma": False,
    "name": None,
}

COMMON_ARGS = """
Args of every image model:
    convention: string, the implementation whose details the network follows:
        {conventions}. `None` is the first.
    include_top: bool. Whether to add global pooling and the classifier.
    weights: `None` for random initialisation, or a file of weights of this
        network and convention: a path (`.keras`, `.weights.h5`, `.h5`,
        `.pth`, `.safetensors`, `.npz`, `.caffemodel`), a name on a hub
        (`"hf://timm/resnet50.a1_in1k"`,
        `"torchvision://ResNet50_Weights.IMAGENET1K_V2"`) or an address;
        `"run.pth#model_ema"` is one of several in a checkpoint. The classifier
        keeps its initial weights where the file has another number of classes
        or none, and a head that the network does not have is left out; a
        warning says so.
    input_shape: tuple, the shape of one image; sides may be `None`. `None` is
        {shape}, in Keras's image data format.
    pooling: `None`, `"avg"` or `"max"`: pooling of the features if
        `include_top=False`. With `None` the output is a 4D tensor.
    output_stride: int, the stride of the features, for use as a backbone, or
        `None` for that of the network. Where the stride would be larger,
        convolutions are dilated instead; weights stay the same.
    classes: int, the number of classes. `None` is {classes}.
    classifier_activation: string, callable or `None`. Activation of the
        classifier; `None` returns logits. With `classes=1`, the probability
        of the second of two classes, `"softmax"` means `"sigmoid"`.
    zero_gamma: bool, for residual networks of post-activation blocks. `True`
        starts `gamma` of the last batch normalisation of every branch at 0,
        so that a fresh network is that of its shortcuts, at any depth.
    name: string, the name of the model.

Returns:
    A `keras.Model` from images of shape `(batch, *input_shape)` to
    probabilities of shape `(batch, classes)`, or to features.
"""


@dataclasses.dataclass(frozen=True)
class ImageBuilder(Builder):
    """Makes a builder of a function `(inputs, ...) -> features`.

    Args:
        min_size: int, the minimum height and width of images.
        top: function `(x, top) -> tensor` of the features and a `Top`.
        shape: tuple, the default shape of an image, channels last, or `None`
            for that of the data set.
    """

    min_size: int
    top: callable
    shape: tuple | None

    common = COMMON
    skip = 1

    def network(self, own, common):
        """Builds the input, the features and the top."""
        shape, classes = self.images_of({**own, **common})
        if common["classes"] is None:
            common = {**common, "classes": classes}
        check_top(common)
        inputs = image_input(common["input_shape"], shape, self.min_size)
        zero_gamma = common["zero_gamma"]
        details = dataclasses.replace(convention(), zero_gamma=zero_gamma)
        with convention_scope(details):
            x = self.function(inputs, **own)
        x = Identity(name="features")(x)
        if common["include_top"]:
            activation = common["classifier_activation"]
            x = self.top(x, Top(common["classes"], activation, own))
        else:
            x = pooled(x, common["pooling"])
        built = keras.Model(inputs, x)
        if zero_gamma:
            _check_zero_gammas(built, self.name)
        if common["output_stride"] is None:
            return built
        return with_output_stride(built, common["output_stride"])

    def resolved(self, arguments):
        """Returns the arguments with the activation of a single class."""
        activation = top_activation(
            arguments["classes"], arguments["classifier_activation"]
        )
        return {**arguments, "classifier_activation": activation}

    def images_of(self, arguments):
        """Returns the default image shape and number of classes."""
        shape, classes = DATASETS[self.dataset_of(arguments)]
        return self.shape or shape, classes

    def common_doc(self, arguments):
        names = (f'`"{name}"`' for name in self.conventions_of(arguments))
        shape, classes = self.images_of(arguments)
        return COMMON_ARGS.format(
            conventions=", ".join(names), shape=shape, classes=classes
        )


def image_model(
    family, dataset, conventions=None, min_size=8, top=classifier, shape=None
):
    """Registers a function `(inputs, ...) -> features` as a builder.

    The builder has the function's name, takes the function's arguments, then
    those of `COMMON_ARGS` by keyword, and activates the convention.

    Args:
        family: see `Builder`.
        dataset: key of `DATASETS`, or a function that returns it for a dict
            of the builder's arguments.
        conventions: see `Builder`. `None` is the paper's only.
        min_size: see `ImageBuilder`.
        top: see `ImageBuilder`. It ends in a layer named `"predictions"`.
        shape: see `ImageBuilder`.

    Returns:
        Decorator of a function `(inputs, ...) -> tensor`.
    """
    return lambda features_of: register_builder(
        ImageBuilder(
            features_of,
            "image",
            family,
            dataset,
            conventions or PAPER,
            min_size,
            top,
            shape,
        )
    )


def default_shape(name, arguments, channels):
    """Returns the default image shape with another number of channels.

    Args:
        name: string, a registered image model.
        arguments: dict of arguments of its builder.
        channels: int.
    """
    entry = entry_of(name)
    shape, _ = entry.record.images_of({**entry.arguments, **arguments})
    return in_data_format(*shape[:2], channels)


def _check_zero_gammas(model, name):
    """Refuses a network without blocks whose last `gamma` could be 0."""
    for layer in single_layers(model):
        initializer = getattr(layer, "gamma_initializer", None)
        if isinstance(initializer, keras.initializers.Zeros):
            return
    raise ValueError(
        "Expected `zero_gamma=False`, except for residual networks whose "
        f"branches end in batch normalisation. Received: {name} with "
        "zero_gamma=True."
    )
