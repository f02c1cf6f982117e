"""Feature extraction: a model's outputs at the end of every stage."""

import keras

from keras_deep.layers.stacks.nesting import free_sides


def features(model):
    """Builds a model that returns the output of every stage at any image size.

    It shares its layers with `model`, so training one trains the other.

    Args:
        model: model of one of this package's builders, with or without its
            top.

    Returns:
        `keras.Model` from images of shape `(batch, height, width, channels)`
        with free sides to a list of image tensors, one per stage, with strides
        4, 8, 16 and 32 in ImageNet networks, 1, 2 and 4 in CIFAR networks. The
        last one is the input of the classifier's pooling, after the final
        normalisation and activation if the network has them. For a network of
        one stage the output is that tensor, not a list, as usual in Keras.

    Raises:
        ValueError: if the model has no marked stages.
    """
    ends = [
        layer.name
        for layer in model.layers
        if isinstance(layer, keras.layers.Identity)
        and layer.name.endswith("_end")
    ]
    if not ends:
        raise ValueError(
            "Expected a model whose stages end in layers named `..._end`, as "
            "those of this package's builders do. Received: model="
            f"{model.name!r}"
        )
    names = [*ends[:-1], "features"]
    taps = keras.Model(
        model.input,
        [model.get_layer(name).output for name in names],
        name=f"{model.name}_features",
    )
    shape = free_sides(model.inputs[0].shape[1:])
    return keras.models.clone_model(
        taps,
        input_tensors=keras.Input(shape, name="image"),
        clone_function=lambda layer: layer,
    )
