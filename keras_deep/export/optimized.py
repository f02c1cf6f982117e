"""The network that an export writes: in float32, with ordinary layers."""

import keras

from keras_deep.layers.names import flat_layers
from keras_deep.models.copying import copied
from keras_deep.models.unstack import unstacked

_HALF = ("float16", "bfloat16")


def prepared(model, optimize=True, flat=False):
    """Returns the network to export, which computes what `model` does.

    Args:
        model: functional `keras.Model`, in any precision, also stacked.
        optimize: bool. Whether to rebuild it for speed.
        flat: bool. Whether to replace stacked blocks by ordinary layers.

    Returns:
        `keras.Model` in float32, perhaps `model` itself.
    """
    model = in_float32(model)
    return unstacked(model) if flat else model


def as_functional(model):
    """Returns a functional model of the same layers, perhaps `model` itself.

    Raises:
        ValueError: if it has no graph of layers.
    """
    if not getattr(model, "inputs", None) or not model.built:
        raise ValueError(
            "Expected a functional or sequential `keras.Model` with known "
            f"inputs. Received: model={model!r}. Call it within one: "
            "`keras.Model(inputs, model(inputs))`."
        )
    if isinstance(model, keras.Sequential):
        (inputs,), (outputs,) = model.inputs, model.outputs
        return keras.Model(inputs, outputs, name=model.name)
    return model


def in_float32(model):
    """Returns `model`, or its copy in float32 if it computes with less."""
    if not any(_is_half(layer) for layer in flat_layers(model)):
        return model

    def copy(layer):
        return type(layer).from_config(_float32(layer.get_config()))

    return copied(model, copy)


def _is_half(layer):
    return layer.compute_dtype in _HALF or layer.variable_dtype in _HALF


def _float32(config):
    """Replaces dtype policies in a configuration, nested ones too."""
    if isinstance(config, (list, tuple)):
        return type(config)(map(_float32, config))
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "DTypePolicy":
        return "float32"
    found = {key: _float32(value) for key, value in config.items()}
    if found.get("dtype") in _HALF:
        found["dtype"] = "float32"
    return found
