"""Classifies image files."""

import numpy as np

from keras_deep.models.card import preprocessing_for
from keras_deep.models.classes import class_names
from keras_deep.utils.preprocessing import as_preprocessing


def predict(model, images, top=3):
    """Classifies image files, with the preprocessing of the model's card.

    Args:
        model: model with a card, as `keras_deep.load` returns it, that outputs
            probabilities.
        images: sequence of paths of image files.
        top: int, number of classes per image.

    Returns:
        List with a list for every image: pairs of class name and score, in
        order of decreasing score.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if a file is not an image, or the model's card has no
            preprocessing.
    """
    from keras_deep.data import decode_image
    from keras_deep.data import preprocess

    preprocessing = as_preprocessing(preprocessing_for(model))
    decoded = [decode_image(path, preprocessing) for path in images]
    scores = model.predict(
        preprocess(np.stack(decoded), preprocessing), verbose=0
    )
    names = class_names(model)
    if names is not None:
        names = [name for _, name in names]
    else:
        names = list(map(str, range(scores.shape[-1])))
    best = np.argsort(-scores, axis=-1, kind="stable")[:, :top]
    return [
        [(names[i], float(row[i])) for i in order]
        for row, order in zip(scores, best)
    ]
