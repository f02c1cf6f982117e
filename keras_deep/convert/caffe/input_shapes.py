"""Determines the shapes of a Caffe network's inputs."""

from keras_deep.convert.caffe.recipe import checked_shape


def input_shapes(inputs, input_shape):
    """Returns the shape of each input, in Caffe's order.

    Args:
        inputs: list of `NetInput`.
        input_shape: see `make_plan`.

    Raises:
        ValueError: if a shape is missing, invalid or of an unknown input.
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
            "a database that only Caffe can read",
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
