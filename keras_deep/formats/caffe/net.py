"""Reads a Caffe network of any generation as a list of layers."""

import dataclasses

from keras_deep.formats.caffe.inputs import layer_inputs
from keras_deep.formats.caffe.inputs import old_inputs
from keras_deep.formats.caffe.prototxt import parse_prototxt
from keras_deep.formats.caffe.prototxt_message import LARGEST
from keras_deep.formats.caffe.prototxt_message import Message
from keras_deep.formats.caffe.types import V1_WORDS
from keras_deep.utils.files import existing_file

_PHASES = {"TRAIN": "TRAIN", "TEST": "TEST", "0": "TRAIN", "1": "TEST"}


@dataclasses.dataclass(frozen=True)
class CaffeLayer:
    """One layer of the network that Caffe builds for testing.

    Args:
        name: string.
        type: string, under its current name.
        bottoms: tuple of string, its input blobs.
        tops: tuple of string, its output blobs.
        message: `Message`, its definition.
    """

    name: str
    type: str
    bottoms: tuple
    tops: tuple
    message: Message

    def param(self, name):
        """Returns the `Message` of its settings, which may be empty."""
        return self.message.message(name)

    def error(self, expected, received):
        """Returns a `ValueError` that names the layer, source and line."""
        return self.message.error(expected, received)


@dataclasses.dataclass(frozen=True)
class Net:
    """A network.

    Args:
        name: string, which may be empty.
        message: `Message`, the whole file.
        inputs: tuple of `NetInput`.
        absent: frozenset of string, the labels: the other output blobs of data
            layers.
        layers: tuple of `CaffeLayer`, without inputs, losses and metrics.
    """

    name: str
    message: Message
    inputs: tuple
    absent: frozenset
    layers: tuple


def read_net(path):
    """Reads the network of a `.prototxt` file, as Caffe builds it for testing.

    Args:
        path: string or path.

    Returns:
        `Net`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is no valid network; names file and line.
    """
    path = existing_file(path, "a `.prototxt` file")
    # Comments come in every encoding.
    text = path.read_text("utf-8-sig", errors="replace")
    return as_net(parse_prototxt(text, str(path)))


def as_net(message):
    """Returns the `Net` that a `Message` describes.

    Raises:
        ValueError: if it is no valid network; names source and line.
    """
    layers = [_layer(m, m.string("type")) for m in message.messages("layer")]
    layers += [_v1_layer(m) for m in message.messages("layers")]
    if not layers:
        others = ", ".join(list(message)[:8]) or "nothing"
        raise message.error("a network with layers", f"only {others}")
    inputs = {one.top: one for one in old_inputs(message)}
    absent = set()
    for layer in filter(_gives_data, layers):
        for one in layer_inputs(layer):
            inputs.setdefault(one.top, one)
        if layer.type != "Input":
            absent.update(layer.tops[1:])
    kept = tuple(filter(_is_kept, layers))
    _refuse_equal_names(kept)
    absent = frozenset(absent - set(inputs))
    name = message.string("name", "")
    return Net(name, message, tuple(inputs.values()), absent, kept)


def _layer(message, kind):
    name = message.string("name", "")
    message = message.of(f"layer {name!r} ({kind})")
    return CaffeLayer(
        name,
        kind,
        tuple(message.strings("bottom")),
        tuple(message.strings("top")),
        message,
    )


def _v1_layer(message):
    if "layer" in message:
        raise message.error(
            "`layers` with a `type`, or `layer`",
            "a `layer` inside it, the form before 2014: upgrade it with "
            "Caffe's `upgrade_net_proto_text`",
        )
    word = message.string("type")
    return _layer(message, V1_WORDS.get(word, word))


def _gives_data(layer):
    """Returns whether a layer is an input, in whatever phase."""
    return not layer.bottoms and (
        layer.type == "Input" or layer.type.endswith("Data")
    )


def _is_kept(layer):
    measure = layer.type in ("Accuracy", "Silence", "HDF5Output")
    loss = layer.type.endswith("Loss")
    dropped = _gives_data(layer) or loss or measure
    return not dropped and _is_for_testing(layer.message)


def _is_for_testing(message):
    """Returns whether a layer belongs to phase TEST, level 0 and no stage."""
    include = message.messages("include")
    exclude = message.messages("exclude")
    included = not include or any(map(_is_met, include))
    return included and not any(map(_is_met, exclude))


def _is_met(rule):
    return (
        rule.choice("phase", _PHASES, "TEST") == "TEST"
        and rule.integer("min_level", 0, -LARGEST) <= 0
        and rule.integer("max_level", 0, -LARGEST) >= 0
        and not rule.strings("stage")
    )


def _refuse_equal_names(layers):
    lines = {}
    for layer in layers:
        if not layer.name:
            raise layer.error("every layer to have a `name`", "none")
        if layer.name in lines:
            raise layer.error(
                "layers of different names",
                f"{layer.name!r} again, after line {lines[layer.name]},",
            )
        lines[layer.name] = layer.message.line
