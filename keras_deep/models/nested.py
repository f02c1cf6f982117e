"""Models that are layers of another model."""

import keras

from keras_deep.layers.calls import calls

# Layers that augment or resize: what they return needs what they were given.
_ALIKE = ("Rand", "Resiz", "CenterCrop", "MixUp", "CutMix", "AugMix")


def nested_models(model):
    """Returns the functional models that are layers of a model."""
    return [
        layer
        for layer in model.layers
        if isinstance(layer, keras.Model) and getattr(layer, "inputs", None)
    ]


def as_functional(model):
    """Returns a functional model of the layers of a model.

    Raises:
        ValueError: if nobody can know what it computes.
    """
    if isinstance(model, keras.Sequential) and model.built:
        return keras.Model(model.inputs[0], model.outputs[0], name=model.name)
    own = type(model).call.__module__.startswith("keras.")
    if not own or not getattr(model, "outputs", None):
        raise ValueError(
            "Expected a functional or sequential `keras.Model`, and such ones "
            f"nested in it. Received: {model.name!r}, a "
            f"{type(model).__name__} whose `call` is Python code, or which was "
            "not built."
        )
    return model


def preparing_before(model, inner):
    """Returns the names of the layers that may prepare images for a model.

    Layers that augment or resize images do not.

    Args:
        model: functional `keras.Model`.
        inner: one that is a layer of it.
    """
    return [
        one.name
        for layer, tensors in calls(model.outputs)
        if layer is inner
        for one, _ in calls(tensors)
        if not _leaves_alike(one)
    ]


def _leaves_alike(layer):
    if isinstance(layer, keras.Model):
        return all(map(_leaves_alike, layer.layers))
    same = (keras.layers.InputLayer, keras.layers.Identity)
    return isinstance(layer, same) or type(layer).__name__.startswith(_ALIKE)
