"""What weights say of the model to build for them."""

import logging

from keras_deep.convert.assign import first_convolution
from keras_deep.convert.classifiers import TOP
from keras_deep.models.image_model import default_shape

_LOG = logging.getLogger("keras_deep")


def with_those_of(found, name, arguments):
    """Adds the convention and the sizes of weights to a builder's arguments."""
    if arguments.get("convention") is None:
        convention, guessed = found.convention()
        arguments = {**arguments, "convention": convention}
        if guessed:
            _LOG.warning(
                "The names of %s do not tell the conventions %s apart: "
                "%r is taken. Pass `convention` to choose.",
                found.source.name,
                " and ".join(map(repr, found.origin.conventions)),
                convention,
            )
    arrays, sizes = found.named(), {}
    inputs, outputs = (-2, -1) if found.source.format == "keras" else (1, 0)
    if f"{TOP}/kernel" in arrays:
        sizes["classes"] = arrays.shape(f"{TOP}/kernel")[outputs]
    if first := first_convolution(arrays):
        channels = arrays.shape(first)[inputs]
        sizes["input_shape"] = default_shape(name, arguments, channels)
    return {**sizes, **arguments}
