"""Lists published weights that load into our models."""

import dataclasses

from keras_deep.convert.families import family_of
from keras_deep.convert.hub.torchvision_weights import images_of
from keras_deep.convert.origins import PUBLISHED
from keras_deep.models.published import network_of
from keras_deep.models.registry import entry_of
from keras_deep.utils.errors import did_you_mean


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
    wanted = name and network_of(name, _own(name, arguments))
    return [
        dataclasses.replace(row, preprocessing=_images(row))
        for row in PUBLISHED
        if wanted is None or network_of(row.model, row.arguments) == wanted
    ]


def _own(name, arguments):
    """Returns the arguments that decide which weights a network has."""
    common = entry_of(name).record.common
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in arguments.items()
        if key not in common and key != "stack"
    }


def near_weights(source, name, arguments):
    """Says which published weights load into a model, for messages.

    Args:
        source: what was given in place of one of them.
        name: string, a registered model.
        arguments: dict of arguments of its builder.

    Returns:
        String, sentences with the names to pass.
    """
    rows = list_weights(name, **_own(name, arguments))
    if not rows:
        return (
            f"No published weights of this {entry_of(name).builder} are "
            "known; `keras_deep.list_weights()` lists those of all models."
        )
    own = arguments.get("convention")
    own = own or next(iter(entry_of(name).conventions_of(arguments)))
    told = ", ".join(_with_convention(row, own) for row in rows)
    fit = [r.weights for r in rows if r.convention == own]
    meant = _meant(str(source), fit or [r.weights for r in rows])
    return f"Published weights of {rows[0].model}: {told}.{meant}"


def _meant(text, names):
    """Returns a sentence with the names that a text may stand for, or `""`."""
    # What stands in a name is nearer to it than what is as long.
    near = [name for name in names if text and text.lower() in name.lower()]
    if near:
        return f" Did you mean {' or '.join(map(repr, near))}?"
    return did_you_mean(text, names)


def _with_convention(row, own):
    if row.convention == own:
        return repr(row.weights)
    return f"{row.weights!r} (with convention={row.convention!r})"


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
