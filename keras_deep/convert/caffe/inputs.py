"""The inputs of a Caffe network, of which there are three generations."""

import dataclasses

from keras_deep.convert.caffe.prototxt_message import Message
from keras_deep.convert.caffe.recipe import checked_shape


@dataclasses.dataclass(frozen=True)
class NetInput:
    """One input of a network.

    Args:
        top: string, the blob.
        dims: tuple of int in Caffe's order, or `None` if only a data base
            knows it.
        message: `Message`, where it is defined.
    """

    top: str
    dims: tuple | None
    message: Message


def old_inputs(message):
    """Yields a `NetInput` for each input that has no layer of its own.

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
    """Yields a `NetInput` for each blob that an input layer gives.

    A data layer gives labels, too, which are none.

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


def input_shapes(inputs, input_shape):
    """Returns the shape of each input, in Caffe's order.

    Args:
        inputs: list of `NetInput`.
        input_shape: as of `make_plan`.

    Raises:
        ValueError: if a shape is missing, not valid, or for no input.
    """
    given = {} if input_shape is None else input_shape
    if not isinstance(given, dict):
        if len(inputs) != 1:
            raise ValueError(
                "Expected `input_shape` to be a dict with a shape for each of "
                f"{[one.top for one in inputs]}. Received: "
                f"input_shape={input_shape!r}"
            )
        given = {one.top: given for one in inputs}
    unknown = set(given) - {one.top for one in inputs}
    if unknown:
        raise ValueError(
            f"Expected `input_shape` for {[one.top for one in inputs]}. "
            f"Received: shapes for {sorted(map(str, unknown))}"
        )
    return [_input_shape(one, given.get(one.top)) for one in inputs]


def _input_shape(one, given):
    if given is not None:
        return _given_shape(one, given)
    if one.dims is None:
        raise one.message.error(
            f"a shape for the input {one.top!r}: pass `input_shape=(height, "
            "width, channels)`",
            "a data base that only Caffe can read",
        )
    if len(one.dims) < 2:
        raise one.message.error("an input with a batch axis", list(one.dims))
    return checked_shape(one.message, one.dims)


def _given_shape(one, given):
    shape = tuple(given)
    batch = one.dims[0] if one.dims else None
    valid = all(s is None or isinstance(s, int) and s > 0 for s in shape)
    fits = not one.dims or len(shape) == len(one.dims) - 1
    if not shape or shape[-1] is None or not valid or not fits:
        raise ValueError(
            "Expected `input_shape` to be positive ints, such as (height, "
            "width, channels), of which height and width may be `None`. "
            f"Received: input_shape={given!r}"
        )
    if len(shape) == 3:
        shape = (shape[2], *shape[:2])
    return checked_shape(one.message, (batch, *shape))
