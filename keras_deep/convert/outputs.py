"""Computes the outputs of a model's layers."""

import keras
import numpy as np


def noise(model):
    """Returns two images of noise for a model, from a fixed seed."""
    shape = image_shape(model)
    rng = np.random.default_rng(0)
    return rng.standard_normal((2, *shape)).astype("float32")


def image_shape(model):
    """Returns height, width and channels, with 64 for unknown sides."""
    shape = model.input_shape[1:]
    if keras.config.image_data_format() == "channels_first":
        shape = (*shape[1:], shape[0])
    return tuple(side or 64 for side in shape)


def outputs_of(model, names, images):
    """Computes the outputs of layers, also of those in nested models.

    Args:
        model: functional `keras.Model`.
        names: set of layer names.
        images: float32 array `(n, height, width, channels)`.

    Returns:
        Dict of name to array, channels last.
    """
    first = keras.config.image_data_format() == "channels_first"
    x = images.transpose(0, 3, 1, 2) if first else images
    found = _outputs(model, names, x)
    return {
        name: y.transpose(0, 2, 3, 1) if first and y.ndim == 4 else y
        for name, y in found.items()
        if name in names
    }


def _outputs(model, names, x):
    # Nested models are in a chain: the input is the output of the layer before.
    parts = {
        part: before
        for before, part in zip(model.layers, model.layers[1:])
        if isinstance(part, keras.Model)
    }
    wanted = names | {before.name for before in parts.values()}
    probe = keras.Model(
        model.input,
        {
            layer.name: layer.output
            for layer in model.layers
            if layer.name in wanted and layer not in parts
        },
    )
    found = {
        name: keras.ops.convert_to_numpy(y) for name, y in probe(x).items()
    }
    for part, before in parts.items():
        last = part.layers[-1].name
        found |= _outputs(part, names | {last}, found[before.name])
        found[part.name] = found[last]
    return found
