"""Loading the weights of other implementations into models of this package."""

import dataclasses
import logging

from keras_deep.convert.assign import TOP
from keras_deep.convert.assign import assign
from keras_deep.convert.assign import first_convolution
from keras_deep.convert.families import family_of
from keras_deep.convert.families import family_of_model
from keras_deep.convert.matching import match
from keras_deep.convert.preprocessing import for_input
from keras_deep.convert.sources import open_source
from keras_deep.convert.targets import targets_of
from keras_deep.models.card import card
from keras_deep.models.image_model import default_shape
from keras_deep.models.registry import create_model

_LOG = logging.getLogger("keras_deep")


@dataclasses.dataclass(frozen=True)
class Report:
    """What was loaded, and how.

    Args:
        source: string, what was loaded.
        origin: string, whose weights they are.
        convention: string, of the model, or `None`.
        weights: int, the number of weights that were set.
        notes: tuple of strings: what was done other than copying.
    """

    source: str
    origin: str
    convention: str | None
    weights: int
    notes: tuple


def load_pytorch(model, source):
    """Loads weights of a PyTorch implementation into a model.

    Which implementation it is follows from the names; PyTorch is not needed.

    Args:
        model: a model of one of this package's builders.
        source: path of a `.pth`, `.pt`, `.th`, `.bin`, `.tar`,
            `.safetensors` or `.npz` file, `"hf://owner/name"`,
            `"torchvision://NAME_Weights.TAG"`, an address, or a mapping of
            names to arrays or tensors.

    Returns:
        `Report`. What was done other than copying is logged, too.

    Raises:
        ValueError: if the names are those of no known implementation, if the
            weights need another convention than the model's, or if not all of
            them fit. Then no weight was changed.
    """
    return _load_into(model, source, "pytorch")


def load_caffe(model, source):
    """Loads a `.caffemodel` into a model, as `load_pytorch` does.

    Args:
        model: a model of one of this package's builders. For any other Caffe
            net see `caffe_to_keras`.
        source: path or address of the file, or what `read_caffe` returns.
    """
    return _load_into(model, source, "caffe")


def load_keras(model, source):
    """Loads a `.keras`, `.weights.h5` or `.h5` file, as `load_pytorch` does.

    Args:
        model: a model of one of this package's builders.
        source: path or address of a file of this package, of
            keras.applications or of Keras's example of a CIFAR ResNet, or a
            mapping of names to arrays.
    """
    return _load_into(model, source, "keras")


def from_pytorch(source, name, /, **arguments):
    """Builds the model that weights of PyTorch belong to, and loads them.

    Example:

    ```python
    model = keras_deep.convert.from_pytorch("resnet50-0676ba61.pth", "ResNet50")
    ```

    Args:
        source: as for `load_pytorch`.
        name: string, a registered model.
        **arguments: arguments of its builder. By default the convention, the
            number of classes and the number of input channels are those of
            the weights.

    Returns:
        `keras.Model`, with source and preprocessing in its card.

    Raises:
        ValueError: as `load_pytorch`.
    """
    return _build(open_source(source, "pytorch"), name, arguments)


def from_caffe(source, name, /, **arguments):
    """Builds the model of a `.caffemodel`, as `from_pytorch` does."""
    return _build(open_source(source, "caffe"), name, arguments)


def from_keras(source, name, /, **arguments):
    """Builds the model of a Keras file, as `from_pytorch` does."""
    return _build(open_source(source, "keras"), name, arguments)


def from_file(source, name, /, **arguments):
    """Builds the model of a file of any format, as `from_pytorch` does.

    The name of the file says its format; what is not Caffe's or Keras's is
    taken for PyTorch's.
    """
    return _build(open_source(source), name, arguments)


def prepare(source):
    """Opens the `weights` of a builder and returns what loads them."""
    opened = open_source(source)
    return lambda model: _load(
        model, match(opened, family_of_model(model)).hashed()
    )


def _load_into(model, source, form):
    family = family_of_model(model)
    return _load(model, match(open_source(source, form), family))


def _build(source, name, arguments):
    if "weights" in arguments:
        raise ValueError(
            "Expected the weights as the first argument only. Received: "
            f"weights={arguments['weights']!r}"
        )
    found = match(source, family_of(name, arguments))
    model = create_model(name, **_with_those_of(found, name, arguments))
    # The `load_*` functions do not hash a file: for a large one that takes as
    # long as loading it.
    _load(model, found.hashed())
    return model


def _with_those_of(found, name, arguments):
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


def _load(model, found):
    """Loads what was found, a `Match`, and returns the `Report`."""
    found.require_convention(model)
    notes = assign(model, found.in_our_layout(targets_of(model)))
    source, ours = found.source, card(model)
    for note in notes:
        _LOG.warning("%s: %s.", source.name, note)
    ours.weights = {
        "source": source.name,
        "sha256": source.sha256,
        "origin": found.origin.name,
        "convention": ours.convention,
    }
    ours.preprocessing = for_input(
        source.preprocessing or found.origin.preprocessing, model
    )
    return Report(
        source.name,
        found.origin.name,
        ours.convention,
        len(model.weights),
        tuple(notes),
    )
