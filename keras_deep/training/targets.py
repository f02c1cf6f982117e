"""What the targets of a training are: ints, or vectors; weights of classes."""

import keras


def has_vectors(data, model):
    """Returns whether a target is a vector with a value for each class.

    Such are one-hot and soft labels, and several labels of an image. Those of
    `keras_deep.data.load` are ints.

    Args:
        data: `Data`.
        model: `keras.Model` with outputs of shape `(batch, classes)`.

    Raises:
        ValueError: if the targets are neither.
    """
    if data.arguments:  # `load` made it.
        return False
    batch = getattr(data.train, "element_spec", None)
    if batch is None:
        batch = data.train[0]
    outputs = model.output_shape[-1]
    if isinstance(batch, tuple) and len(batch) in (2, 3):
        if not keras.tree.is_nested(batch[1]):
            shape = tuple(batch[1].shape)[1:]
            if shape in ((), (1,)):
                return False
            if shape == (outputs,):
                return True
    raise ValueError(
        "Expected batches of images and targets, maybe with weights: a class "
        f"as an int, or {outputs} values, one for each class. Received: "
        f"batches of {keras.tree.map_structure(_words, batch)}. "
        "`training.Trainer` trains with any targets and loss."
    )


def class_weights(config, data):
    """Returns the weights of classes of a configuration.

    Args:
        config: `Config`.
        data: `Data`.

    Returns:
        Dict of classes to floats, or `None` for none. Every class has as much
        weight in the loss as any other, and an image 1 in the mean.

    Raises:
        ValueError: if it is unknown how many images each class has.
    """
    if config.class_weight is None:
        return None
    if data.counts is None:
        raise ValueError(
            "Expected `Data` with `counts`, the training images of each "
            f"class, for class_weight={config.class_weight!r}. Received: "
            f"{data.name!r} with counts=None. `training.Trainer.fit` takes "
            "weights as a dict."
        )
    known = {label: n for label, n in enumerate(data.counts) if n}
    each = sum(known.values()) / len(known)
    return {label: each / count for label, count in known.items()}


def _words(value):
    return f"{getattr(value, 'dtype', value)} {getattr(value, 'shape', '')}"
