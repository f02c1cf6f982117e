"""Prepares images for a model."""

from keras_deep.models.image_needs import preprocessing_for


def preprocess_input(images, model):
    """Normalises images as the weights of a model expect it.

    keras.applications has a function of this name for every network; here the
    card of the model says what it is.

    Args:
        images: array of shape `(batch, height, width, channels)` with values
            from 0 to 255, in the size of the model's input: it is not resized.
        model: `keras.Model` with a card that has the preprocessing, as after
            loading published weights or training with `training.fit`.

    Returns:
        float32 array of the same shape.

    Raises:
        ValueError: if the model carries no preprocessing.
    """
    from keras_deep.data import preprocess

    return preprocess(images, preprocessing_for(model))
