"""Classifies image files."""

import numpy as np

from keras_deep.models.classes import class_names
from keras_deep.models.image_needs import preprocessing_for
from keras_deep.models.output_kind import INDEPENDENT
from keras_deep.models.output_kind import LOGITS
from keras_deep.models.output_kind import output_kind
from keras_deep.utils.files import existing_file
from keras_deep.utils.preprocessing import as_preprocessing


def predict(model, images, top=3):
    """Classifies image files, with the preprocessing of the model's card.

    Args:
        model: classifier with a card, as `keras_deep.load` returns it. Logits
            become probabilities; a single output is the probability of the
            second of two classes.
        images: sequence of paths of image files.
        top: int, number of classes per image.

    Returns:
        List with a list for every image: pairs of class name and probability,
        in decreasing order.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if a file is not an image, the model's card has no
            preprocessing, or the outputs are of no known kind.
    """
    from keras_deep.data import decode_image
    from keras_deep.data import preprocess

    preprocessing = as_preprocessing(preprocessing_for(model))
    kind = output_kind(model)
    if len(model.output_shape) != 2:
        raise ValueError(
            "Expected a classifier with outputs of shape (batch, classes). "
            f"Received: {model.name!r} with {model.output_shape}, as with "
            "`include_top=False`."
        )
    for path in images:
        existing_file(path, "the path of an image")
    decoded = [decode_image(path, preprocessing) for path in images]
    outputs = model.predict(
        preprocess(np.stack(decoded), preprocessing), verbose=0
    )
    scores = probabilities(outputs.astype("float32"), kind)
    names = [name for _, name in class_names(model) or ()]
    if len(names) != scores.shape[-1]:  # None, or those of another classifier.
        names = list(map(str, range(scores.shape[-1])))
    best = np.argsort(-scores, axis=-1, kind="stable")[:, :top]
    return [
        [(names[i], float(row[i])) for i in order]
        for row, order in zip(scores, best)
    ]


def probabilities(outputs, kind):
    """Returns the probability of every class; a single output is two."""
    if outputs.shape[-1] == 1 and kind in (LOGITS, INDEPENDENT):
        if kind == LOGITS:  # The softmax of 0 and a logit is its sigmoid.
            outputs = np.concatenate([0 * outputs, outputs], axis=-1)
        else:
            return np.concatenate([1 - outputs, outputs], axis=-1)
    if kind != LOGITS:
        return outputs
    powers = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
