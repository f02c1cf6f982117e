"""Loading the weights of other implementations into models of this package."""

import dataclasses
import logging

from keras_deep.convert.assign import FIRST
from keras_deep.convert.assign import TOP
from keras_deep.convert.assign import assign
from keras_deep.convert.families import convention_of
from keras_deep.convert.families import family_of
from keras_deep.convert.families import family_of_model
from keras_deep.convert.families import find_origin
from keras_deep.convert.families import require_convention
from keras_deep.convert.layout import in_our_layout
from keras_deep.convert.layout import layers_of
from keras_deep.convert.layout import under_our_names
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
    return _load(model, open_source(source, "pytorch"))


def load_caffe(model, source):
    """Loads a `.caffemodel` into a model, as `load_pytorch` does.

    Args:
        model: a model of one of this package's builders. For any other Caffe
            net see `caffe_to_keras`.
        source: path or address of the file, or what `read_caffe` returns.
    """
    return _load(model, open_source(source, "caffe"))


def load_keras(model, source):
    """Loads a `.keras`, `.weights.h5` or `.h5` file, as `load_pytorch` does.

    Args:
        model: a model of one of this package's builders.
        source: path or address of a file of this package, of
            keras.applications or of Keras's example of a CIFAR ResNet, or a
            mapping of names to arrays.
    """
    return _load(model, open_source(source, "keras"))


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
    return lambda model: _load_hashed(model, opened)


def _build(source, name, arguments):
    if "weights" in arguments:
        raise ValueError(
            "Expected the weights as the first argument only. Received: "
            f"weights={arguments['weights']!r}"
        )
    origin, arrays = find_origin(source, family_of(name, arguments))
    if arguments.get("convention") is None:
        arguments["convention"], guessed = convention_of(origin, source, arrays)
        if guessed:
            _LOG.warning(
                "The names of %s do not tell the conventions %s apart: "
                "%r is taken. Pass `convention` to choose.",
                source.name,
                " and ".join(map(repr, origin.conventions)),
                arguments["convention"],
            )
    names = origin.match(layers_of(arrays, source.format))
    named = under_our_names(arrays, source.format, names, {})
    shapes = _shapes(name, arguments, named, source.format)
    model = create_model(name, **{**shapes, **arguments})
    _load_hashed(model, source)
    return model


def _load_hashed(model, source):
    """Loads weights, with the hash of their file in the card.

    The `load_*` functions do not hash a file: for a large one that takes as
    long as loading it.
    """
    from keras_deep.convert.hub.fetching import sha256_of

    if source.path is not None and source.sha256 is None:
        source = source._replace(sha256=sha256_of(source.path))
    return _load(model, source)


def _shapes(name, arguments, arrays, form):
    """Returns the numbers of classes and of input channels of weights."""
    inputs, outputs = (-2, -1) if form == "keras" else (1, 0)
    found = {}
    if f"{TOP}/kernel" in arrays:
        found["classes"] = arrays.shape(f"{TOP}/kernel")[outputs]
    if FIRST in arrays:
        channels = arrays.shape(FIRST)[inputs]
        found["input_shape"] = default_shape(name, arguments, channels)
    return found


def _load(model, source):
    family = family_of_model(model)
    origin, arrays = find_origin(source, family)
    function, name = f"from_{source.format}", card(model).builder
    require_convention(
        model,
        origin,
        family,
        f"keras_deep.convert.{function}({source.name!r}, {name!r})",
    )
    targets = targets_of(model)
    ours = dict.fromkeys(weight.rpartition("/")[0] for weight in targets)
    names = origin.match(layers_of(arrays, source.format), list(ours))
    notes = assign(model, in_our_layout(arrays, source.format, names, targets))
    for note in notes:
        _LOG.warning("%s: %s.", source.name, note)
    _write_card(model, source, origin)
    return Report(
        source.name,
        origin.name,
        card(model).convention,
        len(model.weights),
        tuple(notes),
    )


def _write_card(model, source, origin):
    found = card(model)
    found.weights = {
        "source": source.name,
        "sha256": source.sha256,
        "origin": origin.name,
        "convention": found.convention,
    }
    found.preprocessing = for_input(
        source.preprocessing or origin.preprocessing, model
    )
