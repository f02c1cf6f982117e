"""Names of classes: what the outputs of a classifier stand for."""

import functools
import json
import pathlib

import numpy as np

from keras_deep.models.card import own_cards
from keras_deep.models.nested import nested_models
from keras_deep.models.registry import arguments_of
from keras_deep.models.registry import entry_of
from keras_deep.models.registry import list_models


def decode_predictions(predictions, model=None, top=5):
    """Names the most probable classes, as keras.applications does.

    Example:

    ```python
    model = keras_deep.ResNet50(weights="resnet50-0676ba61.pth")
    x = keras_deep.preprocess_input(images, model)
    for image in keras_deep.decode_predictions(model.predict(x), model):
        print(image[0])  # ("n02504458", "African_elephant", 0.93)
    ```

    Args:
        predictions: array of shape `(batch, classes)`.
        model: the model that they are of, whose card may have the names of
            its classes, or `None` for those of ImageNet.
        top: int, number of classes for each image.

    Returns:
        List with a list for every image: tuples of the class's id, its name
        and its score, in order of decreasing score. The id is the WordNet id
        for ImageNet, else the number of the class, both strings.

    Raises:
        ValueError: if the classes have no names, or `predictions` has another
            shape.
    """
    scores = np.asarray(predictions)
    if scores.ndim != 2:
        raise ValueError(
            "Expected `predictions` to be of shape (batch, classes). "
            f"Received: shape {scores.shape}"
        )
    names = imagenet_classes() if model is None else class_names(model)
    if names is None or len(names) != scores.shape[1]:
        known = "none" if names is None else f"{len(names)}"
        raise ValueError(
            f"Expected names of {scores.shape[1]} classes. Received: {known}. "
            "Pass the `model` of the predictions, and set `class_names` of "
            "`keras_deep.card(model)`, a list, where it has none."
        )
    best = np.argsort(-scores, axis=1, kind="stable")[:, :top]
    return [
        [(*names[i], float(row[i])) for i in order]
        for row, order in zip(scores, best)
    ]


def class_names(model):
    """Returns pairs of id and name of a model's classes, or `None`.

    They are those on the card, or ImageNet's for a network that is made for
    it and has as many classes. Those of a nested model count if no layer with
    weights is beside it, which may be another classifier.
    """
    own = own_cards(model)
    if not own:
        return _of_nested(model)
    found = own[0]
    if found.class_names:
        return [(str(i), str(n)) for i, n in enumerate(found.class_names)]
    if found.builder not in list_models():
        return None
    record = entry_of(found.builder).record
    dataset = record.dataset_of(arguments_of(found.builder, found.arguments))
    names = imagenet_classes()
    fits = dataset == "imagenet" and model.output_shape[1:] == (len(names),)
    return names if fits else None


def _of_nested(model):
    inner = nested_models(model)
    if any(x.weights for x in model.layers if x not in inner):
        return None
    found = [names for names in map(class_names, inner) if names]
    return found[0] if found and found.count(found[0]) == len(found) else None


@functools.cache
def imagenet_classes():
    """Returns pairs of WordNet id and name of ImageNet's 1000 classes."""
    path = pathlib.Path(__file__).with_name("imagenet_classes.json")
    return tuple(json.loads(path.read_text())["classes"].items())
