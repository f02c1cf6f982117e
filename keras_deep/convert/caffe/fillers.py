"""Converts Caffe's weight fillers to Keras initializers."""

from keras import initializers

from keras_deep.convert.caffe.keras_layers.deconvolution import BilinearKernel


def filler(message, name, default):
    """Returns the Keras initializer of a filler, or `default`.

    Args:
        message: `Message` of a layer's settings.
        name: string, such as `"weight_filler"`.
        default: initializer if the file has no filler, as most files that are
            not for training, or one of a rare type. (Caffe itself would use
            zeros.)
    """
    if name not in message:
        return default
    settings = message.message(name)
    make = _FILLERS.get(settings.string("type", "constant"))
    return default if make is None else make(settings)


def _constant(settings):
    return initializers.Constant(settings.number("value", 0.0))


def _uniform(settings):
    low, high = settings.number("min", 0.0), settings.number("max", 1.0)
    return initializers.RandomUniform(low, high)


def _gaussian(settings):
    mean, deviation = settings.number("mean", 0.0), settings.number("std", 1.0)
    return initializers.RandomNormal(mean, deviation)


def _scaled(scale, distribution):
    def make(settings):
        mode = settings.choice("variance_norm", _MODES, "fan_in")
        return initializers.VarianceScaling(scale, mode, distribution)

    return make


_MODES = {"FAN_IN": "fan_in", "FAN_OUT": "fan_out", "AVERAGE": "fan_avg"}
_FILLERS = {
    "constant": _constant,
    "uniform": _uniform,
    "gaussian": _gaussian,
    "xavier": _scaled(1.0, "uniform"),
    "msra": _scaled(2.0, "untruncated_normal"),
    "bilinear": lambda settings: BilinearKernel(),
}
