"""The network that an export writes: in float32, with ordinary layers."""

from keras_deep.export.outputs import with_named_outputs
from keras_deep.layers.grouped_conv import class_of_copy
from keras_deep.layers.names import flat_layers
from keras_deep.models.copying import copied
from keras_deep.models.for_inference import for_inference
from keras_deep.models.unstack import unstacked

_HALF = ("float16", "bfloat16")


def network_of(model, optimize=True, features=False, flat=False):
    """Returns the network to export, which computes what `model` does.

    Args:
        model: functional `keras.Model`, in any precision, also stacked.
        optimize: bool. Whether to rebuild it for speed.
        features: see `with_named_outputs`.
        flat: bool. Whether to replace stacked blocks by ordinary layers.

    Returns:
        `keras.Model` in float32 with a dict of outputs.

    Raises:
        ValueError: if there are no such features.
    """
    model = in_plain_layers(model)
    model = with_named_outputs(unstacked(model) if flat else model, features)
    return for_inference(model) if optimize else model


def in_plain_layers(model):
    """Returns `model`, or its copy in layers that every format takes.

    They compute in float32, and groups of a convolution in TensorFlow's own
    operations: Keras leaves those to XLA, which other programs do not have.
    """

    def copy(layer):
        return class_of_copy(layer).from_config(_float32(layer.get_config()))

    needed = any(
        _is_half(layer) or class_of_copy(layer) is not type(layer)
        for layer in flat_layers(model)
    )
    return copied(model, copy) if needed else model


def _is_half(layer):
    return layer.compute_dtype in _HALF or layer.variable_dtype in _HALF


def _float32(config):
    """Replaces dtype policies in a configuration, nested ones too."""
    if isinstance(config, (list, tuple)):
        return type(config)(map(_float32, config))
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "DTypePolicy":  # The card is beside it.
        return {**config, "config": {"name": "float32"}}
    found = {key: _float32(value) for key, value in config.items()}
    if found.get("dtype") in _HALF:
        found["dtype"] = "float32"
    return found
