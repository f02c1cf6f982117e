"""Image files of every kind, as bytes, and the damage that files take."""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def picture(height=20, width=26, seed=0):
    """Makes a picture without noise, as photos are."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), "uint8")
    return Image.fromarray(small).resize((width, height), Image.BICUBIC)


def encoded(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def png_of_16_bits(colours):
    """Writes a PNG with 16 bits in a channel, which Pillow cannot."""
    shape = (6, 7, 3) if colours else (6, 7)
    pixels = np.random.default_rng(0).integers(0, 2**16, shape).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", 7, 6, 16, 2 if colours else 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def animation():
    """A GIF whose second frame is another picture."""
    frames = [picture(seed=1)]
    return encoded(
        picture(), "GIF", save_all=True, append_images=frames, duration=9
    )


def oriented(value=6, format="JPEG"):
    """An image whose EXIF says that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = value
    return encoded(picture(), format, exif=exif)


def _of(mode, format, **options):
    return encoded(picture().convert(mode), format, **options)


def _palette(**options):
    return encoded(picture().quantize(16), "PNG", **options)


READABLE = {
    "a.jpg": _of("RGB", "JPEG"),
    "b.JPEG": _of("L", "JPEG"),
    "cmyk.jpe": _of("CMYK", "JPEG"),
    "progressive.jfif": _of("RGB", "JPEG", progressive=True),
    "trailer.jpg": _of("RGB", "JPEG") + b"\0\0made by a camera",
    "oriented.jpg": oriented(),
    "oriented.webp": oriented(format="WEBP"),
    "oriented.tif": oriented(format="TIFF"),
    "several.mpo": encoded(
        picture(), "MPO", save_all=True, append_images=[picture(seed=1)]
    ),
    "c.PNG": _of("RGB", "PNG"),
    "bits.png": _of("1", "PNG"),
    "gray.png": _of("L", "PNG"),
    "gray_alpha.png": _of("LA", "PNG"),
    "alpha.png": _of("RGBA", "PNG"),
    "palette.png": _palette(),
    "palette4.png": _palette(bits=4),
    "one_transparent.png": _palette(transparency=3),
    "transparent.png": _palette(transparency=bytes(range(16))),
    "colour16.png": png_of_16_bits(colours=True),
    "animated.png": encoded(
        picture(), "PNG", save_all=True, append_images=[picture(seed=1)]
    ),
    "d.webp": _of("RGB", "WEBP"),
    "alpha.WebP": _of("RGBA", "WEBP", lossless=True),
    "e.bmp": _of("RGB", "BMP"),
    "palette.bmp": encoded(picture().quantize(16), "BMP"),
    "f.gif": _of("P", "GIF"),
    "animated.gif": animation(),
    "g.tif": _of("RGB", "TIFF"),
    "lzw.TIFF": _of("RGB", "TIFF", compression="tiff_lzw"),
    "cmyk.tiff": _of("CMYK", "TIFF"),
    "h.ppm": _of("RGB", "PPM"),
    "i.tga": _of("RGB", "TGA"),
    "no_extension": _of("RGB", "JPEG"),
    "png.jpg": _of("RGB", "PNG"),
}


def _changed(content, place, new):
    return content[:place] + new + content[place + len(new) :]


_JPEG, _PNG = (encoded(picture(60, 80), kind) for kind in ("JPEG", "PNG"))
_WEBP, _GIF = READABLE["d.webp"], READABLE["f.gif"]
# Name to content and a part of the reason.
UNREADABLE = {
    "empty.jpg": (b"", "an empty file"),
    "text.jpg": (b"not an image\n", "no image of a format"),
    "page.png": (b"<!DOCTYPE html><html></html>", "no image of a format"),
    "cut.jpg": (_JPEG[:-300], "truncated"),
    "zeros.jpg": (_JPEG[:-300] + bytes(300), ""),
    "head.jpg": (_JPEG[:20], ""),
    "cut.png": (_PNG[:-300], ""),
    "no_end.png": (_PNG[:-12], "truncated"),
    "rotten.png": (_changed(_PNG, len(_PNG) // 2, b"rotten"), "broken PNG"),
    "cut.webp": (_WEBP[:-50], ""),
    "cut.gif": (_GIF[: len(_GIF) // 2], "truncated"),
    "cut.bmp": (READABLE["e.bmp"][:-300], "truncated"),
    "cut.tif": (READABLE["g.tif"][:300], ""),
    "gray16.png": (png_of_16_bits(colours=False), "I;16"),
    "float.tif": (_of("F", "TIFF"), "mode F"),
    "photo.heic": (b"\0\0\0\x18ftypheic", ".heic, which Pillow does not"),
    "raw.dng": (READABLE["g.tif"], ".dng, which Pillow does not"),
}
