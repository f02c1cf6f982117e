"""Finds the image files of a folder, and says what else is there."""

import functools
import os

# Formats of Pillow that are no pictures, or that it opens but cannot decode.
_NO_PICTURES = {"BUFR", "EPS", "FITS", "GRIB", "HDF5", "MPEG", "WMF"}
# Files of cameras and of the web that Pillow does not decode. They are
# pictures nevertheless, so they are not passed over.
UNDECODABLE = frozenset(
    ".arw .cr2 .cr3 .dng .heic .heif .jxl .nef .orf .raf .rw2 .svg".split()
)
# Folders that systems leave behind.
_SYSTEM = ("__MACOSX", "@eaDir", "$RECYCLE.BIN", "lost+found")

HIDDEN = "hidden or the system's"
NO_IMAGE = "no images"
NO_CLASS = "outside the folders of the classes"


@functools.cache
def extensions():
    """Returns the extensions that Pillow decodes, a dict to its format."""
    from PIL import Image

    found = {".mpo": "MPO", **Image.registered_extensions()}
    return {
        extension: format
        for extension, format in found.items()
        if format in (*Image.OPEN, "MPO") and format not in _NO_PICTURES
    }


def folders_of(path):
    """Returns the folders in a folder, sorted, but for those of systems."""
    return sorted(
        (p for p in path.iterdir() if p.is_dir() and not _is_system(p.name)),
        key=lambda p: p.name,
    )


def files_beside(path):
    """Returns what is in a folder beside `folders_of`, as `skipped`."""
    skipped = []
    for found in sorted(path.iterdir()):
        if found.is_dir() and not _is_system(found.name):
            continue
        hidden = found.name.startswith(".") or found.is_dir()
        reason = HIDDEN if hidden else NO_CLASS
        skipped += [(name, reason) for name in _all_files(found)]
    return skipped


def find_images(path):
    """Finds the image files in a folder and the folders in it.

    Args:
        path: `pathlib.Path`.

    Returns:
        Sorted list of the images' paths, and list of the other files as pairs
        of a path and a reason.

    Raises:
        OSError: if a folder cannot be read.
    """
    images, skipped = [], []
    for folder, names, files in _walk(path):
        for name in [n for n in names if _is_system(n)]:
            names.remove(name)
            found = _all_files(os.path.join(folder, name))
            skipped += [(file, HIDDEN) for file in found]
        for name in files:
            file = os.path.join(folder, name)
            reason = _reason_to_skip(file, name)
            if reason is None:
                images.append(file)
            else:
                skipped.append((file, reason))
    return sorted(images), sorted(skipped)


def _walk(path):
    """Walks through a folder; follows links, but into no folder twice."""
    seen = set()

    def refuse(error):
        raise error

    for entry in os.walk(path, onerror=refuse, followlinks=True):
        real = os.path.realpath(entry[0])
        if real in seen:
            entry[1].clear()
            continue
        seen.add(real)
        entry[1].sort()
        yield entry


def _all_files(path):
    if not os.path.isdir(path):
        return [str(path)]
    return [
        os.path.join(folder, name)
        for folder, _, files in _walk(path)
        for name in sorted(files)
    ]


def _is_system(name):
    return name.startswith(".") or name in _SYSTEM


def _reason_to_skip(path, name):
    extension = os.path.splitext(name)[1].lower()
    if name.startswith("."):
        return HIDDEN
    if extension in extensions() or extension in UNDECODABLE:
        return None
    if extension or not _opens(path):
        return NO_IMAGE
    return None


def _opens(path):
    """Returns whether a file without an extension begins as an image."""
    from PIL import Image

    if not os.path.isfile(path):
        return False
    try:
        with Image.open(path) as image:
            return image.format not in _NO_PICTURES
    except Exception:  # Decoders raise whatever they meet.
        return False
