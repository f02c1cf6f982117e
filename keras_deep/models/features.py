"""Feature extraction: a model's outputs at the end of every stage."""

import keras

from keras_deep.layers.calls import calls
from keras_deep.layers.stacks.nesting import free_sides
from keras_deep.models.nested import nested_models


def features(model):
    """Builds a model that returns the output of every stage at any image size.

    It shares its layers with `model`, so training one trains the other.

    Args:
        model: model of one of this package's builders, with or without its
            top, or a model around one.

    Returns:
        `keras.Model` from images of shape `(batch, height, width, channels)`
        with free sides to a list of image tensors, one per stage, with strides
        4, 8, 16 and 32 in ImageNet networks, 1, 2 and 4 in CIFAR networks. The
        last one is the input of the classifier's pooling, after the final
        normalisation and activation if the network has them. For a network of
        one stage the output is that tensor, not a list, as usual in Keras.

    Raises:
        ValueError: if the model has no marked stages, or several models with
            stages.
    """
    if not _ends(model):
        return _features_of_nested(model)
    names = [*_ends(model)[:-1], "features"]
    taps = keras.Model(
        model.input,
        [model.get_layer(name).output for name in names],
        name=f"{model.name}_features",
    )
    return _with_free_sides(taps)


def _ends(model):
    return [
        layer.name
        for layer in model.layers
        if isinstance(layer, keras.layers.Identity)
        and layer.name.endswith("_end")
    ]


def _with_free_sides(model):
    shape = free_sides(model.inputs[0].shape[1:])
    return keras.models.clone_model(
        model,
        input_tensors=keras.Input(shape, name="image"),
        clone_function=lambda layer: layer,
    )


def _features_of_nested(model):
    """Returns the features of the one model in `model` that has stages."""
    inner = [x for x in nested_models(model) if _has_stages(x)]
    uses = [
        (layer, tensors)
        for layer, tensors in calls(model.outputs)
        if any(layer is x for x in inner)
    ]
    if len(uses) > 1:
        names = [layer.name for layer, _ in uses]
        raise ValueError(
            f"Expected one model with stages in {model.name!r}, called once. "
            f"Received: calls of {names}. Ask for the features of one: "
            "`keras_deep.features(model.get_layer(name))`"
        )
    if not uses:
        raise ValueError(
            "Expected a model whose stages end in layers named `..._end`, as "
            "those of this package's builders do. Received: model="
            f"{model.name!r}"
        )
    ((layer, (before,)),) = uses
    taps, name = features(layer), f"{model.name}_features"
    if isinstance(before._keras_history.operation, keras.layers.InputLayer):
        return keras.Model(taps.input, taps.output, name=name)
    front = _with_free_sides(keras.Model(model.input, before))
    return keras.Model(front.input, taps(front.output), name=name)


def _has_stages(model):
    return bool(_ends(model)) or any(map(_has_stages, nested_models(model)))
