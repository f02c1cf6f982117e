"""The input of networks of images, in Keras's image data format."""

import numbers

import keras


def in_data_format(height, width, channels):
    """Returns the shape of an image in Keras's image data format."""
    if keras.config.image_data_format() == "channels_last":
        return (height, width, channels)
    return (channels, height, width)


def image_input(input_shape, default, min_size):
    """Returns the input of a network of images, named `"image"`.

    Args:
        input_shape: what a user gave as the shape of an image, or `None`.
        default: tuple, the shape if there is none, channels last.
        min_size: int, the smallest height and width.

    Raises:
        ValueError: if it is no shape of an image, or a smaller one.
    """
    channels_last = keras.config.image_data_format() == "channels_last"
    if input_shape is None:
        input_shape = in_data_format(*default)
    if not _is_image_shape(input_shape, min_size, channels_last):
        order = "(height, width, channels)"
        if not channels_last:
            order = "(channels, height, width)"
        raise ValueError(
            f"Expected `input_shape` to be {order}, with a height and a width "
            f"of at least {min_size} or `None`, and a number of channels. "
            f"Received: input_shape={input_shape!r}"
        )
    return keras.Input(tuple(input_shape), name="image")


def _is_image_shape(shape, min_size, channels_last):
    if not isinstance(shape, (list, tuple)) or len(shape) != 3:
        return False
    sides, channels = shape[:2], shape[2]
    if not channels_last:
        channels, sides = shape[0], shape[1:]
    known = [side for side in sides if side is not None]
    return all(
        isinstance(n, numbers.Integral) and n >= least
        for n, least in [(channels, 1), *((side, min_size) for side in known)]
    )
