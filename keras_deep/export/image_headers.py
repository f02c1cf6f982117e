"""Says in a TensorFlow graph what is wrong with an image file, by its start."""

import functools

KINDS = "JPEG, PNG, WebP or GIF"
# An image in memory takes three bytes a pixel, whatever its file has. From
# here on Pillow warns, too.
MOST_PIXELS = 89_478_485

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_GIF = b"GIF8"
_SIZE = 30  # bytes, in which all but JPEG say height and width


def problem(text):
    """Returns what is wrong with an image file, a string tensor, or `""`.

    What only decoding tells is not among it.

    Args:
        text: string tensor without dimensions.
    """
    import tensorflow as tf

    header = _bytes(text)
    is_jpeg = _has(header, _JPEG)
    known = functools.reduce(
        tf.logical_or,
        [
            is_jpeg,
            _has(header, _PNG),
            _has(header, _GIF),
            is_webp(text),
        ],
    )
    # It reads on to the marker that has them.
    pixels = tf.cond(
        is_jpeg,
        lambda: _product(tf.io.extract_jpeg_shape(text, tf.int64)[:2]),
        lambda: _pixels(header),
    )
    deep = _has(header, _PNG) & _has(header, b"\x10\x00", 24)
    return tf.case(
        [
            (tf.equal(text, ""), lambda: _received("an empty file.")),
            (~known, lambda: _received(f"no {KINDS}.")),
            (pixels > MOST_PIXELS, lambda: _too_large(pixels)),
            (deep, lambda: _received("gray of 16 bits; convert it to 8.")),
            (_is_animated(header), lambda: _received("an animated WebP.")),
        ],
        default=lambda: tf.constant(""),
    )


def damaged():
    """Returns what is wrong with a file that only seems to be an image."""
    return _received(f"a damaged {KINDS}.")


def is_webp(text):
    """Returns whether a file begins as a WebP, a bool tensor."""
    header = _bytes(text)
    return _has(header, b"RIFF") & _has(header, b"WEBP", 8)


def _is_animated(header):
    """Returns whether a WebP has frames.

    TensorFlow (2.20, 2.21) writes past the end of its buffer if they are
    without transparency.
    """
    webp = _has(header, b"WEBP", 8) & _has(header, b"VP8X", 12)
    return webp & (header[20] & 2 > 0)


def _received(what):
    import tensorflow as tf

    return tf.constant(f"Expected an image. Received: {what}")


def _too_large(pixels):
    import tensorflow as tf

    return tf.strings.join(
        [
            f"Expected an image of at most {MOST_PIXELS} pixels. Received: ",
            tf.strings.as_string(pixels),
        ]
    )


def _bytes(text):
    """Returns the first bytes of a file as numbers, with zeros behind them."""
    import tensorflow as tf

    found = tf.io.decode_raw(text, tf.uint8, fixed_length=_SIZE)
    return tf.cast(found, tf.int64)


def _has(header, text, place=0):
    import tensorflow as tf

    part = header[place : place + len(text)]
    return tf.reduce_all(part == tf.constant(list(text), tf.int64))


def _product(sides):
    import tensorflow as tf

    return tf.reduce_prod(sides)


def _number(header, place, count, big=False):
    """Reads an unsigned integer of some bytes, the smallest first or last."""
    powers = [256**i for i in range(count)]
    powers = powers[::-1] if big else powers
    return sum(header[place + i] * power for i, power in enumerate(powers))


def _pixels(header):
    """Returns the product of the sides in a header, by its format."""
    import tensorflow as tf

    def sides(place, count, big=False, mask=-1, plus=0):
        numbers = (
            _number(header, place + i * count, count, big) for i in range(2)
        )
        first, second = ((number & mask) + plus for number in numbers)
        return lambda: first * second

    bits = _number(header, 21, 4)
    lossless = ((bits & 0x3FFF) + 1) * ((bits // 0x4000 & 0x3FFF) + 1)
    return tf.case(
        [
            (_has(header, _PNG), sides(16, 4, big=True)),
            (_has(header, _GIF), sides(6, 2)),
            (_has(header, b"VP8 ", 12), sides(26, 2, mask=0x3FFF)),
            (_has(header, b"VP8L", 12), lambda: lossless),
            (_has(header, b"VP8X", 12), sides(24, 3, plus=1)),
        ],
        default=lambda: tf.constant(0, tf.int64),  # It is none of these.
    )
