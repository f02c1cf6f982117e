"""Opens image files with Pillow and says what is wrong with one."""

import contextlib
import io
import os
import struct
import typing

import numpy as np

from keras_deep.data.image_files import UNDECODABLE
from keras_deep.data.image_files import extensions

_ORIENTATION = 0x0112  # EXIF's tag
_END_OF_JPEG = b"\xff\xd9"


class UnreadableImage(ValueError):
    """A file is not an image that can be decoded.

    Args:
        message: string.
        reason: string, what is wrong with the file.
    """

    def __init__(self, message, reason=""):
        super().__init__(message)
        self.reason = reason


class Header(typing.NamedTuple):
    """What is known of an image file without its pixels.

    Args:
        height, width: ints, in pixels.
        channels: int, 1 or 3.
        oriented: bool. Whether it has an EXIF orientation that is not applied.
    """

    height: int
    width: int
    channels: int
    oriented: bool


def open_image(source, channels, name=None):
    """Opens a file, bytes or a uint8 array as `PIL.Image` in gray or RGB.

    Args:
        source: path, bytes or array.
        channels: int, 1 or 3.
        name: string, what an error calls the source; by default its path.

    Raises:
        UnreadableImage: if it cannot be decoded.
        FileNotFoundError: if there is no such file.
    """
    if isinstance(source, np.ndarray):
        from PIL import Image

        return Image.fromarray(source[..., 0] if channels == 1 else source)
    with _readable(source, name) as image:
        image.load()
        # Pillow would warn that it is dropped.
        image.info.pop("transparency", None)
        return image.convert("L" if channels == 1 else "RGB")


def read_header(path):
    """Reads the `Header` of a file.

    Raises:
        UnreadableImage: if it is no image.
        FileNotFoundError: if there is no such file.
    """
    with _readable(path) as image:
        return _header(image)


def check_image(path, decode=False):
    """Checks that a file is a whole image.

    Where the format allows it, that is the header, the end and the checksums;
    otherwise all pixels are decoded.

    Args:
        path: string.
        decode: bool. Whether all pixels are decoded in any case.

    Returns:
        `Header`.

    Raises:
        UnreadableImage: if it is not.
        FileNotFoundError: if there is no such file.
    """
    with _readable(path) as image:
        header = _header(image)
        if image.format == "PNG":
            image.verify()
            whole = True
        else:
            whole = _seems_whole(path, image.format)
        if decode and image.format == "JPEG":
            image.draft(image.mode, (1, 1))  # Fewer pixels of the same bits.
            image.load()
        elif decode or not whole:
            open_image(path, header.channels)
        return header


def _header(image):
    gray = image.mode in ("1", "L", "LA")
    channels = 1 if gray else 3
    return Header(image.height, image.width, channels, _oriented(image))


def _oriented(image):
    # Pillow turns TIFF files by itself.
    if "exif" not in image.info or image.format == "TIFF":
        return False
    try:
        return image.getexif().get(_ORIENTATION, 1) not in (0, 1)
    except Exception:  # Damaged metadata do not make a damaged image.
        return False


def _seems_whole(path, format):
    """Returns whether a file surely has the end that its format demands."""
    with open(path, "rb") as file:
        if format in ("JPEG", "MPO"):
            file.seek(-len(_END_OF_JPEG), os.SEEK_END)
            return file.read() == _END_OF_JPEG
        if format == "WEBP":
            _, size = struct.unpack("<4sI", file.read(8))
            return size + 8 <= os.fstat(file.fileno()).st_size
    return False


@contextlib.contextmanager
def _readable(source, name=None):
    from PIL import Image

    if name is None and not isinstance(source, bytes):
        name = str(source)
    expected = f"Expected {repr(name) if name else 'the bytes'} to be an image"
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        _refuse_undecodable(name)
        with Image.open(file) as image:
            if image.mode.startswith(("I", "F")):
                expected += " with 8 bits in a channel"
                raise ValueError(
                    f"16 bits or more (mode {image.mode}), of which nothing "
                    "says which value is white; convert it to 8"
                )
            yield image
    except (FileNotFoundError, MemoryError):
        raise
    except Exception as error:  # Decoders raise whatever they meet.
        reason = _reason(source, error)
        message = f"{expected}. Received: {reason}"
        raise UnreadableImage(message, reason) from error


def _refuse_undecodable(path):
    if path is None:
        return
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError("no regular file")
    extension = os.path.splitext(path)[1].lower()
    # Plugins of Pillow may decode more than Pillow does.
    if extension in UNDECODABLE and extension not in extensions():
        raise ValueError(f"{extension}, which Pillow does not decode")


def _reason(source, error):
    from PIL import UnidentifiedImageError

    if isinstance(source, bytes):
        empty = not source
    else:
        empty = os.path.isfile(source) and os.path.getsize(source) == 0
    if empty:
        return "an empty file"
    if isinstance(error, UnidentifiedImageError):
        return "no image of a format that Pillow decodes"
    return str(error) or type(error).__name__
