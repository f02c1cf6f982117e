"""How many pixels an encoded image has, before it is decoded."""

import io
import struct

from keras_deep.serving.errors import ServingError

_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF", b"BM")
# TensorFlow decodes JPEG XL, but Pillow does not say how large it is.
_UNKNOWN = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")
_SHORTEST = 16  # bytes, below which nothing is an image


def pixels_of(content):
    """Returns the pixels that decoding a value needs, 0 if it is no image.

    Only headers are read: a file of some kilobytes may have billions.

    Args:
        content: bytes of any kind.
    """
    if len(content) < _SHORTEST or not content.startswith(_STARTS):
        return 0
    from PIL import Image

    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
    # Whatever Pillow raises: the graph has to say what is wrong with it.
    except Exception:
        return 0
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    frames = _gif_frames(content) if content.startswith(b"GIF8") else 1
    return width * height * frames


def check_pixels(arrays, most):
    """Returns the pixels of all images among the values of string arrays.

    Args:
        arrays: dict of name to array.
        most: int.

    Raises:
        ServingError: if there are more than `most`.
    """
    total = 0
    for name, array in arrays.items():
        if array.dtype != object:
            continue
        for number, content in enumerate(array.flat):
            if content.startswith(_UNKNOWN) and len(content) >= _SHORTEST:
                raise ServingError(
                    "Expected JPEG, PNG, WebP, GIF or BMP. Received: JPEG XL, "
                    f"image {number} of {name!r}."
                )
            pixels = pixels_of(content)
            total += pixels
            if total > most:
                raise ServingError(
                    f"Expected images of at most {most:,} pixels in a request. "
                    f"Received: {total:,} or more, {pixels:,} of them in "
                    f"image {number} of {name!r}. Send them smaller, or start "
                    "the server with a larger --max-megapixels."
                )
    return total


def _gif_frames(content):
    """Returns the number of images in a GIF: TensorFlow decodes all.

    It follows the blocks and decodes nothing. Of a damaged file it returns
    how many there are before the damage.
    """
    frames, place = 0, 13 + _table(content[10])
    try:
        while content[place] != 0x3B:
            if content[place] == 0x2C:
                frames += 1
                (flags,) = struct.unpack_from("B", content, place + 9)
                place += 11 + _table(flags)
            elif content[place] == 0x21:
                place += 2
            else:
                break
            while content[place]:
                place += content[place] + 1
            place += 1
    except (IndexError, struct.error):
        pass
    return max(frames, 1)


def _table(flags):
    """The bytes of a table of colours."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
