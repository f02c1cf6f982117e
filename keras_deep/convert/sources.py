"""Opens weights from a path, an address or a mapping as named arrays."""

import collections.abc
import os
import pathlib
from typing import NamedTuple

from keras_deep.formats.arrays import Arrays
from keras_deep.formats.arrays import as_arrays
from keras_deep.utils.errors import UnknownNameError
from keras_deep.utils.preprocessing import Preprocessing

_FORMATS = {
    ".caffemodel": "caffe",
    ".keras": "keras",
    ".h5": "keras",
    ".hdf5": "keras",
}


class Source(NamedTuple):
    """Opened weights.

    Args:
        arrays: `Arrays`.
        format: `"pytorch"`, `"caffe"` or `"keras"`.
        path: `pathlib.Path` of the file, or `None`.
        name: string, the source as the user gave it.
        sha256: string, hash of a downloaded file, or `None`.
        preprocessing: `Preprocessing` that came with the weights, or `None`.
    """

    arrays: Arrays
    format: str
    path: pathlib.Path | None
    name: str
    sha256: str | None
    preprocessing: Preprocessing | None

    def hashed(self):
        """Returns the same with the hash of the file, if there is a file."""
        from keras_deep.convert.hub.fetching import sha256_of

        if self.path is None or self.sha256 is not None:
            return self
        return self._replace(sha256=sha256_of(self.path))


def open_source(source, form=None):
    """Opens weights; reads only names and shapes.

    Args:
        source: path, `"hf://..."`, `"torchvision://..."` or other address, or
            a mapping of names to arrays or tensors. `"run.pth#model_ema"` is a
            part of a checkpoint of PyTorch, see `read_pytorch`.
        form: `"pytorch"`, `"caffe"` or `"keras"`, or `None` to decide by the
            file's extension, PyTorch by default.

    Returns:
        `Source`.

    Raises:
        FileNotFoundError: if there is no such file.
        ConnectionError: if it cannot be downloaded.
        ValueError: if it is not a file of that format, or no such thing.
    """
    if isinstance(source, collections.abc.Mapping):
        arrays = as_arrays(source)
        name = arrays.source
        return Source(arrays, form or "pytorch", None, name, None, None)
    if not isinstance(source, (str, os.PathLike)):
        raise UnknownNameError(
            "Expected the path of a file, a name on a hub, an address or a "
            f"mapping of names to arrays. Received: {source!r}"
        )
    from keras_deep.convert.hub.fetching import fetch

    place, part = _split(os.fspath(source))
    found = fetch(place)
    form = form or _FORMATS.get(found.path.suffix, "pytorch")
    if part is None:
        arrays = _reader(form)(found.path)
    elif form == "pytorch":
        arrays = _reader(form)(found.path, part)
    else:
        raise ValueError(
            "Expected a part behind `#` of a checkpoint of PyTorch. Received: "
            f"{str(source)!r}, a file of {form.capitalize()}."
        )
    return Source(
        arrays,
        form,
        found.path,
        str(source),
        found.sha256,
        found.preprocessing,
    )


def require_hash(source, sha256):
    """Refuses weights that are not those that a run started from.

    Args:
        source: string, as in `open_source`.
        sha256: string, the hash of then, or `None` if it is not known.

    Raises:
        ValueError: if the file has another hash.
        FileNotFoundError: if there is no such file.
    """
    from keras_deep.convert.hub.fetching import fetch
    from keras_deep.convert.hub.fetching import sha256_of

    if sha256 is None:
        return
    found = fetch(_split(source)[0])
    given = found.sha256 or sha256_of(found.path)
    if given != sha256:
        raise ValueError(
            f"Expected {source!r} to be the file that the run started from, "
            f"whose SHA-256 is {sha256}. Received: a file with {given}. Put "
            "the one of then there, or pass `weights` (`--weights`) to start "
            "from another one."
        )


def _split(text):
    """Returns what names the file, and the part of it behind `#`, if any."""
    place, _, part = text.rpartition("#")
    if not place or not part or pathlib.Path(text).expanduser().exists():
        return text, None
    return place, part


def _reader(form):
    if form == "caffe":
        from keras_deep.formats.caffe.reader import read_caffe as read
    elif form == "keras":
        from keras_deep.formats.keras_files import read_keras as read
    else:
        from keras_deep.formats.pytorch.reader import read_pytorch as read
    return read
