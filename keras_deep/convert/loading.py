"""Loads weights of other implementations into models of this package."""

import dataclasses
import logging

from keras_deep.convert.assign import assign
from keras_deep.convert.families import family_of
from keras_deep.convert.families import family_of_model
from keras_deep.convert.matching import match
from keras_deep.convert.preprocessing import for_input
from keras_deep.convert.published_weights import near_weights
from keras_deep.convert.sizes import with_those_of
from keras_deep.convert.sources import open_source
from keras_deep.convert.targets import targets_of
from keras_deep.models.card import card
from keras_deep.models.registry import create_model
from keras_deep.models.registry import entry_of
from keras_deep.utils.errors import UnknownNameError

_LOG = logging.getLogger("keras_deep")


@dataclasses.dataclass(frozen=True)
class Report:
    """Report of loaded weights.

    Args:
        source: string, the file or address.
        origin: string, the implementation they come from.
        convention: string, of the model, or `None`.
        weights: int, the number of weights that were set.
        notes: tuple of strings, all changes other than copying.
    """

    source: str
    origin: str
    convention: str | None
    weights: int
    notes: tuple


def load_pytorch(model, source):
    """Loads weights of a PyTorch implementation into a model.

    The names determine the implementation. PyTorch is not needed.

    Args:
        model: model of one of this package's builders.
        source: path of a `.pth`, `.pt`, `.th`, `.bin`, `.tar`,
            `.safetensors` or `.npz` file, `"hf://owner/name"`,
            `"torchvision://NAME_Weights.TAG"`, an address, or a mapping of
            names to arrays or tensors. Of a checkpoint with several weights of
            the network, `"run.pth#model_ema"` names the ones to load: by their
            key, or by what stands before their names. Without that the first
            that are no average are loaded.

    Returns:
        `Report`. Changes other than copying are logged, too.

    Raises:
        ValueError: if the names match no known implementation, or the weights
            need another convention or do not fit. No weight is changed then.
    """
    return _load_into(model, source, "pytorch")


def load_caffe(model, source):
    """Loads a `.caffemodel` into a model, see `load_pytorch`.

    Args:
        model: model of one of this package's builders. For other Caffe nets
            see `caffe_to_keras`.
        source: path or URL of the file, or arrays that `read_caffe` returned.
    """
    return _load_into(model, source, "caffe")


def load_keras(model, source):
    """Loads a `.keras`, `.weights.h5` or `.h5` file, see `load_pytorch`.

    Args:
        model: model of one of this package's builders.
        source: path or URL of a file of this package, of keras.applications
            or of Keras's CIFAR ResNet example, or a mapping of names to
            arrays.
    """
    return _load_into(model, source, "keras")


def from_pytorch(source, name, /, **arguments):
    """Builds a model for PyTorch weights and loads them.

    Example:

    ```python
    model = keras_deep.convert.from_pytorch("resnet50-0676ba61.pth", "ResNet50")
    ```

    Args:
        source: see `load_pytorch`.
        name: string, a registered model.
        **arguments: arguments of its builder. By default convention, number
            of classes and number of input channels are those of the weights.

    Returns:
        `keras.Model` with source and preprocessing in its card.

    Raises:
        ValueError: see `load_pytorch`.
    """
    return _build(source, "pytorch", name, arguments)


def from_caffe(source, name, /, **arguments):
    """Builds the model of a `.caffemodel`, as `from_pytorch` does."""
    return _build(source, "caffe", name, arguments)


def from_keras(source, name, /, **arguments):
    """Builds the model of a Keras file, as `from_pytorch` does."""
    return _build(source, "keras", name, arguments)


def from_file(source, name, /, **arguments):
    """Builds a model for a file of any format, see `from_pytorch`.

    The suffix of the file determines the format, by default PyTorch's.
    """
    return _build(source, None, name, arguments)


def prepare(source, name, arguments):
    """Opens the `weights` of a builder and returns what loads them.

    Args:
        source: what the builder was given.
        name: string, the registered builder.
        arguments: dict of its arguments.
    """
    opened = _open(source, None, name, arguments)
    return lambda model: _load(
        model, match(opened, family_of_model(model)).hashed()
    )


def _open(source, form, name, arguments):
    """Opens weights of a model; a name that there is not gets near misses."""
    entry_of(name)  # Raises: that name comes first.
    try:
        return open_source(source, form)
    except (FileNotFoundError, UnknownNameError) as error:
        given = {k: v for k, v in arguments.items() if k != "weights"}
        told = near_weights(source, name, given)
        raise type(error)(f"{error} {told}") from error


def _load_into(model, source, form):
    family = family_of_model(model)
    found = card(model)
    given = {**found.arguments, "convention": found.convention}
    opened = _open(source, form, family.builder, given)
    return _load(model, match(opened, family))


def _build(source, form, name, arguments):
    if "weights" in arguments:
        raise ValueError(
            "Expected the weights as the first argument only. Received: "
            f"weights={arguments['weights']!r}"
        )
    opened = _open(source, form, name, arguments)
    found = match(opened, family_of(name, arguments))
    model = create_model(name, **with_those_of(found, name, arguments))
    # The `load_*` functions do not hash a file: for a large one that takes as
    # long as loading it.
    _load(model, found.hashed())
    return model


def _load(model, found):
    """Loads the weights of a `Match` and returns the `Report`."""
    found.require_convention(model)
    targets = targets_of(model)
    arrays = found.in_our_layout(targets)
    heads = found.heads(arrays, targets)
    notes = assign(model, arrays, heads, found.notes)
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
