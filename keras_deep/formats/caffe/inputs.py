"""The inputs of a Caffe network, in the three generations of the format."""

import dataclasses

from keras_deep.formats.caffe.prototxt_message import Message


@dataclasses.dataclass(frozen=True)
class NetInput:
    """One input of a network.

    Args:
        top: string, the blob.
        dims: tuple of int in Caffe's order, or `None` if only a database
            knows it.
        message: `Message` that defines it.
    """

    top: str
    dims: tuple | None
    message: Message


def old_inputs(message):
    """Yields a `NetInput` for each input of the network without a layer.

    Args:
        message: `Message`, the whole file.
    """
    names = message.strings("input")
    flat = message.integers("input_dim", 1)
    shapes = [m.integers("dim", 1) for m in message.messages("input_shape")]
    if flat and shapes or len(flat) not in (0, 4 * len(names)):
        raise message.error(
            f"four `input_dim` for each `input`, or an `input_shape` ({names})",
            f"{len(flat)} `input_dim`, {len(shapes)} `input_shape`",
        )
    shapes = shapes or [flat[i : i + 4] for i in range(0, len(flat), 4)]
    if len(shapes) not in (0, len(names)):
        raise message.error(
            f"an `input_shape` for each of {len(names)} `input`",
            f"{len(shapes)}",
        )
    for name, dims in zip(names, shapes or [None] * len(names)):
        yield NetInput(name, None if dims is None else tuple(dims), message)


def layer_inputs(layer):
    """Yields a `NetInput` for each input blob of an input layer.

    Of a data layer's blobs all but the first are labels.

    Args:
        layer: `CaffeLayer` of type Input or a data layer.
    """
    if layer.type != "Input":
        for top in layer.tops[:1]:
            yield NetInput(top, None, layer.message)
        return
    shapes = layer.param("input_param").messages("shape")
    if len(shapes) not in (0, 1, len(layer.tops)):
        raise layer.error(
            f"one `shape`, or {len(layer.tops)}", f"{len(shapes)}"
        )
    for i, top in enumerate(layer.tops):
        dims = None
        if shapes:
            dims = tuple(shapes[i % len(shapes)].integers("dim", 1))
        yield NetInput(top, dims, layer.message)
