"""Names the image file behind an error of TensorFlow's pipelines."""

import contextlib
import itertools
import re

from keras_deep.utils.threads import in_threads

_NAMED = re.compile(r"UnreadableImage: (Expected '.*)")
_DECODING = re.compile(r"Decode(Jpeg|Png)|ReadFile")


@contextlib.contextmanager
def named_errors(files, channels):
    """Raises errors of TensorFlow's decoding as those of the image files.

    Args:
        files: list of arrays of paths.
        channels: int, 1 or 3, of the pipelines' images.

    Raises:
        ValueError: in place of an error of TensorFlow in the block, if it
            comes from a file; it names the file.
    """
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith("tensorflow."):
            raise
        text = str(error)
        message = _NAMED.search(text)
        message = message and message.group(1)
        if not message and _DECODING.search(text):
            message = _found(files, channels)
        if not message:
            raise
        raise ValueError(message) from error


def _found(files, channels):
    """Returns what is wrong with the first file that cannot be decoded."""

    from keras_deep.data import images_tf

    def wrong(path):
        try:
            images_tf.read(path, channels)
        except Exception as error:  # TensorFlow's or Pillow's.
            reason = str(error).rpartition("}} ")[2]
            return f"Expected {path!r} to be an image. Received: {reason}"
        return None

    paths = map(str, itertools.chain(*files))
    return next(filter(None, in_threads(wrong, paths)), None)
