"""What an export needs of a card to read encoded images and name classes."""

from keras_deep.export.outputs import kind_of
from keras_deep.export.signatures import Reading
from keras_deep.models.classes import class_names
from keras_deep.models.image_needs import known_preprocessing
from keras_deep.models.image_needs import preprocessing_for
from keras_deep.utils.preprocessing import as_preprocessing


def reading_of(model, top, required=False):
    """Returns the `Reading` of a model, or `None` if it cannot read images.

    Raises:
        ValueError: if it is required and impossible.
    """
    try:
        record = known_preprocessing(model)
        if record is None and required:
            preprocessing_for(model)  # It says what is missing.
        found = None if record is None else as_preprocessing(record)
    except ValueError:
        if required:
            raise
        return None
    if found is None:
        return None
    if kind_of(model) is None or found.shape[-1] not in (1, 3):
        if required:
            raise ValueError(
                "Expected a classifier of images in gray or colour for the "
                f"signature of images. Received: {model.name!r} with images "
                f"of shape {found.shape} and outputs of shape "
                f"{model.output_shape}"
            )
        return None
    return Reading(found, top)


def labels_of(model):
    """Returns the names of a classifier's classes, one in a line."""
    count = model.output_shape[-1]
    names = [name for _, name in class_names(model) or ()]
    if len(names) == 2 and count == 1:
        count = 2
    if len(names) != count:  # None, or those of another classifier.
        names = map(str, range(max(count, 2)))
    return "".join(" ".join(name.splitlines()) + "\n" for name in names)
