"""Lists published weights that load into our models."""

import dataclasses

from keras_deep.convert.families import family_of
from keras_deep.convert.hub.torchvision_weights import images_of
from keras_deep.convert.origins import PUBLISHED
from keras_deep.models.published import network_of


def list_weights(name=None, **arguments):
    """Lists the published weights that load into a model.

    Example:

    ```python
    for found in keras_deep.list_weights("ResNet50"):
        print(found.weights, found.error)
    model = keras_deep.ResNet50(
        weights="torchvision://ResNet50_Weights.IMAGENET1K_V1"
    )
    ```

    Args:
        name: string, a registered model, or `None` for all.
        **arguments: arguments of its builder, such as `depth=101`.

    Returns:
        List of records with the fields `model` and `arguments`, `weights` (a
        name on a hub, a URL, or the name of another project's file to download
        elsewhere), `origin`, `convention`, `dataset`, `error` (top-1, in %),
        `licence` and `preprocessing`. Unknown fields are `None`; weights on
        Hugging Face come with their preprocessing.

    Raises:
        ValueError: if the name is unknown.
    """
    wanted = name and network_of(name, arguments)
    return [
        dataclasses.replace(row, preprocessing=_images(row))
        for row in PUBLISHED
        if wanted is None or network_of(row.model, row.arguments) == wanted
    ]


def origin_of(row):
    """Returns the `Origin` whose rules load published weights.

    Args:
        row: `PublishedWeights`.

    Raises:
        ValueError: if the family has no origin of that name and convention.
    """
    family = family_of(row.model, row.arguments)
    for origin in family.origins:
        if origin.name == row.origin and row.convention in origin.conventions:
            return origin
    raise ValueError(
        f"Expected {row.weights!r} to be of one of "
        f"{[origin.name for origin in family.origins]}, with one of its "
        f"conventions. Received: origin={row.origin!r}, "
        f"convention={row.convention!r}"
    )


def _images(row):
    hub, separator, name = row.weights.partition("://")
    if separator and hub == "torchvision":
        return images_of(name)
    return None if hub == "hf" else origin_of(row).preprocessing
